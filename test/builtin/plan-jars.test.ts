import { expect, test } from 'vitest'
import type { FileFact } from '../../src/audit/inventory.js'
import type { JarGroup } from '../../src/builtin/builtin-plan.js'
import { planBuiltin } from '../../src/builtin/plan-builtin.js'
import { glibcRoot, library, makeView, program, type SyntheticFiles } from '../audit/synthetic.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64']

const jar = (members: Readonly<Record<string, string>>): { fact: FileFact } => ({
  fact: {
    kind: 'archive',
    members: Object.entries(members).map(([path, platform]) => ({
      path,
      size: 9,
      // A jar holds libraries of other systems, too: those are no ELF files.
      ...(platform === '' ? {} : { elf: library(platform) }),
    })),
  },
})

/** Plans for roots with Java and these files; gives the jars that each platform loads, and how many libraries are left out. */
function plan(files: (platform: string) => SyntheticFiles, java: readonly string[] = PLATFORMS) {
  const views = PLATFORMS.map(platform =>
    makeView({
      platform,
      files: {
        ...glibcRoot(platform),
        ...(java.includes(platform) ? { 'usr/bin/java': { mode: 0o755, elf: program(platform) } } : {}),
        ...files(platform),
      },
    }),
  )
  const plans = [...planBuiltin(views).values()]
  return { jars: plans.map(each => each.jars), omitted: plans.map(each => each.omitted.libraries) }
}

const summarize = (groups: readonly JarGroup[]) =>
  groups.map(({ name, path, libraries }) => ({
    name,
    path,
    libraries: Object.fromEntries(libraries.map(({ name, members }) => [name, members])),
  }))

test('each platform loads its own builds, by names that are the same on all', () => {
  const every = jar({
    'linux-x86-64/libjna.so': 'linux/amd64',
    'linux-aarch64/libjna.so': 'linux/arm64',
    'musl/x86-64/libjna.so': 'linux/amd64',
    'freebsd-x86-64/libjna.so': 'linux/amd64',
    'win32/jna.dll': '',
    'only/libamd64.so': 'linux/amd64',
  })
  const { jars } = plan(() => ({ 'srv/app.jar': every }))
  expect(jars.map(summarize)).toEqual([
    [
      {
        name: 'srv/app.jar',
        path: '/srv/app.jar',
        libraries: {
          'libamd64.so': ['only/libamd64.so'],
          'libjna.so': ['linux-x86-64/libjna.so', 'musl/x86-64/libjna.so'],
        },
      },
    ],
    [
      {
        name: 'srv/app.jar',
        path: '/srv/app.jar',
        libraries: { 'libamd64.so': undefined, 'libjna.so': ['linux-aarch64/libjna.so'] },
      },
    ],
  ])
})

test('a platform whose jar has nothing for it is asked all the same', () => {
  const { jars } = plan(() => ({ 'srv/app.jar': jar({ 'libjna.so': 'linux/amd64' }) }))
  expect(jars.map(summarize)[1]).toEqual([
    { name: 'srv/app.jar', path: undefined, libraries: { 'libjna.so': undefined } },
  ])
})

test('jars of an image without Java are not loaded, nor those without native libraries', () => {
  expect(plan(() => ({ 'srv/app.jar': jar({ 'libjna.so': 'linux/amd64' }) }), []).jars).toEqual([[], []])
  expect(plan(() => ({ 'srv/app.jar': jar({}) })).jars).toEqual([[], []])
})

test('more libraries than a run can load are counted', () => {
  const members = Object.fromEntries(
    Array.from({ length: 63 }, (_, index) => [`lib${index}.so`, 'linux/amd64']),
  )
  const { jars, omitted } = plan(() => ({ 'srv/app.jar': jar(members) }))
  expect(jars[0]?.[0]?.libraries).toHaveLength(60)
  expect(omitted).toEqual([3, 3])
})
