import { existsSync, readFileSync } from 'node:fs'

/** Waits until a run's event log says something; throws after a minute. */
export async function waitForLog(file: string, text: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (existsSync(file) && readFileSync(file, 'utf8').includes(text)) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${file} never said ${text}`)
}
