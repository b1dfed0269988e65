import type { Comparison, FileRow } from './comparison.js'
import { parentOf } from './file-values.js'

/** Whether the folder of a row is missing wherever the row is: then the loss is that of a folder. */
export function isFolderMissing(row: FileRow, { missingByName, views }: Comparison): boolean {
  const first = row.items.findIndex(item => item !== undefined)
  const path = row.items[first]?.path
  const name = path === undefined ? row.name : (views[first]?.neutralizePath(path) ?? path)
  const folder = missingByName.get(parentOf(name)) ?? missingByName.get(parentOf(path ?? ''))
  return (
    folder?.items.every((item, side) => (item === undefined) === (row.items[side] === undefined)) ?? false
  )
}
