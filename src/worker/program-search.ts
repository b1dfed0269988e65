import type { ContainerOptions } from './container/options.js'
import type { WorkerContext } from './context.js'

/** The engine's default, for images that set none. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Where a command looks for its program: PATH as the command sees it. */
export function listSearchPath(
  context: WorkerContext,
  container: ContainerOptions,
  env?: Readonly<Record<string, string>>,
): string[] {
  const ofImage = context.imageConfig.env.find(each => each.startsWith('PATH='))?.slice('PATH='.length)
  const path = env?.PATH ?? container.env?.PATH ?? ofImage ?? DEFAULT_PATH
  return path.split(':').filter(each => each.startsWith('/'))
}

/** The directory that a command starts in. */
export function chooseCwd(context: WorkerContext, container: ContainerOptions, cwd?: string): string {
  const base = container.workingDir ?? context.imageConfig.workingDir ?? '/'
  return cwd === undefined ? base : cwd.startsWith('/') ? cwd : `${base}/${cwd}`
}
