import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { expect, inject, test } from 'vitest'
import { digestBytes } from './digest-bytes.js'
import { buildLabImage, clockArchive, ensureImage, RECIPES } from './images/index.js'

const SIX = 'linux/amd64 linux/arm64 linux/arm/v7 linux/386 linux/ppc64le linux/s390x'
const TWO = 'linux/amd64 linux/arm64'

/** Platforms that an index names, in its order; `*` for a nested index, `-` for an image without one. */
const EXPECTED: Readonly<Record<string, string>> = {
  emulated: `${TWO} linux/arm/v7 linux/ppc64le linux/s390x linux/mips64le`,
  flood: TWO,
  clock: TWO,
  atomics: TWO,
  tracer: TWO,
  dispatch: TWO,
  fallback: TWO,
  skewed: TWO,
  mislabelled: TWO,
  attested: `${TWO} unknown/unknown unknown/unknown`,
  duplicate: `${TWO} linux/s390x`,
  python: `${TWO} linux/s390x`,
  missing: SIX.replace(' linux/arm/v7', ''),
  nested: '* * linux/s390x',
  legacy: '-',
  windows: `${SIX} windows/amd64`,
  unrunnable: 'windows/amd64 linux/mips-made-up',
}

interface Index {
  readonly manifests?: readonly { platform?: { os: string; architecture: string; variant?: string } }[]
}

function formatPlatforms({ manifests }: Index): string {
  if (manifests === undefined) return '-'
  return manifests
    .map(({ platform }) =>
      platform ? [platform.os, platform.architecture, platform.variant].filter(Boolean).join('/') : '*',
    )
    .join(' ')
}

// Its packages are 100 MB to download: the tests that need it check it.
const PYTHON = ['python', 'lost-library', 'wrong-modules', 'lost-zones', 'wrong-program']
const names = RECIPES.map(({ name }) => name).filter(name => !PYTHON.includes(name))

test.each(names)('skopeo reads %s as it was written', async name => {
  const reference = await ensureImage(name)
  const inspect = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]
  const { stdout } = await execa('skopeo', inspect, { encoding: 'buffer' })
  expect(digestBytes(stdout)).toBe((await buildLabImage(name)).descriptor.digest)
  expect(formatPlatforms(JSON.parse(Buffer.from(stdout).toString()))).toBe(EXPECTED[name] ?? SIX)
})

test.each(['healthy', 'docker-list', 'attested'])('every byte of %s arrives', async name => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lab-copy-'))
  try {
    const source = `docker://${await ensureImage(name)}`
    await execa('skopeo', [
      '--insecure-policy',
      'copy',
      '--all',
      '--src-tls-verify=false',
      source,
      `dir:${folder}`,
    ])
    const { parts } = await buildLabImage(name)
    const blobs = new Set(parts.filter(part => part.kind === 'blob').map(part => part.digest.split(':')[1]))
    expect(
      readdirSync(folder)
        .filter(file => /^[0-9a-f]{64}$/.test(file))
        .sort(),
    ).toEqual([...blobs].sort())
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('the same recipe gives the same digest', async () => {
  const recipe = RECIPES.find(({ name }) => name === 'web')
  expect((await recipe?.build())?.descriptor).toEqual((await recipe?.build())?.descriptor)
})

test("the clock's archive holds the same index", async () => {
  const { stdout } = await execa('skopeo', ['inspect', '--raw', `oci-archive:${await clockArchive()}`], {
    encoding: 'buffer',
  })
  expect(digestBytes(stdout)).toBe((await buildLabImage('clock')).descriptor.digest)
})

test('the closed registry has the images for those who know the password', async () => {
  const reference = (await ensureImage('healthy')).replace(inject('registry'), inject('authRegistry'))
  const inspect = ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]
  const refused = await execa('skopeo', inspect, { reject: false })
  expect(refused.stderr).toMatch(/authentication required|unauthorized/)
  const { stdout } = await execa('skopeo', [...inspect, '--creds', 'lab:secret'], { encoding: 'buffer' })
  expect(digestBytes(stdout)).toBe((await buildLabImage('healthy')).descriptor.digest)
})
