// @ts-check
// `npm run demo`: the main job on two real six-platform images, one of them with a fault (docs/development.md).
import path from 'node:path'
import { pushLabImages } from './push-lab-images.mjs'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'
import { say } from './setup/say.mjs'

const SUITES = ['suites/**/*.suite.ts', 'scripts/demo/*.suite.ts'].flatMap(glob => ['--suites', glob])

const ACTS = [
  {
    image: 'healthy',
    expected: 0,
    before:
      'A busybox image for six platforms. Every check runs on each of them, on its own digest, and all agree.',
    after: 'Exit code 0: parity holds.',
  },
  {
    image: 'differs',
    expected: 1,
    before:
      'The same image, but one platform ships an older app. Every check passes there too: comparing finds it.',
    after: 'Exit code 1: every check passed, and linux/s390x was found to behave differently.',
  },
]

await runScript(async keep => {
  const ready = keep(await setUp({ build: true, engine: true, binfmt: true, registry: true }))
  say('building and pushing the demo images')
  const images = await pushLabImages(
    ACTS.map(({ image }) => image),
    ready.registry,
    'demo',
  )
  let unexpected = 0
  for (const [index, act] of ACTS.entries()) {
    tell(`\n=== ${index + 1} of ${ACTS.length}: archparity run ${images[index]}\n${act.before}\n`)
    const reports = path.join('reports', 'demo', act.image)
    const main = path.join(ROOT, 'dist', 'cli', 'main.js')
    const args = [main, 'run', images[index] ?? '', ...SUITES, '--reports', reports]
    const exitCode = await ready.run(process.execPath, args, { cwd: ROOT })
    // 128 + a signal's number, or 130 where archparity was interrupted: no further act.
    if (exitCode >= 128) return exitCode
    const asExpected = exitCode === act.expected
    tell(
      asExpected
        ? `\n${act.after}`
        : `\nExit code ${exitCode}, where ${act.expected} was expected: please report this.`,
    )
    if (!asExpected) unexpected++
  }
  tell('\nYour own image: npm test -- <image>, with checks in suites/. Reports of this demo: reports/demo/.')
  return unexpected === 0 ? 0 : 1
})

/** @param {string} text */
function tell(text) {
  process.stderr.write(`${text}\n`)
}
