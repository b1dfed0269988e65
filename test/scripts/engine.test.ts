import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findEngine } from '../../scripts/setup/engine.mjs'
import { takeLease } from '../../scripts/setup/leases.mjs'
import { pingEngine } from '../../scripts/setup/ping-engine.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-engine-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Docker's configuration with a current context at that endpoint. */
function writeContext(endpoint: string): NodeJS.ProcessEnv {
  const id = createHash('sha256').update('lab').digest('hex')
  mkdirSync(path.join(folder, 'contexts', 'meta', id), { recursive: true })
  const meta = { Name: 'lab', Endpoints: { docker: { Host: endpoint } } }
  writeFileSync(path.join(folder, 'contexts', 'meta', id, 'meta.json'), JSON.stringify(meta))
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify({ currentContext: 'lab' }))
  return { DOCKER_CONFIG: folder }
}

test('an engine that the user names and that is silent is an error, never replaced by another', async () => {
  const silent = `unix://${folder}/none.sock`
  await expect(findEngine({ DOCKER_HOST: silent })).rejects.toThrow(/DOCKER_HOST names does not answer/)
  await expect(findEngine(writeContext(silent))).rejects.toThrow(/context "lab" names does not answer/)
})

test('an engine that answers is used: as it is where DOCKER_HOST names it, told where a context does', async () => {
  const socket = path.join(folder, 'engine.sock')
  const server = createServer((_, response) => response.end('OK'))
  await new Promise<void>(resolve => server.listen(socket, resolve))
  try {
    const endpoint = `unix://${socket}`
    expect(await findEngine({ DOCKER_HOST: endpoint, DOCKER_CONFIG: folder })).toEqual({
      endpoint,
      tell: false,
    })
    expect(await findEngine(writeContext(endpoint))).toEqual({ endpoint, tell: true })
    expect(await findEngine({ DOCKER_HOST: endpoint, ARCHPARITY_SETUP_IGNORE_ENGINE: '1' })).toBeUndefined()
  } finally {
    server.close()
  }
})

test('what cannot be asked says why', async () => {
  expect(await pingEngine('ssh://root@host')).toMatch(/not supported/)
  expect(await pingEngine('nonsense')).toBe('not a URL')
  expect(await pingEngine('tcp://127.0.0.1:1')).toMatch(/ECONNREFUSED/)
})

test('the last lease decides; that of a dead process counts for nothing', () => {
  const own = takeLease(folder)
  // The parent of this worker lives; no process has this number, which is above the kernel's limit.
  writeFileSync(path.join(folder, 'leases', `${process.ppid}-abc`), '')
  expect(own.release()).toBe(false)
  rmSync(path.join(folder, 'leases', `${process.ppid}-abc`))
  writeFileSync(path.join(folder, 'leases', '4194305-abc'), '')
  expect(takeLease(folder).release()).toBe(true)
})
