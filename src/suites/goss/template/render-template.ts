import { parseTemplate } from './parse-template.js'
import { splitTemplate } from './split-template.js'
import { TemplateError } from './template-error.js'
import { TEMPLATE_FUNCTIONS } from './template-functions.js'
import type { Operand, Pipeline, TemplateNode, TemplateValue } from './template-node.js'
import { isTrue, isValueRecord, readLazily, writeTemplateValue } from './template-value.js'

/** More is no suite, but something that would take all memory. */
const MAX_OUTPUT = 8 * 1024 * 1024
const MAX_STEPS = 1_000_000

/** What templates may read. */
export interface TemplateData {
  readonly Env: Readonly<Record<string, string>>
  readonly Vars: Readonly<Record<string, TemplateValue>>
}

export interface RenderedTemplate {
  readonly text: string
  /** For each line of the text, the line of the template that it is from. */
  readonly lines: readonly number[]
}

/** Carries a template out, as Go's text/template does with missing keys as errors. Throws a TemplateError. */
export function renderTemplate(source: string, data: TemplateData): RenderedTemplate {
  const renderer = new Renderer(data)
  renderer.render(parseTemplate(splitTemplate(source)), data)
  return { text: renderer.text, lines: renderer.lines }
}

class Renderer {
  text = ''
  readonly lines: number[] = []
  private readonly data: TemplateData
  private readonly scopes: Map<string, TemplateValue>[] = [new Map()]
  private steps = 0
  private atLineStart = true

  constructor(data: TemplateData) {
    this.data = data
  }

  render(nodes: readonly TemplateNode[], dot: TemplateValue): void {
    for (const node of nodes) {
      this.countStep(node.line)
      if (node.kind === 'text') this.write(node.text, node.line, true)
      else if (node.kind === 'action') {
        const value = this.evaluate(node.pipeline, dot)
        if (node.pipeline.variables.length > 0) this.assign(node.pipeline, [value])
        else this.write(writeTemplateValue(value, node.line), node.line, false)
      } else if (node.kind === 'range') this.renderRange(node, dot)
      else this.renderBranches(node, dot)
    }
  }

  private renderBranches(node: Extract<TemplateNode, { kind: 'if' | 'with' }>, dot: TemplateValue): void {
    this.scopes.push(new Map())
    const open = this.scopes.length
    try {
      for (const { pipeline, body } of node.branches) {
        const value = this.evaluate(pipeline, dot)
        this.assign(pipeline, [value])
        if (!isTrue(value)) continue
        this.renderScope(body, node.kind === 'with' ? value : dot)
        return
      }
      this.renderScope(node.otherwise, dot)
    } finally {
      this.scopes.length = open - 1
    }
  }

  private renderRange(node: Extract<TemplateNode, { kind: 'range' }>, dot: TemplateValue): void {
    const { pipeline, line } = node
    const entries = listEntries(this.evaluate(pipeline, dot), line)
    if (entries.length === 0) this.renderScope(node.otherwise, dot)
    for (const [key, value] of entries) {
      this.countStep(line)
      this.scopes.push(new Map())
      this.assign(pipeline, pipeline.variables.length > 1 ? [key, value] : [value])
      this.render(node.body, value)
      this.scopes.pop()
    }
  }

  private renderScope(nodes: readonly TemplateNode[], dot: TemplateValue): void {
    this.scopes.push(new Map())
    this.render(nodes, dot)
    this.scopes.pop()
  }

  private assign({ variables, declares, line }: Pipeline, values: readonly TemplateValue[]): void {
    for (const [index, name] of variables.entries()) {
      const known = this.scopes.findLast(scope => scope.has(name))
      if (!declares && known === undefined) throw new TemplateError(line, `$${name} is not declared`)
      const scope = declares ? this.scopes.at(-1) : known
      scope?.set(name, values[index])
    }
  }

  private evaluate(pipeline: Pipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue
    for (const [index, command] of pipeline.commands.entries())
      value = this.evaluateCommand(command, dot, index === 0 ? [] : [value], pipeline.line)
    return value
  }

  private evaluateCommand(
    [first, ...rest]: readonly Operand[],
    dot: TemplateValue,
    piped: readonly TemplateValue[],
    line: number,
  ): TemplateValue {
    this.countStep(line)
    const operand = first as Operand
    if (operand.kind !== 'function') {
      if (rest.length + piped.length > 0) throw new TemplateError(line, 'a value is given arguments')
      return this.evaluateOperand(operand, dot, line)
    }
    const { name } = operand
    const lazy = readLazily(name)
    if (lazy !== undefined) {
      let value: TemplateValue
      for (const each of rest) {
        value = this.evaluateOperand(each, dot, line)
        if (lazy(value)) return value
      }
      return piped.length > 0 ? piped[0] : value
    }
    const apply = Object.hasOwn(TEMPLATE_FUNCTIONS, name) ? TEMPLATE_FUNCTIONS[name] : undefined
    if (apply === undefined)
      throw new TemplateError(
        line,
        `the function ${name} is not supported; known are ${['and', 'or', ...Object.keys(TEMPLATE_FUNCTIONS)].sort().join(', ')}`,
      )
    const values = [...rest.map(each => this.evaluateOperand(each, dot, line)), ...piped]
    try {
      return apply(values, this.data.Env)
    } catch (error) {
      throw new TemplateError(line, `${name}: ${(error as Error).message}`)
    }
  }

  private evaluateOperand(operand: Operand, dot: TemplateValue, line: number): TemplateValue {
    switch (operand.kind) {
      case 'literal':
        return operand.value
      case 'function':
        return this.evaluateCommand([operand], dot, [], line)
      case 'field':
        return followKeys(dot, operand.keys, '', line)
      case 'group':
        return followKeys(this.evaluate(operand.pipeline, dot), operand.keys, '( )', line)
      case 'variable': {
        const { name, keys } = operand
        if (name === '') return followKeys(this.data, keys, '$', line)
        const scope = this.scopes.findLast(each => each.has(name))
        if (scope === undefined) throw new TemplateError(line, `$${name} is not declared`)
        return followKeys(scope.get(name), keys, `$${name}`, line)
      }
    }
  }

  private write(text: string, line: number, moves: boolean): void {
    if (this.text.length + text.length > MAX_OUTPUT)
      throw new TemplateError(line, 'the template writes more than 8 MiB')
    let from = line
    for (const [index, part] of text.split('\n').entries()) {
      if (index > 0) {
        if (this.atLineStart) this.lines.push(from)
        this.atLineStart = true
        if (moves) from += 1
      }
      if (part !== '' && this.atLineStart) {
        this.lines.push(from)
        this.atLineStart = false
      }
    }
    this.text += text
  }

  private countStep(line: number): void {
    this.steps += 1
    if (this.steps > MAX_STEPS) throw new TemplateError(line, 'the template does not come to an end')
  }
}

function listEntries(value: TemplateValue, line: number): [TemplateValue, TemplateValue][] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.map((each, index) => [index, each])
  if (typeof value === 'number' && Number.isInteger(value) && value < MAX_STEPS)
    return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index])
  if (isValueRecord(value)) return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  throw new TemplateError(line, `range cannot go through ${JSON.stringify(value)}`)
}

function followKeys(
  start: TemplateValue,
  keys: readonly string[],
  name: string,
  line: number,
): TemplateValue {
  let value = start
  let path = name
  for (const key of keys) {
    path += `.${key}`
    if (!isValueRecord(value) || !Object.hasOwn(value, key))
      throw new TemplateError(line, `${path} is not set`)
    value = value[key]
  }
  return value
}
