import { expect, test } from 'vitest'
import type { Tree } from '../../../src/audit/inventory.js'
import { collectPackages } from '../../../src/audit/packages/collect-packages.js'
import { createOwnerFinder } from '../../../src/audit/packages/file-owners.js'
import { listOwners } from './list-owners.js'
import { makeTree } from './make-tree.js'

function nameOwners(tree: Tree): Record<string, string> {
  const owners = listOwners(tree, collectPackages(tree))
  return Object.fromEntries(
    [...owners].map(([path, owner]) => [path, `${owner.ecosystem} ${owner.name} ${owner.version}`]),
  )
}

const stanza = (name: string, architecture = 'amd64') =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: 1\n`

test('follows links of folders in both directions, and does without the link', async () => {
  const tree = await makeTree({
    'var/lib/dpkg/status': [stanza('old'), stanza('new'), stanza('split')].join('\n'),
    'var/lib/dpkg/info/old.list': '/.\n/lib\n/lib/a.so\n',
    'var/lib/dpkg/info/new.list': '/usr/sbin/b\n/usr/lib64/deep/c\n',
    'var/lib/dpkg/info/split.list': '/bin/d\n/usr/bin/e\n/usr/bin/nowhere\n',
    lib: '->usr/lib',
    'usr/lib/a.so': '',
    'sbin/b': '',
    'usr/sbin': '->../sbin',
    'usr/lib64': '->/opt/./libs/../real',
    'opt/real/deep/c': '',
    'usr/bin/d': '',
    'bin/e': '',
  })
  expect(nameOwners(tree)).toEqual({
    'usr/lib/a.so': 'dpkg old 1',
    'sbin/b': 'dpkg new 1',
    'opt/real/deep/c': 'dpkg new 1',
    'usr/bin/d': 'dpkg split 1',
    'bin/e': 'dpkg split 1',
  })
})

test('tells architectures of one package apart, and who diverted whose file', async () => {
  const tree = await makeTree({
    'var/lib/dpkg/status': [stanza('lib'), stanza('lib', 'i386'), stanza('dash'), stanza('bash')].join('\n'),
    'var/lib/dpkg/info/lib:amd64.list': '/usr/lib/x86_64-linux-gnu/l.so\n',
    'var/lib/dpkg/info/lib:i386.list': '/usr/lib/i386-linux-gnu/l.so\n',
    'var/lib/dpkg/info/bash.list': '/bin/sh\n',
    'var/lib/dpkg/info/dash.list': '/bin/sh\n',
    'var/lib/dpkg/diversions': '/bin/sh\n/bin/sh.distrib\ndash\n',
    'usr/lib/x86_64-linux-gnu/l.so': '',
    'usr/lib/i386-linux-gnu/l.so': '',
    'bin/sh': '->dash',
    'bin/sh.distrib': '',
  })
  const packages = collectPackages(tree)
  const owners = listOwners(tree, packages)
  expect(owners.get('usr/lib/x86_64-linux-gnu/l.so')?.architecture).toBe('amd64')
  expect(owners.get('usr/lib/i386-linux-gnu/l.so')?.architecture).toBe('i386')
  expect(owners.get('bin/sh')?.name).toBe('dash')
  expect(owners.get('bin/sh.distrib')?.name).toBe('bash')
  // Identity, so that a rule may look a package up by what it got.
  for (const owner of owners.values()) expect(packages).toContain(owner)
})

test('gives a file to its distribution before Python, and to Python before Node', async () => {
  const site = 'usr/lib/python3/dist-packages'
  const tree = await makeTree({
    'var/lib/dpkg/status': stanza('python3-yaml'),
    'var/lib/dpkg/info/python3-yaml.list': `/${site}/yaml/a.py\n`,
    [`${site}/yaml/a.py`]: '',
    [`${site}/yaml/b.so`]: '',
    [`${site}/PyYAML-6.0.dist-info/METADATA`]: 'Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0\n',
    [`${site}/PyYAML-6.0.dist-info/WHEEL`]: 'Tag: cp311-cp311-linux_x86_64\n',
    [`${site}/PyYAML-6.0.dist-info/RECORD`]:
      'yaml/a.py,sha256=x,1\nyaml/b.so,,\n../../../bin/tool,,\nnode_modules/x/y.js,,\n../../../../../../etc/passwd,,\n',
    'usr/bin/tool': '',
    'etc/passwd': 'root:x:0:0',
    [`${site}/node_modules/x/package.json`]: '{"name": "x", "version": "1.0.0"}',
    [`${site}/node_modules/x/y.js`]: '',
    [`${site}/node_modules/x/z.node`]: '',
  })
  expect(nameOwners(tree)).toEqual({
    [`${site}/yaml/a.py`]: 'dpkg python3-yaml 1',
    [`${site}/yaml/b.so`]: 'python pyyaml 6.0',
    'usr/bin/tool': 'python pyyaml 6.0',
    [`${site}/node_modules/x/y.js`]: 'python pyyaml 6.0',
    [`${site}/node_modules/x/package.json`]: 'node x 1.0.0',
    [`${site}/node_modules/x/z.node`]: 'node x 1.0.0',
  })
})

test("gives a Node package's files to the nearest package above them", async () => {
  const json = (name: string) => `{"name": "${name}", "version": "1.0.0"}`
  const tree = await makeTree({
    'package.json': json('root'),
    'node_modules/top/package.json': json('top'),
    'app/package.json': json('app'),
    'app/server.js': '',
    'app/node_modules/@s/a/package.json': json('@s/a'),
    'app/node_modules/@s/a/build/a.node': '',
    'app/node_modules/@s/a/esm/package.json': '{"type": "module"}',
    'app/node_modules/@s/a/esm/a.js': '',
    'app/node_modules/@s/a/node_modules/b/package.json': json('b'),
    'app/node_modules/@s/a/node_modules/b/b.node': '',
    'app/node_modules/.bin/b': '->../b/cli.js',
    'srv/other/package.json': json('other'),
    'srv/other/index.js': '',
    'usr/share/nodejs/semver/package.json': json('semver'),
    'usr/share/nodejs/semver/lib/package.json': json('inner'),
    'usr/share/nodejs/semver/lib/x.js': '',
    'etc/hostname': '',
  })
  expect(collectPackages(tree).map(({ name }) => name)).toEqual(['@s/a', 'app', 'b', 'root', 'semver', 'top'])
  const owners = nameOwners(tree)
  expect(owners).toMatchObject({
    'app/server.js': 'node app 1.0.0',
    'app/node_modules/@s/a/build/a.node': 'node @s/a 1.0.0',
    'app/node_modules/@s/a/esm/a.js': 'node @s/a 1.0.0',
    'app/node_modules/@s/a/node_modules/b/b.node': 'node b 1.0.0',
    'usr/share/nodejs/semver/lib/x.js': 'node semver 1.0.0',
  })
  expect(owners['etc/hostname']).toBeUndefined()
  expect(owners['srv/other/index.js']).toBeUndefined()
})

test('takes files from databases that list them: apk', async () => {
  const tree = await makeTree({
    'lib/apk/db/installed':
      'C:Q1=\nP:musl\nV:1.2.5-r0\nA:aarch64\nF:lib\nR:ld-musl-aarch64.so.1\na:0:0:755\nR:libc.so\n\n' +
      'P:__proto__\nV:1\nF:opt\nR:evil\n\n',
    'lib/ld-musl-aarch64.so.1': '',
    'lib/libc.so': '->ld-musl-aarch64.so.1',
    'opt/evil': '',
  })
  expect(nameOwners(tree)).toEqual({
    'lib/ld-musl-aarch64.so.1': 'apk musl 1.2.5-r0',
    'lib/libc.so': 'apk musl 1.2.5-r0',
    'opt/evil': 'apk __proto__ 1',
  })
})

test('ends on links that loop and lists of folders that nobody has', async () => {
  const list = Array.from({ length: 3_000 }, (_, at) => `/loop/${'x/'.repeat(60)}${at}/f`).join('\n')
  const tree = await makeTree({
    'var/lib/dpkg/status': stanza('a'),
    'var/lib/dpkg/info/a.list': `/loop/f\n/self/x/y\n/far/f\n/ok/f\n${list}\n`,
    loop: '->pool/x/../../loop',
    pool: '->loop',
    self: '->self/self/self',
    far: `->${'./'.repeat(5_000)}opt`,
    ok: '->../../../opt',
    'opt/f': '',
  })
  expect(nameOwners(tree)).toEqual({ 'opt/f': 'dpkg a 1' })
})

test('says the same whatever is asked for first, and nothing of folders and of what is not there', async () => {
  const tree = await makeTree({
    'var/lib/dpkg/status': [stanza('first'), stanza('second')].join('\n'),
    'var/lib/dpkg/info/first.list': '/lib/x/a\n/opt/x\n/usr/share/nothing\n',
    'var/lib/dpkg/info/second.list': '/usr/lib/x/a\n/srv/a\n/opt/x/a\n',
    lib: '->usr/lib',
    'usr/lib/x/a': '',
    'srv/a': '',
    'opt/x/a': '',
  })
  const expected = { 'usr/lib/x/a': 'first', 'srv/a': 'second', 'opt/x/a': 'second' }
  for (const paths of [Object.keys(expected), Object.keys(expected).reverse()]) {
    const find = createOwnerFinder(tree, collectPackages(tree))
    const found = paths.flatMap(path => [path, path].map(each => [each, find(each)?.name]))
    expect(Object.fromEntries(found)).toEqual(expected)
    for (const path of ['opt/x', 'usr/share/nothing', 'a', '']) expect(find(path)).toBeUndefined()
  }
})
