import type { PlatformView } from '../../view/platform-view.js'

/** Remembers what was worked out for a view, for as long as the view lives. */
export function oncePerView<T>(compute: (view: PlatformView) => T): (view: PlatformView) => T {
  const known = new WeakMap<PlatformView, { readonly value: T }>()
  return view => {
    let result = known.get(view)
    if (result === undefined) {
      result = { value: compute(view) }
      known.set(view, result)
    }
    return result.value
  }
}
