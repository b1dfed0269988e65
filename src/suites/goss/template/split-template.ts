import { TemplateError } from './template-error.js'

/** A piece of a template: text as it is, or what stands between `{{` and `}}`; `line` is where it begins, from 1. */
export interface TemplatePiece {
  readonly kind: 'text' | 'action'
  readonly text: string
  readonly line: number
}

/** What may stand between the braces: texts in quotation marks may hold braces. */
const ACTION =
  /\{\{(- )?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\/\*[\s\S]*?\*\/|(?!}}|\{\{)[^"`'])*?)( -)?}}/y

/**
 * Splits a template as Go's text/template does: `{{- ` takes the white space before it away and ` -}}` that after it;
 * comments are dropped.
 */
export function splitTemplate(text: string): TemplatePiece[] {
  const pieces: TemplatePiece[] = []
  let at = 0
  let line = 1
  let trimNext = false
  const addText = (raw: string, trimEnd: boolean) => {
    const kept = trimEnd ? raw.trimEnd() : raw
    const start = trimNext ? kept.length - kept.trimStart().length : 0
    const skipped = kept.slice(0, start)
    if (kept.length > start)
      pieces.push({ kind: 'text', text: kept.slice(start), line: line + countLines(skipped) })
    line += countLines(raw)
  }
  for (;;) {
    const open = text.indexOf('{{', at)
    if (open === -1) break
    ACTION.lastIndex = open
    const match = ACTION.exec(text)
    const before = text.slice(at, open)
    if (match === null)
      throw new TemplateError(line + countLines(before), '{{ has no }}, or holds a text that does not end')
    addText(before, match[1] !== undefined)
    const inner = (match[2] as string).trim()
    if (!/^\/\*[\s\S]*\*\/$/.test(inner)) pieces.push({ kind: 'action', text: match[2] as string, line })
    line += countLines(match[0])
    trimNext = match[3] !== undefined
    at = ACTION.lastIndex
  }
  addText(text.slice(at), false)
  return pieces
}

const countLines = (text: string): number => text.split('\n').length - 1
