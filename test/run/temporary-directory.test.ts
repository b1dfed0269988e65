import { existsSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test, vi } from 'vitest'
import { describeThisProcess, formatOwner } from '../../src/run/owner.js'
import { openTemporaryDirectory } from '../../src/run/temporary-directory.js'
import { makeFolder } from './temporary.js'

test('this process and its children use it until it is closed, and nobody else can look into it', async () => {
  const folder = await makeFolder()
  vi.stubEnv('TMPDIR', folder)
  const directory = openTemporaryDirectory()
  expect(path.dirname(directory.path)).toBe(folder)
  expect(path.basename(directory.path)).toContain(formatOwner(describeThisProcess()))
  expect(statSync(directory.path).mode & 0o077).toBe(0)
  expect(tmpdir()).toBe(directory.path)
  writeFileSync(path.join(directory.path, 'left'), '')
  directory.close()
  directory.close()
  expect(existsSync(directory.path)).toBe(false)
  expect(tmpdir()).toBe(folder)
  vi.unstubAllEnvs()
})
