import type { StructureCheck } from './structure-suite.js'

/** That tool's own names, which people's dashboards know, and such names for the kinds of our own. */
export function nameCheck({ kind, name }: StructureCheck): string {
  const titles: Readonly<Record<StructureCheck['kind'], string>> = {
    command: 'Command Test',
    'file-existence': 'File Existence Test',
    'file-content': 'File Content Test',
    metadata: 'Metadata Test',
    license: 'License Test',
    http: 'HTTP Test',
    port: 'Port Test',
    log: 'Log Test',
    health: 'Health Test',
  }
  return name === '' ? titles[kind] : `${titles[kind]}: ${name}`
}
