/** Repository that images have for the scripts of test directories: no registry has this name (RFC 6761, `.test`). */
export const SCRIPT_IMAGE_DOMAIN = 'archparity.test'

/** Cut so that the whole name, with its separators replaced, is still a tag (128 characters). */
const MAX_NAME = 24
const MAX_TAG = 24

/** Who holds a name, as in the labels of its containers, and since when. */
export interface ScriptImageHolder {
  /** Value of the owner's label. */
  readonly owner: string
  /** ISO 8601. */
  readonly started: string
}

/**
 * A name of an image for one worker's scripts: `archparity.test/nginx:1.27-alpine-run-…`, in which the last part of the
 * repository and the tag can be read. It has no `@`: scripts make names of their own out of it by replacing `:` and `/`.
 */
export function nameScriptImage(reference: string, holder: ScriptImageHolder, random: string): string {
  const seconds = Math.floor(Date.parse(holder.started) / 1000)
  return `${nameStem(reference)}-run-${holder.owner}.${seconds.toString(36)}.${random}`
}

/** The name of an image that has no other one; the same each time. `id` is the engine's: `sha256:…`. */
export function nameUnnamedImage(reference: string, id: string): string {
  return `${nameStem(reference)}-image-${id.replace(/^sha256:/, '').slice(0, 12)}`
}

/** Who holds a name; undefined where it is none of `nameScriptImage`. */
export function readScriptImageHolder(name: string): ScriptImageHolder | undefined {
  if (!name.startsWith(`${SCRIPT_IMAGE_DOMAIN}/`)) return undefined
  const match = /-run-(\d+\.(?:\d+|x)\.[\w.-]+)\.([0-9a-z]{1,8})\.[0-9a-f]{8}$/.exec(name)
  const [, owner, seconds] = match ?? []
  if (owner === undefined || seconds === undefined) return undefined
  return { owner, started: new Date(Number.parseInt(seconds, 36) * 1000).toISOString() }
}

/** The name wherever it stands in a text, also with its separators replaced. */
export const SCRIPT_IMAGE_NAMES =
  /archparity\.test[\w./:-]{1,64}-(?:run-\d{1,10}\.(?:\d{1,20}|x)\.[0-9a-f]{12}\.[0-9a-z]{1,8}\.[0-9a-f]{8}|image-[0-9a-f]{12})(?![0-9a-z])/g

function nameStem(reference: string): string {
  const named = reference.replace(/^oci:/, '').replace(/@.*$/, '')
  const last = named.slice(named.lastIndexOf('/') + 1)
  const [path = '', tag = ''] = /^[^:]*:/.test(last)
    ? [last.slice(0, last.indexOf(':')), last.slice(last.indexOf(':') + 1)]
    : [last]
  const clean = (text: string, limit: number) =>
    text
      .replace(/[^\w.-]/g, '-')
      .slice(0, limit)
      .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '')
  const name = clean(path.toLowerCase(), MAX_NAME).replace(/[^a-z0-9]+/g, '-') || 'image'
  return `${SCRIPT_IMAGE_DOMAIN}/${name}:${clean(tag, MAX_TAG) || 'untagged'}`
}
