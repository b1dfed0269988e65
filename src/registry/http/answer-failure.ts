import { ArchparityError, type ErrorCode } from '../../errors.js'
import type { Clock } from './clock.js'
import { readBody } from './read-body.js'
import { readRetryAfter, TransientFailure } from './retry.js'
import { redactUrl, sanitizeText } from './sanitize.js'
import type { Answer } from './send.js'

/** What was asked for, in the words of messages. */
export interface Wanted {
  /** `docker.io`. */
  readonly registry: string
  /** `docker.io/library/node`. */
  readonly repository: string
  /** `tag 22`, `manifest sha256:...`, `blob sha256:...`, `a token`. */
  readonly what: string
}

/** One entry of the `errors` list of the distribution specification ("Error Codes"). */
interface RegistryWords {
  readonly code?: string
  readonly message?: string
}

/**
 * Turns an answer that is no success into the error that the user sees, or a `TransientFailure` around it for 408, 429
 * and 5xx. Uses up the body.
 */
export async function describeAnswerFailure(answer: Answer, wanted: Wanted, clock: Clock): Promise<Error> {
  const words = await readWords(answer, clock)
  const { code, message, hint } = wordFailure(answer, wanted, words)
  const said = [words.code, words.message].filter(Boolean).join(': ')
  const failure = new ArchparityError(code, `${message}${said ? ` ("${said}")` : ''}`, {
    hint,
    details: {
      status: answer.status,
      url: redactUrl(answer.url),
      registry: wanted.registry,
      repository: wanted.repository,
      ...(words.code ? { registryCode: words.code } : {}),
      ...(words.message ? { registryMessage: words.message } : {}),
    },
  })
  const transient = answer.status === 408 || answer.status === 429 || answer.status >= 500
  if (!transient) return failure
  const header = answer.headers['retry-after']
  return new TransientFailure(
    failure,
    readRetryAfter(typeof header === 'string' ? header : undefined, clock.now()),
  )
}

interface Wording {
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string
}

function wordFailure(answer: Answer, { registry, repository, what }: Wanted, words: RegistryWords): Wording {
  const asked = `${what} of ${repository}`
  if (!answer.sameOrigin) {
    return {
      code: 'REGISTRY_FAILED',
      message: `${redactUrl(answer.url)}, to which ${registry} redirects for ${asked}, answers ${answer.status}`,
      hint: 'Try again; if it stays so, the store behind the registry is at fault.',
    }
  }
  switch (answer.status) {
    case 401:
      return {
        code: 'REGISTRY_UNAUTHORIZED',
        message: `${registry} asks for a login to read ${asked}`,
        hint: `Check the name (a registry may answer so for one that does not exist), or run: docker login ${registry}`,
      }
    case 403:
      return {
        code: 'REGISTRY_DENIED',
        message: `${registry} does not let this account read ${asked}`,
        hint: `Ask for the right to pull ${repository}, or log in as someone who has it: docker login ${registry}`,
      }
    case 404:
      return words.code === 'NAME_UNKNOWN'
        ? {
            code: 'REGISTRY_NOT_FOUND',
            message: `${registry} has no repository ${repository}`,
            hint: 'Check the spelling of the repository.',
          }
        : {
            code: 'REGISTRY_NOT_FOUND',
            message: `${repository} has no ${what}`,
            hint: what.startsWith('tag ')
              ? `Check its spelling; \`skopeo list-tags docker://${repository}\` lists the tags that exist.`
              : 'It was never pushed there or has been deleted: push the image again, or choose another digest.',
          }
    case 429:
      return {
        code: 'REGISTRY_FAILED',
        message: `${registry} limits how often it is asked and refuses ${asked} for now`,
        hint: `Wait, or log in for a higher limit: docker login ${registry}`,
      }
    default:
      return {
        code: 'REGISTRY_FAILED',
        message: `${registry} answers ${answer.status} to a request for ${asked}`,
        hint:
          answer.status >= 500
            ? "Try again later; the fault is the registry's."
            : `Check that ${registry} is a registry of the OCI distribution API (/v2/).`,
      }
  }
}

/** The registry's own words. A store that it redirects to is not quoted. */
async function readWords(answer: Answer, clock: Clock): Promise<RegistryWords> {
  if (!answer.sameOrigin) {
    answer.body.destroy()
    return {}
  }
  try {
    const bounds = { limit: 65_536, time: 10_000, clock }
    const parsed: unknown = JSON.parse((await readBody(answer.body, bounds, answer.url)).toString('utf8'))
    const list = (parsed as { errors?: unknown } | null)?.errors
    const first: unknown = Array.isArray(list) ? list[0] : undefined
    if (typeof first !== 'object' || first === null) return {}
    const { code, message } = first as Record<string, unknown>
    return {
      ...(typeof code === 'string' && code ? { code: sanitizeText(code, 60) } : {}),
      ...(typeof message === 'string' && message ? { message: sanitizeText(message) } : {}),
    }
  } catch {
    // A body that is not the specification's JSON (an HTML page of a proxy) says nothing worth showing.
    return {}
  }
}
