import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { attributeRun } from '../../src/attribute/attribute-run.js'
import { matchSignatures, SIGNATURES, weighSignatures } from '../../src/attribute/signatures.js'
import { compareRun } from '../../src/compare/compare-run.js'
import { buildRunRecord } from '../../src/compare/run-record.js'
import type { Cause, Finding } from '../../src/model/finding.js'
import type { Target } from '../../src/model/target.js'
import { command, LogWriter, type TargetOptions } from '../report/factory.js'

interface Case {
  readonly id: string
  readonly platform: string
  readonly line: string
  readonly cause: Cause
  readonly emulator?: TargetOptions['emulator']
  /** The same line on a target where it proves nothing. */
  readonly twin?: {
    readonly platform: string
    readonly emulator?: TargetOptions['emulator']
    readonly line?: string
  }
}

const qemu = (version: string, flags?: string) => ({
  name: 'qemu-test',
  version,
  ...(flags === undefined ? {} : { flags }),
})

/** For each signature a line as the real program writes it, and a twin that must not match. */
const CASES: readonly Case[] = [
  {
    id: 'qemu-internal',
    platform: 'linux/arm64',
    line: 'QEMU internal SIGSEGV {code=MAPERR, addr=0x20}',
    cause: 'emulation',
    twin: { platform: 'linux/386' },
  },
  {
    id: 'readdir-eoverflow',
    platform: 'linux/arm/v7',
    line: 'ls: /etc: Value too large for defined data type',
    cause: 'emulation',
    twin: { platform: 'linux/arm64' },
  },
  {
    id: 'java-policy-files',
    platform: 'linux/arm/v7',
    line: "java.lang.SecurityException: Couldn't iterate through the jurisdiction policy files: unlimited",
    cause: 'emulation',
    twin: { platform: 'linux/arm64' },
  },
  {
    id: 'ptrace-missing',
    platform: 'linux/arm64',
    line: 'strace: test_ptrace_get_syscall_info: PTRACE_TRACEME: Function not implemented',
    cause: 'emulation',
    twin: { platform: 'linux/386' },
  },
  {
    id: 'system-call-missing',
    platform: 'linux/s390x',
    line: 'io_uring_setup: Function not implemented',
    cause: 'emulation',
    twin: { platform: 'linux/386' },
  },
  {
    id: 'system-call-missing-before-10',
    platform: 'linux/arm64',
    line: 'openat2 failed: ENOSYS',
    cause: 'emulation',
    emulator: qemu('7.2.22'),
    twin: { platform: 'linux/arm64', emulator: qemu('10.0.2') },
  },
  {
    id: 'setuid-ignored',
    platform: 'linux/arm64',
    line: "sudo: effective uid is not 0, is /usr/bin/sudo on a file system with the 'nosuid' option set?",
    cause: 'host',
    emulator: qemu('7.2', 'PF'),
    twin: { platform: 'linux/arm64', emulator: qemu('7.2', 'PFC') },
  },
  {
    id: 'foreign-loader',
    platform: 'linux/arm64',
    line: "qemu-aarch64: Could not open '/lib64/ld-linux-x86-64.so.2': No such file or directory",
    cause: 'architecture',
    twin: {
      platform: 'linux/arm64',
      line: "qemu-aarch64: Could not open '/lib/ld-linux-aarch64.so.1': No such file or directory",
    },
  },
  {
    id: 'loader-missing',
    platform: 'linux/arm64',
    line: "aarch64-binfmt-P: Could not open '/lib/ld-linux-aarch64.so.1': No such file or directory",
    cause: 'architecture',
    twin: { platform: 'linux/s390x' },
  },
  {
    id: 'x86-level',
    platform: 'linux/amd64',
    line: 'Fatal glibc error: CPU does not support x86-64-v3',
    cause: 'architecture',
    twin: { platform: 'linux/arm64' },
  },
  {
    id: 'jemalloc-page-size',
    platform: 'linux/arm64',
    line: '<jemalloc>: Unsupported system page size',
    cause: 'architecture',
    twin: { platform: 'linux/arm64', line: 'jemalloc: page size ok' },
  },
  {
    id: 'node-platform-package',
    platform: 'linux/arm64',
    line: 'Error: Cannot find module @rollup/rollup-linux-arm64-gnu. npm has a bug',
    cause: 'architecture',
    twin: { platform: 'linux/arm64', line: "Error: Cannot find module './local'" },
  },
  {
    id: 'foreign-library',
    platform: 'linux/arm/v7',
    line: 'ImportError: /app/x.so: wrong ELF class: ELFCLASS64',
    cause: 'architecture',
    twin: { platform: 'linux/arm/v7', line: 'ELF class 64' },
  },
  {
    id: 'wrong-libc',
    platform: 'linux/arm64',
    line: 'Error relocating /usr/lib/libx.so: __res_init: symbol not found',
    cause: 'architecture',
    twin: { platform: 'linux/arm64', line: 'relocating to /x' },
  },
  {
    id: 'library-page-size',
    platform: 'linux/arm64',
    line: 'python3: error while loading shared libraries: libx.so: ELF load command alignment not page-aligned',
    cause: 'architecture',
    twin: { platform: 'linux/arm64', line: 'libx.so: ELF load command past end of file' },
  },
  {
    id: 'library-missing',
    platform: 'linux/s390x',
    line: 'app: error while loading shared libraries: libssl.so.3: cannot open shared object file: No such file or directory',
    cause: 'architecture',
    twin: { platform: 'linux/s390x', line: 'libssl.so.3 is loaded' },
  },
  {
    id: 'uncaught-signal-4',
    platform: 'linux/arm64',
    line: 'qemu: uncaught target signal 4 (Illegal instruction) - core dumped',
    cause: 'unattributed',
    twin: { platform: 'linux/386' },
  },
  {
    id: 'uncaught-signal',
    platform: 'linux/arm64',
    line: 'qemu: uncaught target signal 11 (Segmentation fault) - core dumped',
    cause: 'unattributed',
    twin: { platform: 'linux/386' },
  },
  {
    id: 'exec-format',
    platform: 'linux/arm64',
    line: 'sh: /app: Exec format error',
    cause: 'unattributed',
    twin: { platform: 'linux/arm64', line: 'format error' },
  },
  {
    id: 'rosetta-loader',
    platform: 'linux/arm64',
    line: 'rosetta error: failed to open elf at /lib64/ld-linux-x86-64.so.2',
    cause: 'unattributed',
    twin: { platform: 'linux/386' },
  },
  {
    id: 'setuid-unknown',
    platform: 'linux/arm64',
    line: 'sudo: effective uid is not 0',
    cause: 'unattributed',
    emulator: { name: 'qemu-aarch64' },
    twin: { platform: 'linux/arm64', emulator: qemu('7.2', 'PFC') },
  },
  {
    id: 'system-call-unnamed',
    platform: 'linux/arm64',
    line: 'bpftool: Function not implemented',
    cause: 'unattributed',
    twin: { platform: 'linux/386' },
  },
]

function makeTarget(platform: string, emulator: TargetOptions['emulator']): Target {
  return new LogWriter([platform], { unplanned: true }).target(platform, {
    reference: false,
    ...(emulator ? { emulator } : {}),
  })
}

/** A run in which one platform fails with a line, and `healthy` is what the others write. */
function runWith(one: Case, healthy = ''): Finding[] {
  const emulated = one.platform !== 'linux/amd64'
  const log = new LogWriter(['linux/amd64', one.platform, 'linux/riscv64'], { unplanned: true })
  // A native platform that fails needs another native one beside it, which the table then decides by.
  if (emulated) log.target('linux/amd64')
  log.target(one.platform, {
    reference: !emulated,
    ...(emulated && one.emulator ? { emulator: one.emulator } : {}),
  })
  log.target('linux/riscv64')
  log.check('one', platform =>
    platform === one.platform
      ? { status: 'failed', observations: [command('app', { exitCode: 1, stderr: `${one.line}\n` })] }
      : { observations: [command('app', { stderr: healthy })] },
  )
  const record = buildRunRecord(log.finish())
  return attributeRun(record, compareRun(record))
}

describe('each signature', () => {
  test.each(CASES)('$id matches its line', one => {
    const target = makeTarget(one.platform, one.emulator)
    expect(matchSignatures([{ text: one.line }], target).map(match => match.signature.id)).toContain(one.id)
  })

  test.each(CASES.filter(one => one.twin))('$id does not match its healthy twin', ({ id, line, twin }) => {
    const target = makeTarget(twin?.platform ?? '', twin?.emulator)
    expect(
      matchSignatures([{ text: twin?.line ?? line }], target).map(match => match.signature.id),
    ).not.toContain(id)
  })

  test.each(CASES.filter(one => one.platform !== 'linux/amd64'))(
    '$id decides a failure that only an emulated platform has',
    one => {
      const findings = runWith(one)
      expect(findings.map(finding => finding.cause)).toEqual([one.cause])
      expect(findings[0]?.evidence[0]).toMatchObject({
        kind: 'emulator-signature',
        data: { signature: one.id },
      })
      expect(findings[0]?.advice).not.toBe('')
    },
  )

  test.each(CASES.filter(one => one.platform !== 'linux/amd64'))(
    '$id proves nothing where a healthy platform writes it too',
    one => {
      const [finding] = runWith(one, `${one.line}\n`)
      expect(finding?.cause).toBe('unattributed')
      expect(finding?.evidence.map(evidence => evidence.kind)).not.toContain('emulator-signature')
    },
  )

  test('all are tried here', () => {
    expect(CASES.map(one => one.id).sort()).toEqual(SIGNATURES.map(signature => signature.id).sort())
  })
})

test('the documentation lists the signatures with their causes', () => {
  const page = readFileSync(new URL('../../docs/attribution.md', import.meta.url), 'utf8')
  const section = page.split('\n## ').find(part => part.startsWith('Evidence for platforms')) ?? ''
  const rows = [...section.matchAll(/^\| `([a-z0-9-]+)` +\| .* \| ([a-z ]+?) +\|$/gm)].map(match => [
    match[1],
    match[2],
  ])
  expect(rows).toEqual(SIGNATURES.map(one => [one.id, one.cause.replace('-', ' ')]))
})

describe('weighing', () => {
  const arm = makeTarget('linux/arm/v7', undefined)
  const weigh = (...lines: string[]) =>
    weighSignatures(
      matchSignatures(
        lines.map(text => ({ text })),
        arm,
      ),
      arm,
    )?.signature

  test('a cause outweighs a trace that needs more', () => {
    const crash = 'qemu: uncaught target signal 6 (Aborted) - core dumped'
    expect(
      weigh(crash, 'app: error while loading shared libraries: libx.so: cannot open shared object file')?.id,
    ).toBe('library-missing')
    expect(weigh(crash)?.cause).toBe('needs-more')
  })

  test('two causes cancel each other', () => {
    expect(
      weigh('x: wrong ELF class: ELFCLASS64', 'ls: Value too large for defined data type'),
    ).toMatchObject({ id: 'contradiction', cause: 'needs-more' })
  })

  test('no trace, no signature', () => expect(weigh('all is well')).toBeUndefined())
})

describe('what a trace may not do', () => {
  test('an assertion that quotes a trace proves nothing', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    const message = "expected 'x' to contain 'QEMU internal SIGSEGV'"
    log.check('one', platform =>
      platform === 'linux/arm64' ? { status: 'failed', errors: [{ kind: 'assertion', message }] } : {},
    )
    const record = buildRunRecord(log.finish())
    expect(attributeRun(record, compareRun(record))[0]?.cause).toBe('unattributed')
  })

  test('a failure on every platform is the image’s whatever the traces say', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64'])
    const stderr = 'x: wrong ELF class: ELFCLASS64\n'
    log.check('one', () => ({ status: 'failed', observations: [command('app', { exitCode: 1, stderr })] }))
    const record = buildRunRecord(log.finish())
    expect(attributeRun(record, compareRun(record)).map(finding => finding.cause)).toEqual(['image'])
  })

  test('platforms with different traces are different findings', () => {
    const log = new LogWriter(['linux/amd64', 'linux/arm64', 'linux/arm/v7'])
    const lines: Record<string, string> = {
      'linux/arm64': 'x: wrong ELF class: ELFCLASS32\n',
      'linux/arm/v7': 'ls: Value too large for defined data type\n',
    }
    log.check('one', platform =>
      lines[platform] === undefined
        ? {}
        : {
            status: 'failed',
            observations: [command('app', { exitCode: 1, stderr: lines[platform] ?? '' })],
          },
    )
    const record = buildRunRecord(log.finish())
    expect(attributeRun(record, compareRun(record)).map(one => [one.cause, ...one.platforms])).toEqual([
      ['architecture', 'linux/arm64'],
      ['emulation', 'linux/arm/v7'],
    ])
  })

  test('patterns take hostile lines', () => {
    const target = makeTarget('linux/arm/v7', qemu('7.2', 'PF'))
    for (const piece of [
      'qemu-',
      'PTRACE_',
      'Error relocating ',
      'Cannot find module ',
      'Assertion ',
      'error while loading shared libraries: ',
    ]) {
      matchSignatures([{ text: piece.repeat(5000) }, { text: `${piece}${'x'.repeat(100_000)}` }], target)
    }
  })
})
