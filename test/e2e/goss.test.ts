import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { LoggedEvent } from '../../src/model/events.js'
import { createProject, runCli } from '../lab/cli.js'
import { startPodman } from '../lab/hosts/podman.js'
import { findHostProblem, HOST_START_MS } from '../lab/hosts/requirements.js'
import { ensureImage } from '../lab/images/index.js'
import { ERROR, FAIL, PASS } from './goss-cases.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/s390x']

/** Waits for what the container writes when it is ready, which no check of its own would wait for. */
const WAITING = {
  'waiting/goss_wait.yaml': 'file:\n  /run/ready: { exists: true }\n',
  'waiting/goss.yaml': 'file:\n  /run/ready: { exists: true, contents: ["yes"] }\n',
}

/** Asks at once for what comes two seconds after the start. */
const LATE = { 'late/goss.yaml': 'addr:\n  tcp://localhost:8080: { reachable: true }\n' }

/** A template, with variables in a file beside it, and a file that it draws in. */
const TEMPLATE = {
  'template/more/user.yaml': 'user:\n  {{ index .Vars.users 0 }}: { exists: true, uid: 1000 }\n',
  'template/goss_vars.yaml': 'users: [app, nobody]\nlost: [stray]\n',
  'template/goss.yaml': `user:
{{- range .Vars.users }}
  {{ . }}:
    exists: true
{{- end }}
{{- range .Vars.lost }}
  {{ . }}:
    exists: {{ getEnv "GOSS_STRAY" "false" }}
{{- end }}
gossfile:
  more/*.yaml: {}
`,
}

interface Run {
  readonly exitCode: number | undefined
  readonly output: string
  /** Of each target and check, what came of it. */
  readonly results: ReadonlyMap<string, { status: string; line: number | undefined; message: string }>
  readonly findings: readonly { kind: string; platforms: readonly string[]; checks: readonly string[] }[]
}

async function runGoss(
  image: string,
  suites: Record<string, string>,
  options: { platforms?: readonly string[]; flags?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Run> {
  const project = await createProject({ suites })
  const platforms = (options.platforms ?? PLATFORMS).flatMap(each => ['--platform', each])
  const flags = ['--no-noise', '--no-audit', ...platforms, ...(options.flags ?? [])]
  const result = await runCli(['run', await ensureImage(image), ...flags], {
    cwd: project.directory,
    timeoutMs: 300_000,
    env: options.env ?? {},
  })
  const output = `${result.stdout}\n${result.stderr}`
  if (result.exitCode === 2) return { exitCode: 2, output, results: new Map(), findings: [] }
  const log = await readFile(project.find('reports', 'run.jsonl'), 'utf8')
  const events = log
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as LoggedEvent)
  const report = JSON.parse(await readFile(project.find('reports', 'report.json'), 'utf8'))
  return {
    exitCode: result.exitCode,
    output,
    findings: report.findings,
    results: new Map(
      events.flatMap(event => {
        if (event.type !== 'check-finished') return []
        const message = (event.errors ?? []).map(each => each.message).join('\n')
        return [
          [`${event.target} ${event.check.id}`, { status: event.status, line: event.check.line, message }],
        ]
      }),
    ),
  }
}

/** Results that are not what the name of their file promises. */
function listWrong({ results }: Run) {
  return [...results].filter(([id, { status }]) => {
    const promised = /suites\/(passed|failed|errored)\./.exec(id)?.[1] ?? 'passed'
    return status !== promised
  })
}

test('every resource and attribute gives the verdict that goss gives, on native and emulated platforms', {
  timeout: 300_000,
}, async () => {
  const run = await runGoss('served', {
    'passed.goss.yaml': PASS,
    'failed.goss.yaml': FAIL,
    'errored.goss.yaml': ERROR,
    ...WAITING,
    ...LATE,
    ...TEMPLATE,
  })
  expect(listWrong(run)).toEqual([])
  expect(run.exitCode).toBe(1)
  const count = (text: string) => text.match(/^ {2}\S.*?:( \{|$)/gm)?.length ?? 0
  const declared = count(PASS) + count(FAIL) + count(ERROR) + 1 + 1 + 4
  expect(run.results.size).toBe(PLATFORMS.length * declared)
  const stray = [...run.results].find(([id]) => id.includes('User: stray'))
  expect(stray?.[1].line).toBe(7)
  const mode = [...run.results].find(([id]) => id.includes('File: mode: '))
  expect(mode?.[1].message).toBe('mode is "0640", expected "0644"')
})

test('what the checks saw is compared, and a wait that never holds fails them all', {
  timeout: 300_000,
}, async () => {
  const run = await runGoss(
    'differs',
    {
      'goss.yaml':
        'file:\n  /usr/bin/app:\n    exists: true\n    contents: [archparity]\ncommand:\n  /app:\n    exit-status: 0\n    stdout: [archparity]\n  uname:\n    exit-status: 0\n    skip: true\n',
    },
    { platforms: ['linux/amd64', 'linux/s390x'] },
  )
  expect([...run.results.values()].map(({ status }) => status).sort()).toEqual([
    ...Array(4).fill('passed'),
    'skipped',
    'skipped',
  ])
  expect(run.findings.map(({ kind, platforms, checks }) => [kind, ...platforms, ...checks])).toEqual([
    ['difference', 'linux/s390x', 'suites/goss.yaml > File: /usr/bin/app'],
    ['difference', 'linux/s390x', 'suites/goss.yaml > Command: /app'],
  ])
  const waiting = await runGoss(
    'shellless',
    {
      'goss_wait.yaml': 'http:\n  http://localhost:8080/absent:\n    status: 200\n',
      'goss.yaml': 'file:\n  /bin/busybox:\n    exists: true\n',
    },
    { platforms: ['linux/amd64'], env: { GOSS_WAIT_OPTS: '-r 1s -s 100ms > /dev/null' } },
  )
  expect([...waiting.results.values()]).toEqual([
    {
      status: 'failed',
      line: 2,
      message: expect.stringMatching(
        /^goss_wait\.yaml did not hold within \S+ s: line 2, HTTP: http:\/\/localhost:8080\/absent: status is 404, expected 200$/,
      ),
    },
  ])
})

test('images without a shell, and those whose command ends, are told apart from a pass', {
  timeout: 300_000,
}, async () => {
  const suites = {
    'goss.yaml': `file: { /bin/busybox: { exists: true, mode: "0755" } }
user: { app: { exists: true } }
package: { bash: { installed: false } }
command:
  /bin/busybox echo one: { exit-status: 0, stdout: [one] }
  echo $HOME: { exit-status: 0 }
port: { "tcp:1": { listening: false } }
process: { busybox: { running: true } }
http: { "http://localhost:8080/": { status: 200 } }
addr: { "tcp://localhost:8080": { reachable: true } }
`,
  }
  const run = await runGoss('shellless', suites, { platforms: ['linux/amd64', 'linux/arm64'] })
  const failed = [...run.results].filter(([, { status }]) => status !== 'passed')
  expect(
    failed.map(([id, { status, message }]) => `${status} ${id.slice(id.indexOf('>') + 2)} ${message}`),
  ).toEqual(Array(2).fill(expect.stringMatching(/^failed Command: echo \$HOME This image has no shell/)))
  expect(run.results.size).toBe(18)
  const ended = await runGoss(
    'healthy',
    {
      'goss.yaml':
        'file: { /app: { exists: true } }\nport: { "tcp:1": { listening: false } }\nprocess: { app: { running: false } }\naddr: { "tcp://localhost:1": { reachable: false } }\n',
    },
    { platforms: ['linux/amd64'] },
  )
  expect([...ended.results.values()].map(({ status, message }) => [status, message])).toEqual([
    ['passed', ''],
    ...Array(3).fill(['failed', expect.stringMatching(/has ended with exit code 0/)]),
  ])
})

test('a mistake ends the run before anything is pulled, with its line', { timeout: 60_000 }, async () => {
  const run = await runGoss('served', {
    'goss.yaml': 'file:\n  /a:\n    exists: true\nkernel-param:\n  kernel.ostype: { value: Linux }\n',
  })
  expect(run.exitCode).toBe(2)
  expect(run.output).toContain('suites/goss.yaml:4: kernel-param: is not supported: the kernel is the host’s')
  expect(run.output).not.toContain('pulled')
})

describe.skipIf(await findHostProblem('podman'))('on Podman', () => {
  test('what its engine hides is errored, and the rest is as elsewhere', {
    timeout: HOST_START_MS + 120_000,
  }, async () => {
    const host = await startPodman()
    try {
      const run = await runGoss(
        'served',
        {
          'passed.goss.yaml': `file:
  /opt/tool: { exists: true, mode: "4755" }
  /opt/link: { exists: true, filetype: symlink, size: 8, contents: [port] }
process:
  httpd: { running: true }
  podman-init: { running: false }
  sh: { running: false }
addr: { "tcp://localhost:9090": { reachable: true } }
`,
          'errored.goss.yaml': `file:
  /opt/app.conf: { exists: true, uid: 0 }
  /opt/link: { exists: true, linked-to: app.conf }
`,
          'passed.structure.yaml': `schemaVersion: "2.0.0"
fileExistenceTests:
  - { name: link, path: /opt/link, permissions: Lrwxrwxrwx }
  - { name: tool, path: /opt/tool, permissions: urwxr-xr-x, isExecutableBy: other }
`,
          'errored.structure.yaml': `schemaVersion: "2.0.0"
fileExistenceTests:
  - { name: owner, path: /opt/app.conf, uid: 0 }
`,
        },
        {
          platforms: ['linux/amd64'],
          flags: ['--no-local', '--host', `far=${host.endpoint}`],
          env: host.env as Record<string, string>,
        },
      )
      expect(listWrong(run)).toEqual([])
      expect(run.results.size).toBe(11)
    } finally {
      await host.stop()
    }
  })
})
