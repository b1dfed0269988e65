import { parseReference } from '../reference/parse-reference.js'
import type { ImageSource } from './image-source.js'
import { openLayoutSource } from './layout/layout-source.js'
import type { RegistryOptions } from './options.js'

export interface ImageSourceOptions extends RegistryOptions {
  /** Folder that `oci:` paths are relative to; the working directory by default. */
  readonly root?: string
}

/**
 * Opens what the user named: a reference, or `oci:PATH[:tag][@digest]` for an OCI layout in a folder or an archive.
 * A registry is not spoken to before something is read. The caller closes the source.
 * Throws `REFERENCE_INVALID`, `LAYOUT_INVALID` or `CONFIG_INVALID`.
 */
export async function openImageSource(text: string, options: ImageSourceOptions = {}): Promise<ImageSource> {
  if (text.startsWith('oci:')) {
    return await openLayoutSource(text.slice('oci:'.length), options.root ?? process.cwd(), options.signal)
  }
  const reference = parseReference(text)
  // Loaded here: it brings an HTTP client with it, which layouts never need.
  const { RegistrySource } = await import('./registry-source.js')
  return new RegistrySource(reference, options)
}
