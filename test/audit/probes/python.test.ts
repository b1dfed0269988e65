import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { collectPackages } from '../../../src/audit/packages/collect-packages.js'
import { fetchPackages } from '../../lab/debian-packages.js'
import { listOwners } from '../packages/list-owners.js'
import { makeTree } from '../packages/make-tree.js'
import { readFact } from './read-source.js'
import { readTree } from './read-tree.js'

/** The first has a dist-info folder with RECORD and WHEEL, the second an egg-info folder. */
const PACKAGES = ['python3-yaml', 'python3-markupsafe']
const SITE = 'usr/lib/python3/dist-packages'
const roots: string[] = []

afterAll(async () => {
  for (const root of roots) await rm(root, { recursive: true, force: true })
})

/** What Python itself finds in a folder: names as its packaging rules normalise them, and files. */
const SCRIPT = `
import importlib.metadata, json, os, re, sys
root, site = sys.argv[1:]
print(json.dumps(sorted(({
    "name": re.sub(r"[-_.]+", "-", found.metadata["Name"]).lower(),
    "version": found.version,
    "tags": (found.read_text("WHEEL") and re.findall("(?m)^Tag: (.*)$", found.read_text("WHEEL"))) or [],
    "files": sorted(os.path.relpath(os.path.normpath(found.locate_file(file)), root)
        for file in found.files or [] if (found._path / "RECORD").exists() and found.locate_file(file).exists()),
} for found in importlib.metadata.distributions(path=[os.path.join(root, site)])), key=lambda found: found["name"])))
`

test.each(['amd64', 'arm64', 's390x'])(
  'agrees with Python on what is installed for %s',
  async architecture => {
    const root = await mkdtemp(path.join(tmpdir(), 'archparity-python-'))
    roots.push(root)
    for (const file of await fetchPackages(PACKAGES.map(name => ({ name, architecture }))))
      await execa('dpkg-deb', ['--extract', file, root])
    const { stdout } = await execa('python3', ['-c', SCRIPT, root, SITE])
    const tree = await readTree(root)
    const packages = collectPackages(tree)
    const owners = [...listOwners(tree, packages)]
    const found = packages.map(item => ({
      name: item.name,
      version: item.version,
      tags: item.architecture?.split(' ') ?? [],
      files: owners.flatMap(([file, owner]) => (owner === item ? [file] : [])).sort(),
    }))
    expect(found.map(({ name }) => name)).toEqual(['markupsafe', 'pyyaml'])
    expect(found[1]?.tags[0]).toMatch(/^cp311-cp311-linux_/)
    expect(found[1]?.files.length).toBeGreaterThan(10)
    expect(found).toEqual(JSON.parse(stdout))
  },
)

test('reads a wheel for several platforms', async () => {
  const wheel =
    'Wheel-Version: 1.0\r\nRoot-Is-Purelib: false\r\nTag: cp311-cp311-manylinux_2_17_aarch64\r\nTag: cp311-cp311-manylinux2014_aarch64\r\n'
  expect(await readFact('app/venv/numpy-2.0.dist-info/WHEEL', wheel)).toEqual({
    kind: 'wheel',
    tags: ['cp311-cp311-manylinux_2_17_aarch64', 'cp311-cp311-manylinux2014_aarch64'],
    purelib: false,
  })
  expect(await readFact('app/venv/numpy-2.0.dist-info/WHEEL', 'Tag:\nnothing')).toBeUndefined()
})

test('reads names and versions from headers alone', async () => {
  const text = 'Metadata-Version: 2.1\nname : x\nNAME: Zope.Interface__x\nVersion: 5.4\n\nVersion: 6\n'
  expect(await readFact('a/Zope.Interface-5.4.egg-info', text)).toEqual({
    kind: 'packages',
    packages: [{ ecosystem: 'python', name: 'zope-interface-x', version: '5.4' }],
  })
  expect(
    await readFact('a/x-1.dist-info/METADATA', 'Metadata-Version: 2.1\n\nName: x\nVersion: 1\n'),
  ).toBeUndefined()
  expect(await readFact('a/x-1.dist-info/METADATA', 'Name: x\0y\nVersion: 1\n')).toBeUndefined()
})

test('keeps RECORD inside the root', async () => {
  const record =
    'x/a.py,sha256=1,2\n"x/with, comma.so",,\n"x/""quoted"".so",,\n../../bin/x,,\n../../../../../../etc/shadow,,\n' +
    '/opt/absolute,,\n"open\n__pycache__/\n,,\n./x/./b.py,,\n'
  expect(await readFact('usr/lib/site/x-1.dist-info/RECORD', record)).toEqual({
    kind: 'file-list',
    ecosystem: 'python',
    package: 'x-1',
    files: [
      '/usr/lib/site/x/a.py',
      '/usr/lib/site/x/with, comma.so',
      '/usr/lib/site/x/"quoted".so',
      '/usr/bin/x',
      '/opt/absolute',
      '/usr/lib/site/__pycache__',
      '/usr/lib/site/x/b.py',
    ],
  })
})

test('lists one version in two places once, and what a package carries inside not at all', async () => {
  const metadata = 'Name: six\nVersion: 1.16.0\n'
  const tree = await makeTree({
    'venv/a/six-1.16.0.dist-info/METADATA': metadata,
    'venv/b/six-1.16.0.dist-info/METADATA': metadata,
    'venv/c/six-1.15.0.dist-info/METADATA': 'Name: six\nVersion: 1.15.0\n',
    'venv/c/six-1.15.0.dist-info/WHEEL': 'Tag: py2-none-any\nTag: py3-none-any\n',
  })
  expect(collectPackages(tree)).toEqual([
    { ecosystem: 'python', name: 'six', version: '1.15.0', architecture: 'py2-none-any py3-none-any' },
    { ecosystem: 'python', name: 'six', version: '1.16.0' },
  ])
  await expect(readFact('a/setuptools/_vendor/six-1.dist-info/METADATA', metadata)).rejects.toThrow(
    /no probe/,
  )
})
