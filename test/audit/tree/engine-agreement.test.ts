import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import type Docker from 'dockerode'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { AMD64 } from '../../lab/platforms.js'
import { createRandom, pickNumber } from '../../lab/random.js'
import { buildUserland } from '../../lab/userland.js'
import { connectTestEngine } from '../../worker/test-container.js'
import { makePax, makeTar, type RawEntry } from '../layers/make-tar.js'
import {
  compressTar,
  listEngineRoot,
  listMergedRoot,
  loadLayers,
  removeLater,
  saveLayers,
} from './engine-root.js'

const run = promisify(execFile)

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})

/** What happens in the containers that become layers, one after the other. */
const CHANGES = [
  `mkdir -p /data/deep/er /data/gone /data/new /opt/a/b
   echo one > /data/one; echo two > /data/deep/er/two; chmod 600 /data/one; chown 1000:70000 /data/deep
   ln /data/one /data/hard; ln -s ../data/one /opt/link; ln -s /nowhere /opt/dangling; ln /opt/link /opt/hardlink
   echo x > /data/gone/x; echo y > /data/gone/y; mkfifo /data/pipe; mknod /data/device c 1 7
   cp /bin/busybox /data/suid; chmod 4755 /data/suid; chmod 2775 /opt/a; chmod 1777 /data/new
   truncate -s 3000000 /data/sparse; echo end >> /data/sparse; : > /data/empty
   mkdir -p /data/$(printf 'n%.0s' $(seq 200))/$(printf 'm%.0s' $(seq 200)); (cd /data/n*/m*; echo z > long)
   printf u > /data/größe; printf n > "/data/new
line"; printf b > "$(printf '/data/bad\\377')"; echo s > "/data/with space"`,
  `rm /data/one /data/suid; rm -r /data/gone; mkdir /data/gone; echo fresh > /data/gone/fresh
   rm -r /data/new; echo file > /data/new; rm /data/pipe; mkdir /data/pipe; echo in > /data/pipe/in
   rm /opt/link; ln -s elsewhere /opt/link; chmod 700 /data/deep; mv /opt/a /opt/moved; echo more >> /data/hard
   rm /opt/dangling; mkdir /opt/dangling; echo 4 > /opt/dangling/4; rm /data/n*/m*/long; touch /data/empty`,
  `rm -r /data/deep /data/pipe; ln -s gone /data/deep; echo again > /data/one; ln /data/one /opt/moved/one
   rm -r /opt/dangling; ln -s /data /opt/dangling; mkdir -p /data/gone/sub; rm /data/gone/fresh; rmdir /opt/moved/b`,
]

describe('the merged root is what the engine makes of the same layers', () => {
  test('for what containers changed', async () => {
    const capable: RawEntry[] = [
      makePax([
        ['SCHILY.xattr.security.capability', Buffer.from('0100000200040000000000000000000000000000', 'hex')],
      ]),
      { name: 'bin/capable', content: 'x', mode: 0o755 },
    ]
    let image = await loadLayers(engine, [await buildUserland(AMD64), compressTar(makeTar(capable))])
    for (const script of CHANGES) {
      const container = await engine.createContainer({ Image: image, Cmd: ['/bin/sh', '-ec', script] })
      try {
        await container.start()
        const { StatusCode } = (await container.wait()) as { StatusCode: number }
        expect(StatusCode, String(await container.logs({ stderr: true }))).toBe(0)
        const { Id } = (await container.commit({})) as { Id: string }
        image = Id
        removeLater(engine, image)
      } finally {
        await container.remove({ force: true, v: true })
      }
    }
    const layers = await saveLayers(engine, image)
    expect(layers).toHaveLength(2 + CHANGES.length)
    const merged = await listMergedRoot(layers)
    expect(merged).toEqual(await listEngineRoot(engine, image))
    expect(merged.length).toBeGreaterThan(200)
    expect(merged.filter(line => line.includes('capability'))).toHaveLength(1)
  })

  test('for what GNU tar packed in its formats', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'archparity-test-'))
    onTestFinished(async () => rm(root, { recursive: true }))
    const formats = [
      ['gnu'],
      ['ustar'],
      ['pax'],
      ['pax', '--sparse'],
      ['pax', '--sparse', '--sparse-version=0.1'],
    ]
    const layers = []
    for (const [index, [format, ...flags]] of formats.entries()) {
      const folder = path.join(root, String(index))
      const script = `mkdir -p t/keep t/d${index} t/${'long/'.repeat(25)}; cd t; umask 022
        echo ${index} > same; echo ${index} > keep/f${index}; ln keep/f${index} d${index}/hard; ln -s "../keep/f${index}" d${index}/link
        truncate -s 2M d${index}/holes; echo ${index} >> d${index}/holes; truncate -s 3M d${index}/holes
        chmod 4711 same; chown 12:3456 same; echo ${index} > ${'long/'.repeat(25)}f${index}`
      const whiteout =
        index > 1 ? `; mkdir -p d${index - 1}; : > d${index - 1}/.wh.link; : > .wh.d${index - 2}` : ''
      await run('sh', ['-ec', `mkdir ${folder}; cd ${folder}; ${script}${whiteout}`])
      const file = path.join(folder, 'layer.tar')
      await run('tar', [
        '-cf',
        file,
        '-C',
        path.join(folder, 't'),
        '--sort=name',
        `--format=${format}`,
        ...flags,
        '.',
      ])
      layers.push(compressTar(await readFile(file)))
    }
    const merged = await listMergedRoot(layers)
    expect(merged).toEqual(await listEngineRoot(engine, await loadLayers(engine, layers)))
    expect(merged.length).toBeGreaterThan(40)
  })

  test('for layers at random', async () => {
    const random = createRandom(4711)
    let lines = 0
    for (let round = 0; round < 8; round += 1) {
      const layers = Array.from({ length: 5 }, () => compressTar(makeTar(makeRandomLayer(random))))
      const merged = await listMergedRoot(layers)
      expect(merged).toEqual(await listEngineRoot(engine, await loadLayers(engine, layers)))
      lines += merged.length
    }
    expect(lines).toBeGreaterThan(100)
  })
})

/**
 * Entries in few places, so that layers meet. Left out is what this engine refuses or reads in another way than the
 * image-spec: two entries of one name, entries below what is no folder of the same layer, a whiteout and a new entry
 * of one name, and an opaque root.
 */
function makeRandomLayer(random: () => number): RawEntry[] {
  const kinds = new Map<string, string>()
  const entries: RawEntry[] = []
  const pick = <T>(items: readonly T[]) => items[pickNumber(random, items.length)] as T
  for (let count = 0; count < 25; count += 1) {
    const parts = Array.from({ length: 1 + pickNumber(random, 4) }, () => pick(['a', 'b', 'c', 'd']))
    const place = parts.join('/')
    const folder = parts.slice(0, -1).join('/')
    const kind = pick(['folder', 'folder', 'file', 'file', 'symlink', 'hardlink', 'whiteout', 'opaque'])
    const above = parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join('/'))
    if (above.some(name => kinds.has(name) && kinds.get(name) !== 'folder')) continue
    if (kind === 'opaque') {
      if (folder === '' || kinds.has(`${folder}/opaque`)) continue
      for (const name of above) kinds.set(name, 'folder')
      kinds.set(`${folder}/opaque`, kind)
      entries.push({ name: `${folder}/.wh..wh..opq` })
      continue
    }
    if (kinds.has(place)) continue
    const files = entries.filter(entry => kinds.get(entry.name) === 'file')
    if (kind === 'hardlink' && files.length === 0) continue
    for (const name of above) kinds.set(name, 'folder')
    kinds.set(place, kind)
    const mode = pick([0o600, 0o644, 0o4755])
    if (kind === 'folder') entries.push({ name: `${place}/`, type: '5', mode: 0o755 })
    else if (kind === 'file')
      entries.push({ name: place, content: `${random()}`, mode, uid: pickNumber(random, 3) })
    else if (kind === 'symlink')
      entries.push({ name: place, type: '2', link: pick(['a', '../b', '/c/d', 'none']), mode: 0o777 })
    else if (kind === 'hardlink') {
      // The engine gives a file the owner and mode of the last link to it.
      const { name: link, mode, uid } = pick(files)
      entries.push({ name: place, type: '1', link, mode, uid })
    } else entries.push({ name: `${folder === '' ? '' : `${folder}/`}.wh.${parts.at(-1)}` })
  }
  return entries
}
