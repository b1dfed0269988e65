import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { AuditFinding } from '../../src/model/audit.js'
import { createProject, findTemporaryFolder, type Project, runCli, startCli } from '../lab/cli.js'
import { buildLabImage, ensureImage } from '../lab/images/index.js'
import { writeArchive, writeLayout } from '../lab/write-layout.js'

/** No engine answers there: the audit must not ask for one. */
const NO_ENGINE = { DOCKER_HOST: 'unix:///nonexistent/engine.sock' }

async function audit(project: Project, ...args: string[]) {
  return await runCli(['audit', ...args], { cwd: project.directory, env: NO_ENGINE })
}

/** Writes an image of the lab as an OCI layout into the project; gives what the user types. */
async function placeImage(project: Project, name: string): Promise<string> {
  await writeLayout(await buildLabImage(name), project.find(name))
  return `oci:${name}`
}

interface AuditDocument {
  readonly platforms: readonly { readonly platform: string; readonly elfFiles: number }[]
  readonly findings: readonly AuditFinding[]
  readonly layers: { readonly read: number; readonly cached: number }
}

const parse = (text: string) => JSON.parse(text) as AuditDocument

describe('archparity audit', () => {
  test('finds nothing in a healthy image of six platforms, without an engine', async () => {
    const project = await createProject()
    const { exitCode, stdout, stderr } = await audit(project, await placeImage(project, 'healthy'))
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('Nothing found that speaks against parity')
    expect(stdout.match(/^linux\/\S+ +sha256:/gm)).toHaveLength(6)
    expect(await readdir(findTemporaryFolder(project.directory))).toEqual([])
  })

  test('reads from a registry, and nothing the second time', async () => {
    const project = await createProject()
    const image = await ensureImage('healthy')
    const first = parse((await audit(project, image, '--json')).stdout)
    const second = parse((await audit(project, image, '--json')).stdout)
    expect(first.layers).toMatchObject({ cached: 0 })
    expect(second.layers).toEqual({ read: 0, cached: first.layers.read })
    expect({ ...second, layers: 0, durationMs: 0 }).toEqual({ ...first, layers: 0, durationMs: 0 })
  })

  test('keeps nothing where it is told to', async () => {
    const project = await createProject()
    const image = await placeImage(project, 'healthy')
    expect((await audit(project, image, '--no-audit-cache')).exitCode).toBe(0)
    expect(existsSync(path.join(path.dirname(project.directory), 'c'))).toBe(false)
  })

  test('names the one foreign program of one platform', async () => {
    const project = await createProject()
    const { exitCode, stdout } = await audit(project, await placeImage(project, 'foreign-app'), '--json')
    expect(exitCode).toBe(1)
    const faults = parse(stdout).findings.filter(({ severity }) => severity !== 'note')
    expect(faults.map(({ rule, platforms, paths }) => ({ rule, platforms, paths }))).toEqual([
      { rule: 'foreign-elf', platforms: ['linux/arm64'], paths: ['/usr/bin/app'] },
    ])
  })

  test('reads an archive as a layout', async () => {
    const project = await createProject()
    await writeArchive(await buildLabImage('foreign'), project.find('foreign.oci'))
    const { exitCode, stdout } = await audit(project, 'oci:foreign.oci', '--rule', 'foreign-elf')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /^1\. error: the whole userland is amd64 code\n +rule +foreign-elf\n +platforms linux\/arm64$/m,
    )
  })

  test('looks only at the platforms that are asked for', async () => {
    const project = await createProject()
    const image = await placeImage(project, 'foreign-app')
    const { exitCode, stdout } = await audit(project, image, '--json', '--platform', '!linux/arm64')
    expect(exitCode).toBe(0)
    expect(parse(stdout).platforms.map(({ platform }) => platform)).not.toContain('linux/arm64')
  })

  test('judges by the levels of the configuration and of the flags', async () => {
    const config = `export default { auditRules: { 'foreign-elf': 'note' } }\n`
    const project = await createProject({ config })
    const image = await placeImage(project, 'foreign-app')
    expect((await audit(project, image, '--rule', 'content-differs=off')).exitCode).toBe(0)
    expect((await audit(project, image, '--rule', 'foreign-elf=error')).exitCode).toBe(1)
    expect((await audit(project, image, '--rule', 'page-size')).exitCode).toBe(0)
  })

  test.each([
    [['oci:nowhere'], 2, 'nowhere'],
    [['not a reference'], 2, 'not a reference'],
    [['127.0.0.1:9/lab/app:1'], 3, '127.0.0.1:9'],
    [['healthy', '--rule', 'foreign-elff'], 2, 'Did you mean foreign-elf?'],
    [[], 2, 'No image was named'],
  ])('%j ends with %i and says why', async (args, code, said) => {
    const { exitCode, stdout, stderr } = await audit(await createProject(), ...args)
    expect(exitCode).toBe(code)
    expect(stderr).toContain(said)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect(stdout).toBe('')
  })

  test('ends at once when it is interrupted, and leaves nothing', async () => {
    const project = await createProject()
    const image = await placeImage(project, 'healthy')
    const command = startCli(['audit', image], { cwd: project.directory, env: NO_ENGINE })
    command.stderr.once('data', () => command.kill('SIGINT'))
    const { exitCode } = await command
    // It may have been over before the signal came.
    expect([0, 130]).toContain(exitCode)
    expect(await readdir(findTemporaryFolder(project.directory))).toEqual([])
  })
})
