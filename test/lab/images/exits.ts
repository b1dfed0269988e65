import { buildImage, type Recipe } from './recipe.js'

export const exits: Recipe = {
  name: 'exits',
  about: 'says that it serves port 8080, and ends at once with exit code 3',
  build: () =>
    buildImage({
      app: () => 'echo "cannot read /etc/lab.conf" >&2\nexit 3',
      config: { Entrypoint: ['/app'], Cmd: [], ExposedPorts: { '8080/tcp': {} } },
    }),
}
