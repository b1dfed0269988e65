import type { ElfFile } from '../../view/platform-view.js'

/** A setting of Go's build information (`go version -m`), at most 32 characters; empty where there is none. */
export function readGoSetting({ elf }: ElfFile, name: string): string {
  const settings = elf.go?.settings
  const value = settings !== undefined && Object.hasOwn(settings, name) ? settings[name] : undefined
  return (value ?? '').slice(0, 32)
}
