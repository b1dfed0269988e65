import { createHash } from 'node:crypto'
import type Docker from 'dockerode'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ElfFacts } from '../../src/audit/elf/elf-facts.js'
import type { PlatformInventory } from '../../src/audit/inventory.js'
import type { PlatformImage } from '../../src/model/image.js'
import { loadImage } from '../../src/pull/load-image.js'
import { buildDebianImage } from '../lab/debian/debian-image.js'
import { DEBIAN_PROGRAMS } from '../lab/debian/programs.js'
import type { Content } from '../lab/image-writer.js'
import { runInImage } from '../lab/run-in-image.js'
import { connectTestEngine } from '../worker/test-container.js'
import { openContent } from '../worker/test-image.js'
import { auditContent } from './audit-content.js'
import { type ReadelfFacts, readWithReadelf } from './elf/readelf.js'
import { listEngineRoot, listTree } from './tree/engine-root.js'

const NAMES = ['debian-python', 'debian-node', 'debian-cpp'] as const

/** What was compared, by image and platform. */
const compared: Record<string, unknown>[] = []

/** Most files are of the base, which is the same in all images; by hash. */
const known = new Map<string, ReadelfFacts>()

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})
afterAll(() => console.table(compared))

test.for(NAMES)(
  'files, packages and ELF facts of %s are what the engine, dpkg-query and readelf say',
  { timeout: 1_800_000 },
  async name => {
    const content = await buildDebianImage(name)
    const { inventories } = await auditContent(content)
    expect(inventories).toHaveLength(DEBIAN_PROGRAMS[name].platforms.length)
    for (const inventory of inventories)
      await withImage(content, inventory.image, image => compare(name, inventory, image))
  },
)

async function compare(name: string, inventory: PlatformInventory, image: string): Promise<void> {
  const elfFiles = new Map<string, Buffer>()
  const root = await listEngineRoot(engine, image, (path, content) => {
    if (content.toString('latin1', 0, 4) === '\x7fELF') elfFiles.set(path, content)
  })
  expect(listTree(inventory.tree), `${name} ${inventory.label}`).toEqual(root)

  const packages = await runInImage(engine, image, [
    'dpkg-query',
    '-W',
    `-f=\${Package} \${Version} \${Architecture}\n`,
  ])
  const listed = inventory.packages
    .filter(({ ecosystem }) => ecosystem === 'dpkg')
    .map(each => `${each.name} ${each.version} ${each.architecture}`)
  expect(listed.sort()).toEqual(packages.split('\n').filter(Boolean).sort())

  await readUnknown(inventory, elfFiles)
  const different = [...elfFiles.keys()].filter(path => {
    const { sha256 = '', elf } = inventory.tree.get(path)?.content ?? {}
    return !isSame(elf, known.get(sha256))
  })
  expect(different, `ELF files of ${name} ${inventory.label}`).toEqual([])
  const taken = [...inventory.tree.values()].flatMap(({ content }) => (content?.elf ? [content.sha256] : []))
  const given = [...elfFiles.values()].map(content => createHash('sha256').update(content).digest('hex'))
  // As sets: the engine gives the content of hard links once.
  expect(new Set(taken)).toEqual(new Set(given))
  compared.push({
    ...{ image: name, platform: inventory.label, paths: root.length },
    ...{ packages: listed.length, elfFiles: elfFiles.size },
  })
}

/** Asks readelf about those files that no image before had. */
async function readUnknown({ tree }: PlatformInventory, files: ReadonlyMap<string, Buffer>): Promise<void> {
  const unknown = new Map<string, Buffer>()
  for (const [path, content] of files) {
    const sha256 = tree.get(path)?.content?.sha256 ?? ''
    if (!known.has(sha256)) unknown.set(sha256, content)
  }
  const facts = await readWithReadelf([...unknown.values()])
  for (const [index, sha256] of [...unknown.keys()].entries()) known.set(sha256, facts[index] as ReadelfFacts)
}

/** readelf knows no OCI words, and neither Go's build information nor its own build id. */
function isSame(facts: ElfFacts | undefined, wanted: ReadelfFacts | undefined): boolean {
  if (facts === undefined || wanted === undefined) return false
  const { architecture: _, go, ...rest } = facts
  const ignored = go === undefined ? [] : ['buildId']
  const keys = new Set([...Object.keys(rest), ...Object.keys(wanted)].filter(key => !ignored.includes(key)))
  return [...keys].every(
    key =>
      JSON.stringify(rest[key as keyof typeof rest]) === JSON.stringify(wanted[key as keyof ReadelfFacts]),
  )
}

/** Has the engine hold one platform for as long as the work takes. */
async function withImage(
  content: Content,
  platform: PlatformImage,
  work: (image: string) => Promise<void>,
): Promise<void> {
  try {
    const { name } = await loadImage(engine, openContent(content), platform)
    await work(name)
  } finally {
    await engine
      .getImage(platform.config.digest)
      .remove({ force: true })
      .catch(() => {})
  }
}
