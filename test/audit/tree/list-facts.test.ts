import { expect, test } from 'vitest'
import { listFacts } from '../../../src/audit/tree/list-facts.js'
import { makeTree } from '../packages/make-tree.js'

test('lists the files with facts of a kind in the order of the tree', async () => {
  const tree = await makeTree({
    'srv/package.json': '{"name": "b", "version": "1.0.0"}',
    'etc/os-release': 'ID=debian\n',
    'a/package.json': '{"name": "a", "version": "1.0.0"}',
    'a/plain': '',
  })
  for (const _ of ['first', 'known']) {
    const found = listFacts(tree, 'node-manifest')
    expect(found.map(({ path, fact }) => [path, fact.package.name])).toEqual([
      ['srv/package.json', 'b'],
      ['a/package.json', 'a'],
    ])
    for (const { path, entry } of found) expect(entry).toBe(tree.get(path))
    expect(listFacts(tree, 'text').map(({ path }) => path)).toEqual(['etc/os-release'])
    expect(listFacts(tree, 'archive')).toEqual([])
  }
})
