import { findVocabulary } from '../compare/normalize/vocabulary.js'
import type { Cause } from '../model/finding.js'
import type { Observation } from '../model/observation.js'
import { formatPlatform } from '../model/platform.js'
import type { Target } from '../model/target.js'

/** A trace that tells more than the exit code does. */
export interface Signature {
  readonly id: string
  /** Searched in each line that the failing target wrote and a healthy one did not. Linear in the line's length. */
  readonly pattern: RegExp
  /** Where the trace means anything; left out: everywhere. */
  readonly where?: (target: Target) => boolean
  /** Further facts that have to hold. */
  readonly when?: (match: RegExpMatchArray, target: Target, observation: Observation | undefined) => boolean
  /** `needs-more`: tells what happened, not whose fault it is. */
  readonly cause: Cause | 'needs-more'
  readonly confidence: 'certain' | 'high' | 'medium'
  /** What of the machine the trace is about: then it may tell two hosts apart that run the same image. */
  readonly about?: 'cpu' | 'page-size'
  /** What the trace says, as a sentence. */
  readonly note: string
  /** What to do, or for `needs-more` what would decide it. */
  readonly advice: string
}

const isEmulated = (target: Target) => target.execution === 'emulated'
const is32Bit = (target: Target) => /^(?:386|arm|mips|mipsle|ppc)$/.test(target.platform.architecture)
const isX86 = (target: Target) => /^(?:386|amd64)$/.test(target.platform.architecture)
const isQemuBefore10 = (target: Target) => {
  const major = Number(/^(\d+)\./.exec(target.emulator?.version ?? '')?.[1])
  return isEmulated(target) && major > 0 && major < 10
}
/** True where the registration is known and lacks C (credentials and security tokens are the emulator's). */
const lacksCredentials = (target: Target) =>
  isEmulated(target) && target.emulator?.flags?.includes('C') === false

const WITH_NATIVE = 'Run the same check on a machine of that architecture to decide it.'
const FIX_BUILD = "Rebuild this platform's image: its files are of the wrong build."

/** System calls that qemu-user does not have in versions 7.2 and 10; natively they work or are denied (EPERM). */
const MISSING_CALLS =
  'io_uring_setup|io_uring_queue_init|epoll_pwait2|futex_waitv|landlock_\\w{1,20}|memfd_secret|perf_event_open|keyctl|fanotify_init|io_setup|process_vm_readv|userfaultfd|pkey_alloc'
/** The same for versions before 10. */
const MISSING_CALLS_BEFORE_10 = 'openat2|mount_setattr|preadv2|fchmodat2'
const ENOSYS = '(?:Function not implemented|ENOSYS|os error 38|errno[ =:]{1,3}38)'

/** All signatures. Several may match: those with a cause outweigh `needs-more`, and two causes cancel each other. */
export const SIGNATURES: readonly Signature[] = [
  {
    id: 'qemu-internal',
    pattern: /QEMU internal SIG[A-Z]+|qemu: unhandled CPU exception|Assertion .{0,80}tb_lock/,
    where: isEmulated,
    cause: 'emulation',
    confidence: 'high',
    note: 'the emulator itself crashed',
    advice: 'Try another version of the emulator, or run this platform on a native host.',
  },
  {
    id: 'readdir-eoverflow',
    pattern: /Value too large for defined data type|\bEOVERFLOW\b/,
    where: target => isEmulated(target) && is32Bit(target),
    cause: 'emulation',
    confidence: 'high',
    note: 'a 32-bit program could not list a directory: the emulator passes on 64-bit directory offsets',
    advice:
      'Natively this works. Run this platform on a native host, or build the program with _FILE_OFFSET_BITS=64.',
  },
  {
    id: 'java-policy-files',
    pattern: /jurisdiction policy files: unlimited/,
    where: target => isEmulated(target) && is32Bit(target),
    cause: 'emulation',
    confidence: 'high',
    note: 'Java could not list its policy directory: a 32-bit program under the emulator cannot read directories',
    advice: 'Natively this works. Run this platform on a native host.',
  },
  {
    id: 'ptrace-missing',
    pattern: new RegExp(`(?:PTRACE_[A-Z]+|\\bptrace\\b).{0,80}${ENOSYS}`, 'i'),
    where: isEmulated,
    cause: 'emulation',
    confidence: 'high',
    note: 'qemu-user has no ptrace',
    advice: 'Debuggers and tracers need a native host.',
  },
  {
    id: 'system-call-missing',
    pattern: new RegExp(`\\b(?:${MISSING_CALLS})\\b.{0,80}${ENOSYS}`, 'i'),
    where: isEmulated,
    cause: 'emulation',
    confidence: 'high',
    note: 'the program needs a system call that qemu-user does not have',
    advice: 'Run this platform on a native host, or let the program fall back where the call is missing.',
  },
  {
    id: 'system-call-missing-before-10',
    pattern: new RegExp(`\\b(?:${MISSING_CALLS_BEFORE_10})\\b.{0,80}${ENOSYS}`, 'i'),
    where: isQemuBefore10,
    cause: 'emulation',
    confidence: 'high',
    note: 'the program needs a system call that this version of qemu-user does not have',
    advice: 'Use QEMU 10 or newer, or run this platform on a native host.',
  },
  {
    id: 'setuid-ignored',
    pattern: /effective uid is not 0/,
    where: lacksCredentials,
    cause: 'host',
    confidence: 'high',
    note: 'a setuid program ran without its rights: the emulator is registered without the flag C',
    advice: 'Register the emulator with the flag C (for example `--credential yes`) on that host.',
  },
  {
    id: 'foreign-loader',
    pattern: /(?:qemu-\S{1,60}|-binfmt-P): Could not open '(\/lib\S{1,200})'/,
    where: isEmulated,
    when: (match, target) => !isOwnLoader(match[1] ?? '', target),
    cause: 'architecture',
    confidence: 'high',
    note: "a program asks for another platform's loader: it is built for another platform",
    advice: FIX_BUILD,
  },
  {
    id: 'loader-missing',
    pattern: /(?:qemu-\S{1,60}|-binfmt-P): Could not open '(\/lib\S{1,200})'/,
    where: isEmulated,
    when: (match, target) => isOwnLoader(match[1] ?? '', target),
    cause: 'architecture',
    confidence: 'high',
    note: "the program's loader is not in this platform's image",
    advice: 'Install the C library that the program is linked with, or link it statically.',
  },
  {
    id: 'x86-level',
    pattern:
      /CPU does not support x86-64-v\d|CPU ISA level is lower than required|can only be run on AMD64 processors with v\d/,
    where: target => isX86(target) && target.platform.variant === undefined,
    cause: 'architecture',
    confidence: 'certain',
    about: 'cpu',
    note: 'the program needs a higher x86-64 level than the platform promises',
    advice: 'Build for the base level (GOAMD64=v1, -march=x86-64), or publish it as linux/amd64/v3.',
  },
  {
    id: 'jemalloc-page-size',
    pattern: /<jemalloc>: Unsupported system page size/,
    cause: 'architecture',
    confidence: 'certain',
    about: 'page-size',
    note: 'jemalloc was built for smaller memory pages than this machine has',
    advice: 'Build jemalloc with --with-lg-page=16 for this platform.',
  },
  {
    id: 'library-page-size',
    pattern: /ELF load command (?:alignment|address\/offset) not (?:page-aligned|properly aligned)/,
    cause: 'architecture',
    confidence: 'certain',
    about: 'page-size',
    note: 'a program or library is aligned to smaller memory pages than this machine has',
    advice: 'Link it for the largest pages of the platform (-Wl,-z,max-page-size=65536).',
  },
  {
    id: 'node-platform-package',
    pattern:
      /installed esbuild for another platform|Cannot find module '?@rollup\/rollup-linux-|Could not load the "sharp" module|Failed to load native binding|Cannot find module .{0,200}linux-(?:arm64|x64|arm|ppc64|s390x|ia32|riscv64)/,
    cause: 'architecture',
    confidence: 'high',
    note: "node_modules holds another platform's native package",
    advice: 'Run `npm ci` for each platform; do not copy node_modules from another one.',
  },
  {
    id: 'foreign-library',
    pattern: /wrong ELF class: ELFCLASS\d+|invalid ELF header/,
    cause: 'architecture',
    confidence: 'certain',
    note: 'a library is built for another platform',
    advice: FIX_BUILD,
  },
  {
    id: 'wrong-libc',
    pattern: /Error relocating \S{1,300}: .{1,300}: symbol not found|libc\.musl-\S{1,60}: cannot open/,
    cause: 'architecture',
    confidence: 'certain',
    note: 'a program for one C library (musl or glibc) runs on the other',
    advice: 'Install the build for the C library of this image.',
  },
  {
    id: 'library-missing',
    pattern:
      /error while loading shared libraries: (\S{1,200}): (?:cannot open shared object file|ELF load command)/,
    cause: 'architecture',
    confidence: 'high',
    note: "a library is missing in this platform's image, or is there for another machine",
    advice: 'Compare the packages of this platform with those of a platform that works.',
  },
  {
    id: 'uncaught-signal-4',
    pattern: /^qemu: uncaught target signal 4\b/,
    where: isEmulated,
    cause: 'needs-more',
    confidence: 'high',
    note: 'the program ran an instruction that the emulated CPU does not have',
    advice:
      'It is built for a newer CPU than the platform promises, or this emulator lacks the instruction: another version of the emulator may tell.',
  },
  {
    id: 'uncaught-signal',
    pattern: /^qemu: uncaught target signal (?!4\b)\d+/,
    where: isEmulated,
    cause: 'needs-more',
    confidence: 'high',
    note: 'the program crashed under the emulator',
    advice: 'That says nothing of whose fault it is.',
  },
  {
    id: 'exec-format',
    pattern: /exec format error/i,
    cause: 'needs-more',
    confidence: 'medium',
    note: 'the kernel could not start the file',
    advice: 'Read its first bytes: a program of another platform, or a script without `#!`.',
  },
  {
    id: 'rosetta-loader',
    pattern: /rosetta error: failed to open elf at/,
    where: isEmulated,
    cause: 'needs-more',
    confidence: 'medium',
    note: 'Rosetta did not find the loader that the program asks for',
    advice: WITH_NATIVE,
  },
  {
    id: 'setuid-unknown',
    pattern: /effective uid is not 0/,
    where: target => isEmulated(target) && target.emulator?.flags === undefined,
    cause: 'needs-more',
    confidence: 'medium',
    note: 'a setuid program ran without its rights',
    advice: "Look at the emulator's registration: without the flag C setuid programs lose their rights.",
  },
  {
    id: 'system-call-unnamed',
    pattern: new RegExp(ENOSYS),
    where: isEmulated,
    cause: 'needs-more',
    confidence: 'medium',
    note: 'a system call is not implemented; the line does not say which',
    advice:
      'Run it again with QEMU_LOG=unimp and QEMU_LOG_FILENAME=/tmp/q.%d: the emulator names what it lacks.',
  },
]

function isOwnLoader(path: string, target: Target): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return findVocabulary(target.platform).loaders.includes(name)
}

/** A signature that was found, and the line that shows it. */
export interface SignatureMatch {
  readonly signature: Signature
  readonly line: string
  readonly observation: Observation | undefined
}

/** Lines beyond this are not searched: a trace stands at the start of one. */
const MAX_LINE = 2000

/** Finds the signatures in lines that only the failing target wrote; one match for each signature. */
export function matchSignatures(
  lines: readonly { readonly text: string; readonly observation?: Observation }[],
  target: Target,
): SignatureMatch[] {
  const found: SignatureMatch[] = []
  for (const signature of SIGNATURES) {
    if (signature.where?.(target) === false) continue
    for (const { text, observation } of lines) {
      const match = text.slice(0, MAX_LINE).match(signature.pattern)
      if (match === null || signature.when?.(match, target, observation) === false) continue
      found.push({ signature, line: text, observation })
      break
    }
  }
  return found
}

/** What the matches say together: one cause, a reason to look further, or nothing. */
export function weighSignatures(
  matches: readonly SignatureMatch[],
  target: Target,
): SignatureMatch | undefined {
  const decisive = matches.filter(match => match.signature.cause !== 'needs-more')
  const causes = new Set(decisive.map(match => match.signature.cause))
  if (causes.size === 1) return decisive[0]
  if (causes.size === 0) return matches[0]
  const first = decisive[0] as SignatureMatch
  const names = decisive.map(match => match.signature.id).join(', ')
  const note = `the traces on ${formatPlatform(target.platform)} contradict each other (${names})`
  return {
    ...first,
    signature: { ...first.signature, id: 'contradiction', cause: 'needs-more', note, advice: WITH_NATIVE },
  }
}
