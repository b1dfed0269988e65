/** Permission bits with setuid, setgid and sticky, and the kind of a file, written as Go does (io/fs, FileMode.String). */
export function formatFileMode(type: string, mode: number): string {
  const kinds: Readonly<Record<string, string>> = {
    directory: 'd',
    symlink: 'L',
    'block-device': 'D',
    'character-device': 'Dc',
    fifo: 'p',
  }
  // Go's order of letters: dalTLDpSugct.
  const letters = [
    kinds[type]?.[0] ?? '',
    mode & 0o4000 ? 'u' : '',
    mode & 0o2000 ? 'g' : '',
    kinds[type]?.[1] ?? '',
    mode & 0o1000 ? 't' : '',
  ].join('')
  const bits = 'rwxrwxrwx'
  return (
    (letters === '' ? '-' : letters) +
    [...bits].map((bit, at) => (mode & (1 << (8 - at)) ? bit : '-')).join('')
  )
}
