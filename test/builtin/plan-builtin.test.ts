import { expect, test } from 'vitest'
import type { BuiltinPlan } from '../../src/builtin/builtin-plan.js'
import { planBuiltin } from '../../src/builtin/plan-builtin.js'
import { GLIBC, glibcRoot, library, makeView, program, type SyntheticFiles } from '../audit/synthetic.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64']

/** Plans for Debian roots with these files; gives what each platform is asked. */
function plan(files: (platform: string, tuple: string) => SyntheticFiles): BuiltinPlan[] {
  const views = PLATFORMS.map(platform => {
    const { tuple = '' } = GLIBC[platform.slice('linux/'.length)] ?? {}
    return makeView({ platform, files: { ...glibcRoot(platform), ...files(platform, tuple) } })
  })
  return [...planBuiltin(views).values()]
}

test('one program of each kind is asked, by the same name on every platform, with its own loader', () => {
  const plans = plan(platform => ({
    'usr/bin/a': { mode: 0o755, elf: program(platform, { needed: ['libz.so.1'] }) },
    'usr/bin/b': { mode: 0o755, elf: program(platform, { needed: ['libz.so.1'] }) },
  }))
  const asked = plans.map(each => each.programs.flatMap(({ programs }) => programs))
  expect(asked.map(each => each.map(({ name }) => name))).toEqual([
    ['usr/bin/a', 'usr/bin/dash'],
    ['usr/bin/a', 'usr/bin/dash'],
  ])
  expect(asked.map(each => each[0]?.loader)).toEqual([
    '/lib64/ld-linux-x86-64.so.2',
    '/lib/ld-linux-aarch64.so.1',
  ])
})

test('a program that only one platform has is asked there alone', () => {
  const plans = plan(
    (platform): SyntheticFiles =>
      platform === 'linux/amd64'
        ? { 'usr/bin/a': { mode: 0o755, elf: program(platform, { needed: ['libz.so.1'] }) } }
        : {},
  )
  const paths = plans.map(each => each.programs[0]?.programs.map(({ path }) => path))
  expect(paths).toEqual([
    ['/usr/bin/a', '/usr/bin/dash'],
    [undefined, '/usr/bin/dash'],
  ])
})

test('a Python extension is asked for by the name that programs import, also where it is missing', () => {
  const plans = plan((platform, tuple) => ({
    'usr/bin/python3': { mode: 0o755, elf: program(platform) },
    ...(platform === 'linux/arm64'
      ? {}
      : {
          [`usr/lib/python3/dist-packages/pkg/_fast.cpython-311-${tuple}.so`]: { elf: library(platform) },
        }),
  }))
  expect(plans.map(each => each.modules)).toEqual([
    [
      {
        name: 'Python: pkg',
        interpreter: 'python',
        modules: [{ name: 'python pkg._fast', load: 'pkg._fast' }],
      },
    ],
    [
      {
        name: 'Python: pkg',
        interpreter: 'python',
        modules: [
          {
            name: 'python pkg._fast',
            elsewhere: '/usr/lib/python3/dist-packages/pkg/_fast.cpython-311-x86_64-linux-gnu.so',
          },
        ],
      },
    ],
  ])
  expect(plans[1]?.interpreters).toEqual([{ interpreter: 'python', path: '/usr/bin/python3' }])
})

test('what is too much is left out, and counted', () => {
  const [first] = plan(platform =>
    Object.fromEntries(
      Array.from({ length: 350 }, (_, n) => [
        `usr/bin/p${n}`,
        { mode: 0o755, elf: program(platform, { needed: [`lib${n}.so`] }) },
      ]),
    ),
  )
  expect(first?.programs.flatMap(({ programs }) => programs)).toHaveLength(300)
  expect(first?.omitted).toEqual({ programs: 51, modules: 0, libraries: 0 })
})

test('a manifest that is listed for two platforms is asked by each as its own', () => {
  const files = {
    ...glibcRoot('linux/amd64'),
    'usr/bin/python3': { mode: 0o755, elf: program('linux/amd64') },
    'usr/lib/python3/dist-packages/pkg/_fast.cpython-311-x86_64-linux-gnu.so': {
      elf: library('linux/amd64'),
    },
  }
  const views = PLATFORMS.map(platform => makeView({ platform, files }))
  const digest = views[0]?.inventory.image.manifest.digest ?? ''
  for (const view of views) Object.assign(view.inventory.image.manifest, { digest })
  const plans = planBuiltin(views)
  const own = plans.get(`linux/amd64 ${digest}`)
  expect(plans.size).toBe(2)
  expect(own?.modules[0]?.modules[0]).toMatchObject({ load: 'pkg._fast' })
})
