import { tmpdir } from 'node:os'
import type { ViteUserConfig } from 'vitest/config'
import { loadConfig, mergeSettings } from './config/load.js'
import type { ArchparityConfig } from './config/schema.js'
import { validateConfig } from './config/validate.js'
import { ArchparityError } from './errors.js'
import { createProver } from './hosts/create-prover.js'
import { connectLocalHost } from './hosts/local.js'
import { openImageSource, pullCredentials } from './registry/index.js'
import { chooseConcurrency, listProjects } from './run/list-projects.js'
import { makeLabels } from './run/owner.js'
import { prepareTargets } from './run/prepare-targets.js'
import { buildSuiteProject } from './run/suite-projects.js'
import { sweepLeftovers } from './run/sweep.js'
import { planTargets } from './targets/plan.js'

/**
 * Builds a vitest configuration that runs the suites on every platform of an image, for `vitest` itself: watch
 * mode, `-t`, `--project linux/arm64` and editors. The image is IMAGE or the configuration's; its platforms are
 * pulled while the configuration is made. Values are not compared here: `archparity run` does that.
 * Without `config`, `archparity.config.ts` in the working directory is read.
 */
export async function defineSuiteConfig(config?: ArchparityConfig): Promise<ViteUserConfig> {
  const env = { ...process.env }
  // The engine's client would mix it into every connection that it is told to make.
  delete process.env.DOCKER_HOST
  const loaded =
    config === undefined
      ? await loadConfig(process.cwd())
      : { config: validateConfig(config, 'defineSuiteConfig'), root: process.cwd() }
  const settings = mergeSettings(loaded.config)
  const named = env.IMAGE || settings.image
  if (!named) {
    throw new ArchparityError('USAGE', 'No image was named', {
      hint: 'Start vitest with IMAGE=repository:tag, or set `image` in archparity.config.ts.',
    })
  }
  const { root } = loaded
  const registryOptions = { insecureRegistries: settings.insecureRegistries, root }
  const source = await openImageSource(named, registryOptions)
  const host = await connectLocalHost(env)
  try {
    const image = await source.resolve()
    await sweepLeftovers(host.engine, tmpdir())
    const choice = {
      exclude: settings.excludePlatforms,
      ...(settings.platforms === undefined ? {} : { include: settings.platforms }),
      ...(settings.reference === undefined ? {} : { reference: settings.reference }),
    }
    const labels = makeLabels()
    const prover = createProver(host, labels)
    const plan = await planTargets(image, host.facts, choice, prover.prove).finally(prover.close)
    const contexts = await prepareTargets(
      {
        settings,
        root,
        source,
        image,
        host,
        credentials: source.source === 'registry' ? await pullCredentials(named, registryOptions) : undefined,
        signal: new AbortController().signal,
        shared: { labels },
        emit: event => {
          // Whoever runs vitest by hand must see what is not tested.
          if (event.type === 'coverage-lost')
            process.stderr.write(`archparity: ${event.lost.platform} is not tested: ${event.lost.reason}\n`)
        },
        onPull: () => {},
      },
      plan.targets,
    )
    const projects = listProjects(contexts, host, false).map(project =>
      buildSuiteProject(project, settings, root),
    )
    return { test: { projects, maxWorkers: settings.concurrency ?? chooseConcurrency(host.facts) } }
  } finally {
    await source.close()
    await host.close()
  }
}
