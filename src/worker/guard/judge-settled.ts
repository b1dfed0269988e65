import { setTimeout as sleep } from 'node:timers/promises'
import type { Verdict } from './execution-guard.js'
import type { ListedProcess } from './process-list.js'

const LOOKS = 6
const PAUSE_MS = 100

/**
 * Judges a process by the engine's list, and looks again before it says that a process is foreign: one that is just
 * being started has no command line yet, and the list shows its bare name. A foreign program stays one; an emulated one
 * shows its emulator a moment later. Undefined where the process is not listed, or has ended meanwhile.
 */
export async function judgeSettled(
  find: () => Promise<ListedProcess | undefined>,
  judge: (process: ListedProcess) => Verdict,
): Promise<Verdict | undefined> {
  for (let look = 1; ; look++) {
    const process = await find()
    if (process === undefined) return undefined
    const verdict = judge(process)
    if (verdict.expected || look === LOOKS) return verdict
    await sleep(PAUSE_MS)
  }
}
