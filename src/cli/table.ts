import { sanitizeLine } from '../report/sanitize.js'

/** Rows of cells as aligned columns, two spaces apart, without trailing spaces; cells are made safe to print. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const safe = rows.map(row => row.map(cell => sanitizeLine(cell)))
  const widths: number[] = []
  for (const row of safe)
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length)
    })
  return safe
    .map(row =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
