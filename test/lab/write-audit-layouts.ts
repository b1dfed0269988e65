import path from 'node:path'
import { buildDebianImage, type DebianImageName } from './debian/debian-image.js'
import { DEBIAN_PROGRAMS } from './debian/programs.js'
import { writeLayout } from './write-layout.js'

/**
 * Writes images that the audit is proven on as OCI layouts below a folder, for trials by hand:
 * `node scripts/write-audit-layouts.mjs FOLDER [NAME...]`, then `archparity audit oci:FOLDER/NAME`.
 */
export async function writeAuditLayouts(folder: string, names: readonly string[]): Promise<void> {
  const wanted = names.length === 0 ? Object.keys(DEBIAN_PROGRAMS) : names
  for (const name of wanted as DebianImageName[]) {
    await writeLayout(await buildDebianImage(name), path.join(folder, name))
    console.log(`oci:${path.join(folder, name)}`)
  }
}
