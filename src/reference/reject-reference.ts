import { ArchparityError } from '../errors.js'

/** A piece of the text under scrutiny, and where it begins (0-based). */
export interface Part {
  readonly value: string
  readonly offset: number
}

const EXAMPLE =
  'A reference looks like node:22, ghcr.io/owner/app:1.0 or localhost:5000/app@sha256:<64 hex digits>.'

/** Throws `REFERENCE_INVALID` for `text`; `part` is where it goes wrong. */
export function rejectReference(text: string, part: Part, problem: string, advice?: string): never {
  throw new ArchparityError(
    'REFERENCE_INVALID',
    `"${quoteText(text)}" is not an image reference: ${problem} (character ${part.offset + 1})`,
    {
      hint: /:\*\*\*@.*[./]/.test(hideCredentials(text)) ? CREDENTIALS : (advice ?? EXAMPLE),
      details: { position: part.offset + 1 },
    },
  )
}

const CREDENTIALS =
  'A reference holds no credentials: use `docker login <registry>`, and write the host alone.'

/** What was typed, fit for a terminal, without a password that was typed into it by mistake. */
function quoteText(text: string): string {
  const shown = hideCredentials(text).replace(/[^\x20-\x7e]/g, '?')
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown
}

/** `user:secret@host/app` → `user:***@host/app`; leaves ports and digests alone. */
function hideCredentials(text: string): string {
  return text.replace(
    /^((?:[a-z][a-z0-9+.-]*:\/\/)?[^/@:]*):(?!\/\/|\d+\/).*@(?!sha(?:256|512):)/is,
    '$1:***@',
  )
}
