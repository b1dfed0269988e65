import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { renderTemplate } from '../../../src/suites/goss/template/render-template.js'
import { TEMPLATE_CASES } from './template-cases.js'

const Vars = {
  name: 'app',
  count: 3,
  none: '',
  yes: true,
  users: ['ann', 'bob'],
  ports: { http: 80, admin: 8080 },
  packages: { debian: { bash: ['5.2', '5.3'] } },
}
const Env = { OS: 'CentOS', EMPTY: '' }

const render = (source: string) => renderTemplate(source, { Env, Vars }).text

/** What goss 0.4.10 makes of each; recorded as the answers of `match.test.ts` are. */
const ANSWERS = path.join(import.meta.dirname, 'template-answers.json')
if (process.env.GOSS !== undefined)
  writeFileSync(
    ANSWERS,
    `${JSON.stringify(Object.fromEntries(TEMPLATE_CASES.map(each => [each, ask(each)])), null, 1)}\n`,
  )

/** goss writes what a template becomes as YAML of its own: the text is asked for as a value. */
function ask(source: string): string | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'archparity-goss-'))
  try {
    writeFileSync(path.join(directory, 'vars.yaml'), JSON.stringify(Vars))
    const shown = source
      .split('\n')
      .map(line => `      ${line}`)
      .join('\n')
    writeFileSync(
      path.join(directory, 'g.yaml'),
      `matching:\n  x:\n    matches: y\n    content: |2\n${shown}\n`,
    )
    const out = execFileSync(process.env.GOSS as string, ['-g', 'g.yaml', '--vars', 'vars.yaml', 'render'], {
      cwd: directory,
      encoding: 'utf8',
      env: Env,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return (parse(out) as { matching: { x: { content: string } } }).matching.x.content
  } catch {
    return null
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const answers = JSON.parse(readFileSync(ANSWERS, 'utf8')) as Record<string, string | null>

test.each(TEMPLATE_CASES)('as goss renders it: %s', source => {
  const answer = answers[source]
  const shown = source
    .split('\n')
    .map(line => `      ${line}`)
    .join('\n')
  const content = () =>
    (parse(`x:\n  content: |2\n${render(shown)}\n`) as { x: { content: string } }).x.content
  if (answer === null) expect(content).toThrow()
  else expect(content().replaceAll(/^ {2}/gm, '').trim()).toBe(answer?.replaceAll(/^ {2}/gm, '').trim())
})

describe('what is wrong in it is told with its line', () => {
  test.each([
    ['a\n{{ .Vars.lost }}', 2, '.Vars.lost is not set'],
    ['{{ .Env.LOST }}', 1, '.Env.LOST is not set'],
    ['a\n\n{{ if .Vars.name }}\nb', 3, '{{if}} has no {{end}}'],
    ['a\n{{ end }}', 2, '{{end}} has no if, range or with before it'],
    ['a\n{{ readFile "/etc/passwd" }}', 2, 'the function readFile is not supported'],
    ['{{ define "x" }}{{ end }}', 1, '{{define}} is not supported'],
    ['a\nb {{ .Vars.name', 2, '{{ has no }}'],
    ['{{ printf "%x" 5 }}', 1, 'printf: %x is not supported'],
    ['{{ .Vars.name | }}', 1, 'lacks a value'],
    ['{{ (.Vars.name }}', 1, 'lacks a )'],
    ['{{ .Vars.name ] }}', 1, '"]" is not understood'],
    ['{{ $x }}', 1, '$x is not declared'],
    ['{{ $x = 1 }}', 1, '$x is not declared'],
    ['{{ if $x := .Vars.name }}{{ $x }}{{ end }}{{ $x }}', 1, '$x is not declared'],
    ['{{ index .Vars.users 5 }}', 1, 'index: the list has no item 5'],
    ['{{ range .Vars.name }}{{ end }}', 1, 'range cannot go through "app"'],
    ['{{ add 1 "x" }}', 1, 'add: "x" is no number'],
    ['{{ repeat 2000000 "x" }}', 1, 'repeat: the text would be too long'],
    ['{{ range until 100000 }}{{ range until 100000 }}x{{ end }}{{ end }}', 1, 'does not come to an end'],
  ])('%s', (source, line, message) => {
    expect(() => render(source)).toThrow(
      expect.objectContaining({ line, message: expect.stringContaining(message) }),
    )
  })
})

test('each line knows the line of the template that it is from', () => {
  const source = [
    'user:',
    '{{- range .Vars.users }}',
    '  {{ . }}:',
    '    exists: true',
    '{{- end }}',
    '',
    'port:',
    '  {{ printf "tcp:%d" 80 }}: { listening: true }',
    '{{/* a',
    'comment */}}',
    'last: 1',
  ].join('\n')
  const { text, lines } = renderTemplate(source, { Env, Vars })
  const numbered = text.split('\n').map((line, index) => `${lines[index] ?? '-'} ${line}`.trimEnd())
  expect(numbered).toEqual([
    '1 user:',
    '3   ann:',
    '4     exists: true',
    '3   bob:',
    '4     exists: true',
    '6',
    '7 port:',
    '8   tcp:80: { listening: true }',
    '10',
    '11 last: 1',
  ])
})
