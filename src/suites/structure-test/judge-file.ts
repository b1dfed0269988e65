import { formatFileMode } from './file-mode.js'
import type { FileExistenceCheck } from './structure-suite.js'

/** What the image holds at a path; a symbolic link is itself, not what it leads to. */
export interface FileFacts {
  /** Tar's words: `file`, `directory`, `symlink`, … */
  readonly type: string
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number
  /** Absent where the engine does not tell. */
  readonly uid?: number
  readonly gid?: number
}

const EXECUTABLE = { any: 0o111, owner: 0o100, group: 0o010, other: 0o001 } as const

/** Everything in which a file is not what its check expects; `facts` is undefined where there is none. */
export function judgeFile(check: FileExistenceCheck, facts: FileFacts | undefined): string[] {
  const { path } = check
  if (facts === undefined) return check.shouldExist ? [`${path} does not exist`] : []
  if (!check.shouldExist) return [`${path} exists and should not`]
  const problems: string[] = []
  const mode = formatFileMode(facts.type, facts.mode)
  if (check.permissions !== undefined && mode !== check.permissions)
    problems.push(`${path} has permissions ${mode}, expected ${check.permissions}`)
  if (check.isExecutableBy !== undefined && (facts.mode & EXECUTABLE[check.isExecutableBy]) === 0)
    problems.push(`${path} is not executable by ${check.isExecutableBy}: it has ${mode}`)
  if (check.uid !== undefined && facts.uid !== check.uid)
    problems.push(`${path} belongs to user ${facts.uid}, expected ${check.uid}`)
  if (check.gid !== undefined && facts.gid !== check.gid)
    problems.push(`${path} belongs to group ${facts.gid}, expected ${check.gid}`)
  return problems
}
