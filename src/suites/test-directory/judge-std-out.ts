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
  return `standard output is not that of expected-std-out.txt: ${describeFirst(expected, found)}\n${shown}`
}

/** Where the two part, in one line. */
function describeFirst(expected: string, found: string): string {
  const ends = /\n*$/.exec(expected)?.[0].length ?? 0
  if (`${expected.slice(0, expected.length - ends)}\n` === found)
    return `that file ends with ${ends} line ends, and must end with one`
  const [wanted, got] = [expected.split('\n'), found.split('\n')]
  const at = got.findIndex((line, index) => line !== wanted[index])
  // The expectation goes on where the output has ended.
  const index = at < 0 ? got.length - 1 : at
  const show = (line: string | undefined) =>
    line === undefined ? 'nothing' : JSON.stringify(line.slice(0, 200))
  return `line ${index + 1} is ${show(got[index])}, expected ${show(wanted[index])}`
}
