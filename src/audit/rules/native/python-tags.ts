import type { TreeEntry } from '../../inventory.js'
import { listFacts } from '../../tree/list-facts.js'
import { findAbi, fitsAbi } from '../../view/abi.js'
import type { PlatformView } from '../../view/platform-view.js'
import { cite, nameMachine, showText } from '../common/describe.js'
import { findForeignFiles } from '../common/foreign-files.js'
import { groupFiles } from '../common/group-files.js'
import { folderOf, isTestData } from '../common/places.js'
import { isOwnTag, readPythonTag } from '../common/python-tag.js'
import type { RuleHit } from '../rule.js'

/** Python extensions and wheels whose names are for another platform: Python never imports them here. */
export function judgePythonTags(view: PlatformView): readonly RuleHit[] {
  return [...judgeExtensions(view), ...judgeWheels(view)]
}

function judgeExtensions(view: PlatformView): readonly RuleHit[] {
  const abi = findAbi(view.platform)
  if (abi === undefined) return []
  const wrong: { readonly entry: TreeEntry; readonly stem: string; readonly tag: string }[] = []
  const ownStems = new Set<string>()
  for (const entry of view.inventory.tree.values()) {
    const { path } = entry
    const tagged = readPythonTag(path)
    if (tagged === undefined || entry.content === undefined) continue
    if (isOwnTag(tagged.tag, view.platform)) ownStems.add(tagged.stem)
    else if (!isTestData(path)) wrong.push({ entry, ...tagged })
  }
  const alone = wrong.filter(({ stem }) => !ownStems.has(stem))
  // A file that is the platform's code under another's name is only misnamed.
  const isOwn = ({ entry }: (typeof alone)[number]) =>
    entry.content?.elf !== undefined && fitsAbi(entry.content.elf, abi)
  return [alone.filter(each => !isOwn(each)), alone.filter(isOwn)].flatMap((members, index) =>
    groupFiles(members, ({ entry }) => entry.path, view, 'Python extension').map((group): RuleHit => {
      const [{ tag }] = group.items as [(typeof alone)[number]]
      return {
        platforms: [view.label],
        title: `${group.name} ${group.one ? 'is' : 'are'} for ${showText(tag)}, so that Python does not import ${group.one ? 'it' : 'them'}`,
        subject: `python ${group.subject}`,
        paths: group.items.map(({ entry }) => `/${entry.path}`),
        evidence: group.items.map(({ entry, tag: own }) =>
          cite(view, entry, showText(`its name is for ${own}; it is ${describeContent(entry)}`), {
            tag: own,
          }),
        ),
        advice: 'Install the package with pip on each platform; do not copy site-packages between platforms.',
        severity: index === 0 ? 'error' : 'warning',
      }
    }),
  )
}

function describeContent({ content }: TreeEntry): string {
  return content?.elf === undefined ? 'no ELF file' : `${nameMachine(content.elf)} code`
}

/** Wheels without one tag for this platform, where no file of theirs has told already. */
function judgeWheels(view: PlatformView): readonly RuleHit[] {
  const told = new Set(
    findForeignFiles(view).suspicious.map(({ file }) => view.findOwner(file.path)?.name ?? ''),
  )
  const hits: RuleHit[] = []
  for (const { path, entry, fact } of listFacts(view.inventory.tree, 'wheel')) {
    if (fact.tags.some(tag => isOwnWheel(tag, view)) || isTestData(path)) continue
    const folder = folderOf(path)
    const name = view.findOwner(path)?.name ?? folder.slice(folder.lastIndexOf('/') + 1)
    if (told.has(name) || holdsOwnCode(view, name)) continue
    const tags = showText(fact.tags.slice(0, 3).join(', '))
    hits.push({
      platforms: [view.label],
      title: `the Python package ${showText(name)} was installed from a wheel for another platform`,
      subject: `wheel ${name}`,
      paths: [`/${path}`],
      evidence: [cite(view, entry, `its tags are ${tags}`, { tags: fact.tags.slice(0, 16) })],
      advice:
        'Install it with pip on this platform, or download its wheel with --platform; do not copy site-packages.',
    })
  }
  return hits
}

function holdsOwnCode(view: PlatformView, name: string): boolean {
  const abi = findAbi(view.platform)
  return view.elfFiles.some(({ path, elf }) => {
    if (abi === undefined || !fitsAbi(elf, abi)) return false
    const owner = view.findOwner(path)
    return owner?.ecosystem === 'python' && owner.name === name
  })
}

/** Whether pip takes a wheel of that tag here (PyPA "Platform compatibility tags"), the C library aside. */
function isOwnWheel(tag: string, view: PlatformView): boolean {
  const platform = tag.slice(tag.lastIndexOf('-') + 1)
  return platform.split('.').some(each => {
    if (each === 'any') return true
    const architecture = /^(?:manylinux(?:1|2010|2014|_\d+_\d+)|musllinux_\d+_\d+|linux)_(\w+)$/.exec(
      each,
    )?.[1]
    return architecture !== undefined && isOwnTag(architecture, view.platform)
  })
}
