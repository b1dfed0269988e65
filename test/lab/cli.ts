import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import { onTestFinished } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'

const MAIN = path.join(ROOT, 'dist', 'cli', 'main.js')

/** A user's project: a folder of its own, with archparity in its node_modules. */
export interface Project {
  readonly directory: string
  /** Path of a file in it. */
  readonly find: (...names: string[]) => string
}

export interface ProjectFiles {
  /** Files below `suites/`: name → text. */
  readonly suites?: Readonly<Record<string, string>>
  /** Text of `archparity.config.ts`. */
  readonly config?: string
  /** Any other files: path → text. */
  readonly files?: Readonly<Record<string, string>>
}

/** Makes a project in a temporary folder, which is removed when the test that called is over. */
export async function createProject({
  suites = {},
  config,
  files = {},
}: ProjectFiles = {}): Promise<Project> {
  // Short, since sockets are made below it and their paths may have 107 bytes only.
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'lp-')))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const directory = path.join(folder, 'p')
  await mkdir(findTemporaryFolder(directory), { recursive: true })
  const find = (...names: string[]) => path.join(directory, ...names)
  const texts: Record<string, string> = {
    'package.json': JSON.stringify({ name: 'lab-project', private: true, type: 'module' }),
    ...(config === undefined ? {} : { 'archparity.config.ts': config }),
    ...Object.fromEntries(Object.entries(suites).map(([name, text]) => [`suites/${name}`, text])),
    ...files,
  }
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(path.dirname(find(name)), { recursive: true })
    await writeFile(find(name), text)
  }
  await mkdir(find('node_modules'), { recursive: true })
  await symlink(ROOT, find('node_modules', 'archparity'))
  return { directory, find }
}

/** The temporary folder of commands that are started in a project: what is left there was theirs. */
export function findTemporaryFolder(directory: string): string {
  return path.join(path.dirname(directory), 't')
}

export interface CliOptions {
  /** The directory of a project. */
  readonly cwd: string
  /** Added to this process's environment; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** After this many milliseconds the command is ended, as a hung test should be; 120,000 by default. */
  readonly timeoutMs?: number
  readonly input?: string
  /** In a process group of its own, as a shell starts it: then `process.kill(-pid)` is Ctrl-C in a terminal. */
  readonly ownGroup?: boolean
}

/** How the command ended; a command that was ended by a signal has no exit code. */
export interface CliResult {
  readonly exitCode: number | undefined
  readonly signal: string | undefined
  readonly timedOut: boolean
  readonly stdout: string
  readonly stderr: string
  /** Process id that the command had; what it leaves carries it (`listLeftovers`). */
  readonly pid: number | undefined
}

/** Set for the command and inherited by all that it starts: the folder that it was started in. */
export const PROJECT_VARIABLE = 'LAB_PROJECT'

/** Starts the built command as a user would, and gives the running process: for signals and for its output. */
export function startCli(
  args: readonly string[],
  { cwd, env = {}, timeoutMs = 120_000, input, ownGroup = false }: CliOptions,
) {
  return execa(process.execPath, [MAIN, ...args], {
    cwd,
    env: {
      ...cleanEnvironment(),
      [PROJECT_VARIABLE]: cwd,
      TMPDIR: findTemporaryFolder(cwd),
      // No test may find what another has left in the user's own cache.
      XDG_CACHE_HOME: path.join(path.dirname(cwd), 'c'),
      ...env,
    },
    extendEnv: false,
    timeout: timeoutMs,
    forceKillAfterDelay: 10_000,
    reject: false,
    detached: ownGroup,
    stripFinalNewline: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
  })
}

/** Runs the built command to its end; never throws for its failure. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const command = startCli(args, options)
  const { exitCode, signal, timedOut, stdout, stderr } = await command
  return { exitCode, signal, timedOut, stdout, stderr, pid: command.pid }
}

/** What vitest and npm put into the environment of a test would not be there for a user. */
function cleanEnvironment(): Record<string, string | undefined> {
  const foreign =
    /^(VITEST|VITE_|TEST$|DEV$|PROD$|MODE$|BASE_URL$|SSR$|NODE_ENV$|FORCE_COLOR$|IMAGE$|npm_|INIT_CWD$|CI$)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: '1' }
}
