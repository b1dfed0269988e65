import { readFileSync } from 'node:fs'
import path from 'node:path'
import { globSync } from 'tinyglobby'
import { compareText } from '../model/platform.js'

/** What a suite file may draw on beside its own text. */
export interface Surroundings {
  /** Text of a file, relative to the root; undefined where there is none. */
  readText(file: string): string | undefined
  /** Files that match a glob relative to the root, sorted. */
  listFiles(glob: string): string[]
  readonly env: Readonly<Record<string, string>>
}

/** A suite file that stands alone. */
export const NO_SURROUNDINGS: Surroundings = { readText: () => undefined, listFiles: () => [], env: {} }

/** The files below (or beside) a root, and this process's environment. `onRead` hears of each file that is read. */
export function openSurroundings(root: string, onRead: (file: string) => void = () => {}): Surroundings {
  return {
    env: Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    listFiles: glob =>
      globSync([glob], { cwd: root })
        .map(file => file.split(path.sep).join('/'))
        .sort(compareText),
    readText: file => {
      const absolute = path.resolve(root, file)
      let text: string
      try {
        text = readFileSync(absolute, 'utf8')
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined
        throw error
      }
      onRead(absolute)
      return text
    },
  }
}
