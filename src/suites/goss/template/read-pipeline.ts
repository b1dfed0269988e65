import { TemplateError } from './template-error.js'
import type { Operand, Pipeline } from './template-node.js'

interface Token {
  readonly kind: 'space' | 'text' | 'raw' | 'number' | 'variable' | 'field' | 'word' | 'sign'
  readonly text: string
}

const TOKEN =
  /(?<space>\s+)|(?<text>"(?:[^"\\\n]|\\.)*")|(?<raw>`[^`]*`)|(?<number>[-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)(?![\w]))|(?<variable>\$\w*)|(?<field>\.\w*)|(?<word>[A-Za-z_]\w*)|(?<sign>:=|[=|(),])/y

/** Reads a pipeline of Go's text/template. Throws a TemplateError for what is none, or is not supported. */
export function readPipeline(text: string, line: number): Pipeline {
  const reader = new PipelineReader(readTokens(text, line), line)
  const pipeline = reader.readPipeline()
  reader.requireEnd()
  return pipeline
}

function readTokens(text: string, line: number): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    TOKEN.lastIndex = at
    const match = TOKEN.exec(text)
    if (match === null)
      throw new TemplateError(line, `${JSON.stringify(text.slice(at).trim())} is not understood in {{ }}`)
    const [kind] = Object.entries(match.groups ?? {}).find(([, each]) => each !== undefined) ?? []
    tokens.push({ kind: kind as Token['kind'], text: match[0] })
    at = TOKEN.lastIndex
  }
  return tokens
}

class PipelineReader {
  private readonly tokens: readonly Token[]
  private readonly line: number
  private at = 0
  private depth = 0

  constructor(tokens: readonly Token[], line: number) {
    this.tokens = tokens
    this.line = line
  }

  readPipeline(): Pipeline {
    this.depth += 1
    if (this.depth > 50) this.fail('is nested too deeply')
    const { variables, declares } = this.readVariables()
    const commands = [this.readCommand()]
    while (this.takeSign('|')) commands.push(this.readCommand())
    this.depth -= 1
    return { variables, declares, commands, line: this.line }
  }

  requireEnd(): void {
    this.skipSpace()
    const next = this.tokens[this.at]
    if (next !== undefined) this.fail(`has ${JSON.stringify(next.text)} where it should end`)
  }

  /** `$a :=`, `$a, $b :=` or `$a =` before the commands. */
  private readVariables(): { variables: string[]; declares: boolean } {
    const start = this.at
    const variables: string[] = []
    do {
      this.skipSpace()
      const token = this.tokens[this.at]
      if (token?.kind !== 'variable' || token.text === '$') break
      variables.push(token.text.slice(1))
      this.at += 1
    } while (this.takeSign(','))
    if (variables.length > 0 && this.takeSign(':=')) return { variables, declares: true }
    if (variables.length === 1 && this.takeSign('=')) return { variables, declares: false }
    this.at = start
    return { variables: [], declares: false }
  }

  private readCommand(): Operand[] {
    const operands: Operand[] = []
    for (;;) {
      this.skipSpace()
      const token = this.tokens[this.at]
      if (token === undefined || (token.kind === 'sign' && token.text !== '(')) break
      operands.push(this.readOperand(token))
    }
    if (operands.length === 0) this.fail('lacks a value')
    return operands
  }

  private readOperand(token: Token): Operand {
    this.at += 1
    switch (token.kind) {
      case 'text':
        return { kind: 'literal', value: this.unquote(token.text) }
      case 'raw':
        return { kind: 'literal', value: token.text.slice(1, -1) }
      case 'number':
        return { kind: 'literal', value: Number(token.text) }
      case 'variable':
        return { kind: 'variable', name: token.text.slice(1), keys: this.readKeys() }
      case 'field': {
        const first = token.text.slice(1)
        return { kind: 'field', keys: first === '' ? [] : [first, ...this.readKeys()] }
      }
      case 'word':
        if (token.text === 'true' || token.text === 'false')
          return { kind: 'literal', value: token.text === 'true' }
        return token.text === 'nil'
          ? { kind: 'literal', value: null }
          : { kind: 'function', name: token.text }
      default: {
        const pipeline = this.readPipeline()
        if (!this.takeSign(')')) this.fail('lacks a )')
        return { kind: 'group', pipeline, keys: this.readKeys() }
      }
    }
  }

  /** Fields that follow without a space. */
  private readKeys(): string[] {
    const keys: string[] = []
    for (;;) {
      const token = this.tokens[this.at]
      if (token?.kind !== 'field' || token.text === '.') return keys
      keys.push(token.text.slice(1))
      this.at += 1
    }
  }

  private takeSign(sign: string): boolean {
    this.skipSpace()
    if (this.tokens[this.at]?.kind !== 'sign' || this.tokens[this.at]?.text !== sign) return false
    this.at += 1
    return true
  }

  private skipSpace(): void {
    while (this.tokens[this.at]?.kind === 'space') this.at += 1
  }

  private unquote(text: string): string {
    try {
      return JSON.parse(text) as string
    } catch {
      return this.fail(`has an escape that is not supported: ${text}`)
    }
  }

  private fail(problem: string): never {
    throw new TemplateError(this.line, `what stands between {{ and }} ${problem}`)
  }
}
