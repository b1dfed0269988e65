import type { Surroundings } from '../surroundings.js'

/** What must hold before a goss file’s checks, as dgoss has it: the file of that name beside it. */
export const WAIT_NAMES = ['goss_wait.yaml', 'goss_wait.yml'] as const

/** Variables of the templates beside it, where GOSS_VARS names no file. */
export const VARIABLES_NAMES = ['goss_vars.yaml', 'goss_vars.yml', 'goss_vars.json'] as const

/** The same for those who find suites by globs. */
export const COMPANION_GLOBS: readonly string[] = [...WAIT_NAMES, ...VARIABLES_NAMES].map(
  name => `**/${name}`,
)

/** Whether a file only goes with goss files and is no suite by itself; `variables` is what GOSS_VARS names. */
export function isCompanion(file: string, variables: string | undefined): boolean {
  const name = file.replace(/^.*\//, '')
  if ([...WAIT_NAMES, ...VARIABLES_NAMES].includes(name as (typeof WAIT_NAMES)[number])) return true
  const named = (variables ?? '').replace(/^(\.\/)+/, '')
  return named !== '' && (file === named || file.endsWith(`/${named}`))
}

/** The first of some names that is beside a file. */
export function findCompanion(
  file: string,
  names: readonly string[],
  { readText }: Surroundings,
): { file: string; text: string } | undefined {
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  for (const name of names) {
    const text = readText(`${folder}${name}`)
    if (text !== undefined) return { file: `${folder}${name}`, text }
  }
  return undefined
}
