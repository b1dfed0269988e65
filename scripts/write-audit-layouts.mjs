// @ts-check
import path from 'node:path'
import { ROOT } from './setup/places.mjs'

const [folder, ...names] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node scripts/write-audit-layouts.mjs FOLDER [NAME...]')
  process.exitCode = 2
} else {
  // The lab is written in TypeScript, which this Node may not run by itself; vite is there and does.
  const { runnerImport } = await import('vite')
  /** @type {{ module: typeof import('../test/lab/write-audit-layouts.js') }} */
  const { module } = await runnerImport(path.join(ROOT, 'test', 'lab', 'write-audit-layouts.ts'), {
    configFile: false,
    logLevel: 'error',
  })
  await module.writeAuditLayouts(path.resolve(folder), names)
}
