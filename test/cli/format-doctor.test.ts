import pc from 'picocolors'
import { expect, test } from 'vitest'
import {
  type Diagnosis,
  describeAsJson,
  formatDiagnosis,
  formatSummary,
} from '../../src/cli/format-doctor.js'
import { adviseOnFailure, adviseOnHost } from '../../src/doctor/advise.js'
import { ArchparityError } from '../../src/errors.js'
import { type Changes, fails, makeHandler, makeKnown, runs } from '../doctor/known.js'

const STYLE = { colors: pc.createColors(false), width: 80 }

function diagnose(changes: Changes): Diagnosis {
  const known = makeKnown(changes)
  return { spec: known.spec, known, advice: adviseOnHost(known) }
}

const error = new ArchparityError('HOST_KEY', 'Host pi: no ssh connection', { hint: 'Compare the key.' })
const LOST: Diagnosis = {
  spec: makeKnown({ at: 'ssh' }).spec,
  error,
  advice: adviseOnFailure(error, false),
}

test('a host in order', () => {
  const facts = { cpuModel: 'Cortex-A72', pageSize: 4096, freeDisk: 21 * 1024 ** 3, clockSkewMs: -40_000 }
  expect(formatDiagnosis(diagnose({ facts, platforms: [runs('linux/amd64')] }), STYLE)).toBe(
    `host local  unix:///var/run/docker.sock
  reached as local, on this kernel
  engine  Docker 28.5.1 (API 1.41), classic image store on overlay2
  system  Debian GNU/Linux 12, kernel 6.1.0-18-amd64, linux/amd64
  cpu     2 × Cortex-A72, 7.5 GiB of memory in pages of 4 KiB
  disk    21.0 GiB free
  clock   40 s behind this machine's

  ok  linux/amd64  native  it does

  Nothing to mend.
`,
  )
})

test('long lists are wrapped, commands are whole and said once', () => {
  const handlers = ['arm', 'arm64', 'ppc64le', 'riscv64', 's390x'].map(each =>
    makeHandler(`qemu-${each}-with-a-long-name`, each, { flags: 'F', version: '7.2.1' }),
  )
  const platforms = handlers.map(handler => runs(`linux/${handler.name.split('-')[1]}`, handler))
  const text = formatDiagnosis(diagnose({ facts: { handlers }, platforms }), STYLE)
  const lines = text.split('\n')
  const commands = lines.filter(line => line.includes('docker run'))
  expect(commands).toHaveLength(1)
  expect(text).toContain('(the same command)')
  expect(lines.filter(line => line.length > 80)).toEqual(commands)
})

test('a host that was not reached', () => {
  expect(formatDiagnosis(LOST, STYLE)).toBe(`host ssh  ssh://pi:2222/run/docker.sock

  fix   Host pi: no ssh connection
        Compare the key.
`)
})

test('whatever a host says is made safe', () => {
  const evil = '\x1b[2J\u202eevil\n'
  const handler = makeHandler(evil, 'arm64', { flags: 'P' })
  const { text } = {
    text: formatDiagnosis(
      diagnose({
        facts: { operatingSystem: evil, kernel: evil, cpuModel: evil, handlers: [handler] },
        engine: { name: `Docker${evil}`, version: `20.${evil}`, storageDriver: evil, apiVersion: evil },
        spec: { name: evil, endpoint: `ssh://${evil}` },
        known: { aliases: [evil] },
        platforms: [runs('linux/arm64', handler), fails('linux/s390x', 'cpu-level', evil)],
      }),
      STYLE,
    ),
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be found
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/)
  expect(text).toContain('\\x1b[2J\\u202eevil\\n')
})

test('the summary counts', () => {
  const full = diagnose({ facts: { freeDisk: 0, pageSize: 65_536 } })
  expect(formatSummary([full, LOST])).toBe('2 hosts, 1 not reached: 2 fixes, 1 note\n')
  expect(formatSummary([diagnose({})])).toBe('1 host: 0 fixes, 0 notes\n')
})

test('JSON holds all of it', () => {
  const { hosts } = JSON.parse(describeAsJson([diagnose({ platforms: [fails('linux/arm64')] }), LOST]))
  expect(hosts).toMatchObject([
    {
      name: 'local',
      reached: true,
      facts: { kernel: '6.1.0-18-amd64' },
      emulates: true,
      platforms: [{ platform: 'linux/arm64', runs: false, code: 'no-handler' }],
      advice: [{ rule: 'no-handler', severity: 'fix', command: expect.stringContaining('apt-get') }],
    },
    {
      endpoint: 'ssh://pi:2222/run/docker.sock',
      reached: false,
      code: 'HOST_KEY',
      advice: [{ rule: 'not-reached' }],
    },
  ])
})
