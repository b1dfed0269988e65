import { ArchparityError } from '../../errors.js'
import { readDocument } from '../read-document.js'
import { rejectValue } from '../suite-value.js'
import type { Surroundings } from '../surroundings.js'
import { findCompanion, WAIT_NAMES } from './companions.js'
import type { GossCheck, GossSuite } from './goss-suite.js'
import { readGossChecks } from './read-goss-checks.js'
import { readGossVariables } from './read-variables.js'
import { type RenderedTemplate, renderTemplate } from './template/render-template.js'
import { TemplateError } from './template/template-error.js'

/**
 * Reads a goss file: its template is rendered first, and a `goss_wait.yaml` beside it read with it. Throws
 * SUITE_INVALID with file and line.
 */
export function readGossFile(
  file: string,
  text: string,
  surroundings: Surroundings,
  warn: (message: string) => void,
): GossSuite {
  const checks = readOne(file, text, surroundings, warn)
  const wait = findCompanion(file, WAIT_NAMES, surroundings)
  if (wait === undefined) return { checks }
  const waited = readOne(wait.file, wait.text, surroundings, warn)
  const name = wait.file.replace(/^.*\//, '')
  return { checks, wait: { file: name, checks: waited, ...readWaitOptions(surroundings) } }
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

function readOne(
  file: string,
  text: string,
  surroundings: Surroundings,
  warn: (message: string) => void,
): GossCheck[] {
  const { text: rendered, lines } = render(file, text, surroundings)
  const document = readDocument(file, rendered, warn, line => lines[line - 1] ?? lines.at(-1) ?? line)
  if (document.node === null) rejectValue(document, 'declares no check')
  return readGossChecks(document)
}

function render(file: string, text: string, surroundings: Surroundings): RenderedTemplate {
  if (!text.includes('{{')) return { text, lines: [] }
  const Vars = readGossVariables(file, surroundings)
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
