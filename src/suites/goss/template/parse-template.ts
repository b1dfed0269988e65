import { readPipeline } from './read-pipeline.js'
import type { TemplatePiece } from './split-template.js'
import { TemplateError } from './template-error.js'
import type { Branch, TemplateNode } from './template-node.js'

/** Words of Go's text/template that begin an action and are refused. */
const REFUSED = ['define', 'template', 'block', 'break', 'continue']

/** Makes the tree of a template from its pieces. Throws a TemplateError. */
export function parseTemplate(pieces: readonly TemplatePiece[]): TemplateNode[] {
  const reader = new TemplateReader(pieces)
  const nodes = reader.readNodes()
  if (reader.ended !== undefined)
    throw new TemplateError(reader.ended.line, `{{${reader.ended.word}}} has no if, range or with before it`)
  return nodes
}

class TemplateReader {
  private readonly pieces: readonly TemplatePiece[]
  private at = 0
  /** The action that ended the list that was read last. */
  ended: { readonly word: 'else' | 'end'; readonly rest: string; readonly line: number } | undefined

  constructor(pieces: readonly TemplatePiece[]) {
    this.pieces = pieces
  }

  readNodes(): TemplateNode[] {
    const nodes: TemplateNode[] = []
    this.ended = undefined
    for (;;) {
      const piece = this.pieces[this.at]
      if (piece === undefined) {
        this.ended = undefined
        return nodes
      }
      this.at += 1
      if (piece.kind === 'text') {
        nodes.push(piece as TemplateNode)
        continue
      }
      const [, word = '', rest = ''] = /^\s*([a-z]+)?\b\s*([\s\S]*)$/.exec(piece.text) ?? []
      if (word === 'end' || word === 'else') {
        this.ended = { word, rest: rest.trim(), line: piece.line }
        return nodes
      }
      nodes.push(this.readAction(piece, word, rest))
    }
  }

  private readAction(piece: TemplatePiece, word: string, rest: string): TemplateNode {
    const { line } = piece
    if (REFUSED.includes(word)) throw new TemplateError(line, `{{${word}}} is not supported`)
    if (word === 'if' || word === 'with') return { kind: word, line, ...this.readBranches(word, rest, line) }
    if (word === 'range') {
      const pipeline = readPipeline(rest, line)
      const body = this.readNodes()
      return { kind: 'range', line, pipeline, body, otherwise: this.readOtherwise('range', line) }
    }
    return { kind: 'action', line, pipeline: readPipeline(piece.text, line) }
  }

  private readBranches(
    word: 'if' | 'with',
    condition: string,
    line: number,
  ): { branches: Branch[]; otherwise: TemplateNode[] } {
    const branches: Branch[] = [{ pipeline: readPipeline(condition, line), body: this.readNodes() }]
    for (;;) {
      const { ended } = this
      if (ended?.word !== 'else' || ended.rest === '') break
      const next = new RegExp(`^${word}\\b([\\s\\S]*)$`).exec(ended.rest)
      if (next === null) throw new TemplateError(ended.line, `{{else ${ended.rest}}} is not supported`)
      branches.push({ pipeline: readPipeline(next[1] as string, ended.line), body: this.readNodes() })
    }
    return { branches, otherwise: this.readOtherwise(word, line) }
  }

  /** What stands behind `{{else}}`, until `{{end}}`. */
  private readOtherwise(word: string, line: number): TemplateNode[] {
    let otherwise: TemplateNode[] = []
    if (this.ended?.word === 'else') {
      if (this.ended.rest !== '')
        throw new TemplateError(this.ended.line, `{{else ${this.ended.rest}}} is not supported`)
      otherwise = this.readNodes()
    }
    if (this.ended?.word !== 'end') throw new TemplateError(line, `{{${word}}} has no {{end}}`)
    return otherwise
  }
}
