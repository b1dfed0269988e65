import { SCRIPT_IMAGE_DOMAIN, SCRIPT_IMAGE_NAMES } from '../../model/script-image.js'
import type { NormalizeContext } from './context.js'
import { dropEmulatorCommand, dropEmulatorSettings, hideElapsedTimes, hideRunTimes } from './process-rules.js'
import { hideJavaWordSize } from './word-size.js'

/**
 * One named normalisation. It sees one line at a time and gives the line to compare, or null where the line is not
 * the image's at all. Idempotent, linear in the line's length, and never applied to what is stored.
 */
export interface NormalizeRule {
  readonly name: string
  /** For people; reports and the documentation show it. */
  readonly description: string
  apply(line: string, context: NormalizeContext): string | null
}

/** All rules in the order in which they apply: whole names before the words that they contain. */
export const NORMALIZE_RULES: readonly NormalizeRule[] = [
  {
    name: 'emulator-notices',
    description: "The emulator's own line about a crash is left out; the exit code stays.",
    apply: (line, context) =>
      context.execution === 'emulated' && line.startsWith('qemu: uncaught target signal ') ? null : line,
  },
  {
    name: 'emulator-command',
    description: "The emulator's path in front of a command line is removed.",
    apply: (line, context) => (context.execution === 'emulated' ? dropEmulatorCommand(line) : line),
  },
  {
    name: 'emulator-settings',
    description:
      "Variables that QEMU's user mode reads (QEMU_CPU and the like) are left out of an environment.",
    apply: dropEmulatorSettings,
  },
  {
    name: 'vdso-lines',
    description: 'The line of the kernel-provided vDSO in a list of libraries is left out.',
    apply: line =>
      /^\s*linux-(?:vdso(?:32|64)?|gate)\.so\.1(?: \(0x[0-9a-f]+\))?\s*$/.test(line) ? null : line,
  },
  {
    name: 'core-dumps',
    description: 'Whether a crash left a core file is not compared.',
    apply: line => line.replace(/ \(core dumped\)/g, ''),
  },
  {
    name: 'loader-paths',
    description: "The file name of the platform's own program loader.",
    apply: (line, context) => line.replace(context.loaders, '‹loader›'),
  },
  {
    name: 'triplets',
    description: "The platform's own GNU triplet, with its ABI suffix.",
    apply: (line, context) =>
      line.replace(context.triplets, (_, maker, system, libc) => {
        return `‹arch›${maker ? '-‹vendor›' : ''}${system ? `-${system}` : ''}-linux-${libc}`
      }),
  },
  {
    name: 'lib64',
    description: '`/lib64` is `/lib`.',
    apply: line => line.replace(/\/lib64(?![A-Za-z0-9_.‹-])/g, '/lib'),
  },
  {
    name: 'platform-names',
    description: "The platform's own OCI name, for example `linux/arm/v7`.",
    apply: (line, context) =>
      context.namesSeveral(line) ? line : line.replace(context.platformNames, 'linux/‹arch›'),
  },
  {
    name: 'architecture-words',
    description:
      "The platform's own names for its architecture (`aarch64`, `arm64`); not in a line that also names another.",
    apply: hideOwnWords,
  },
  {
    name: 'java-word-size',
    description: 'The `64-Bit` in the name of a Java virtual machine, which one of 32 bits does not say.',
    apply: hideJavaWordSize,
  },
  {
    name: 'debian-rebuilds',
    description: "Debian's rebuild suffix `+bN` of a package version.",
    apply: line => line.replace(/(?<=\d[A-Za-z0-9.:~+-]{0,60})\+b\d{1,3}(?![A-Za-z0-9‹])/g, ''),
  },
  {
    name: 'container-ids',
    description:
      "The container's id and the host name that is made of it, where the text or its place says so.",
    apply: hideContainerIds,
  },
  {
    name: 'test-image-names',
    description: 'The name that the image has for the script of a test directory.',
    apply: line => (line.includes(SCRIPT_IMAGE_DOMAIN) ? line.replace(SCRIPT_IMAGE_NAMES, '‹image›') : line),
  },
  {
    name: 'engine-storage',
    description: "The engine's own directories in the options of an overlay mount.",
    apply: line =>
      line.includes('lowerdir=')
        ? line.replace(/\b(lowerdir|upperdir|workdir)=[^,)\s]+/g, '$1=‹engine storage›')
        : line,
  },
  {
    name: 'container-network',
    description: 'IPv4 and MAC addresses that the engine gave out (172.16.0.0/12, 02:42:…).',
    apply: line =>
      line
        .replace(/(?<![\d.])172\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/g, '‹container address›')
        .replace(/(?<![0-9a-f:])02:42(?::[0-9a-f]{2}){4}(?![0-9a-f:])/gi, '‹container address›'),
  },
  {
    name: 'process-ids',
    description: 'The number behind `pid`, and the one in `name[123]:` of a log line.',
    apply: line =>
      line
        .replace(/(?<![A-Za-z0-9])(pid(?: ?[=:#] ?| |": ?))\d{1,10}(?![\w‹])/gi, '$1‹pid›')
        .replace(/(?<=[A-Za-z]\[)\d{1,10}(?=\]: )/g, '‹pid›'),
  },
  {
    name: 'memory-addresses',
    description: 'Addresses of at least six hex digits where the text around says that they are addresses.',
    apply: line => (line.includes('0x') || line.includes('0X') ? hideAddresses(line) : line),
  },
  {
    name: 'run-times',
    description: "Dates with a time of day that fall within the run itself; a time zone's name stays.",
    apply: hideRunTimes,
  },
  {
    name: 'elapsed-times',
    description: 'How long something took, where the text says so (`took 12ms`, `ready in 0.4 s`).',
    apply: hideElapsedTimes,
  },
  {
    name: 'volatile-headers',
    description: 'The HTTP headers Age, Content-Length, Date, ETag and Last-Modified are not compared.',
    // Applies to whole headers, where a HTTP answer is split into fields.
    apply: line => line,
  },
]

/** Headers that the rule `volatile-headers` leaves out; the body's length shows in the body. */
export const VOLATILE_HEADERS: ReadonlySet<string> = new Set([
  'age',
  'content-length',
  'date',
  'etag',
  'last-modified',
])

function hideOwnWords(line: string, context: NormalizeContext): string {
  if (context.words === undefined && context.shortWords === undefined) return line
  // "amd64 arm64" is the same text on every platform and must stay so.
  if (context.namesSeveral(line)) return line
  let result = line
  if (context.words !== undefined) result = result.replace(context.words, '‹arch›')
  if (context.shortWords !== undefined) result = result.replace(context.shortWords, '‹arch›')
  return result
}

/** Places in which twelve or 64 hex digits are a container's id and can be nothing else. */
const ID_PLACES =
  /(?<=(?:\bHOSTNAME=|^Linux |\/docker\/|\/docker-|\bdocker-|\/containers\/|\/libpod-|\blibpod-|^[a-z_][a-z0-9_-]{0,31}@))(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-f])/g

/** The ids (first twelve digits) that a text names in a place where only a container's id stands. */
export function findContainerIds(text: string): string[] {
  return [...text.matchAll(new RegExp(ID_PLACES.source, 'gm'))].map(match => match[0].slice(0, 12))
}

function hideContainerIds(line: string, context: NormalizeContext): string {
  const placed = line.replace(ID_PLACES, '‹container›')
  if (context.containerIds.size === 0) return placed
  return placed.replace(/(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-f])/g, id =>
    context.containerIds.has(id.slice(0, 12)) ? '‹container›' : id,
  )
}

/** `at 0x…`, `@0x…`, `pointer 0x…`, `libc.so.6 (0x…)`, ranges; a bare hex number may be a checksum. */
function hideAddresses(line: string): string {
  return line
    .replace(
      /(?<=(?:\bat|\bptr|\bpointer|\baddress|\baddr|\bpc|\bsp|\brip)(?:[ :=]|: |= ))0x[0-9a-f]{6,16}(?![0-9a-f])/gi,
      '0x‹address›',
    )
    .replace(/(?<=@ ?)0x[0-9a-f]{6,16}(?![0-9a-f])/gi, '0x‹address›')
    .replace(/(?<=\.so(?:\.\d{1,6}){0,4} \()0x[0-9a-f]{6,16}(?=\))/gi, '0x‹address›')
    .replace(/(?<=‹loader› \()0x[0-9a-f]{6,16}(?=\))/gi, '0x‹address›')
    .replace(/(?<![0-9a-fx])0x[0-9a-f]{6,16}-0x[0-9a-f]{6,16}(?![0-9a-f])/gi, '0x‹address›-0x‹address›')
}
