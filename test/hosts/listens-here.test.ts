import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listensHere } from '../../src/hosts/listens-here.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'listens here-'))
})
afterAll(() => rm(folder, { recursive: true }))

test.runIf(process.platform === 'linux')('a socket that somebody of this network listens on', async () => {
  const socket = path.join(folder, 'a.sock')
  const server = createServer()
  await new Promise<void>(resolve => server.listen(socket, resolve))
  expect(await listensHere(socket)).toBe(true)
  const link = path.join(folder, 'link')
  await symlink(socket, link)
  expect(await listensHere(link)).toBe(true)
  await new Promise(resolve => server.close(resolve))
  expect(await listensHere(socket)).toBe(false)
})

test('what is no socket, or not there', async () => {
  await writeFile(path.join(folder, 'file'), '')
  expect(await listensHere(path.join(folder, 'file'))).toBe(false)
  expect(await listensHere(path.join(folder, 'nothing'))).toBe(false)
  expect(await listensHere('tcp://127.0.0.1:2375')).toBe(false)
})
