import type { DeclaredSuite } from './suite-formats.js'

/** The module that knows how to run declared checks; suites find it by this name. */
export const RUNNER_MODULE = 'archparity/declared'

/**
 * A declared suite as a module whose checks stand on the lines that they have in the file, so that reports, `-t` and
 * editors lead there.
 */
export function compileSuite({ format, suite }: DeclaredSuite): string {
  const { checks, ...shared } = suite
  const lines: string[] = [
    `import { declareSuite } from ${JSON.stringify(RUNNER_MODULE)}; const declare = declareSuite(${JSON.stringify(format)}, ${JSON.stringify(shared)});`,
  ]
  for (const check of checks) {
    const at = check.line - 1
    while (lines.length <= at) lines.push('')
    lines[at] += ` declare(${JSON.stringify(check)});`
  }
  return `${lines.join('\n')}\n`
}
