import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tls from 'node:tls'
import { ArchparityError, describeError } from '../../errors.js'

/**
 * The certificate authorities that Docker's `certs.d/<host>/*.crt` adds for one host; undefined where there is no
 * such folder. Throws `REGISTRY_TLS` where a file of it cannot be read.
 */
export function readHostAuthorities(directory: string, host: string): string[] | undefined {
  // The host may come from a redirect: never let it name another folder.
  if (!/^[a-z0-9[]/.test(host) || host.includes('/')) return undefined
  const folder = join(directory, host)
  const names = listFiles(folder)?.filter(name => name.endsWith('.crt'))
  if (names === undefined || names.length === 0) return undefined
  return names.sort().map(name => {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch (error) {
      throw new ArchparityError(
        'REGISTRY_TLS',
        `cannot read ${join(folder, name)}: ${describeError(error)}`,
        {
          hint: 'Make the file readable, or remove it.',
          cause: error,
        },
      )
    }
  })
}

/** What Node trusts without being told more, its NODE_EXTRA_CA_CERTS included: `ca` would otherwise replace it. */
export function listDefaultAuthorities(env: NodeJS.ProcessEnv): readonly string[] {
  const list = (tls as { getCACertificates?: (kind: 'default') => string[] }).getCACertificates?.('default')
  if (list !== undefined) return list
  const extra = env.NODE_EXTRA_CA_CERTS
  if (!extra) return tls.rootCertificates
  try {
    return [...tls.rootCertificates, readFileSync(extra, 'utf8')]
  } catch {
    // Node itself warns of such a file when it starts.
    return tls.rootCertificates
  }
}

function listFiles(folder: string): string[] | undefined {
  try {
    return readdirSync(folder)
  } catch {
    return undefined
  }
}
