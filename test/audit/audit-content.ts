import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, inject } from 'vitest'
import { type Audit, type AuditOptions, auditImage } from '../../src/audit/audit-image.js'
import type { ResolvedImage } from '../../src/model/image.js'
import { openImageSource } from '../../src/registry/open-image-source.js'
import type { Content } from '../lab/image-writer.js'
import { writeLayout } from '../lab/write-layout.js'
import '../lab/provided.js'

/** An audit of an image that was written as an OCI layout for it. */
export interface ContentAudit extends Audit {
  readonly image: ResolvedImage
}

let folder: Promise<string> | undefined

/** Beside the lab's cache, so that its large layers can be linked; the inventories of this test file's layers are kept in it. */
function findFolder(): Promise<string> {
  folder ??= mkdtemp(path.join(inject('cacheDir'), 'audit-'))
  return folder
}

afterAll(async () => {
  if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
})

/** Audits an image of the lab with no engine and no registry. */
export async function auditContent(content: Content, options: AuditOptions = {}): Promise<ContentAudit> {
  const layout = await mkdtemp(path.join(await findFolder(), 'layout-'))
  await writeLayout(content, layout)
  const source = await openImageSource(`oci:${layout}`)
  try {
    const image = await source.resolve()
    const cache = path.join(await findFolder(), 'inventories')
    return { image, ...(await auditImage(source, image, { cache, ...options })) }
  } finally {
    await source.close()
    await rm(layout, { recursive: true, force: true })
  }
}
