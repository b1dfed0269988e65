import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureBuild } from '../../scripts/setup/build.mjs'
import { needsNodeModules } from '../../scripts/setup/node-modules.mjs'
import { ROOT } from '../../scripts/setup/places.mjs'

let root: string
const find = (...names: string[]) => path.join(root, ...names)

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'lab-build-'))
  mkdirSync(find('src'))
  mkdirSync(find('node_modules'))
  symlinkSync(path.join(ROOT, 'node_modules', '.bin'), find('node_modules', '.bin'))
  symlinkSync(path.join(ROOT, 'node_modules', '@types'), find('node_modules', '@types'))
  for (const name of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json']) {
    writeFileSync(find(name), readFileSync(path.join(ROOT, name)))
  }
  writeFileSync(find('package.json'), '{"type":"module"}')
  writeFileSync(find('src', 'a.ts'), 'export const a: number = 1\n')
  writeFileSync(find('src', 'b.ts'), 'export const b: number = 2\n')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const listOutput = () => readdirSync(find('dist')).filter(name => name.endsWith('.js'))

test('builds, and leaves what is built alone until a source changes', async () => {
  await ensureBuild({ root })
  expect(listOutput()).toEqual(['a.js', 'b.js'])
  // Without a compiler, only leaving it alone can succeed.
  renameSync(find('node_modules', '.bin'), find('node_modules', 'hidden'))
  await ensureBuild({ root })
  renameSync(find('node_modules', 'hidden'), find('node_modules', '.bin'))
  writeFileSync(find('src', 'a.ts'), 'export const a: number = 10\n')
  await ensureBuild({ root })
  expect(readFileSync(find('dist', 'a.js'), 'utf8')).toContain('a = 10')
})

test('output of a source that is gone goes too, and removed output comes back', async () => {
  await ensureBuild({ root })
  rmSync(find('src', 'b.ts'))
  await ensureBuild({ root })
  expect(listOutput()).toEqual(['a.js'])
  rmSync(find('dist'), { recursive: true })
  await ensureBuild({ root })
  expect(listOutput()).toEqual(['a.js'])
})

test('a broken build is told and tried again', async () => {
  writeFileSync(find('src', 'a.ts'), 'export const a: number = "1"\n')
  await expect(ensureBuild({ root })).rejects.toThrow(/a\.ts.*not assignable/s)
  await expect(ensureBuild({ root })).rejects.toThrow(/a\.ts/)
})

test('npm packages are wanted where none are there or the lock file is newer', () => {
  expect(needsNodeModules(root)).toBe(true)
  writeFileSync(find('node_modules', '.package-lock.json'), '{}')
  utimesSync(find('package-lock.json'), new Date(1000), new Date(1000))
  expect(needsNodeModules(root)).toBe(false)
  utimesSync(find('node_modules', '.package-lock.json'), new Date(500), new Date(500))
  expect(needsNodeModules(root)).toBe(true)
})
