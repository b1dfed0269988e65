import { existsSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { listPages, ROOT, readPage } from './pages.js'

const dropCode = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```/gm, '')

/** The anchors of a page's headings, as code hosts make them. */
function listAnchors(text: string): string[] {
  return [...dropCode(text).matchAll(/^#{1,6} (.+)$/gm)].map(match =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  )
}

/** Why a relative link of a page leads nowhere; undefined where it leads somewhere. */
function findProblem(file: string, link: string): string | undefined {
  const [target = '', anchor] = link.split('#')
  const found = target === '' ? file : path.posix.join(path.posix.dirname(file), target)
  if (!existsSync(path.join(ROOT, found))) return `${link}: there is no ${found}`
  if (anchor === undefined || !found.endsWith('.md')) return undefined
  return listAnchors(readPage(found).text).includes(anchor)
    ? undefined
    : `${link}: ${found} has no such heading`
}

describe('links', () => {
  test.each(listPages().map(page => [page.file, page.text] as const))(
    'of %s lead somewhere',
    (file, text) => {
      const prose = dropCode(text).replace(/`[^`\n]*`/g, 'code')
      const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(match => match[1] ?? '')
      const relative = links.filter(link => !/^[a-z]+:/.test(link))
      expect(relative.map(link => findProblem(file, link)).filter(problem => problem !== undefined)).toEqual(
        [],
      )
    },
  )

  test('the index names every page', () => {
    const { text } = readPage('docs/README.md')
    const pages = listPages().filter(page => page.file.startsWith('docs/') && page.file !== 'docs/README.md')
    expect(pages.filter(page => !text.includes(`(${page.file.slice('docs/'.length)})`))).toEqual([])
  })
})
