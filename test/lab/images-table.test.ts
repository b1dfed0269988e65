import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/setup/places.mjs'
import { RECIPES } from './images/index.js'

const PAGE = path.join(ROOT, 'docs', 'development.md')
const MARKED = /(?<=<!-- images -->\n).*(?=<!-- \/images -->)/s

function writeTable(): string {
  const rows = [
    ['image', 'what it is'],
    ['---', '---'],
    ...RECIPES.map(({ name, about }) => [`\`${name}\``, about]),
  ]
  return `\n${rows.map(row => `| ${row.join(' | ')} |`).join('\n')}\n\n`
}

test('docs/development.md names every image of the lab', () => {
  const page = readFileSync(PAGE, 'utf8')
  if (process.env.UPDATE_DOCS) writeFileSync(PAGE, page.replace(MARKED, writeTable))
  expect(readFileSync(PAGE, 'utf8').match(MARKED)?.[0], 'update with UPDATE_DOCS=1').toBe(writeTable())
})
