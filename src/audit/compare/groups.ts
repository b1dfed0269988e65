import type { PlatformView } from '../view/platform-view.js'

/**
 * Platforms that can be measured by each other, two at least. Windows next to Linux, or next to another version of
 * Windows, is not the same content for another processor.
 */
export function groupPlatforms(views: readonly PlatformView[]): (readonly PlatformView[])[] {
  const groups = new Map<string, PlatformView[]>()
  for (const view of views) {
    const system = `${view.platform.os} ${view.platform.osVersion ?? ''}`
    const group = groups.get(system)
    if (group === undefined) groups.set(system, [view])
    else group.push(view)
  }
  return [...groups.values()].filter(group => group.length > 1)
}
