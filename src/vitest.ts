import type { ViteUserConfig } from 'vitest/config'
import { loadConfig, mergeSettings, resolveKeyFolders } from './config/load.js'
import type { ArchparityConfig } from './config/schema.js'
import { validateConfig } from './config/validate.js'
import { ArchparityError } from './errors.js'
import type { Host } from './hosts/host.js'
import { openImageSource, pullCredentials } from './registry/index.js'
import { chooseConcurrency, listProjects } from './run/list-projects.js'
import { openHosts } from './run/open-hosts.js'
import { makeLabels } from './run/owner.js'
import { describeChoice } from './run/plan-choice.js'
import { prepareTargets } from './run/prepare-targets.js'
import { buildSuiteProject } from './run/suite-projects.js'
import { sweepHost } from './run/sweep.js'
import { openTemporaryDirectory } from './run/temporary-directory.js'
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
      : {
          config: resolveKeyFolders(validateConfig(config, 'defineSuiteConfig'), process.cwd()),
          root: process.cwd(),
        }
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
  const labels = makeLabels()
  const temporary = openTemporaryDirectory()
  process.once('exit', () => temporary.close())
  // The connections stay open: vitest runs the suites after the configuration was made.
  const opened = await openHosts({ settings, env, temporary: temporary.path, labels })
  try {
    const image = await source.resolve()
    await Promise.all(opened.hosts.map(host => sweepHost(host.engine, temporary.path)))
    const plan = await planTargets(image, opened.planHosts, describeChoice(settings)).finally(
      opened.endProofs,
    )
    const hostOf = (name: string) => opened.hosts.find(host => host.name === name) as Host
    const say = (what: string, why: string) =>
      process.stderr.write(`archparity: ${what} is not tested: ${why}\n`)
    for (const { spec, error } of opened.failures) say(`host ${spec.name}`, error.message)
    const prepared = await prepareTargets(
      {
        settings,
        root,
        source,
        image,
        credentials: source.source === 'registry' ? await pullCredentials(named, registryOptions) : undefined,
        signal: new AbortController().signal,
        shared: { labels },
        emit: event => {
          // Whoever runs vitest by hand must see what is not tested.
          if (event.type === 'coverage-lost') say(event.lost.platform, event.lost.reason)
        },
        onPull: () => {},
      },
      plan.targets,
      hostOf,
    )
    const projects = prepared.flatMap(({ context }) =>
      listProjects([context], hostOf(context.target.host), false).map(project =>
        buildSuiteProject(project, settings, root),
      ),
    )
    const cpus = opened.hosts.map(host => chooseConcurrency(host.facts))
    return { test: { projects, maxWorkers: settings.concurrency ?? Math.max(...cpus) } }
  } finally {
    await source.close()
  }
}
