import { describe, expect, test } from 'vitest'
import { sanitizeBlock, sanitizeLine, sanitizeXml } from '../../src/report/sanitize.js'

describe('sanitizeLine', () => {
  test('shows every control character as an escape', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('')
    const safe = sanitizeLine(all)
    expect([...safe].every(character => character >= ' ' && !/[\u007f-\u009f]/.test(character))).toBe(true)
    expect(sanitizeLine('a\u001b[31mb\nc\r\t')).toBe('a\\x1b[31mb\\nc\\r\\t')
  })

  test('shows what reorders or hides text', () => {
    expect(sanitizeLine('exe\u202etxt\u200b\ufeff\u2028')).toBe('exe\\u202etxt\\u200b\\ufeff\\u2028')
  })

  test('replaces lone surrogates, keeps pairs, cuts long text', () => {
    expect(sanitizeLine('\ud800x\udc00😀')).toBe('\ufffdx\ufffd😀')
    expect(sanitizeLine('x'.repeat(20), 5)).toBe('xxxxx…')
  })
})

test('sanitizeBlock keeps lines and shows the rest', () => {
  expect(sanitizeBlock('a\r\nb\tc\u0007')).toBe('a\nb  c\\x07')
})

describe('sanitizeXml', () => {
  test('leaves only characters that XML 1.0 has', () => {
    let all = ''
    for (let code = 0; code < 0x10000; code += 1) all += String.fromCharCode(code)
    const safe = sanitizeXml(all, all.length)
    expect(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(safe)).toBe(false)
  })

  test('removes terminal sequences whole', () => {
    expect(
      sanitizeXml('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007\u001b]8;;http://x\u001b\\link \u009b2Kx'),
    ).toBe('red link x')
  })

  test('leaves nothing of unfinished sequences that a terminal could take up', () => {
    const hostile = `${'\u001b]'.repeat(2000)}${'\u001b['.repeat(2000)}\u001b`
    expect(sanitizeXml(hostile)).toBe('\\x1b')
  })
})
