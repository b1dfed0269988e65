/** A template that cannot be read or carried out, with the line in its text. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}
