import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import Docker from 'dockerode'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'
import type { LoggedEvent } from '../../src/model/events.js'
import { ensureImage } from '../lab/images/index.js'
import { listNetworksAndVolumes } from '../lab/leftovers.js'

test.each([
  ['npm test -- IMAGE', (image: string) => ({ args: [image], env: {} })],
  ['IMAGE=... npm test', (image: string) => ({ args: [] as string[], env: { IMAGE: image } })],
])(
  '%s: six targets, the digests that another client reads, JUnit that a schema accepts, nothing left',
  async (_, form) => {
    const image = await ensureImage('emulated')
    const reports = await mkdtemp(path.join(tmpdir(), 'lab-reports-'))
    onTestFinished(() => rm(reports, { recursive: true, force: true }))
    const before = await listNetworksAndVolumes()
    const { args, env } = form(image)
    const result = await execa('npm', ['test', '--', ...args, '--reports', reports], {
      cwd: ROOT,
      env: { ...env, VITEST: undefined, NODE_ENV: undefined, TMPDIR: reports },
      reject: false,
    })
    expect(result.exitCode, `${result.stdout}\n${result.stderr}`).toBe(0)
    const events = readFileSync(path.join(reports, 'run.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as LoggedEvent)
    const targets = events.flatMap(event => (event.type === 'target-planned' ? [event.target] : []))
    expect(targets.filter(target => target.execution === 'emulated')).toHaveLength(5)
    expect(targets).toHaveLength(6)

    const raw = await execa('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${image}`])
    const index = JSON.parse(raw.stdout) as { manifests: { digest: string }[] }
    expect(targets.map(target => target.digest)).toEqual(index.manifests.map(({ digest }) => digest))
    const pulled = events.flatMap(event => (event.type === 'image-pulled' ? [event.target] : []))
    expect(pulled.sort()).toEqual(targets.map(target => target.id).sort())

    const schema = path.join(ROOT, 'test', 'report', 'fixtures', 'junit.xsd')
    await execa('xmllint', ['--noout', '--schema', schema, path.join(reports, 'junit.xml')])

    const started = events.find(event => event.type === 'run-started')
    const runId = started?.type === 'run-started' ? started.runId : 'missing'
    const engine = new Docker()
    const filters = { label: [`org.archparity.run=${runId}`] }
    expect(await listNetworksAndVolumes()).toEqual(before)
    expect(await engine.listContainers({ all: true, filters })).toEqual([])
    expect((await readdir(reports)).filter(name => name.startsWith('archparity'))).toEqual([])
  },
)
