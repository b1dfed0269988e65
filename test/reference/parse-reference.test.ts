import { describe, expect, test } from 'vitest'
import { ArchparityError } from '../../src/errors.js'
import {
  findApiHost,
  formatFamiliar,
  formatReference,
  formatRepository,
} from '../../src/reference/format-reference.js'
import { parseReference } from '../../src/reference/parse-reference.js'
import { createRandom, mutateText } from '../lab/random.js'

const HEX = '0123456789abcdef'.repeat(4)
const SHA256 = `sha256:${HEX}`
const SHA512 = `sha512:${HEX}${HEX}`

describe('completes a reference as Docker does', () => {
  test.each([
    ['node', 'docker.io/library/node:latest', 'node:latest'],
    ['node:22-slim', 'docker.io/library/node:22-slim', 'node:22-slim'],
    ['user/app:1', 'docker.io/user/app:1', 'user/app:1'],
    ['docker.io/node', 'docker.io/library/node:latest', 'node:latest'],
    ['index.docker.io/node', 'docker.io/library/node:latest', 'node:latest'],
    ['docker.io/user/app', 'docker.io/user/app:latest', 'user/app:latest'],
    ['library/node', 'docker.io/library/node:latest', 'node:latest'],
    ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
    ['localhost:5000/app:v1', 'localhost:5000/app:v1', 'localhost:5000/app:v1'],
    ['myhost:5000/app', 'myhost:5000/app:latest', 'myhost:5000/app:latest'],
    ['localhost', 'docker.io/library/localhost:latest', 'library/localhost:latest'],
    ['ghcr.io/a/b/c/d:x', 'ghcr.io/a/b/c/d:x', 'ghcr.io/a/b/c/d:x'],
    ['GHCR.io/a/b', 'ghcr.io/a/b:latest', 'ghcr.io/a/b:latest'],
    ['[::1]:5000/app', '[::1]:5000/app:latest', '[::1]:5000/app:latest'],
    ['[fd00::1]/app:2', '[fd00::1]/app:2', '[fd00::1]/app:2'],
    ['10.0.2.2:5000/a/b', '10.0.2.2:5000/a/b:latest', '10.0.2.2:5000/a/b:latest'],
    ['a__b/c--d/e.f:_x', 'docker.io/a__b/c--d/e.f:_x', 'a__b/c--d/e.f:_x'],
    ['xn--n3h.com/app', 'xn--n3h.com/app:latest', 'xn--n3h.com/app:latest'],
    [`node@${SHA256}`, `docker.io/library/node@${SHA256}`, `node@${SHA256}`],
    [`node:22@${SHA256}`, `docker.io/library/node:22@${SHA256}`, `node:22@${SHA256}`],
    [`r.example:1/a@${SHA512}`, `r.example:1/a@${SHA512}`, `r.example:1/a@${SHA512}`],
  ])('%s', (text, full, familiar) => {
    const reference = parseReference(text)
    expect(formatReference(reference)).toBe(full)
    expect(formatFamiliar(reference)).toBe(familiar)
    expect(parseReference(full)).toEqual(reference)
    expect(parseReference(familiar)).toEqual(reference)
  })

  test('keeps the tag beside a digest, and adds no tag to a digest alone', () => {
    expect(parseReference(`node:22@${SHA256}`)).toEqual({
      registry: 'docker.io',
      path: 'library/node',
      tag: '22',
      digest: SHA256,
    })
    expect(parseReference(`node@${SHA256}`)).not.toHaveProperty('tag')
  })

  test('names the repository and the host of the API', () => {
    expect(formatRepository(parseReference('node'))).toBe('docker.io/library/node')
    expect(findApiHost('docker.io')).toBe('registry-1.docker.io')
    expect(findApiHost('localhost:5000')).toBe('localhost:5000')
  })

  test('allows exactly the lengths that distribution allows', () => {
    expect(parseReference(`r.example/${'a'.repeat(255)}`).path).toHaveLength(255)
    expect(parseReference(`a:${'t'.repeat(128)}`).tag).toHaveLength(128)
    expect(parseReference(`r.example/${HEX}/a`).path).toBe(`${HEX}/a`)
  })
})

describe('refuses what is not a reference, and says where', () => {
  test.each([
    ['', 'it is empty', 1],
    ['Node:20', 'upper-case letter "N"', 1],
    ['ghcr.io/Owner/app', 'upper-case letter "O"', 9],
    ['Owner/app', 'upper-case letter "O"', 1],
    ['node:', 'the tag after ":" is empty', 6],
    ['node:-x', 'may not begin with', 6],
    [`a:${'t'.repeat(129)}`, '129 characters', 3],
    [`r.example/${'a'.repeat(256)}`, '256 characters', 11],
    [`${'a'.repeat(250)}`, '258 characters', 1],
    ['a//b', 'empty part', 3],
    ['/a', 'empty part', 1],
    ['a/', 'empty part', 3],
    ['a..b', '"a..b" is not a part', 1],
    ['a___b', 'not a part', 1],
    ['-a', 'not a part', 1],
    ['r.example/a_/b', '"a_" is not a part', 11],
    [' node', 'white space', 1],
    ['node\n', 'white space', 5],
    ['nöde', 'U+00F6', 2],
    ['https://ghcr.io/a/b', 'begins with "https://"', 1],
    ['docker://node', 'begins with "docker://"', 1],
    ['node@', 'what follows "@" is not a digest', 6],
    ['node@latest', 'what follows "@" is not a digest', 6],
    ['node@sha256:abc', 'has 3 hex digits; sha256 has 64', 13],
    [`node@sha256:${HEX.toUpperCase()}`, 'other than 0-9 and a-f', 13],
    [`node@md5:${HEX}`, 'algorithm "md5"', 6],
    ['localhost:5000', undefined, undefined],
    ['r.example:0/a', '"0" is not a port', 1],
    ['r.example:70000/a', '"70000" is not a port', 1],
    ['r.example:5x/a', '"5x" is not a port', 1],
    ['r.example:/a', '"" is not a port', 1],
    ['[::1/a', 'is not a host', 1],
    ['[zz::1]:5/a', 'not an IPv6 address', 1],
    ['-bad.example/a', 'not a host name', 1],
    ['r..example/a', 'not a host name', 1],
    [':5000/a', 'is not a host', 1],
    ['r.example/', 'the repository is missing', 11],
    [HEX, '64 hex digits', 1],
    ['a'.repeat(2000), '2000 characters', 1],
  ])('case %#: %.40j', (text, problem, position) => {
    if (problem === undefined) {
      // `localhost:5000` alone reads as the image `localhost` with the tag 5000, in Docker as here.
      expect(formatReference(parseReference(text))).toBe('docker.io/library/localhost:5000')
      return
    }
    const error = catchError(() => parseReference(text))
    expect(error.code).toBe('REFERENCE_INVALID')
    expect(error.message).toContain(problem)
    expect(error.details.position).toBe(position)
    expect(error.hint).toBeTruthy()
    expect(error.message.length).toBeLessThan(400)
  })

  test('offers the lower-case spelling', () => {
    const error = catchError(() => parseReference('ghcr.io/Owner/App:V1'))
    expect(error.hint).toBe('Write it as ghcr.io/owner/app:V1')
  })

  test.each([
    'bob:hunter2@ghcr.io/a/b',
    'https://bob:hunter2@ghcr.io/a',
    'bob:hun/ter2@ghcr.io/a',
    'bob:hunter2@x@y.z/a',
  ])('never repeats a password: %s', text => {
    const error = catchError(() => parseReference(text))
    expect(`${error.message} ${error.hint}`).not.toMatch(/hun|ter2/)
    expect(error.hint).toContain('docker login')
  })

  test('does not take a port for a password', () => {
    expect(catchError(() => parseReference('localhost:5000/app@latest')).message).toContain(
      'localhost:5000/app@latest',
    )
  })
})

test('any text gives a reference that survives a round trip, or REFERENCE_INVALID', () => {
  const random = createRandom(20_240_601)
  const seeds = [
    'node:22',
    `localhost:5000/a/b_c:v1@${SHA256}`,
    '[::1]:5000/app',
    'ghcr.io/Owner/app',
    'user:pw@host/x',
  ]
  let accepted = 0
  for (let round = 0; round < 20_000; round += 1) {
    const text = mutateText(random, seeds[round % seeds.length] ?? '', '/:@.-_[]aZ0 \u0000\u00e9\ud800')
    try {
      const reference = parseReference(text)
      accepted += 1
      expect(parseReference(formatReference(reference))).toEqual(reference)
      expect(parseReference(formatFamiliar(reference))).toEqual(reference)
    } catch (error) {
      if (!(error instanceof ArchparityError) || error.code !== 'REFERENCE_INVALID') throw error
    }
  }
  expect(accepted).toBeGreaterThan(500)
})

function catchError(act: () => unknown): ArchparityError {
  try {
    act()
  } catch (error) {
    if (error instanceof ArchparityError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
