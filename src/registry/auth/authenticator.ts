import { ArchparityError } from '../../errors.js'
import { formatRepository } from '../../reference/format-reference.js'
import type { ImageReference } from '../../reference/image-reference.js'
import type { Clock } from '../http/clock.js'
import { sanitizeText } from '../http/sanitize.js'
import type { Transport } from '../http/transport.js'
import { type Challenge, parseChallenges } from './challenge.js'
import { type CredentialOptions, type FoundCredentials, findCredentials } from './credentials.js'
import { fetchToken, formatBasic } from './token.js'

export interface AuthenticatorOptions extends CredentialOptions {
  readonly transport: Transport
  readonly clock: Clock
  /** Milliseconds, for the answer of a token server. */
  readonly tokenTimeout: number
  readonly onNotice?: (message: string) => void
}

/** Holds what one repository wants to see in the Authorization header, and gets it anew when it is spent. */
export class Authenticator {
  readonly #reference: ImageReference
  readonly #options: AuthenticatorOptions
  #header: string | undefined
  #expiresAt = Number.POSITIVE_INFINITY
  /** The bearer challenge that the current token answers, to renew it without being asked again. */
  #challenge: { readonly challenge: Challenge; readonly askedBy: URL } | undefined
  #renewing: Promise<void> | undefined
  #found: Promise<FoundCredentials | undefined> | undefined
  #credentialsProblem: ArchparityError | undefined

  constructor(reference: ImageReference, options: AuthenticatorOptions) {
    this.#reference = reference
    this.#options = options
  }

  /** The header for the next request; undefined before the registry has asked for any. */
  async findHeader(): Promise<string | undefined> {
    if (this.#challenge !== undefined && this.#options.clock.now() >= this.#expiresAt) await this.#renew()
    return this.#header
  }

  /**
   * Meets the challenge of a 401: afterwards `findHeader` gives another header than `sent`. Throws
   * `REGISTRY_UNAUTHORIZED` or `CREDENTIALS_INVALID` where there is nothing better to send.
   */
  async answerChallenge(
    header: string | string[] | undefined,
    sent: string | undefined,
    askedBy: URL,
  ): Promise<void> {
    // Another request has renewed it in the meantime.
    if (this.#header !== undefined && this.#header !== sent) return
    const challenges = parseChallenges(header)
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer')
    if (bearer !== undefined) {
      this.#challenge = { challenge: bearer, askedBy }
      await this.#renew()
      if (this.#header === sent) await this.rejectCredentials()
      return
    }
    if (!challenges.some(({ scheme }) => scheme === 'basic')) this.#rejectSchemes(challenges)
    const found = await this.#findCredentials()
    if (found?.credentials.kind !== 'password') return await this.rejectCredentials()
    const basic = formatBasic(found.credentials)
    if (basic === sent) await this.rejectCredentials()
    this.#header = basic
  }

  /** Throws the error for a registry that is not content with what there is. */
  async rejectCredentials(): Promise<never> {
    const found = await this.#findCredentials()
    if (this.#credentialsProblem !== undefined) throw this.#credentialsProblem
    const { registry } = this.#reference
    const repository = formatRepository(this.#reference)
    if (found === undefined) {
      throw new ArchparityError(
        'REGISTRY_UNAUTHORIZED',
        `${registry} asks for a login to read ${repository}`,
        {
          hint: `Check the name (a registry may answer so for one that does not exist), or run: docker login ${registry}`,
          details: { status: 401, registry, repository },
        },
      )
    }
    throw new ArchparityError(
      'REGISTRY_UNAUTHORIZED',
      `${registry} refuses the credentials from ${found.from}${nameUser(found)} for ${repository}`,
      {
        hint: `Check the name, and log in again: docker login ${registry}`,
        details: { status: 401, registry, repository, from: found.from },
      },
    )
  }

  /** One renewal at a time, however many requests wait for it. */
  #renew(): Promise<void> {
    this.#renewing ??= this.#fetchToken().finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #fetchToken(): Promise<void> {
    const asked = this.#challenge
    if (asked === undefined) return
    const { transport, clock, tokenTimeout, signal } = this.#options
    const { registry, path } = this.#reference
    const found = await this.#findCredentials()
    if (found?.credentials.kind === 'registry-token') {
      this.#header = `Bearer ${found.credentials.token}`
      this.#expiresAt = Number.POSITIVE_INFINITY
      return
    }
    try {
      const { token, expiresAt } = await fetchToken({
        ...asked,
        registry,
        repository: formatRepository(this.#reference),
        path,
        credentials: found?.credentials,
        transport,
        clock,
        timeout: tokenTimeout,
        ...(signal === undefined ? {} : { signal }),
      })
      this.#header = `Bearer ${token}`
      this.#expiresAt = expiresAt
    } catch (error) {
      if (error instanceof ArchparityError && error.code === 'REGISTRY_UNAUTHORIZED')
        await this.rejectCredentials()
      throw error
    }
  }

  /**
   * A store that does not work stands in nobody's way where the registry serves without a login: it is told as a
   * notice, and becomes the error once the registry refuses.
   */
  #findCredentials(): Promise<FoundCredentials | undefined> {
    this.#found ??= findCredentials(this.#reference, this.#options).catch((error: unknown) => {
      if (!(error instanceof ArchparityError) || error.code !== 'CREDENTIALS_INVALID') throw error
      this.#credentialsProblem = error
      this.#options.onNotice?.(`${error.message}; ${this.#reference.registry} is asked without credentials`)
      return undefined
    })
    return this.#found
  }

  #rejectSchemes(challenges: readonly Challenge[]): never {
    const { registry } = this.#reference
    const names = challenges.map(({ scheme }) => sanitizeText(scheme, 40)).join(', ')
    throw new ArchparityError(
      'REGISTRY_UNAUTHORIZED',
      `${registry} asks for a login ${names ? `by ${names}` : 'without saying how'}; archparity knows Basic and Bearer`,
      { hint: 'Ask the operators of the registry for one of these.', details: { status: 401, registry } },
    )
  }
}

function nameUser({ credentials }: FoundCredentials): string {
  return credentials.kind === 'password' ? ` (user ${sanitizeText(credentials.username, 60)})` : ''
}
