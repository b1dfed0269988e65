import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findCommand } from '../../../scripts/setup/find-command.mjs'
import { readBinfmtHandlers, readInterpreterVersion } from '../../../src/hosts/binfmt.js'
import { parseShellFacts, SHELL_FACTS_SCRIPT } from '../../../src/hosts/ssh/shell-facts.js'
import { AMD64 } from '../../lab/platforms.js'
import { readBusybox } from '../../lab/userland.js'

const isLinuxAmd64 = process.platform === 'linux' && process.arch === 'x64'

describe.skipIf(!isLinuxAmd64)('of this machine', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'shell-facts-'))
    const { content } = await readBusybox(AMD64)
    if (content === undefined) throw new Error('busybox is no file')
    await writeFile(path.join(folder, 'busybox'), content, { mode: 0o755 })
  })
  afterAll(() => rm(folder, { recursive: true }))

  test.each(['sh', 'dash', 'bash', 'busybox'])('%s tells what the kernel tells us', async name => {
    if (name !== 'busybox' && findCommand(name) === undefined) return
    const shell = name === 'busybox' ? [path.join(folder, 'busybox'), 'sh', '-s'] : [name, '-s']
    const [command = '', ...args] = shell
    const { stdout, stderr } = await execa(command, args, { input: SHELL_FACTS_SCRIPT, env: { LANG: 'C' } })
    expect(stderr).toBe('')
    const { stdout: pageSize } = await execa('getconf', ['PAGESIZE'])
    const facts = parseShellFacts(stdout)
    expect(facts).toMatchObject({ user: userInfo().username, pageSize: Number(pageSize) })
    expect(facts.freeDisk).toBeGreaterThan(0)
    expect(facts.cpuFeatures).toContain('sse2')
    const handlers = await readBinfmtHandlers()
    const versions = await Promise.all(
      handlers?.map(each =>
        /qemu/.test(each.name) ? readInterpreterVersion(each.interpreter) : undefined,
      ) ?? [],
    )
    expect(facts.handlers).toEqual(
      handlers?.map((each, index) => ({
        ...each,
        ...(versions[index] === undefined ? {} : { version: versions[index] }),
      })),
    )
  })

  test('a root with nothing but a shell tells its page size', async () => {
    const { stdout } = await execa('/bin/sh', ['-s'], { input: SHELL_FACTS_SCRIPT, env: { PATH: folder } })
    expect(parseShellFacts(stdout).pageSize).toBe(4096)
  })
})

/** What the script prints, from its parts. */
const print = (parts: Readonly<Record<string, string>>) =>
  Object.entries(parts)
    .map(([title, text]) => `\n@@archparity ${title}\n${text}`)
    .join('')

describe('what it makes of an answer', () => {
  test('all parts', () => {
    const handler =
      'enabled\ninterpreter /usr/bin/qemu-arm64-static\nflags: PF\noffset 0\nmagic 7f454c46\nmask ffffffff\n'
    const output = print({
      user: 'pi\n',
      'page-size': '16384\n',
      'free-disk': '/dev/mapper/my disk  30832548 12083248 17158052      42% /var/lib/docker\n',
      cpu: 'processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n',
      handlers: 'enabled\n',
      'handler qemu-arm64': handler,
      'version qemu-arm64': 'qemu-aarch64 version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\n',
      'handler odd': 'no registration\n',
      'socket usable /var/run/docker.sock': '',
      'socket closed /run/podman/podman.sock': '',
      'socket closed /var/run/docker.sock': '',
      end: '',
    })
    expect(parseShellFacts(`Welcome to pi!\n${output}`)).toEqual({
      user: 'pi',
      pageSize: 16384,
      freeDisk: 17158052 * 1024,
      cpuModel: 'Cortex-A72',
      cpuFeatures: ['fp', 'asimd'],
      handlers: [
        {
          ...{ name: 'qemu-arm64', enabled: true, interpreter: '/usr/bin/qemu-arm64-static', flags: 'PF' },
          ...{ magic: '7f454c46', mask: 'ffffffff', offset: 0, version: '7.2.22' },
        },
      ],
      sockets: [
        { path: '/var/run/docker.sock', usable: true },
        { path: '/run/podman/podman.sock', usable: false },
      ],
    })
  })

  test('handlers that are all switched off, that are none, and that could not be seen', () => {
    const entry = 'enabled\ninterpreter /q\nflags: \n'
    const off = parseShellFacts(print({ handlers: 'disabled\n', 'handler q': entry }))
    expect(off.handlers).toMatchObject([{ name: 'q', enabled: false }])
    expect(parseShellFacts(print({ handlers: 'enabled\n' })).handlers).toEqual([])
    expect(parseShellFacts(print({ user: 'pi' }))).not.toHaveProperty('handlers')
  })

  test.each([
    ['nothing', ''],
    ['no word of ours', 'bash: line 1: syntax error\n'.repeat(1000)],
    ['empty parts', print({ user: '', 'page-size': '', 'free-disk': '', cpu: '', end: '' })],
    [
      'nonsense in every part',
      print({
        user: 'two words; and more\n',
        'page-size': '-1\n',
        'free-disk': 'a b c NaN% /\n',
        cpu: ':::\n',
        'socket usable relative.sock': '',
        'socket maybe /run/docker.sock': '',
        [`socket usable /${'x'.repeat(300)}`]: '',
      }),
    ],
    [
      'numbers without end',
      print({ 'page-size': '9'.repeat(400), 'free-disk': `d 1 1 ${'9'.repeat(400)} 1% /` }),
    ],
    ['null bytes', '\0'.repeat(100_000)],
  ])('%s: nothing is known', (_, output) => {
    expect(parseShellFacts(output)).toEqual({ sockets: [] })
  })

  test('a megabyte of handlers and sockets is bounded', () => {
    const handlers = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`handler h${index}`, 'enabled\ninterpreter /q\nflags: \n']),
    )
    const sockets = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`socket usable /run/${index}`, '']),
    )
    const facts = parseShellFacts(print({ handlers: 'enabled', ...handlers, ...sockets }))
    expect(facts.handlers).toHaveLength(200)
    expect(facts.sockets).toHaveLength(20)
  })

  test('control characters are left out of all that is kept', () => {
    const facts = parseShellFacts(
      print({
        cpu: 'model name\t: AMD \u001b[31mEPYC\u0007\u009b\r\nflags\t: fpu\u001b[2J vme\n',
        handlers: 'enabled',
        'handler q\u001b[1m': 'enabled\r\ninterpreter /q\u0008\r\nflags: F\u001b\r\n',
        'socket usable /run/\u001b[1mx': '',
      }),
    )
    expect(facts.cpuModel).toBe('AMD [31mEPYC')
    expect(JSON.stringify(facts)).not.toMatch(/\\[u0bfr]|\p{Cc}/u)
  })
})
