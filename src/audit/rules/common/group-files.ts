import type { PlatformView } from '../../view/platform-view.js'
import { folderOf } from './places.js'

/** Files of one rule and kind that came into the image together, as far as their place tells. */
export interface FileGroup<T> {
  /** Neutral place: equal for the same group of another platform. */
  readonly subject: string
  /** `/app/tool`, or `7 files below /app/node_modules`: a subject for a sentence. */
  readonly name: string
  readonly one: boolean
  readonly items: readonly T[]
}

/** Puts files of one folder, `node_modules` or `site-packages` into one group each, in order of first appearance. */
export function groupFiles<T>(
  items: readonly T[],
  pathOf: (item: T) => string,
  view: PlatformView,
  noun = 'file',
): readonly FileGroup<T>[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const place = findPlace(pathOf(item))
    const known = groups.get(place)
    if (known === undefined) groups.set(place, [item])
    else known.push(item)
  }
  return [...groups].map(([place, members]) => {
    const [first] = members as [T]
    const one = members.length === 1
    const subject = view.neutralizePath(one ? pathOf(first) : place)
    const name = one ? `/${pathOf(first)}` : `${members.length} ${noun}s below /${place}`
    return { subject, name, one, items: members }
  })
}

function findPlace(path: string): string {
  const shared = /^(?:.*?\/)?(?:node_modules|site-packages|dist-packages)(?=\/)/.exec(path)?.[0]
  return shared ?? folderOf(path)
}
