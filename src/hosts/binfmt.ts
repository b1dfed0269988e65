import { execFile } from 'node:child_process'
import { readdir, readFile, realpath } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { BinfmtHandler } from '../model/host.js'
import { compareText } from '../model/platform.js'

const BINFMT_DIRECTORY = '/proc/sys/fs/binfmt_misc'

/**
 * Reads the binfmt_misc registrations of the kernel that this process runs on, sorted by name, with the
 * version of each QEMU interpreter that can be asked. Undefined where the filesystem is not mounted.
 */
export async function readBinfmtHandlers(directory = BINFMT_DIRECTORY): Promise<BinfmtHandler[] | undefined> {
  const names: string[] = await readdir(directory).catch(() => [])
  if (!names.includes('register')) return undefined
  const switchedOn =
    (await readFile(path.join(directory, 'status'), 'utf8').catch(() => '')).trim() !== 'disabled'
  const handlers: BinfmtHandler[] = []
  for (const name of names.filter(each => each !== 'register' && each !== 'status').sort(compareText)) {
    const text = await readFile(path.join(directory, name), 'utf8').catch(() => undefined)
    const handler = text === undefined ? undefined : parseBinfmtEntry(name, text)
    if (handler !== undefined) handlers.push(switchedOn ? handler : { ...handler, enabled: false })
  }
  return handlers
}

/** Parses one file of binfmt_misc (kernel documentation, admin-guide/binfmt-misc); undefined if it is none. */
export function parseBinfmtEntry(name: string, text: string): BinfmtHandler | undefined {
  const lines = text.split('\n')
  const field = (key: string) =>
    lines
      .find(line => line.startsWith(`${key} `))
      ?.slice(key.length + 1)
      .trim()
  const interpreter = field('interpreter')
  if (interpreter === undefined) return undefined
  const flags =
    lines
      .find(line => line.startsWith('flags:'))
      ?.slice('flags:'.length)
      .trim() ?? ''
  const magic = field('magic')
  const mask = field('mask')
  const offset = field('offset')
  return {
    name,
    enabled: lines[0]?.trim() === 'enabled',
    interpreter,
    flags,
    ...(magic === undefined ? {} : { magic }),
    ...(mask === undefined ? {} : { mask }),
    ...(offset === undefined ? {} : { offset: Number(offset) }),
  }
}

/** The enabled handler whose magic the file's first bytes match, as the kernel would choose it. */
export function findBinfmtHandler(
  handlers: readonly BinfmtHandler[],
  file: Uint8Array,
): BinfmtHandler | undefined {
  return handlers.find(handler => handler.enabled && matchesMagic(handler, file))
}

function matchesMagic({ magic, mask, offset = 0 }: BinfmtHandler, file: Uint8Array): boolean {
  if (!magic) return false
  const wanted = Buffer.from(magic, 'hex')
  const bits = mask === undefined ? undefined : Buffer.from(mask, 'hex')
  // What is no hex gives no bytes, which would match every file.
  return (
    wanted.length > 0 &&
    wanted.every((byte, index) => {
      const actual = file[offset + index]
      const care = bits?.[index] ?? 0xff
      return actual !== undefined && (actual & care) === (byte & care)
    })
  )
}

const execFileAsync = promisify(execFile)

/** Asks a QEMU interpreter for its version (`7.2.22`); undefined where it is not readable or not QEMU. */
export async function readInterpreterVersion(interpreter: string): Promise<string | undefined> {
  try {
    // Debian registers a link whose name switches argv handling on; the program behind it takes --version.
    const program = await realpath(interpreter)
    const { stdout } = await execFileAsync(program, ['--version'], { timeout: 5000 })
    return /version (\d[\w.]*)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}
