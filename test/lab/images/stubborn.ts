import { buildImage, type Recipe } from './recipe.js'
import { PAGES } from './web.js'

export const stubborn: Recipe = {
  name: 'stubborn',
  about: 'serves port 8080 and ignores SIGTERM',
  build: () =>
    buildImage({
      app: () => "trap '' TERM\nhttpd -p 8080 -h /www\nwhile :; do sleep 1; done",
      files: () => PAGES,
      config: { Entrypoint: ['/app'], Cmd: [], ExposedPorts: { '8080/tcp': {} } },
    }),
}
