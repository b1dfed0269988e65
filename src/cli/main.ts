#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { EXIT } from './exit-codes.js'
import { addAuditOptions, addHostOptions, addImageOptions, addPlanOptions, addRunOptions } from './options.js'
import { printError } from './print-error.js'

const RUN_EXAMPLES = `
Examples:
  archparity run ghcr.io/acme/app:1.4              every platform of the tag, with suites/**/*.suite.ts
  archparity run acme/app:1.4 -t "health"          only checks whose name matches
  archparity run acme/app:1.4 suites/tls.suite.ts  only this suite file
  archparity run acme/app:1.4 --platform linux/arm64,linux/amd64
  archparity run oci:build/app.oci                 an OCI archive, before it is pushed
  archparity run acme/app:1.4 --host pi=ssh://root@pi4.lan --execution both

A suite:
  import { expect, test } from 'archparity/suite'
  test('prints its version', async ({ exec }) => {
    const { stdout } = await exec('app --version')
    expect(stdout).toContain('1.4')
  })
Everything that a check runs or reads is compared across platforms without being asked.

Exit codes: 0 all platforms agree; 1 a check failed or something differs; 2 usage, configuration or a broken
suite; 3 something could not be tested (engine, registry, platform); 130 interrupted.
Reports: reports/run.jsonl (events), reports/junit.xml, reports/report.json, reports/summary.md.`

const AUDIT_EXAMPLES = `
Examples:
  archparity audit ghcr.io/acme/app:1.4                      every platform of the tag
  archparity audit oci:build/app.oci                         an OCI archive, before it is pushed
  archparity audit acme/app:1.4 --rule foreign-elf           this rule alone
  archparity audit acme/app:1.4 --rule page-size=off --json  all others, for machines

Exit codes: 0 nothing found but notes; 1 an error or a warning; 2 usage or configuration; 3 the image could not
be read; 130 interrupted.`

const REPORT_EXAMPLES = `
Examples:
  archparity report reports/run.jsonl                the reports of the last run, rendered again
  archparity report logs/amd64.jsonl logs/arm64.jsonl  one verdict of two jobs; their hosts are called amd64 and arm64

Exit codes: those of run, over all logs.`

function buildProgram(version: string, env: NodeJS.ProcessEnv): Command {
  const program = new Command('archparity')
    .description('Runs the same checks on every platform of a container image and compares what they see.')
    .version(version)
    .showHelpAfterError('(archparity --help, or archparity <command> --help)')
    .exitOverride()
  const run = program
    .command('run')
    .description('run the suites on every platform of an image and report where they differ')
    .argument(
      '[image]',
      'reference (repository:tag or @digest) or oci:PATH; default: IMAGE or the configuration’s',
    )
    .argument('[suite...]', 'only suite files whose path contains one of these')
    .addHelpText('after', RUN_EXAMPLES)
    .action(async (image, suites, flags) => {
      const { runCommand } = await import('./run-command.js')
      process.exitCode = await runCommand(image, suites, flags, version, env)
    })
  addAuditOptions(addRunOptions(addPlanOptions(addHostOptions(addImageOptions(run)))))
  const audit = program
    .command('audit')
    .description(
      'read the layers of every platform and compare what they hold; nothing is run, no engine needed',
    )
    .argument('[image]', 'reference or oci:PATH')
    .option('--json', 'as JSON')
    .addHelpText('after', AUDIT_EXAMPLES)
    .action(async (image, flags) => {
      const { auditCommand } = await import('./audit-command.js')
      process.exitCode = await auditCommand(image, flags)
    })
  addAuditOptions(addImageOptions(audit))
  program
    .command('report')
    .description('render the event log of a run again, or make one verdict of the logs of several jobs')
    .argument('<log...>', 'event logs (run.jsonl)')
    .option('--reports <dir>', 'where the reports are written', 'reports')
    .option('--mixed', 'merge logs of different indexes, suites, settings or versions all the same')
    .option('--allow-missing', 'platforms that every job left out are no lost coverage')
    .addHelpText('after', REPORT_EXAMPLES)
    .action(async (logs, flags) => {
      const { reportCommand } = await import('./report-command.js')
      process.exitCode = reportCommand(logs, flags)
    })
  const plan = program
    .command('plan')
    .description('show the platforms, their digests and how each would run; nothing is pulled')
    .argument('[image]', 'reference or oci:PATH')
    .option('--json', 'as JSON')
    .action(async (image, flags) => {
      const { planCommand } = await import('./plan-command.js')
      process.exitCode = await planCommand(image, flags, env)
    })
  addPlanOptions(addHostOptions(addImageOptions(plan)))
  const doctor = program
    .command('doctor')
    .description('check the hosts, their engines and emulators, and say how to mend what is missing')
    .option('--config <file>', 'configuration file (default: archparity.config.ts, if there is one)')
    .option('--json', 'as JSON')
    .action(async flags => {
      const { doctorCommand } = await import('./doctor-command.js')
      process.exitCode = await doctorCommand(flags, env)
    })
  addHostOptions(doctor)
  return program
}

async function main(): Promise<void> {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  const env = { ...process.env }
  // The engine's client would mix it into every connection that it is told to make.
  delete process.env.DOCKER_HOST
  try {
    await buildProgram(manifest.version, env).parseAsync()
  } catch (error) {
    // Commander has printed what was wrong; --help and --version end this way too.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.parity : EXIT.usage
    else process.exitCode = printError(error)
  }
}

await main()
