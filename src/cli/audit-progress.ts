import type { InventoryProgress } from '../audit/layers/inventory-layers.js'
import { shortenDigest } from '../model/digest.js'
import type { ResolvedImage } from '../model/image.js'
import { sanitizeLine } from '../report/sanitize.js'

/** Shows an audit while it reads, on standard error: one line that changes on a terminal, plain lines elsewhere. */
export interface AuditProgress {
  onResolved(image: ResolvedImage): void
  onNotice(message: string): void
  onProgress(progress: InventoryProgress): void
  stop(): void
}

/** Makes the display of one audit; what redraws a line is only loaded where there is a terminal. */
export async function createAuditProgress(stream: NodeJS.WriteStream): Promise<AuditProgress> {
  const live = stream.isTTY === true && !process.env.CI
  const update = live ? (await import('log-update')).createLogUpdate(stream) : undefined
  let shown = 0
  const say = (text: string) => {
    update?.clear()
    stream.write(`${sanitizeLine(text)}\n`)
  }
  return {
    onResolved: image => {
      const count = image.platforms.length
      say(
        `resolved  ${image.reference.split('@')[0]} → ${shortenDigest(image.digest)}, ${count} platform${count === 1 ? '' : 's'}`,
      )
    },
    onNotice: message => say(`note      ${message}`),
    onProgress: progress => {
      const now = performance.now()
      if (update === undefined || (now - shown < 80 && progress.layersDone < progress.layers)) return
      shown = now
      const { layersDone, layers, bytesDone, bytes } = progress
      update(
        `  reading layers: ${layersDone} of ${layers}, ${toMegabytes(bytesDone)} of ${toMegabytes(bytes)} MB`,
      )
    },
    stop: () => {
      update?.clear()
      update?.done()
    },
  }
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
}
