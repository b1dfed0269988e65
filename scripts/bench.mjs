// @ts-check
// `npm run bench [rounds]`: archparity against the loop that people write, and against the floor (bench/).
import path from 'node:path'
import { pushLabImages } from './push-lab-images.mjs'
import { runScript } from './run-script.mjs'
import { setUp } from './setup/index.mjs'
import { ROOT } from './setup/places.mjs'

await runScript(async keep => {
  const ready = keep(await setUp({ build: true, engine: true, binfmt: true, registry: true }))
  const [image = ''] = await pushLabImages(['healthy'], ready.registry, 'bench')
  const bench = path.join(ROOT, 'bench', 'command-checks.mjs')
  return await ready.run(process.execPath, [bench, image, ...process.argv.slice(2)], { cwd: ROOT })
})
