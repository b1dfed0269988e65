import { expect, test } from 'vitest'
import { addLayer } from '../lab/audit-images/change.js'
import { assembleImage, buildDebianImage, buildDebianPlatforms } from '../lab/debian/debian-image.js'
import { installNpmPackages } from '../lab/debian/npm-packages.js'
import { NPM_CPUS } from '../lab/debian/programs.js'
import type { Content } from '../lab/image-writer.js'
import { buildLabImage } from '../lab/images/index.js'
import { AMD64, ARM_V7, ARM64 } from '../lab/platforms.js'
import { auditContent } from './audit-content.js'

const SIX = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/s390x']
const THREE = ['linux/amd64', 'linux/arm64', 'linux/arm/v7']
const FOUR = ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/s390x']

/** Platforms, and for one of them the fewest files, ELF files and packages that prove that it was read. */
const HEALTHY = [
  { name: 'healthy', build: () => buildLabImage('healthy'), platforms: SIX, least: [4, 1, 0] },
  {
    name: 'debian-python',
    build: () => buildDebianImage('debian-python'),
    platforms: SIX,
    least: [4000, 700, 110],
  },
  {
    name: 'debian-node',
    build: () => buildDebianImage('debian-node'),
    platforms: FOUR,
    least: [3500, 650, 125],
  },
  {
    name: 'debian-cpp',
    build: () => buildDebianImage('debian-cpp'),
    platforms: FOUR,
    least: [3000, 650, 90],
  },
  {
    name: 'debian-cross',
    build: () => buildDebianImage('debian-cross'),
    platforms: FOUR,
    least: [3000, 650, 90],
  },
  { name: 'node-prebuilds', build: buildPrebuilds, platforms: THREE, least: [3500, 650, 125] },
] as const

test.for(HEALTHY)('$name has no finding', { timeout: 600_000 }, async ({ build, platforms, least }) => {
  const { findings, summaries } = await auditContent(await build())
  expect(findings.map(each => `${each.severity} ${each.rule} ${each.platforms}: ${each.title}`)).toEqual([])
  expect(summaries.map(({ platform }) => platform)).toEqual(platforms)
  for (const { files, elfFiles, packages } of summaries) {
    expect(files).toBeGreaterThanOrEqual(least[0])
    expect(elfFiles).toBeGreaterThanOrEqual(least[1])
    const count = Object.values(packages).reduce((sum, each) => sum + each, 0)
    expect(count).toBeGreaterThanOrEqual(least[2])
  }
})

/** Prebuilt addons of all platforms lie side by side, and the package chooses when it is loaded. */
async function buildPrebuilds(): Promise<Content> {
  const parts = await buildDebianPlatforms('debian-node', [AMD64, ARM64, ARM_V7])
  return assembleImage(
    await addLayer(parts, ({ debian }) =>
      installNpmPackages({ 'classic-level': '1.4.1' }, { cpu: NPM_CPUS[debian] ?? '' }, 'srv/level'),
    ),
  )
}
