/** A host as the configuration or `--host` declares it; all but the endpoint is optional. */
export interface HostDeclaration {
  /** What reports call it. Default: what the endpoint names. */
  readonly name?: string
  /** `local`, `unix:///path`, `ssh://[user@]host`, `tcp://host:port`, `context:NAME` or `buildx:BUILDER`. */
  readonly endpoint: string
  /** Platforms that it is meant for. Default: those that it runs natively. */
  readonly platforms?: readonly string[]
  /** Suite files that run on it at the same time. Default: twice its CPUs. */
  readonly concurrency?: number
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, for `tcp://`. */
  readonly tls?: string
}

/** Keys of the short form, with the field that each fills. */
const KEYS = ['name', 'endpoint', 'platform', 'concurrency', 'tls'] as const

/**
 * Reads the short form `[NAME=]ENDPOINT[,key=value...]`, for example `pi=ssh://root@pi4.lan,platform=linux/arm64`;
 * `platform` may stand several times. Gives what is wrong with it as text. The values are checked by the schema.
 */
export function parseHostDeclaration(text: string): HostDeclaration | string {
  const [first = '', ...rest] = text.split(',')
  const named = /^([\w.-]+)=(.+)$/.exec(first)
  const isKey = named !== null && KEYS.some(key => key === named[1])
  const head: HostDeclaration | undefined =
    named === null
      ? { endpoint: first }
      : isKey
        ? undefined
        : { name: named[1] as string, endpoint: named[2] as string }
  const declaration: { -readonly [K in keyof HostDeclaration]: HostDeclaration[K] } = {
    endpoint: '',
    ...head,
  }
  const platforms: string[] = []
  const seen = new Set<string>(head === undefined ? [] : Object.keys(head))
  for (const part of head === undefined ? [first, ...rest] : rest) {
    const [, key, value] = /^([a-z]+)=(.+)$/.exec(part) ?? []
    if (key === undefined || value === undefined || !KEYS.some(each => each === key)) {
      return `${JSON.stringify(part)} is none of ${KEYS.map(each => `${each}=`).join(', ')}`
    }
    if (key !== 'platform' && seen.has(key)) return `it says ${key} twice`
    seen.add(key)
    if (key === 'platform') platforms.push(value)
    // What is no number is left for the schema to name.
    else if (key === 'concurrency') declaration.concurrency = /^\d+$/.test(value) ? Number(value) : Number.NaN
    else declaration[key as 'name' | 'endpoint' | 'tls'] = value
  }
  if (declaration.endpoint === '') return 'it names no endpoint'
  return { ...declaration, ...(platforms.length === 0 ? {} : { platforms }) }
}
