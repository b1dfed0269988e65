import { isIPv6 } from 'node:net'
import { type Digest, isDigest } from '../model/digest.js'
import { DEFAULT_REGISTRY, type ImageReference } from './image-reference.js'
import { type Part, rejectReference } from './reject-reference.js'

const MAX_TEXT = 1024
/** distribution/reference: `RepositoryNameTotalLengthMax`. */
const MAX_PATH = 255
const MAX_TAG = 128
const DOMAIN_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/

/**
 * Reads an image reference as users type it and completes it as Docker does: `node` is
 * `docker.io/library/node:latest`. The rules are those of distribution/reference and of the OCI
 * distribution specification ("Pulling manifests").
 * Throws `REFERENCE_INVALID`, which says what is wrong and at which character.
 */
export function parseReference(text: string): ImageReference {
  rejectWholeText(text)
  const at = text.indexOf('@')
  const named = at < 0 ? text : text.slice(0, at)
  const digest = at < 0 ? undefined : readDigest(text, { value: text.slice(at + 1), offset: at + 1 })
  const { name, tag } = splitTag(text, named)
  const { registry, path } = splitRegistry(text, name)
  rejectPath(text, path)
  const fullPath =
    registry === DEFAULT_REGISTRY && !path.value.includes('/') ? `library/${path.value}` : path.value
  if (fullPath.length > MAX_PATH) {
    rejectReference(
      text,
      path,
      `the repository is ${fullPath.length} characters long; ${MAX_PATH} are allowed`,
    )
  }
  const shownTag = tag ?? (digest === undefined ? 'latest' : undefined)
  return {
    registry,
    path: fullPath,
    ...(shownTag === undefined ? {} : { tag: shownTag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

function rejectWholeText(text: string): void {
  const whole = { value: text, offset: 0 }
  if (text === '') rejectReference(text, whole, 'it is empty')
  if (text.length > MAX_TEXT) {
    rejectReference(text, whole, `it is ${text.length} characters long; ${MAX_TEXT} are allowed`)
  }
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)?.[0]
  if (scheme !== undefined) {
    const rest = text.slice(scheme.length)
    const hint = rest === '' || rest.includes('@') ? undefined : `Leave the scheme out: ${rest}`
    rejectReference(text, { value: scheme, offset: 0 }, `it begins with "${scheme}", as a URL does`, hint)
  }
  const odd = /[^\x21-\x7e]/.exec(text)
  if (odd) {
    const part = { value: odd[0], offset: odd.index }
    rejectReference(text, part, `it holds ${describeCharacter(odd[0])}`)
  }
}

function readDigest(text: string, part: Part): Digest {
  if (isDigest(part.value)) return part.value
  const colon = part.value.indexOf(':')
  const algorithm = part.value.slice(0, colon)
  if (colon < 0 || !/^[a-z0-9]+(?:[+._-][a-z0-9]+)*$/.test(algorithm)) {
    rejectReference(text, part, 'what follows "@" is not a digest such as sha256:<64 hex digits>')
  }
  const length = { sha256: 64, sha512: 128 }[algorithm]
  if (length === undefined) {
    rejectReference(text, part, `the digest algorithm "${algorithm}" is not one of sha256, sha512`)
  }
  const hex = part.value.slice(colon + 1)
  const what = /^[0-9a-f]*$/.test(hex)
    ? `has ${hex.length} hex digits; ${algorithm} has ${length}`
    : 'holds a character other than 0-9 and a-f'
  rejectReference(text, { value: hex, offset: part.offset + colon + 1 }, `the digest ${what}`)
}

/** A colon after the last slash begins the tag; before it, it belongs to the host's port. */
function splitTag(text: string, named: string): { name: string; tag: string | undefined } {
  const colon = named.lastIndexOf(':')
  if (colon <= named.lastIndexOf('/') || named.endsWith(']')) return { name: named, tag: undefined }
  const tag = { value: named.slice(colon + 1), offset: colon + 1 }
  if (tag.value === '') rejectReference(text, tag, 'the tag after ":" is empty')
  if (tag.value.length > MAX_TAG) {
    rejectReference(text, tag, `the tag is ${tag.value.length} characters long; ${MAX_TAG} are allowed`)
  }
  if (!TAG.test(tag.value)) {
    rejectReference(
      text,
      tag,
      'the tag may hold letters, digits, "_", "." and "-", and may not begin with "." or "-"',
    )
  }
  return { name: named.slice(0, colon), tag: tag.value }
}

/**
 * The first component is a host where it holds "." or ":" or is `localhost`. Docker also takes one with an
 * upper-case letter for a host; far more often that is a misspelt user name, so here it is an error.
 */
function splitRegistry(text: string, name: string): { registry: string; path: Part } {
  const slash = name.indexOf('/')
  const first = slash < 0 ? '' : name.slice(0, slash)
  const namesHost = /[.:]/.test(first) || first === 'localhost'
  if (!namesHost) return { registry: DEFAULT_REGISTRY, path: { value: name, offset: 0 } }
  rejectHost(text, first)
  const lower = first.toLowerCase()
  const registry = lower === 'index.docker.io' ? DEFAULT_REGISTRY : lower
  return { registry, path: { value: name.slice(slash + 1), offset: slash + 1 } }
}

function rejectHost(text: string, host: string): void {
  const part = { value: host, offset: 0 }
  const [, ipv6, name = '', port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(host) ?? []
  if (ipv6 === undefined && name === '') rejectReference(text, part, `"${host}" is not a host`)
  if (ipv6 !== undefined && !isIPv6(ipv6)) rejectReference(text, part, `"[${ipv6}]" is not an IPv6 address`)
  if (ipv6 === undefined && !name.split('.').every(label => DOMAIN_LABEL.test(label))) {
    rejectReference(text, part, `"${name}" is not a host name`)
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) {
    rejectReference(text, part, `"${port}" is not a port; ports are 1 to 65535`)
  }
}

function rejectPath(text: string, path: Part): void {
  if (path.value === '') rejectReference(text, path, 'the repository is missing')
  if (/^[0-9a-f]{64}$/.test(path.value)) {
    rejectReference(text, path, 'it is 64 hex digits, which Docker reads as an image id')
  }
  let offset = path.offset
  for (const component of path.value.split('/')) {
    const part = { value: component, offset }
    if (component === '') rejectReference(text, part, 'the repository has an empty part between slashes')
    const upper = /[A-Z]/.exec(component)
    if (upper) {
      rejectReference(
        text,
        { value: upper[0], offset: offset + upper.index },
        `the repository has the upper-case letter "${upper[0]}"; repositories are lower case`,
        `Write it as ${text.slice(0, path.offset)}${path.value.toLowerCase()}${text.slice(path.offset + path.value.length)}`,
      )
    }
    if (!PATH_COMPONENT.test(component)) {
      const rule = 'lower-case letters and digits, separated by one ".", one or two "_", or any number of "-"'
      rejectReference(text, part, `"${component}" is not a part of a repository: ${rule}`)
    }
    offset += component.length + 1
  }
}

function describeCharacter(character: string): string {
  if (/\s/.test(character)) return 'white space'
  const code = character.codePointAt(0) ?? 0
  return `the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
