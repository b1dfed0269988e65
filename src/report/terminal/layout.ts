/** Terminal columns of a text, near enough: one for each character. */
export function measure(text: string): number {
  return [...text].length
}

/** Cuts a text in the middle to a width, so that beginning and end stay readable. */
export function truncateMiddle(text: string, width: number): string {
  const characters = [...text]
  if (characters.length <= width) return text
  if (width <= 1) return '…'.slice(0, Math.max(0, width))
  const tail = Math.floor((width - 1) / 2)
  const head = width - 1 - tail
  return `${characters.slice(0, head).join('')}…${tail === 0 ? '' : characters.slice(-tail).join('')}`
}

/** Pads a text on the right to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - measure(text)))
}

/** Breaks a text into lines of at most `width` between words; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line === '') line = word
    else if (measure(line) + 1 + measure(word) <= width) line += ` ${word}`
    else {
      lines.push(line)
      line = word
    }
  }
  return [...lines, line]
}

/** A paragraph with a label in front and its further lines under its first. */
export function hang(label: string, text: string, width: number): string[] {
  const indent = measure(label)
  return wrap(text, Math.max(20, width - indent)).map((line, index) =>
    index === 0 ? `${label}${line}` : `${' '.repeat(indent)}${line}`,
  )
}
