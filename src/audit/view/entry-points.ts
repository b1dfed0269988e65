import type { ImageConfig } from '../../model/image.js'
import { compareText } from '../../model/platform.js'
import { isWrapper, listProgramWords } from './command-words.js'
import type { ElfFile, PlatformView, ResolvedPath } from './platform-view.js'
import { readShebang } from './shebang.js'

/** Scripts whose interpreter is a script: the kernel follows five (execve(2)). */
const MAX_INTERPRETERS = 5

/** What the image's own commands start. */
export interface EntryPoints {
  /** Sorted by path. */
  readonly programs: readonly ElfFile[]
  readonly scripts: readonly ResolvedPath[]
}

/** Finds the files that entrypoint, command and health check start (image-spec, "image configuration"). */
export function findEntryPoints(
  config: ImageConfig,
  view: Pick<PlatformView, 'resolve' | 'findProgram'>,
): EntryPoints {
  const programs = new Map<string, ElfFile>()
  const scripts = new Map<string, ResolvedPath>()
  const start = (name: string, depth: number): void => {
    const found = view.findProgram(name)
    if (found === undefined) return
    const { elf, shebang } = found.entry.content ?? {}
    if (elf !== undefined) programs.set(found.path, { ...found, elf })
    else if (shebang !== undefined && depth < MAX_INTERPRETERS && !scripts.has(found.path)) {
      scripts.set(found.path, found)
      const { interpreter, program } = readShebang(shebang)
      start(interpreter, depth + 1)
      if (program !== undefined) start(program, depth + 1)
    }
  }
  for (const command of listCommands(config, view))
    for (const name of listProgramWords(command)) start(name, 0)
  const byPath = (a: { path: string }, b: { path: string }) => compareText(a.path, b.path)
  return { programs: [...programs.values()].sort(byPath), scripts: [...scripts.values()].sort(byPath) }
}

function listCommands(
  config: ImageConfig,
  view: Pick<PlatformView, 'findProgram'>,
): readonly (readonly string[])[] {
  const { entrypoint = [], command = [], healthcheck = [] } = config
  const commands: (readonly string[])[] = [entrypoint.length > 0 ? [...entrypoint, ...command] : command]
  const first = entrypoint[0]
  if (first !== undefined && command.length > 0) {
    // Entrypoint scripts end, as a rule, with `exec "$@"`.
    const isScript = view.findProgram(first)?.entry.content?.shebang !== undefined
    if (isScript || isWrapper(first.slice(first.lastIndexOf('/') + 1))) commands.push(command)
  }
  const [kind, ...test] = healthcheck
  if (kind === 'CMD') commands.push(test)
  if (kind === 'CMD-SHELL') commands.push(['/bin/sh', '-c', test[0] ?? ''])
  return commands
}
