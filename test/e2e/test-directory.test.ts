import { randomUUID } from 'node:crypto'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import Docker from 'dockerode'
import { expect, onTestFinished, test } from 'vitest'
import { createProject, type Project, runCli, startCli } from '../lab/cli.js'
import { writeImage } from '../lab/image-writer.js'
import { ensureImage } from '../lab/images/index.js'
import { listLeftovers } from '../lab/leftovers.js'
import { ARM64 } from '../lab/platforms.js'
import { writeArchive } from '../lab/write-layout.js'
import { buildBusybox } from '../worker/test-image.js'
import { readEvents, readReport } from './read-run.js'
import { waitForLog } from './wait-for-log.js'

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'linux/s390x']

/** As docker-library's tests share it: what a test runs in the container stands beside the link to this script. */
const SHARED = `#!/usr/bin/env bash
set -Eeuo pipefail
testDir="$(dirname "\${BASH_SOURCE[0]}")"
exec docker run --rm -i --entrypoint sh "$1" -s < "$testDir/container.sh"
`

/** Directories by their names, which say what must come of them; files in them by theirs. */
const DIRECTORIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'pass-output': {
    'run.sh': '#!/bin/bash\nset -e\nimage="$1"\ndocker run --rm "$image" uname -s\nprintf "\\n\\n"\n',
    'expected-std-out.txt': 'Linux\n',
  },
  'pass-without-expectation': { 'run.sh': '#!/bin/sh\ndocker run --rm "$1" true\n' },
  'pass-link': { 'container.sh': 'echo linked\n', 'expected-std-out.txt': 'linked\n' },
  'pass-build': {
    'run.sh': `#!/bin/sh
set -e
name="lab-built:$(echo "$DOCKER_DEFAULT_PLATFORM" | tr / -)"
docker build -q -t "$name" - >/dev/null <<END
FROM $1
ENV BUILT=yes
END
trap 'docker rmi -f "$name" >/dev/null' EXIT
docker run --rm "$name" sh -c 'echo $BUILT'
`,
    'expected-std-out.txt': 'yes\n',
  },
  // As docker-library's image-name.sh makes a name out of another.
  'pass-build-by-name': {
    'run.sh': `#!/bin/bash
set -e
name="lab-built:\${BASHPID}-$(sed 's![:/]!-!g' <<<"$1")"
docker build -q -t "$name" - <<<"FROM $1" >/dev/null
trap 'docker rmi -f "$name" >/dev/null' EXIT
echo "$1"
docker image inspect -f '{{ .Architecture }}' "$1"
docker run --rm "$name" uname -s
`,
  },
  'pass-leaves-a-container': {
    'run.sh':
      '#!/bin/sh\ndocker run -d "$1" sleep 1000 >/dev/null\ndocker container create "$1" >/dev/null\n',
  },
  'pass-background': { 'run.sh': '#!/bin/sh\nsleep 1000 >/dev/null 2>&1 &\n' },
  'pass-differs': { 'run.sh': '#!/bin/sh\ndocker run --rm "$1" /app\n' },
  'pass-declared': {
    'run.sh': '#!/bin/sh\ndocker run --rm "$1" /app\n',
    'archparity.yaml':
      'differences:\n  - { field: stdout, platforms: [linux/s390x], reason: the next release will mend it }\n',
  },
  'fail-output': { 'run.sh': '#!/bin/sh\necho "a\nb"\n', 'expected-std-out.txt': 'a\nc\n' },
  'fail-output-without-line-end': { 'run.sh': '#!/bin/sh\necho a\n', 'expected-std-out.txt': 'a' },
  'fail-exit-code': { 'run.sh': '#!/bin/sh\ndocker run --rm "$1" sh -c "exit 7"\n' },
  'fail-crash': { 'run.sh': '#!/bin/sh\nkill -SEGV $$\n' },
  'fail-too-slow': {
    'run.sh': '#!/bin/sh\ndocker run --rm "$1" sleep 1000\n',
    'archparity.yaml': 'timeout: 2s\n',
  },
  'fail-flood': { 'run.sh': '#!/bin/sh\nyes | head -c 3000000\n', 'expected-std-out.txt': 'y\n' },
  'fail-not-executable': { 'run.sh': '#!/bin/sh\ntrue\n' },
  'skip-everywhere': { 'run.sh': '#!/bin/sh\nfalse\n', 'archparity.yaml': 'skip: not today\n' },
}

async function writeDirectories(project: Project, names: readonly string[]): Promise<void> {
  const folder = (...parts: string[]) => project.find('tests', ...parts)
  await mkdir(folder(), { recursive: true })
  await writeFile(folder('run-in-container.sh'), SHARED, { mode: 0o755 })
  for (const name of names) {
    await mkdir(folder(name))
    for (const [file, text] of Object.entries(DIRECTORIES[name] ?? {}))
      await writeFile(folder(name, file), text)
    if (DIRECTORIES[name]?.['run.sh'] === undefined)
      await symlink(path.join('..', 'run-in-container.sh'), folder(name, 'run.sh'))
    else if (name !== 'fail-not-executable') await chmod(folder(name, 'run.sh'), 0o755)
  }
}

const FLAGS = ['--suites', 'tests/*/run.sh', '--no-noise', '--no-audit']

test('directories of docker-library’s kind run as they are on every platform', {
  timeout: 240_000,
}, async () => {
  const project = await createProject()
  await writeDirectories(project, Object.keys(DIRECTORIES))
  const platforms = PLATFORMS.flatMap(each => ['--platform', each])
  const result = await runCli(['run', await ensureImage('differs'), ...FLAGS, ...platforms], {
    ...{ cwd: project.directory, timeoutMs: 220_000, env: { ARCHPARITY_TEST_SECRET: 'hidden' } },
  })
  expect(result.exitCode, result.stderr).toBe(1)
  const finished = readEvents(project).flatMap(event => (event.type === 'check-finished' ? [event] : []))
  const wrong = finished.filter(({ check, status }) => {
    const [promised = ''] = check.name.split('-')
    return status !== { pass: 'passed', fail: 'failed', skip: 'skipped' }[promised]
  })
  expect(wrong.map(({ target, check, status, errors }) => [target, check.id, status, errors])).toEqual([])
  expect(finished).toHaveLength(PLATFORMS.length * Object.keys(DIRECTORIES).length)
  expect(finished.map(({ check }) => check.id)).toContain('tests/pass-link/run.sh > pass-link')
  const { findings } = readReport(project)
  expect(findings.filter(({ kind }) => kind !== 'failure')).toMatchObject([
    {
      kind: 'difference',
      platforms: ['linux/s390x'],
      checks: ['tests/pass-differs/run.sh > pass-differs'],
      reproduce: [
        expect.stringMatching(
          /DOCKER_DEFAULT_PLATFORM=linux\/s390x tests\/pass-differs\/run\.sh \S+@sha256:/,
        ),
      ],
    },
  ])
  // Started programs are judged although the containers are gone.
  const programs = readEvents(project).flatMap(event =>
    event.type === 'program-executed' ? [`${event.target} ${event.program} ${event.expected}`] : [],
  )
  expect(programs).toContain('linux/s390x emulated@local /bin/busybox true')
  expect(await listLeftovers({ pid: result.pid, directory: project.directory })).toEqual([])
  expect(JSON.stringify(readEvents(project))).not.toContain('hidden')
})

test('an image of an archive stays on the engine, with the name that its scripts were given', {
  timeout: 120_000,
}, async () => {
  const project = await createProject()
  await writeDirectories(project, ['pass-build-by-name'])
  const files = [{ path: 'unique', content: randomUUID() }]
  const content = await writeImage({
    platform: ARM64.platform,
    layers: await buildBusybox(ARM64, files),
    config: { Cmd: ['/bin/sh'] },
  })
  await writeArchive(content, project.find('clock.oci'))
  const fetched = async () => {
    const result = await runCli(['run', 'oci:clock.oci', ...FLAGS, '--platform', 'linux/arm64'], {
      cwd: project.directory,
    })
    expect(result.exitCode, result.stdout + result.stderr).toBe(0)
    return readEvents(project).flatMap(event => (event.type === 'image-pulled' ? [event.fetched] : []))
  }
  expect(await fetched()).toEqual([true])
  expect(await fetched()).toEqual([false])
  const [names] = readEvents(project).flatMap(event =>
    event.type === 'observation' && event.observation.kind === 'command'
      ? [event.observation.stdout.text]
      : [],
  )
  expect(names).toMatch(/^archparity\.test\/clock-oci:untagged-image-[0-9a-f]{12}\narm64\nLinux\n$/)
  await new Docker().getImage(names?.split('\n', 1)[0] as string).remove({ force: true })
})

test('without the docker command the check is errored and says what to install', async () => {
  const project = await createProject()
  await writeDirectories(project, ['pass-without-expectation'])
  await mkdir(project.find('bin'))
  for (const program of [process.execPath, '/bin/sh'])
    await symlink(program, project.find('bin', path.basename(program)))
  const result = await runCli(['run', await ensureImage('differs'), ...FLAGS, '--platform', 'linux/amd64'], {
    ...{ cwd: project.directory, env: { PATH: project.find('bin') } },
  })
  expect(result.exitCode, result.stderr).toBe(3)
  expect(result.stdout).toMatch(/needs the docker command.*apt-get\s+install docker\.io/s)
})

test.each([
  ['by Ctrl-C', (pid: number) => process.kill(-pid, 'SIGINT')],
  ['by SIGKILL', (pid: number) => process.kill(pid, 'SIGKILL')],
])('a script does not outlive a run that is ended %s', async (how, end) => {
  const project = await createProject()
  await writeDirectories(project, [])
  await mkdir(project.find('tests', 'hang'))
  const script = '#!/bin/sh\ntrap "" TERM INT\ndocker run --rm "$1" sleep 100\nwhile :; do sleep 1; done\n'
  await writeFile(project.find('tests', 'hang', 'run.sh'), script, { mode: 0o755 })
  const image = await ensureImage('differs')
  const running = startCli(['run', image, ...FLAGS, '--platform', 'linux/amd64'], {
    ...{ cwd: project.directory, timeoutMs: 60_000, ownGroup: true },
  })
  onTestFinished(() => void running.kill('SIGKILL'))
  await waitForLog(project.find('reports', 'run.jsonl'), /"check-started"[^\n]*hang/)
  const list = () => listLeftovers({ pid: running.pid, directory: project.directory })
  const isContainer = (line: string) => line.startsWith('container ')
  await expect.poll(async () => (await list()).filter(isContainer), { timeout: 20_000 }).toHaveLength(1)
  end(running.pid as number)
  await running
  const isTheirs = (line: string) => (how === 'by Ctrl-C' ? true : line.startsWith('process '))
  await expect.poll(async () => (await list()).filter(isTheirs), { timeout: 15_000 }).toEqual([])
  if (how === 'by Ctrl-C') return
  await runCli(['run', image, ...FLAGS, '--platform', 'linux/amd64', '-t', 'nothing'], {
    cwd: project.directory,
  })
  expect((await list()).filter(line => isContainer(line) || line.startsWith('image '))).toEqual([])
})
