import { lstatSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { collectPackages } from '../../../src/audit/packages/collect-packages.js'
import { buildDpkgRoot, queryDpkg } from '../probes/dpkg-root.js'
import { readTree } from '../probes/read-tree.js'
import { listOwners } from './list-owners.js'

const FORMAT = ['Package', 'Version', 'Architecture', 'Status'].map(name => `\${${name}}`).join(' ')
const roots: string[] = []

afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true, force: true })
})

test.each(['amd64', 'arm64', 'armhf', 's390x'])(
  'agrees with dpkg-query on the packages of a root for %s and who owns its files',
  async architecture => {
    const root = await buildDpkgRoot(architecture)
    roots.push(root)
    const tree = await readTree(root)
    const packages = collectPackages(tree)
    const lines = await queryDpkg(['-W', '-f', `${FORMAT}\n`], root)
    expect(lines.length).toBe(4)
    expect(
      packages.map(item => `${item.name} ${item.version} ${item.architecture} install ok installed`),
    ).toEqual(lines.sort())

    const expected = new Map<string, string>()
    for (const { name } of packages)
      for (const listed of await queryDpkg(['-L', `${name}:${architecture}`], root)) {
        const file = findFile(root, listed)
        if (file !== undefined) expected.set(file, name)
      }
    const owners = listOwners(tree, packages)
    expect(expected.size).toBeGreaterThan(12)
    const found = new Map([...owners].map(([file, { name }]) => [file, name]))
    // Maps are equal in any order.
    expect(found).toEqual(expected)
    // dpkg lists /lib/..., and the file is below usr/lib.
    expect([...owners.keys()].find(file => file.endsWith('/libgcc_s.so.1'))).toMatch(/^usr\/lib\//)
  },
)

/** Where a listed file is in the root, by the machine's own path resolution; undefined for a folder, as `lib` is to dpkg. */
function findFile(root: string, listed: string): string | undefined {
  const file = path.join(realpathSync(path.join(root, path.dirname(listed))), path.basename(listed))
  return listed === '/lib' || lstatSync(file).isDirectory() ? undefined : path.relative(root, file)
}
