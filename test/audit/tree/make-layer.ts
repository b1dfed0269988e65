import type { LayerEntry, LayerInventory, Tree } from '../../../src/audit/inventory.js'

/**
 * A layer from one word for each entry: `d/` a folder, `f=text` a file, `l->target` a symbolic link, `h=>target` a hard
 * link. A mode may follow a space: `d/ 700`.
 */
export function makeLayer(...words: readonly string[]): LayerInventory {
  const entries = words.map((word): LayerEntry => {
    const [text = '', mode = ''] = word.split(' ')
    const rest = { uid: 0, gid: 0, size: 0 }
    if (text.endsWith('/'))
      return { path: text.slice(0, -1), type: 'directory', mode: Number.parseInt(mode || '755', 8), ...rest }
    const [, path = '', kind = '=', value = ''] = /^(.*?)(->|=>|=)(.*)$/.exec(text) ?? [undefined, text]
    if (kind === '->') return { path, type: 'symlink', mode: 0o777, ...rest, link: value }
    if (kind === '=>') return { path, type: 'hardlink', mode: 0o644, ...rest, link: value }
    const size = value.length
    return {
      path,
      type: 'file',
      mode: Number.parseInt(mode || '644', 8),
      ...rest,
      size,
      content: { sha256: value },
    }
  })
  const digest = `sha256:${'0'.repeat(64)}` as const
  return { digest, size: 0, unpackedSize: 0, entries, problems: [] }
}

/** A tree as such words, sorted; the second half of a file is its content, of a hard link too. */
export function showTree(tree: Tree): string[] {
  return [...tree.entries()]
    .map(([path, { path: own, type, link, content, mode }]) => {
      if (path !== own) return `${path} calls itself ${own}`
      if (type === 'directory') return `${path}/${mode === 0o755 ? '' : ` ${mode.toString(8)}`}`
      if (type === 'symlink') return `${path}->${link}`
      return `${path}=${content?.sha256}${mode === 0o644 ? '' : ` ${mode.toString(8)}`}`
    })
    .sort()
}
