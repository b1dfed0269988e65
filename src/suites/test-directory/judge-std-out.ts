import { createTwoFilesPatch } from 'diff'

/** How much of a difference is shown; characters. */
const MAX_SHOWN = 2000

/**
 * What is wrong with a script's standard output; undefined where it is as the file says. As a shell's `$(…)` takes it: NUL
 * bytes and all line ends at its end are left out, and the file must hold it with one (docker-library/official-images,
 * test/run.sh).
 */
export function judgeStdOut(expected: string, written: Uint8Array): string | undefined {
  const found = `${Buffer.from(written).toString('utf8').replaceAll('\0', '').replace(/\n+$/, '')}\n`
  if (found === expected) return undefined
  const patch = createTwoFilesPatch('expected-std-out.txt', 'standard output', expected, found, '', '', {
    context: 2,
    // A flood is no reason to wait.
    timeout: 1000,
  })
  const lines = patch?.split('\n').slice(1).join('\n').replace(/\n$/, '') ?? `standard output is ${found}`
  const shown = lines.length > MAX_SHOWN ? `${lines.slice(0, MAX_SHOWN)} …` : lines
  return `standard output is not that of expected-std-out.txt\n${shown}`
}
