/** Names of licences that fail a licence test, wherever they stand in the file, and a package that is let pass. */
const REFUSED = ['AGPL', 'WTFPL']
export const EXEMPT_PACKAGES: readonly string[] = ['libgnutls30']

/** Where Debian keeps a folder for each package, with a file `copyright` in it. */
export const DEBIAN_ROOT = '/usr/share/doc'

/** What is wrong with a licence file; undefined content means that it cannot be read. */
export function judgeLicense(path: string, content: Uint8Array | undefined): string[] {
  if (content === undefined) return [`${path} cannot be read`]
  const text = Buffer.from(content).toString('utf8').toUpperCase()
  const name = REFUSED.find(each => text.includes(each))
  return name === undefined ? [] : [`${path} names the licence ${name}, which is not allowed`]
}
