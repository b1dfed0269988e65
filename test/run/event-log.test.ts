import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { RunEvent } from '../../src/model/events.js'
import { EventLog } from '../../src/run/event-log.js'
import { makeFolder } from './temporary.js'

const AT = new Date('2020-01-02T03:04:05.678Z')
const lost = (message: string): RunEvent => ({ type: 'host-lost', host: 'local', message })
const stamped = (message: string) => ({ ...lost(message), at: AT.toISOString() })

const readLines = async (file: string) =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as unknown)

test('events are in the file, in order, before anyone else hears of them', async () => {
  const file = path.join(await makeFolder(), 'deep', 'run.jsonl')
  const log = new EventLog(file, () => AT)
  const seenOnDisk: unknown[] = []
  log.onEvent(() => seenOnDisk.push(AT))
  const heard: Promise<unknown>[] = []
  log.onEvent(event => heard.push(readLines(file).then(lines => ({ event, lines }))))
  log.emit(lost('one'))
  expect(await heard[0]).toEqual({ event: stamped('one'), lines: [stamped('one')] })
  log.emit(lost('two \u2028\n\ud800'))
  log.close()
  expect(log.events).toHaveLength(2)
  expect(await readLines(file)).toEqual(JSON.parse(JSON.stringify(log.events)))
  expect(log.problem).toBeUndefined()
  expect(seenOnDisk).toHaveLength(2)
})

test('a new run begins a new file', async () => {
  const file = path.join(await makeFolder(), 'run.jsonl')
  await writeFile(file, 'of an earlier run\n')
  const log = new EventLog(file, () => AT)
  log.emit(lost('new'))
  log.close()
  expect(await readLines(file)).toEqual([stamped('new')])
})

test('a big event is written whole', async () => {
  const file = path.join(await makeFolder(), 'run.jsonl')
  const log = new EventLog(file, () => AT)
  log.emit(lost('x'.repeat(10_000_000)))
  log.emit(lost('after'))
  log.close()
  const lines = (await readLines(file)) as { message: string }[]
  expect(lines.map(({ message }) => message.length)).toEqual([10_000_000, 5])
})

test('on a disk that is full nothing is lost in memory, and the problem is known', async () => {
  const file = path.join(await makeFolder(), 'run.jsonl')
  await symlink('/dev/full', file)
  const log = new EventLog(file, () => AT)
  const heard: unknown[] = []
  log.onEvent(event => heard.push(event))
  for (const message of ['one', 'two']) log.emit(lost(message))
  log.close()
  expect(log.events).toEqual([stamped('one'), stamped('two')])
  expect(heard).toEqual(log.events)
  expect(log.problem).toMatch(/run\.jsonl cannot be written any further: .*ENOSPC/)
})

test.each([
  [
    'a file stands where a folder is needed',
    async (folder: string) => writeFile(path.join(folder, 'reports'), ''),
  ],
  [
    'a folder stands where the file is needed',
    async (folder: string) => mkdir(path.join(folder, 'reports', 'run.jsonl'), { recursive: true }),
  ],
])('%s: known from the beginning, and nothing is lost', async (_, prepare) => {
  const folder = await makeFolder()
  await prepare(folder)
  const log = new EventLog(path.join(folder, 'reports', 'run.jsonl'), () => AT)
  expect(log.problem).toMatch(/cannot be written: /)
  log.emit(lost('one'))
  log.close()
  expect(log.events).toEqual([stamped('one')])
})

test('closing twice, and speaking after it, harms nothing', async () => {
  const file = path.join(await makeFolder(), 'run.jsonl')
  const log = new EventLog(file, () => AT)
  log.close()
  log.close()
  log.emit(lost('late'))
  expect(log.events).toHaveLength(1)
  expect(await readFile(file, 'utf8')).toBe('')
})
