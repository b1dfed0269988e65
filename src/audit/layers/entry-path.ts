/** `PATH_MAX`: no system call takes a longer path. */
export const MAX_PATH_BYTES = 4096

/**
 * The path as the tree has it: no leading or trailing slash, no empty or `.` part. Undefined where a part is `..`.
 * `''` is the root.
 */
export function normalizeEntryPath(raw: string): string | undefined {
  let start = 0
  while (raw.startsWith('./', start) || raw[start] === '/') start += raw[start] === '/' ? 1 : 2
  let end = raw.length
  while (end > start && raw[end - 1] === '/') end -= 1
  const path = start === 0 && end === raw.length ? raw : raw.slice(start, end)
  if (!NEEDS_CARE.test(path)) return path
  const parts = path.split('/').filter(part => part !== '' && part !== '.')
  return parts.includes('..') ? undefined : parts.join('/')
}

/** The path that a hard link names: as engines read it, `..` never leads above the root. */
export function normalizeLinkTarget(raw: string): string {
  const simple = normalizeEntryPath(raw)
  if (simple !== undefined) return simple
  const parts: string[] = []
  for (const part of raw.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** An empty part, `.` or `..`. */
const NEEDS_CARE = /(?:^|\/)(?:\.{0,2})(?:\/|$)/
