import { describe, expect, test } from 'vitest'
import type { LayerProblem } from '../../../src/audit/inventory.js'
import { mergeLayers } from '../../../src/audit/tree/merge-layers.js'
import { makeLayer, showTree } from './make-layer.js'

/** Layers from below to above, and the root that they make. */
const CASES: readonly [title: string, layers: readonly (readonly string[])[], tree: readonly string[]][] = [
  ['folders that no layer names', [['a/b/c=1']], ['a/', 'a/b/', 'a/b/c=1']],
  [
    'a folder that an upper layer only implies',
    [['a/ 1777', 'a/b/ 700'], ['a/b/c=1']],
    ['a/ 1777', 'a/b/ 700', 'a/b/c=1'],
  ],
  ['a folder that an upper layer names again', [['a/ 700', 'a/x=1'], ['a/ 711']], ['a/ 711', 'a/x=1']],
  ['a file over a file', [['a=1 600'], ['a=2']], ['a=2']],
  ['a file over a folder', [['a/', 'a/x=1'], ['a=2']], ['a=2']],
  ['a folder over a file', [['a=1'], ['a/', 'a/x=2']], ['a/', 'a/x=2']],
  ['a folder implied over a file', [['a=1'], ['a/x=2']], ['a/', 'a/x=2']],
  ['a link over a folder', [['a/', 'a/x=1', 'b/'], ['a->b']], ['a->b', 'b/']],
  ['a whiteout of a file', [['a=1', 'b=1'], ['.wh.a']], ['b=1']],
  ['a whiteout of a folder', [['a/', 'a/b/', 'a/b/c=1'], ['.wh.a']], []],
  ['a whiteout of nothing', [['a=1'], ['.wh.b', 'q/.wh.c']], ['a=1', 'q/']],
  ['a whiteout in the lowest layer', [['.wh.a', 'b=1']], ['b=1']],
  [
    'a whiteout that is a folder or a link',
    [
      ['a=1', 'b=1'],
      ['.wh.a/', '.wh.b->x'],
    ],
    [],
  ],
  ['a whiteout before its own new file', [['a=1'], ['.wh.a', 'a=2']], ['a=2']],
  ['a whiteout behind its own new file', [['a=1'], ['a=2', '.wh.a']], ['a=2']],
  [
    'a whiteout with a new folder',
    [
      ['a/', 'a/x=1'],
      ['.wh.a', 'a/', 'a/y=2'],
    ],
    ['a/', 'a/y=2'],
  ],
  [
    'a whiteout behind a new folder',
    [
      ['a/', 'a/x=1'],
      ['a/y=2', '.wh.a'],
    ],
    ['a/', 'a/y=2'],
  ],
  ['a whiteout that a third layer takes back', [['a=1'], ['.wh.a'], ['a=3']], ['a=3']],
  [
    'an opaque folder',
    [
      ['a/', 'a/x=1', 'a/b/', 'a/b/c=1'],
      ['a/', 'a/.wh..wh..opq', 'a/y=2'],
    ],
    ['a/', 'a/y=2'],
  ],
  [
    'an opaque folder, told last',
    [
      ['a/', 'a/x=1'],
      ['a/', 'a/y=2', 'a/.wh..wh..opq'],
    ],
    ['a/', 'a/y=2'],
  ],
  [
    'an opaque folder that is only implied',
    [
      ['a/ 700', 'a/x=1'],
      ['a/.wh..wh..opq', 'a/y=2'],
    ],
    ['a/ 700', 'a/y=2'],
  ],
  ['an opaque folder between others', [['a/', 'a/x=1'], ['a/.wh..wh..opq'], ['a/z=3']], ['a/', 'a/z=3']],
  ['an opaque root', [['a=1'], ['.wh..wh..opq', 'b=2']], ['b=2']],
  [
    'marks that hide nothing',
    [
      ['a/', 'a/x=1'],
      ['a/.wh...', 'a/.wh..', 'a/.wh.'],
    ],
    ['a/', 'a/x=1'],
  ],
  [
    "AUFS' own files",
    [['a=1'], ['.wh..wh.plnk/', '.wh..wh.plnk/1.2=x', '.wh..wh.aufs', 'b=1']],
    ['a=1', 'b=1'],
  ],
  ['the later of two in one layer', [['a=1 600', 'a=22']], ['a=22']],
  [
    'a folder, a file and a folder again in one layer',
    [['a/', 'a/x=1', 'a=2', 'a/', 'a/y=3']],
    ['a/', 'a/y=3'],
  ],
  [
    'a parent that is a link of a lower layer',
    [['usr/', 'usr/lib/', 'lib->usr/lib'], ['lib/foo=1']],
    ['lib/', 'lib/foo=1', 'usr/', 'usr/lib/'],
  ],
  [
    'a whiteout below a link of a lower layer',
    [['usr/', 'usr/x=1', 'l->usr'], ['l/.wh.x']],
    ['l/', 'usr/', 'usr/x=1'],
  ],
  [
    'a parent that is a link of the same layer',
    [['usr/lib/', 'lib->usr/lib', 'lib/foo=1', 'lib/sub/bar=2']],
    ['lib->usr/lib', 'usr/', 'usr/lib/', 'usr/lib/foo=1', 'usr/lib/sub/', 'usr/lib/sub/bar=2'],
  ],
  [
    'a parent that is a link out of the root',
    [['usr/', 'a/b->/../../usr', 'a/b/foo=1']],
    ['a/', 'a/b->/../../usr', 'usr/', 'usr/foo=1'],
  ],
  [
    'a link replaced behind its use',
    [['u/', 'l->u', 'l/x=1', 'l/', 'l/y=2']],
    ['l/', 'l/y=2', 'u/', 'u/x=1'],
  ],
  ['a parent that links to itself', [['l->l', 'l/x=1']], ['l/', 'l/x=1']],
  ['a hard link', [['a=1 600', 'b=>a']], ['a=1 600', 'b=1 600']],
  [
    'a hard link through a folder that is a link',
    [['d/', 'd/f=1', 'l->d', 'b=>l/f']],
    ['b=1', 'd/', 'd/f=1', 'l->d'],
  ],
  ['a hard link to a link', [['a->t', 'b=>a']], ['a->t', 'b->t']],
  ['a hard link whose file is replaced', [['a=1', 'b=>a', 'a=2']], ['a=2', 'b=1']],
  ['a hard link whose file goes', [['a=1', 'b=>a'], ['.wh.a']], ['b=1']],
  ['a hard link to a file of a lower layer', [['a=1'], ['b=>a']], ['a=1', 'b=1']],
  ['a hard link to what is gone with the same layer', [['a=1'], ['.wh.a', 'b=>a']], ['b=1']],
  ['a hard link to what comes later', [['c=>b', 'b=>a', 'a=1']], ['a=1', 'b=1', 'c=1']],
  ['hard links from layer to layer', [['a=1'], ['b=>a'], ['.wh.a', 'c=>b']], ['b=1', 'c=1']],
  [
    'names that objects have',
    [
      ['__proto__/constructor=1', 'toString=2'],
      ['.wh.toString', '__proto__/x=3'],
    ],
    ['__proto__/', '__proto__/constructor=1', '__proto__/x=3'],
  ],
]

describe('layers are merged', () => {
  test.each(CASES)('%s', (_, layers, tree) => {
    const problems: LayerProblem[] = []
    const merged = mergeLayers(
      layers.map(words => makeLayer(...words)),
      problem => problems.push(problem),
    )
    expect(showTree(merged)).toEqual([...tree].sort())
    expect(problems).toEqual([])
  })

  test('each entry with the layer that it comes from', () => {
    const tree = mergeLayers([
      makeLayer('a/', 'a/x=1'),
      makeLayer('a/y=2', 'i/z=3'),
      makeLayer('/ 700', 'h=>a/x'),
    ])
    const layers = [...tree].map(([path, { layer }]) => `${path} ${layer}`).sort()
    expect(layers).toEqual([' 2', 'a 0', 'a/x 0', 'a/y 1', 'h 2', 'i 1', 'i/z 1'])
    expect(tree.get('')).toMatchObject({ type: 'directory', mode: 0o700 })
    expect(tree.get('h')).toMatchObject({ type: 'hardlink', link: 'a/x', size: 1, content: { sha256: '1' } })
  })

  test('hard links to nothing, to folders and in a circle are told', () => {
    const problems: LayerProblem[] = []
    const layer = makeLayer('d/', 'a=>none', 'b=>d', 'c=>e', 'e=>c', 'f=>f')
    const tree = mergeLayers([makeLayer('x=1'), layer], (problem, found) => {
      expect(found).toBe(layer)
      problems.push(problem)
    })
    expect(showTree(tree)).toEqual(['d/', 'x=1'])
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual(
      ['a', 'b', 'c', 'e', 'f'].map(path => `link-target-missing ${path}`),
    )
  })

  const deep = 'd/'.repeat(1500)
  const indexes = (count: number) => Array.from({ length: count }, (_, at) => at)
  test.each([
    // Each link leads as deep again as the one before it.
    [
      'links that lead deeper than any path',
      [
        deep,
        `l0->${deep}.`,
        ...indexes(60).flatMap(at => [`l${at}/${deep}x=1`, `l${at + 1}->l${at}/${deep}.`]),
      ],
    ],
    [
      'links that make short paths long',
      [`a->${'./'.repeat(2000)}.`, ...indexes(60_000).map(at => `a/${at}/x=1`)],
    ],
    ['folders that nothing pays for', indexes(2000).map(at => `many${at}/${'m/'.repeat(700)}x=1`)],
  ])('without suffering from %s', (_, words) => {
    const problems: LayerProblem[] = []
    const tree = mergeLayers([makeLayer(...words)], problem => problems.push(problem))
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems)
      expect(problem).toMatchObject({ code: 'too-many-entries', incomplete: true })
    expect(tree.size).toBeLessThan(1_100_000)
  })
})
