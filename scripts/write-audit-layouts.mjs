// @ts-check
import path from 'node:path'
import { importLab } from './import-lab.mjs'

const [folder, ...names] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/write-audit-layouts.mjs FOLDER [NAME...]')
  process.exitCode = 2
} else {
  /** @type {typeof import('../test/lab/write-audit-layouts.js')} */
  const { writeAuditLayouts } = await importLab('write-audit-layouts.ts')
  await writeAuditLayouts(path.resolve(folder), names)
}
