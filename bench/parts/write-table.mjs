// @ts-check
/**
 * Rows as lines of aligned columns.
 * @param {readonly (readonly string[])[]} rows
 */
export function writeTable(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   '))
  return lines.map(line => `  ${line.trimEnd()}\n`).join('')
}
