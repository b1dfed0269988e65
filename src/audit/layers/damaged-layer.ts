import type { LayerProblem } from '../inventory.js'

/** Thrown by what unpacks a layer, never further: becomes a problem of the layer. */
export class DamagedLayer extends Error {
  readonly code: LayerProblem['code']

  constructor(code: LayerProblem['code'], message: string) {
    super(message)
    this.code = code
  }
}
