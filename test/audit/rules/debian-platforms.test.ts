import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { PlatformInventory, TreeEntry } from '../../../src/audit/inventory.js'
import { readLayer } from '../../../src/audit/layers/read-layer.js'
import { collectPackages } from '../../../src/audit/packages/collect-packages.js'
import { AUDIT_RULES } from '../../../src/audit/rules/index.js'
import { runRules } from '../../../src/audit/rules/run-rules.js'
import { mergeLayers } from '../../../src/audit/tree/merge-layers.js'
import { createView } from '../../../src/audit/view/create-view.js'
import type { PlatformView } from '../../../src/audit/view/platform-view.js'
import type { PlatformImage } from '../../../src/model/image.js'
import { formatPlatform } from '../../../src/model/platform.js'
import { createRandom } from '../../compare/random.js'
import {
  buildDebianPlatforms,
  type DebianImageName,
  type PlatformParts,
} from '../../lab/debian/debian-image.js'

const RULES = AUDIT_RULES.filter(rule => rule.scope === 'image' && rule.id !== 'same-manifest').map(
  rule => rule.id,
)

const images = new Map<DebianImageName, Promise<readonly PlatformInventory[]>>()

/** Real Debian roots with dpkg's database, read as the audit reads them. */
function readImage(name: DebianImageName): Promise<readonly PlatformInventory[]> {
  const reading = images.get(name) ?? buildDebianPlatforms(name).then(readPlatforms)
  images.set(name, reading)
  return reading
}

async function readPlatforms(platforms: readonly PlatformParts[]): Promise<PlatformInventory[]> {
  const inventories: PlatformInventory[] = []
  for (const { platform, layers, config } of platforms) {
    const read = []
    for (const { bytes, digest } of layers) {
      const mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
      const { inventory } = await readLayer(Readable.from([bytes]), { digest, size: bytes.length, mediaType })
      read.push(inventory)
    }
    const tree = mergeLayers(read)
    const image = {
      platform: platform.platform,
      layers: layers.map(({ digest }) => ({ mediaType: '', digest, size: 0 })),
      imageConfig: {
        env: config.Env ?? [],
        entrypoint: config.Entrypoint,
        command: config.Cmd,
        user: config.User,
        exposedPorts: [],
        volumes: [],
        labels: config.Labels ?? {},
        diffIds: [],
      },
      attestations: [],
    } as unknown as PlatformImage
    const label = formatPlatform(platform.platform)
    inventories.push({ label, image, layers: read, tree, packages: collectPackages(tree), complete: true })
  }
  return inventories
}

function audit(views: readonly PlatformView[]): string[] {
  return runRules({ views, foreignPrograms: [] }, {}, RULES).map(
    finding => `${finding.rule} ${finding.severity} ${finding.platforms.join()}: ${finding.title}`,
  )
}

type Change = (tree: Map<string, TreeEntry>) => void

/** The platforms with one of them changed. */
function changeOne(inventories: readonly PlatformInventory[], label: string, change: Change): PlatformView[] {
  return inventories.map(inventory => {
    if (inventory.label !== label) return createView(inventory)
    const tree = new Map(inventory.tree)
    change(tree)
    return createView({ ...inventory, tree, packages: collectPackages(tree) })
  })
}

describe.each(['debian-python', 'debian-node', 'debian-cpp'] as const)('%s', name => {
  test('its platforms have no finding', async () => {
    const inventories = await readImage(name)
    expect(inventories.length).toBeGreaterThan(3)
    for (const { tree, packages } of inventories) {
      expect(tree.size).toBeGreaterThan(2000)
      expect(packages.length).toBeGreaterThan(60)
    }
    expect(audit(inventories.map(createView))).toEqual([])
  })
})

const update =
  (path: string, values: Partial<TreeEntry>): Change =>
  tree => {
    const entry = tree.get(path)
    if (entry === undefined) throw new Error(`there is no ${path}`)
    tree.set(path, { ...entry, ...values })
  }

const remove =
  (start: string): Change =>
  tree => {
    const paths = [...tree.keys()].filter(path => path.startsWith(start))
    if (paths.length === 0) throw new Error(`there is no ${start}`)
    for (const path of paths) tree.delete(path)
  }

const rewrite =
  (path: string): Change =>
  tree => {
    const content = tree.get(path)?.content
    if (content === undefined) throw new Error(`there is no ${path}`)
    update(path, { content: { ...content, sha256: '0'.repeat(64), neutralSha256: undefined } })(tree)
  }

test.each<[string, string, Change, string]>([
  [
    'the time zones are deleted',
    'linux/arm64',
    remove('usr/share/zoneinfo/'),
    'file-missing warning linux/arm64: linux/arm64 lacks the time zone database',
  ],
  [
    'a compiled extension is deleted',
    'linux/arm/v7',
    remove('usr/lib/python3/dist-packages/markupsafe/_speedups.cpython'),
    'module-missing error linux/arm/v7: linux/arm/v7 lacks the native module /usr/lib/python3/dist-packages/markupsafe/_speedups.cpython-311-x86_64-linux-gnu.so of python3-markupsafe, and nothing fails for it',
  ],
  [
    'a setuid bit is lost',
    'linux/386',
    update('usr/bin/passwd', { mode: 0o755 }),
    'mode-differs error linux/386: /usr/bin/passwd has another setuid or setgid bit on linux/386 than on the other platforms',
  ],
  [
    'settings were changed',
    'linux/ppc64le',
    rewrite('etc/login.defs'),
    'content-differs warning linux/ppc64le: /etc/login.defs is not the same on linux/ppc64le as on the other platforms',
  ],
  [
    'the program was changed',
    'linux/arm64',
    rewrite('srv/app/main.py'),
    'content-differs warning linux/arm64: /srv/app/main.py is not the same on linux/arm64 as on the other platforms',
  ],
])('%s: exactly that is found', async (_, label, change, expected) => {
  const inventories = await readImage('debian-python')
  expect(audit(changeOne(inventories, label, change))).toEqual([expected])
})

test('packages of another version are one finding', async () => {
  const inventories = await readImage('debian-python')
  const older = inventories.map(inventory => {
    if (inventory.label !== 'linux/arm/v7') return createView(inventory)
    const packages = inventory.packages.map(one =>
      one.name.startsWith('libc') ? { ...one, version: `${one.version}~1` } : one,
    )
    return createView({ ...inventory, packages })
  })
  const findings = audit(older)
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatch(
    /^package-version warning linux\/arm\/v7: linux\/arm\/v7 has another packaging revision of \d+ packages than/,
  )
})

test('any file of a package that is deleted on one platform is found, and nothing else', async () => {
  const inventories = (await readImage('debian-cpp')).slice(0, 3)
  const random = createRandom(5)
  const [first] = inventories
  if (first === undefined) throw new Error('there are platforms')
  const view = createView(first)
  const candidates = [...first.tree.values()].filter(
    entry =>
      entry.type === 'file' &&
      !/^var\/|\.(?:cache|chk)$|\/gconv-modules/.test(entry.path) &&
      view.findOwner(entry.path) !== undefined &&
      inventories.every(other => other.tree.has(entry.path)),
  )
  expect(candidates.length).toBeGreaterThan(1000)
  for (let round = 0; round < 12; round += 1) {
    const { path } = random.pick(candidates)
    const label = random.pick(inventories).label
    const findings = audit(changeOne(inventories, label, tree => tree.delete(path)))
    expect([path, findings]).toEqual([
      path,
      [expect.stringMatching(/^(?:file|module)-missing (?:warning|error) /)],
    ])
    expect(findings[0]).toContain(` ${label}: `)
  }
})
