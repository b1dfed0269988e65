import type { Severity } from '../../model/audit.js'
import type { TreeEntry } from '../inventory.js'
import type { PlatformView } from '../view/platform-view.js'
import { readShebang } from '../view/shebang.js'
import { cite, count, showText } from './common/describe.js'
import { hasForeignUserland } from './common/foreign-files.js'
import { findGuestRoot } from './common/guest-roots.js'
import { oncePerView } from './common/per-view.js'
import { isExample, isInSearchPath, isTestData } from './common/places.js'
import { findScriptTwins } from './common/twins.js'
import type { AuditRule, RuleHit } from './rule.js'

interface Broken {
  readonly entry: TreeEntry
  readonly asks: string
  readonly fault: string
  readonly severity: Severity
}

/** Executable scripts whose first line names an interpreter that is not there (execve(2), "Interpreter scripts"). */
export const scriptInterpreter: AuditRule = {
  id: 'script-interpreter',
  scope: 'platform',
  severity: 'warning',
  title: 'A script asks for an interpreter that is missing',
  why: 'The kernel answers "no such file or directory" although the script is there, or `env` exits with 127.',
  check: ({ views }) =>
    views.flatMap(view => (hasForeignUserland(view) ? [] : describeBroken(view, listBroken(view, views)))),
}

function listBroken(view: PlatformView, views: readonly PlatformView[]): readonly Broken[] {
  const entries = new Set(view.entryScripts.map(script => script.path))
  const broken: Broken[] = []
  for (const entry of view.inventory.tree.values()) {
    const { path, content } = entry
    if (content?.shebang === undefined) continue
    const isEntry = entries.has(path)
    if (!isEntry && ((entry.mode & 0o111) === 0 || isExample(path) || isTestData(path))) continue
    const found = findFault(view, entry)
    if (found === undefined) continue
    if (!isEntry && findGuestRoot(view, path) !== undefined) continue
    const severity = isEntry ? 'error' : weighScript(view, views, path)
    if (severity !== undefined) broken.push({ entry, ...found, severity })
  }
  return broken
}

/** What is the same everywhere is no question of platforms; what a package brings so is its packager's decision. */
function weighScript(view: PlatformView, views: readonly PlatformView[], path: string): Severity | undefined {
  const works = findScriptTwins(view, views, path).some(twin => findFault(twin.view, twin.file) === undefined)
  if (works) return 'warning'
  // A language's own modules are imported, whatever their first lines say.
  const isImported = /(?:^|\/)lib(?:64|exec)?\//.test(path) && !isInSearchPath(view, path)
  return isImported || view.findOwner(path) !== undefined ? undefined : 'note'
}

type Fault = Pick<Broken, 'asks' | 'fault'> | undefined

/** By first line: an image has thousands of scripts and a few lines that they begin with. */
const knownFaults = oncePerView((): Map<string, Fault> => new Map())

function findFault(view: PlatformView, entry: TreeEntry): Fault {
  const line = entry.content?.shebang ?? ''
  const known = knownFaults(view)
  if (!known.has(line)) known.set(line, judgeLine(view, line))
  return known.get(line)
}

function judgeLine(view: PlatformView, line: string): Fault {
  const { interpreter, program, carriageReturn } = readShebang(line)
  // A relative name depends on where the script is started.
  if (!interpreter.startsWith('/')) return undefined
  if (carriageReturn) return { asks: `${interpreter}\\r`, fault: 'for its first line ends with CR LF' }
  if (!view.complete) return undefined
  if (view.resolve(interpreter) === undefined)
    return { asks: interpreter, fault: 'which is not in the image' }
  if (program === undefined || /[$`"']/.test(program) || view.findProgram(program) !== undefined)
    return undefined
  return { asks: program, fault: 'which is not in PATH' }
}

function describeBroken(view: PlatformView, broken: readonly Broken[]): readonly RuleHit[] {
  const groups = new Map<string, Broken[]>()
  for (const each of broken) {
    const key = `${each.severity} ${each.asks}`
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [each])
    else known.push(each)
  }
  return [...groups.values()].map((members): RuleHit => {
    const [{ entry, asks, fault, severity }] = members as [Broken]
    const one = members.length === 1
    const crlf = asks.endsWith('\\r')
    return {
      platforms: [view.label],
      title: `${one ? `/${entry.path} asks` : `${count(members.length, 'script')} ask`} for ${showText(asks)}, ${fault}`,
      subject: view.neutralizePath(asks),
      paths: members.map(each => `/${each.entry.path}`),
      evidence: members.map(each =>
        cite(view, each.entry, showText(`its first line is #!${each.entry.content?.shebang ?? ''}`), {
          interpreter: each.asks,
        }),
      ),
      advice: crlf
        ? 'Write the script with LF line ends; with git, `*.sh text eol=lf` in .gitattributes keeps them.'
        : `Install ${showText(asks)} on this platform too, or name an interpreter that is there.`,
      severity,
    }
  })
}
