import { Readable } from 'node:stream'
import { ArchparityError } from '../../errors.js'
import { type Digest, isDigest } from '../../model/digest.js'
import type { Descriptor } from '../../model/image.js'
import { findApiHost, formatRepository } from '../../reference/format-reference.js'
import type { ImageReference } from '../../reference/image-reference.js'
import { Authenticator } from '../auth/authenticator.js'
import { MAX_DOCUMENT } from '../content/limits.js'
import { ACCEPT_MANIFESTS, readMediaType } from '../content/media-types.js'
import { checkBytes, computeDigest, verifyBytes } from '../content/verify-bytes.js'
import type { ContentReader, RawManifest } from '../image-source.js'
import { DEFAULT_TIMEOUTS, type RegistryOptions, type RegistryTimeouts } from '../options.js'
import { describeAnswerFailure, type Wanted } from './answer-failure.js'
import { type BlobPart, readResuming } from './blob-parts.js'
import { type Clock, SYSTEM_CLOCK } from './clock.js'
import { isLoopback } from './hosts.js'
import { BodyTooLarge, readBody } from './read-body.js'
import { DEFAULT_RETRY, type RetryPolicy, withRetries } from './retry.js'
import { type Answer, send } from './send.js'
import { Transport } from './transport.js'

/** A challenge may be met twice in one request: with a spent token first, then with what the registry refuses. */
const MAX_CHALLENGES = 2

/** Reads one repository of a registry by the OCI distribution API ("Pull"). */
export class RegistryClient implements ContentReader {
  readonly repository: string
  readonly #reference: ImageReference
  readonly #transport: Transport
  readonly #auth: Authenticator
  readonly #timeouts: RegistryTimeouts
  readonly #retry: RetryPolicy
  readonly #clock: Clock
  readonly #signal: AbortSignal | undefined
  readonly #onNotice: ((message: string) => void) | undefined
  #base: Promise<URL> | undefined

  /** Throws `CONFIG_INVALID` for an entry of `insecureRegistries` that is none. */
  constructor(reference: ImageReference, options: RegistryOptions = {}) {
    const env = options.env ?? process.env
    this.#reference = reference
    this.repository = formatRepository(reference)
    this.#timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts }
    this.#retry = { ...DEFAULT_RETRY, ...options.retry }
    this.#clock = options.clock ?? SYSTEM_CLOCK
    this.#signal = options.signal
    this.#onNotice = options.onNotice
    this.#transport = new Transport({
      insecureRegistries: options.insecureRegistries ?? [],
      certificatesDirectory: options.certificatesDirectory ?? '/etc/docker/certs.d',
      env,
      timeouts: this.#timeouts,
    })
    this.#auth = new Authenticator(reference, {
      env,
      helperTimeout: this.#timeouts.helper,
      transport: this.#transport,
      clock: this.#clock,
      tokenTimeout: this.#timeouts.document,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.onNotice === undefined ? {} : { onNotice: options.onNotice }),
    })
  }

  async readManifest(digest: Digest): Promise<RawManifest> {
    return await this.readManifestOf(digest)
  }

  /**
   * Reads the manifest or index that a tag or a digest names. For a tag, the registry's own Docker-Content-Digest is
   * held against the bytes where it is sent. Throws `REGISTRY_...`, `DIGEST_MISMATCH`, or `MANIFEST_INVALID` where it is
   * larger than registries may serve.
   */
  async readManifestOf(selector: string): Promise<RawManifest> {
    const what = isDigest(selector) ? `manifest ${selector}` : `tag ${selector}`
    return await this.#patiently(async () => {
      const answer = await this.#ask(`manifests/${selector}`, { accept: ACCEPT_MANIFESTS }, what)
      const bounds = { limit: MAX_DOCUMENT, time: this.#timeouts.document, clock: this.#clock }
      const bytes = await readBody(answer.body, bounds, answer.url).catch((error: unknown) => {
        this.#signal?.throwIfAborted()
        if (error instanceof BodyTooLarge) throw describeGiant(what, this.repository)
        throw error
      })
      const announced = answer.headers['docker-content-digest']
      const digest = isDigest(selector) ? selector : isDigest(announced) ? announced : computeDigest(bytes)
      checkBytes({ digest }, bytes, this.repository)
      return { bytes, digest, mediaType: readMediaType(answer.headers['content-type']) }
    })
  }

  async readBlob(descriptor: Descriptor): Promise<Readable> {
    const first = await this.#openBlob(descriptor, 0)
    let current = first
    const parts = readResuming(first, {
      openAt: async offset => {
        current = await this.#openBlob(descriptor, offset)
        return current
      },
      retry: this.#retry,
      clock: this.#clock,
      signal: this.#signal,
    })
    const stream = Readable.from(verifyBytes(descriptor, parts, this.repository), { objectMode: false })
    // A generator that was never begun does not run its own clean-up.
    stream.once('close', () => current.body.destroy())
    return stream
  }

  async close(): Promise<void> {
    await this.#transport.close()
  }

  async #openBlob(descriptor: Descriptor, offset: number): Promise<BlobPart> {
    const what = `blob ${descriptor.digest}`
    return await this.#patiently(async () => {
      const range: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` }
      const answer = await this.#ask(`blobs/${descriptor.digest}`, { accept: '*/*', ...range }, what)
      const begins = /^bytes (\d+)-/.exec(String(answer.headers['content-range'] ?? ''))?.[1]
      return {
        body: answer.body,
        url: answer.url,
        start: answer.status === 206 ? Number(begins ?? Number.NaN) : 0,
      }
    })
  }

  /** One request with whatever login it takes; gives an answer that is a success. */
  async #ask(path: string, headers: Record<string, string>, what: string): Promise<Answer> {
    const base = await this.#findBase()
    const url = new URL(`/v2/${this.#reference.path}/${path}`, base)
    const wanted: Wanted = { registry: this.#reference.registry, repository: this.repository, what }
    for (let challenges = 0; ; challenges += 1) {
      const authorization = await this.#auth.findHeader()
      const sent = { ...headers, ...(authorization === undefined ? {} : { authorization }) }
      const answer = await send({ url, method: 'GET', headers: sent }, this.#transport, this.#signal)
      if (answer.status === 200 || answer.status === 206) return answer
      if (answer.status !== 401 || !answer.sameOrigin)
        throw await describeAnswerFailure(answer, wanted, this.#clock)
      await answer.body.dump({ limit: 65_536 }).catch(() => undefined)
      if (challenges === MAX_CHALLENGES) return await this.#auth.rejectCredentials()
      await this.#auth.answerChallenge(answer.headers['www-authenticate'], authorization, base)
    }
  }

  async #patiently<T>(work: () => Promise<T>): Promise<T> {
    return await withRetries(work, this.#retry, this.#clock, this.#signal)
  }

  #findBase(): Promise<URL> {
    this.#base ??= this.#chooseBase().catch((error: unknown) => {
      this.#base = undefined
      throw error
    })
    return this.#base
  }

  /**
   * As Docker does: TLS, without asking for a valid certificate where the registry was declared insecure and then plain
   * HTTP if there is no TLS. Loopback is spoken to in plain HTTP, unless certs.d has an authority for it.
   */
  async #chooseBase(): Promise<URL> {
    const host = findApiHost(this.#reference.registry)
    const secure = new URL(`https://${host}/`)
    const plain = new URL(`http://${host}/`)
    if (this.#transport.isInsecure(secure) || this.#transport.isInsecure(plain)) {
      try {
        const answer = await send(
          { url: new URL('/v2/', secure), method: 'GET', headers: {} },
          this.#transport,
          this.#signal,
        )
        await answer.body.dump({ limit: 65_536 }).catch(() => undefined)
        return secure
      } catch {
        this.#signal?.throwIfAborted()
        this.#onNotice?.(`${this.#reference.registry} is declared insecure and speaks plain HTTP`)
        return plain
      }
    }
    return isLoopback(plain) && !this.#transport.hasAuthorities(secure) ? plain : secure
  }
}

function describeGiant(what: string, repository: string): ArchparityError {
  return new ArchparityError(
    'MANIFEST_INVALID',
    `the ${what} of ${repository} is larger than ${MAX_DOCUMENT / 1024 / 1024} MiB, more than a manifest may be`,
    { hint: 'What the registry serves there is no image manifest.', details: { repository } },
  )
}
