/** A value in a template: what JSON can hold. */
export type TemplateValue = unknown

export type Operand =
  | { readonly kind: 'literal'; readonly value: TemplateValue }
  /** `.a.b`; no keys for `.` itself. */
  | { readonly kind: 'field'; readonly keys: readonly string[] }
  /** `$name.a.b`; the name is empty for `$`. */
  | { readonly kind: 'variable'; readonly name: string; readonly keys: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly keys: readonly string[] }

/** Commands joined by `|`, each an operand with its arguments, and the variables that the result is put into. */
export interface Pipeline {
  readonly variables: readonly string[]
  /** Whether the variables are new (`:=`) or already there (`=`). */
  readonly declares: boolean
  readonly commands: readonly (readonly Operand[])[]
  readonly line: number
}

export interface Branch {
  readonly pipeline: Pipeline
  readonly body: readonly TemplateNode[]
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string; readonly line: number }
  | { readonly kind: 'action'; readonly pipeline: Pipeline; readonly line: number }
  | {
      readonly kind: 'if' | 'with'
      readonly branches: readonly Branch[]
      readonly otherwise: readonly TemplateNode[]
      readonly line: number
    }
  | {
      readonly kind: 'range'
      readonly pipeline: Pipeline
      readonly body: readonly TemplateNode[]
      readonly otherwise: readonly TemplateNode[]
      readonly line: number
    }
