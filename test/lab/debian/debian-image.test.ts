import type Docker from 'dockerode'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { loadImage } from '../../../src/pull/load-image.js'
import { connectTestEngine } from '../../worker/test-container.js'
import { describeContent, openContent } from '../../worker/test-image.js'
import { ARM_V7, ARM64, type LabPlatform, S390X } from '../platforms.js'
import { readLayer } from '../read-layer.js'
import { runInImage } from '../run-in-image.js'
import { buildDebianPlatforms, type DebianImageName, writePlatform } from './debian-image.js'

let engine: Docker
beforeAll(async () => {
  engine = await connectTestEngine()
})

test.each<[DebianImageName, LabPlatform, string]>([
  ['debian-python', S390X, '{"version": "1.0", "yaml": true, "markup": "markupsafe._speedups"}\n'],
  ['debian-node', ARM64, 'Program\n'],
  ['debian-cpp', ARM_V7, "ninja: Entering directory `/srv/app'\n[1/1] echo archparity lab 1.0\n"],
])('%s runs', { timeout: 600_000 }, async (name, platform, output) => {
  expect(await run(name, platform)).toBe(output)
})

describe('an image of Debian packages is what dpkg and ldconfig would have left', () => {
  test("the loader's cache names what ldconfig finds", { timeout: 600_000 }, async () => {
    const script = 'ldconfig -p; echo ====; ldconfig -C /tmp/cache; ldconfig -C /tmp/cache -p'
    const output = await run('debian-cpp', ARM64, ['sh', '-c', script])
    const [written = '', found = ''] = output
      .split('====\n')
      .map(text => text.replace(/^(Cache|\d+ libs).*\n/gm, ''))
    expect(written.split('\n').length).toBeGreaterThan(70)
    expect(written).toBe(found)
  })

  test('dpkg finds its packages whole but for what slim images leave out', { timeout: 600_000 }, async () => {
    const script =
      'dpkg --audit; dpkg-query -L dpkg | grep bin/dpkg$; dpkg --verify || true; dpkg-query -S /usr/bin/ninja'
    const lines = (await run('debian-cpp', ARM64, ['sh', '-c', script])).split('\n').filter(Boolean)
    expect(lines.filter(line => !/^(missing|\?\?5).* \/(usr\/share|etc)\//.test(line))).toEqual([
      '/usr/bin/dpkg',
      'ninja-build: /usr/bin/ninja',
    ])
  })

  test('owners, setuid bits, hard links and capabilities are kept', { timeout: 600_000 }, async () => {
    const [parts] = await buildDebianPlatforms('debian-cpp', [S390X])
    const entries = await readLayer(parts?.layers[0]?.file ?? '', () => false)
    const find = (path: string) => entries.find(entry => entry.path === path)
    expect(find('usr/bin/chage')).toMatchObject({ mode: 0o2755, uid: 0, gid: 42 })
    expect(find('usr/bin/su')).toMatchObject({ mode: 0o4755 })
    expect(find('tmp')).toMatchObject({ mode: 0o1777, directory: true })
    expect(entries.filter(({ hardLink }) => hardLink !== undefined).length).toBeGreaterThan(0)
    expect(find('usr/bin/ping')?.capability).toBe('0100000200200000000000000000000000000000')
    expect(find('bin')).toMatchObject({ link: 'usr/bin' })
  })
})

/** What a platform's image prints, as root where a command is given. */
async function run(name: DebianImageName, platform: LabPlatform, command?: string[]): Promise<string> {
  const [parts] = await buildDebianPlatforms(name, [platform])
  if (parts === undefined) throw new Error(`no ${platform.debian}`)
  const content = writePlatform(parts)
  const described = describeContent(content)
  const { name: image } = await loadImage(engine, openContent(content), described)
  onTestFinished(() => engine.getImage(image).remove({ force: true }))
  return await runInImage(engine, image, command)
}
