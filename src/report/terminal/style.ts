import type { createColors } from 'picocolors'

/** What the terminal report needs from its caller. */
export interface TerminalOptions {
  /** `createColors(true)` or `createColors(false)` of picocolors. */
  readonly colors: ReturnType<typeof createColors>
  /** Columns of the terminal; 80 where there is none. */
  readonly width: number
  /** Where the other reports were written, relative to the working directory. */
  readonly reports?: readonly string[]
}

/** Options with bounds: a width that a matrix can live with. */
export interface Style {
  readonly colors: TerminalOptions['colors']
  readonly width: number
}

/** How wide a report may usefully get. */
const MAX_WIDTH = 160
const MIN_WIDTH = 60

/** Bounds the width. */
export function makeStyle(options: TerminalOptions): Style {
  const width = Number.isFinite(options.width) ? Math.floor(options.width) : 80
  return { colors: options.colors, width: Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, width)) }
}
