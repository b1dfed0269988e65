import { readFile } from 'node:fs/promises'
import { test } from 'vitest'
import { createProject, runCli } from '/work/h-goss/test/lab/cli.js'
import { ensureImage } from '/work/h-goss/test/lab/images/index.js'
test('try', { timeout: 600_000 }, async () => {
  const project = await createProject({ suites: { 'goss.yaml': await readFile('/tmp/h-goss-e2e/goss.yaml', 'utf8') } })
  const r = await runCli(['run', await ensureImage(process.env.LABIMG ?? 'web'), '--no-noise', '--no-audit', '--platform', 'linux/amd64', ...(process.env.MORE ?? '').split(' ').filter(Boolean)], { cwd: project.directory, timeoutMs: 300_000 })
  console.log(r.exitCode, r.stdout, r.stderr)
  const log = await readFile(project.find('reports', 'run.jsonl'), 'utf8')
  for (const line of log.trim().split('\n')) { const e = JSON.parse(line); if (e.type === 'check-finished') console.log(e.target.slice(0, 60), e.check.name, e.check.line, e.status, e.durationMs, (e.errors ?? []).map((x: any) => `${x.kind} ${x.code ?? ''} ${x.message}`).join(' | ')); if (e.type==='observation' && process.env.OBS) console.log(JSON.stringify(e.observation).slice(0,300)) }
})
