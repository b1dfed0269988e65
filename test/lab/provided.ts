import type {} from 'vitest'

declare module 'vitest' {
  /** What `global-setup.ts` gives to every test file; `inject(name)` reads it. */
  export interface ProvidedContext {
    /** `127.0.0.1:PORT` of a registry that lets everybody in; empty where none could be started. */
    registry: string
    /** The same images, for user `lab` with password `secret` only. */
    authRegistry: string
    /** Absolute path of what the lab keeps between runs. */
    cacheDir: string
  }
}
