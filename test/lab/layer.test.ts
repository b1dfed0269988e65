import { execa } from 'execa'
import { expect, test } from 'vitest'
import { buildLayer, type FileEntry } from './layer.js'

const ENTRIES: readonly FileEntry[] = [
  { path: 'tmp', directory: true, mode: 0o1777 },
  { path: 'bin/tool', content: '#!/bin/sh\n', mode: 0o755 },
  { path: 'etc/name', content: 'first' },
  { path: 'etc/name', content: 'second' },
  { path: 'bin/link', link: '/bin/tool' },
]

test('a layer is what tar reads, the later of two files, everything of root and from 1970', async () => {
  const { bytes } = await buildLayer(ENTRIES)
  const { stdout } = await execa('tar', ['-tzv', '--numeric-owner', '--utc', '--full-time'], { input: bytes })
  expect(stdout.split('\n').map(line => line.replace(/ +/g, ' '))).toEqual([
    'drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp',
    '-rwxr-xr-x 0/0 10 1970-01-01 00:00:00 bin/tool',
    '-rw-r--r-- 0/0 6 1970-01-01 00:00:00 etc/name',
    'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin/link -> /bin/tool',
  ])
})

test('its uncompressed bytes are the same everywhere', async () => {
  const { diffId } = await buildLayer(ENTRIES)
  expect(diffId).toBe('sha256:60c082d3bfe040c924f8974a0ac70b0a6385ec4eec16fceb2715d18e86fe9336')
})
