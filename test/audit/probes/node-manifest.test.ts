import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { findProbe } from '../../../src/audit/probes/index.js'
import { readFact } from './read-source.js'
import { readTree } from './read-tree.js'

const MANIFEST = 'app/node_modules/x/package.json'

/** What npm records of a package that it installed. */
interface Locked {
  readonly name?: string
  readonly version: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

test('agrees with npm on every package of this project', async () => {
  const lock = JSON.parse(await readFile('node_modules/.package-lock.json', 'utf8'))
  const expected = Object.entries(lock.packages as Record<string, Locked>).map(([folder, locked]) => ({
    folder,
    name: locked.name ?? folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version: locked.version,
    os: locked.os ?? [],
    cpu: locked.cpu ?? [],
    libc: locked.libc ?? [],
    optional: Object.keys(locked.optionalDependencies ?? {}).sort(),
  }))
  const found = [...(await readTree('.', ['node_modules']))].flatMap(([path, { content }]) => {
    const fact = content?.fact
    if (fact?.kind !== 'node-manifest') return []
    return {
      folder: path.slice(0, -'/package.json'.length),
      name: fact.package.name,
      version: fact.package.version,
      os: fact.manifest.os ?? [],
      cpu: fact.manifest.cpu ?? [],
      libc: fact.manifest.libc ?? [],
      optional: [...(fact.manifest.optionalDependencies ?? [])].sort(),
    }
  })
  const byFolder = (a: { folder: string }, b: { folder: string }) => (a.folder < b.folder ? -1 : 1)
  expect(found.length).toBeGreaterThan(100)
  expect(found.some(({ cpu }) => cpu.length > 0)).toBe(true)
  expect(found.sort(byFolder)).toEqual(expected.sort(byFolder))
})

test.each([
  ['node_modules/a/package.json', true],
  ['usr/lib/node_modules/@s/a/package.json', true],
  ['app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json', true],
  ['app/node_modules/a/node_modules/b/package.json', true],
  ['usr/share/nodejs/semver/package.json', true],
  ['app/package.json', true],
  ['package.json', true],
  ['app/node_modules/a/esm/package.json', false],
  ['app/node_modules/@s/package.json', false],
  ['app/node_modules/@s/a/test/package.json', false],
  ['app/node_modules/package.json', false],
  ['app/not-package.json', false],
])('%s can be a package: %s', (path, expected) => {
  expect(findProbe(path)?.id === 'node-manifest').toBe(expected)
})

test('reads a platform package', async () => {
  const json = {
    name: '@img/sharp-linux-arm64',
    version: '0.33.5',
    os: ['linux'],
    cpu: 'arm64',
    libc: ['glibc', 7, ''],
    optionalDependencies: { '@img/sharp-libvips-linux-arm64': '1.0.4' },
  }
  expect(await readFact(MANIFEST, `\ufeff${JSON.stringify(json)}`)).toEqual({
    kind: 'node-manifest',
    package: {
      ecosystem: 'node',
      name: '@img/sharp-linux-arm64',
      version: '0.33.5',
      architecture: 'arm64',
    },
    manifest: {
      os: ['linux'],
      cpu: ['arm64'],
      libc: ['glibc'],
      optionalDependencies: ['@img/sharp-libvips-linux-arm64'],
    },
  })
})

test.each([
  ['no JSON', '{'],
  ['no object', '[1]'],
  ['null', 'null'],
  ['no version', '{"name": "x"}'],
  ['no name', '{"version": "1"}'],
  ['a name that is none', '{"name": {"a": 1}, "version": "1"}'],
  ['a version with a line break', '{"name": "x", "version": "1\\n2"}'],
  ['a prototype for everything', '{"__proto__": {"name": "x", "version": "1"}}'],
  ['nesting without end', `${'['.repeat(500_000)}`],
  ['more than a manifest has', `{"name": "x", "version": "1", "readme": "${'x'.repeat(1024 * 1024)}"}`],
])('takes %s for no package', async (_, content) => {
  expect(await readFact(MANIFEST, content)).toBeUndefined()
})

test('lets no key reach a prototype', async () => {
  const fact = await readFact(
    MANIFEST,
    '{"name": "__proto__", "version": "1", "__proto__": {"os": ["win32"]}, "optionalDependencies": {"__proto__": "1", "constructor": "1"}}',
  )
  expect(fact).toMatchObject({
    package: { name: '__proto__' },
    manifest: { optionalDependencies: ['__proto__', 'constructor'] },
  })
  expect(fact).not.toHaveProperty('manifest.os')
  expect(({} as { os?: unknown }).os).toBeUndefined()
})
