import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { Finding } from '../../src/model/finding.js'
import { type Behaviour, command, LogWriter, type TargetOptions } from '../report/factory.js'

const LEG = 'linux/arm64 emulated cortex-a72@local'
const E = 'linux/arm64 emulated@local'
const SIGNAL_4 = 'qemu: uncaught target signal 4 (Illegal instruction) - core dumped\n'
const ILLEGAL: Behaviour = {
  status: 'failed',
  observations: [command('app', { exitCode: 132, signal: 'SIGILL', stderr: SIGNAL_4 })],
}
const WRONG: Behaviour = { status: 'failed', observations: [command('app', { exitCode: 1 })] }

type Place = 'R' | 'N' | 'E' | 'C' | 'D'
const PLACES: Record<Place, [string, TargetOptions]> = {
  R: ['linux/amd64', {}],
  N: ['linux/arm64', { execution: 'native', host: 'pi', label: 'linux/arm64 (native)' }],
  E: ['linux/arm64', { label: 'linux/arm64 (emulated)' }],
  C: ['linux/arm64', { cpu: 'cortex-a72', label: 'linux/arm64 (cortex-a72)' }],
  D: ['linux/arm64', { cpu: 'cortex-a53', label: 'linux/arm64 (cortex-a53)' }],
}

/** A run with these targets, on which one check behaves like this; `changes` are for the plan of a target. */
function run(
  cells: Partial<Record<Place, Behaviour>>,
  changes: Partial<Record<Place, TargetOptions>> = {},
): Finding[] {
  const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true, hosts: ['local', 'pi', 'b'] })
  const behaviours = new Map<string, Behaviour>()
  for (const [place, behaviour] of Object.entries(cells) as [Place, Behaviour][]) {
    const [platform, options] = PLACES[place]
    behaviours.set(log.target(platform, { ...options, ...changes[place] }).id, behaviour)
  }
  log.check('one', (_, target) => ({ observations: [command('app')], ...behaviours.get(target.id) }))
  const record = buildRunRecord(log.finish())
  return attributeRun(record, compareRun(record))
}

describe('a leg of a CPU model', () => {
  test('that is bad where the emulator’s own choice is right needs a newer CPU', () => {
    for (const native of [undefined, {}] as const) {
      const findings = run({ R: {}, ...(native && { N: native }), E: {}, C: ILLEGAL })
      expect(findings).toMatchObject([
        {
          cause: 'architecture',
          title: '"one" on linux/arm64 needs more than cortex-a72',
          platforms: ['linux/arm64'],
          targets: [LEG],
          evidence: [
            {
              kind: 'executed',
              text: 'needs more than cortex-a72: under the CPU that qemu-aarch64 7.2.22 chooses by itself it is right',
              data: {
                needsMoreThan: 'cortex-a72',
                rightOn: [E],
                emulator: { name: 'qemu-aarch64', version: '7.2.22', flags: 'PF', cpu: 'cortex-a72' },
              },
            },
            { kind: 'emulator-signature', data: { signature: 'uncaught-signal-4' } },
            {
              kind: 'signal',
              text: '`app`: exit 132 (SIGILL); on linux/arm64 (emulated): exit 0',
            },
            {},
          ],
          reproduce: [expect.stringContaining('--env QEMU_CPU=cortex-a72')],
        },
      ])
    }
  })

  test('values that differ under a CPU model', () => {
    const see = (stdout: string): Behaviour => ({ observations: [command('app', { stdout })] })
    expect(run({ R: see('a'), E: see('a'), C: see('b') })).toMatchObject([
      {
        cause: 'architecture',
        title: 'stdout of `app` in "one" differs on linux/arm64 (cortex-a72)',
        targets: [LEG],
      },
    ])
  })

  test('legs never outvote the reference', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/s390x'], {
      unplanned: true,
      hosts: ['local', 'pi'],
    })
    log.target('linux/amd64')
    log.target('linux/arm64', { execution: 'native', host: 'pi' })
    log.target('linux/s390x', { cpu: 'z13' })
    log.check('one', (_, target) => ({
      observations: [command('app', { stdout: target.reference ? 'a' : 'b' })],
    }))
    const record = buildRunRecord(log.finish())
    const findings = attributeRun(record, compareRun(record))
    expect(findings.map(one => [one.cause, ...one.platforms])).toEqual([
      ['architecture', 'linux/arm64'],
      ['unattributed', 'linux/s390x'],
    ])
  })

  test('two legs are one finding', () => {
    expect(run({ R: {}, E: {}, C: ILLEGAL, D: ILLEGAL })).toMatchObject([
      { title: '"one" on linux/arm64 needs more than cortex-a53 and cortex-a72' },
    ])
  })

  test('adds nothing where the emulator’s own choice is bad as well', () => {
    for (const cells of [
      { R: {}, E: WRONG, C: ILLEGAL },
      { R: {}, N: {}, E: WRONG, C: ILLEGAL },
      { R: {}, N: WRONG, E: WRONG, C: ILLEGAL },
    ]) {
      const findings = run(cells)
      expect(findings).toHaveLength(1)
      expect(findings[0]?.targets).toContain(LEG)
      expect(findings[0]?.evidence.some(one => one.target === LEG)).toBe(false)
    }
  })

  test('says why a native target fails that emulation hides', () => {
    const [finding, ...rest] = run({ R: {}, N: ILLEGAL, E: {}, C: ILLEGAL })
    expect(rest).toEqual([])
    expect(finding?.title).toBe('"one" fails on linux/arm64 (native) (masked by emulation)')
    expect(finding?.evidence.at(-1)?.data).toMatchObject({ needsMoreThan: 'cortex-a72', rightOn: [E] })
  })

  test('never masks, and never takes the emulated target’s place', () => {
    expect(run({ R: {}, N: WRONG, C: {} })).toMatchObject([
      { cause: 'architecture', title: '"one" fails on linux/arm64' },
    ])
    // Good natively and bad under a model: the emulator, or the model; only the instruction tells.
    expect(run({ R: {}, N: {}, C: WRONG })).toMatchObject([
      {
        cause: 'unattributed',
        title: '"one" fails on linux/arm64 (cortex-a72)',
        advice: expect.stringContaining('own choice of CPU'),
      },
    ])
    expect(run({ R: {}, N: {}, C: ILLEGAL })).toMatchObject([{ cause: 'architecture' }])
  })

  test('beside a native target that is right, a known trace of the emulator decides too', () => {
    const stderr = 'QEMU internal SIGSEGV {code=MAPERR, addr=0x20}\n'
    const crash: Behaviour = { status: 'failed', observations: [command('app', { exitCode: 1, stderr })] }
    expect(run({ R: {}, N: {}, C: crash })).toMatchObject([{ cause: 'emulation' }])
  })

  test('alone it decides nothing, and is told as what is right where the rest is not', () => {
    expect(run({ R: {}, C: ILLEGAL })).toMatchObject([
      { cause: 'unattributed', advice: expect.stringContaining("emulator's own choice of CPU") },
    ])
    const [finding] = run({ R: {}, E: WRONG, C: {} })
    expect(finding).toMatchObject({ cause: 'unattributed', title: '"one" fails on linux/arm64' })
    expect(finding?.evidence.at(-1)).toMatchObject({ text: 'it is right under the CPU model cortex-a72' })
  })

  test('is compared with its own host before others', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'], { unplanned: true, hosts: ['local', 'b'] })
    log.target('linux/amd64')
    for (const host of ['b', 'local']) log.target('linux/arm64', { host })
    log.target('linux/arm64', { cpu: 'cortex-a72' })
    log.check('one', (_, { host, emulator }) => {
      if (emulator?.cpu !== undefined) return ILLEGAL
      return host === 'b' ? WRONG : { observations: [command('app')] }
    })
    const record = buildRunRecord(log.finish())
    const findings = attributeRun(record, compareRun(record))
    expect(findings.map(one => [one.cause, one.targets])).toEqual([
      ['architecture', [LEG]],
      ['unattributed', ['linux/arm64 emulated@b']],
    ])
  })

  test('is compared with the same emulator only', () => {
    const qemu = (version: string) => ({ emulator: { name: 'qemu-aarch64', version } })
    const other = run({ R: {}, E: {}, C: WRONG }, { E: { host: 'b', ...qemu('10.0') } })
    expect(other).toMatchObject([{ cause: 'unattributed' }])
    const same = run({ R: {}, E: {}, C: WRONG }, { E: { host: 'b' } })
    expect(same).toMatchObject([{ cause: 'architecture' }])
    const near = run({ R: {}, E: {}, C: WRONG }, { E: qemu('10.0') })
    expect(near).toMatchObject([{ cause: 'architecture' }])
  })
})
