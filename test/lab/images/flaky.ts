import { buildImage, type Recipe } from './recipe.js'

export const flaky: Recipe = {
  name: 'flaky',
  about: '`/app` fails (exit code 1) on its first, third, ... call in a container, and passes on the others',
  build: () =>
    buildImage({
      app: () =>
        [
          'count=$(( $(cat /tmp/count 2>/dev/null || echo 0) + 1 ))',
          'echo $count >/tmp/count',
          'if [ $(( count % 2 )) = 1 ]; then echo "not yet" >&2; exit 1; fi',
          'echo "ready"',
        ].join('\n'),
    }),
}
