import { existsSync, readFileSync } from 'node:fs'

/** Waits until a run's event log says something; throws after four minutes. */
export async function waitForLog(file: string, text: string | RegExp): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    const log = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (typeof text === 'string' ? log.includes(text) : text.test(log)) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${file} never said ${text}`)
}
