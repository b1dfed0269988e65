import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'
import { isAlive } from '../../scripts/setup/process-life.mjs'
import { createUndoStack } from '../../scripts/setup/undo-stack.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lab-setup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Starts a script that sets up a registry, prints its address, and goes on with `then`. */
function startScript(then: string, env: NodeJS.ProcessEnv = {}) {
  const file = path.join(folder, 'script.mjs')
  const lines = [
    `import { setUp } from ${JSON.stringify(path.join(ROOT, 'scripts', 'setup', 'index.mjs'))}`,
    `import { runScript } from ${JSON.stringify(path.join(ROOT, 'scripts', 'run-script.mjs'))}`,
    'await runScript(async keep => {',
    '  const ready = keep(await setUp({ registry: true }))',
    '  console.log(ready.registry)',
    `  ${then}`,
    '})',
  ]
  writeFileSync(file, lines.join('\n'))
  const full = { ARCHPARITY_LAB_CACHE: folder, TMPDIR: folder, ...env }
  return execa(process.execPath, [file], { reject: false, env: full, stdin: 'ignore', timeout: 60_000 })
}

/** The first line that a program prints. */
async function readFirstLine(script: { readonly stdout: Readable }): Promise<string> {
  const [chunk] = await once(script.stdout, 'data')
  return String(chunk).split('\n')[0] ?? ''
}

const answers = (address: string) =>
  fetch(`http://${address}/v2/`).then(
    () => true,
    () => false,
  )
const listTemporary = () => readdirSync(folder).filter(name => name.startsWith('archparity-registry-'))

test('what is set up answers while the job runs, and is gone afterwards', async () => {
  const script = startScript(
    'return (await fetch("http://" + ready.registry + "/v2/")).status === 200 ? 7 : 8',
  )
  const { exitCode, stdout } = await script
  expect(exitCode).toBe(7)
  expect(await answers(stdout)).toBe(false)
  expect(listTemporary()).toEqual([])
})

test('a job that throws leaves nothing either', async () => {
  const { exitCode, stdout, stderr } = await startScript('throw new Error("no luck")')
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('no luck')])
  expect(await answers(stdout)).toBe(false)
})

test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)('%s between two programs stops everything', async (signal, exitCode) => {
  const script = startScript('await new Promise(resolve => setTimeout(resolve, 60_000))')
  const address = await readFirstLine(script)
  expect(await answers(address)).toBe(true)
  script.kill(signal)
  expect((await script).exitCode).toBe(exitCode)
  expect(await answers(address)).toBe(false)
  expect(listTemporary()).toEqual([])
})

test('the program in the foreground decides what a signal means', async () => {
  const sleeper =
    'process.on("SIGTERM", () => process.exit(9)); setInterval(() => {}, 1000); console.log("up")'
  const script = startScript(`return await ready.run(process.execPath, ['-e', ${JSON.stringify(sleeper)}])`)
  const lines: string[] = []
  for await (const line of script.iterable({ from: 'stdout' })) {
    lines.push(line)
    if (line === 'up') script.kill('SIGTERM')
  }
  expect((await script).exitCode).toBe(9)
  expect(await answers(lines[0] ?? '')).toBe(false)
})

test.runIf(process.platform === 'linux')('a registry does not outlive a killed set-up', async () => {
  const script = startScript('console.log(process.pid); await new Promise(() => setInterval(() => {}, 1000))')
  const address = await readFirstLine(script)
  script.kill('SIGKILL')
  await script
  await expect.poll(() => answers(address), { timeout: 10_000 }).toBe(false)
  expect(listTemporary()).toHaveLength(1)
  await startScript('return 0')
  expect(listTemporary(), 'the next set-up sweeps').toEqual([])
})

test('undoing goes backwards, once, and past what fails', async () => {
  const undo = createUndoStack()
  const done: string[] = []
  undo.add('undo a', () => done.push('a'))
  undo.add('undo b', () => Promise.reject(new Error('stuck')))
  undo.add('undo c', () => done.push('c'))
  await Promise.all([undo.undoAll(), undo.undoAll()])
  expect(done).toEqual(['c', 'a'])
})

test.runIf(process.platform === 'linux')('a zombie is not alive', async () => {
  // The shell becomes a program that never asks how the first one ended.
  const parent = execa('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { reject: false })
  try {
    const zombie = Number(await readFirstLine(parent))
    expect(isAlive(parent.pid ?? 0)).toBe(true)
    await expect.poll(() => readFileSync(`/proc/${zombie}/stat`, 'utf8')).toContain(') Z ')
    expect(isAlive(zombie)).toBe(false)
  } finally {
    parent.kill('SIGKILL')
  }
})
