import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { ArchparityError } from '../../errors.js'
import type { RegistryTimeouts } from '../options.js'
import { listDefaultAuthorities, readHostAuthorities } from './certificates.js'
import { InsecureHosts, isLoopback } from './hosts.js'

export interface TransportOptions {
  readonly insecureRegistries: readonly string[]
  readonly certificatesDirectory: string
  readonly env: NodeJS.ProcessEnv
  readonly timeouts: RegistryTimeouts
}

/** Owns the connections: which proxy, which certificates, and whether plain HTTP is allowed, per host. */
export class Transport {
  readonly #options: TransportOptions
  readonly #insecure: InsecureHosts
  readonly #dispatchers = new Map<string, Dispatcher>()
  readonly #authorities = new Map<string, string[] | undefined>()

  constructor(options: TransportOptions) {
    this.#options = options
    this.#insecure = new InsecureHosts(options.insecureRegistries)
  }

  isInsecure(url: URL): boolean {
    return this.#insecure.has(url)
  }

  /** Whether Docker's certs.d holds authorities for the host, which says that it speaks TLS. */
  hasAuthorities(url: URL): boolean {
    return this.#findAuthorities(url) !== undefined
  }

  /** Whether requests to the URL may go unencrypted. */
  allowsPlain(url: URL): boolean {
    return isLoopback(url) || this.#insecure.has(url)
  }

  selectDispatcher(url: URL): Dispatcher {
    const local = isLoopback(url)
    const insecure = this.#insecure.has(url)
    const authorities = url.protocol === 'https:' && !insecure ? this.#findAuthorities(url) : undefined
    const key = `${local} ${insecure} ${authorities === undefined ? '' : url.host}`
    const known = this.#dispatchers.get(key)
    if (known !== undefined) return known
    const created = this.#createDispatcher(local, {
      rejectUnauthorized: !insecure,
      ...(authorities === undefined
        ? {}
        : { ca: [...listDefaultAuthorities(this.#options.env), ...authorities] }),
    })
    this.#dispatchers.set(key, created)
    return created
  }

  /** Ends every connection at once. */
  async close(): Promise<void> {
    const open = [...this.#dispatchers.values()]
    this.#dispatchers.clear()
    await Promise.all(open.map(dispatcher => dispatcher.destroy()))
  }

  #findAuthorities(url: URL): string[] | undefined {
    if (!this.#authorities.has(url.host)) {
      const found = readHostAuthorities(this.#options.certificatesDirectory, url.host)
      this.#authorities.set(url.host, found)
    }
    return this.#authorities.get(url.host)
  }

  #createDispatcher(local: boolean, tls: { rejectUnauthorized: boolean; ca?: string[] }): Dispatcher {
    const { env, timeouts } = this.#options
    const connect = { ...tls, timeout: timeouts.connect }
    const common = { connect, headersTimeout: timeouts.headers, bodyTimeout: timeouts.idle }
    if (local) return new Agent(common)
    try {
      return new EnvHttpProxyAgent({
        ...common,
        requestTls: connect,
        proxyTls: { timeout: timeouts.connect },
        proxyTunnel: false,
        httpProxy: env.http_proxy ?? env.HTTP_PROXY ?? '',
        httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? '',
        noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
      })
    } catch (error) {
      // The value may hold a password: name the variables only.
      throw new ArchparityError('CONFIG_INVALID', 'HTTP_PROXY or HTTPS_PROXY is not the URL of a proxy', {
        hint: 'Write it as http://host:port, or unset it.',
        cause: error instanceof Error ? error.name : undefined,
      })
    }
  }
}
