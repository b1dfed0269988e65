import { writeTinyElf } from '../tiny-elf.js'
import { buildBareUserland } from '../userland.js'
import { buildImage, type Recipe, VERSION_LINE } from './recipe.js'
import { PAGES } from './web.js'

export const shellless: Recipe = {
  name: 'shellless',
  about: 'no shell: only `/bin/busybox`, which serves port 8080, and a static `/usr/bin/app`',
  build: () =>
    buildImage({
      userland: buildBareUserland,
      app: ({ platform }) =>
        writeTinyElf(platform.architecture, { does: 'print', text: `${VERSION_LINE}\n`, exitCode: 0 }),
      files: () => PAGES,
      config: {
        Entrypoint: ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', '/www'],
        Cmd: [],
        ExposedPorts: { '8080/tcp': {} },
      },
    }),
}
