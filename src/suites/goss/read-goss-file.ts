import { ArchparityError } from '../../errors.js'
import { readDocument } from '../read-document.js'
import { rejectValue } from '../suite-value.js'
import type { Surroundings } from '../surroundings.js'
import { findCompanion, WAIT_NAMES } from './companions.js'
import { GOSS_KINDS, type GossCheck, type GossSuite } from './goss-suite.js'
import { readGossChecks } from './read-goss-checks.js'
import { readIncludes } from './read-includes.js'
import { readGossVariables } from './read-variables.js'
import { type RenderedTemplate, renderTemplate } from './template/render-template.js'
import { TemplateError } from './template/template-error.js'

/** What is the same for a goss file and all that it draws in. */
interface Reading {
  readonly surroundings: Surroundings
  readonly warn: (message: string) => void
  /** The file that draws the others in: its variables are theirs too. */
  readonly first: string
  /** Files that were read: each counts once, and none can draw itself in. */
  readonly files: Set<string>
}

/**
 * Reads a goss file: its template is rendered first, what it names in `gossfile` is drawn in, and a `goss_wait.yaml`
 * beside it read with it. Throws SUITE_INVALID with file and line.
 */
export function readGossFile(
  file: string,
  text: string,
  surroundings: Surroundings,
  warn: (message: string) => void,
): GossSuite {
  const files = new Set([file])
  const checks = readAll(file, text, { surroundings, warn, first: file, files })
  const included = [...files].filter(each => each !== file)
  const wait = findCompanion(file, WAIT_NAMES, surroundings)
  if (wait === undefined) return { checks, included }
  const waited = readAll(wait.file, wait.text, {
    surroundings,
    warn,
    first: wait.file,
    files: new Set([wait.file]),
  })
  const name = wait.file.replace(/^.*\//, '')
  return { checks, included, wait: { file: name, checks: waited, ...readWaitOptions(surroundings) } }
}

/** dgoss's own options for `goss validate`, by the variable that it takes them from; `-r 30s -s 1s` without it. */
function readWaitOptions({ env }: Surroundings): { limitMs: number; pauseMs: number } {
  const read = (option: string, otherwise: number) => {
    const pattern = new RegExp(`(?:^|\\s)(?:${option})[= ]?(\\d+(?:\\.\\d+)?)(ms|s|m|h)(?=\\s|$)`)
    const [, number, unit] = pattern.exec(env.GOSS_WAIT_OPTS ?? '') ?? []
    return number === undefined ? otherwise : Number(number) * UNITS[unit as keyof typeof UNITS]
  }
  return {
    limitMs: Math.min(read('-r|--retry-timeout', 30_000), MAX_WAIT_MS),
    pauseMs: Math.max(50, read('-s|--sleep', 1000)),
  }
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** The time that a suite file's start has. */
const MAX_WAIT_MS = 300_000

/** The checks of a file and of what it draws in. */
function readAll(file: string, text: string, reading: Reading): GossCheck[] {
  const { surroundings, warn, first, files } = reading
  const { text: rendered, lines } = render(file, text, reading)
  const document = readDocument(file, rendered, warn, line => lines[line - 1] ?? lines.at(-1) ?? line)
  const own = document.node === null ? [] : readGossChecks(document)
  const drawn = readIncludes(file, document, surroundings).flatMap(include => {
    const fresh = include.files.filter(each => !files.has(each))
    for (const each of fresh) files.add(each)
    return fresh
      .flatMap(each => placeChecks(each, readAll(each, surroundings.readText(each) ?? '', reading)))
      .map(check => ({ ...check, line: include.line }))
  })
  const checks = [...own, ...drawn]
  if (checks.length === 0 && file === first)
    rejectValue(document, 'declares no check', `Add ${GOSS_KINDS.join(', ')}.`)
  // The order of their lines: goss has none.
  return checks.sort((a, b) => a.line - b.line)
}

const placeChecks = (file: string, checks: readonly GossCheck[]): GossCheck[] =>
  checks.map(check => ({ ...check, place: check.place ?? `${file}:${check.line}` }))

function render(file: string, text: string, { surroundings, first }: Reading): RenderedTemplate {
  if (!text.includes('{{')) return { text, lines: [] }
  const Vars = readGossVariables(first, surroundings)
  try {
    return renderTemplate(text, { Env: surroundings.env, Vars })
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error
    const { line, message } = error
    throw new ArchparityError('SUITE_INVALID', `${file}:${line}: ${message}`, {
      hint: `Known to this template are .Vars.${Object.keys(Vars).join(', .Vars.') || '… (none: set GOSS_VARS, or write goss_vars.yaml beside it)'}, and .Env, which is archparity’s own environment.`,
      details: { file, line },
    })
  }
}
