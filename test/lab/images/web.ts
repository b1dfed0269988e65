import type { FileEntry } from '../layer.js'
import { buildImage, type Recipe } from './recipe.js'

/** What the lab's web servers serve. */
export const PAGES: readonly FileEntry[] = [
  { path: 'www', directory: true },
  {
    path: 'www/index.html',
    content: '<!doctype html><title>archparity lab</title><h1>archparity lab 1.0</h1>\n',
  },
  { path: 'www/health.json', content: '{"status":"ok","version":"1.0"}\n' },
]

export const web: Recipe = {
  name: 'web',
  about: 'an HTTP server on port 8080 with `/index.html` and `/health.json`',
  build: () =>
    buildImage({
      files: () => PAGES,
      config: {
        Entrypoint: ['/usr/sbin/httpd'],
        Cmd: ['-f', '-p', '8080', '-h', '/www'],
        ExposedPorts: { '8080/tcp': {} },
      },
    }),
}
