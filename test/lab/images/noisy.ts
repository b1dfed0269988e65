import { buildImage, type Recipe } from './recipe.js'

export const noisy: Recipe = {
  name: 'noisy',
  about: '`/app` prints a random id, the time and its process id, and one line that is always the same',
  build: () =>
    buildImage({
      app: () =>
        [
          'echo "id $(cat /proc/sys/kernel/random/uuid)"',
          'echo "at $(cut -d" " -f1 /proc/uptime) on $(date)"',
          'echo "pid $$"',
          'echo "always the same"',
        ].join('\n'),
    }),
}
