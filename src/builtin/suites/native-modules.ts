/** Every native module of an interpreter, and every native library of a jar, loads. */
import { readContainerFile } from '../../worker/container/read-file.js'
import { test, useContainer } from '../../worker/suite.js'
import { getWorker } from '../../worker/worker.js'
import { loadLibraries } from '../load-libraries.js'
import { loadModules } from '../load-modules.js'
import { readBuiltinPlan, skipWithout, tellOmitted } from '../read-plan.js'

useContainer({ start: 'idle' })

const plan = readBuiltinPlan()
skipWithout(plan && [...plan.modules, ...plan.jars], 'native modules')
tellOmitted(plan?.omitted.modules, 'modules')
tellOmitted(plan?.omitted.libraries, 'libraries of jars')

for (const { name, interpreter, modules } of plan?.modules ?? []) {
  // Nothing is demanded: optional parts fail everywhere alike. What is not the same everywhere is the finding.
  test(name, async ({ checkScope, observe, skip }) => {
    const program = plan?.interpreters.find(each => each.interpreter === interpreter)?.path
    if (program === undefined) return skip(`this platform has no ${interpreter}`)
    const present = modules.flatMap(({ load }) => load ?? [])
    const outcomes = await loadModules(interpreter, program, present, argv => checkScope.probe(argv))
    for (const { name: module, load, elsewhere } of modules) {
      const outcome =
        load === undefined ? `not there; elsewhere ${elsewhere}` : (outcomes.get(load) ?? 'not tried')
      observe(module, outcome)
    }
  })
}

/** Larger jars are not read: they would be in memory as a whole. */
const MAX_JAR_BYTES = 256 * 1024 * 1024

const java = plan?.interpreters.find(each => each.interpreter === 'java')?.path

for (const { name, path, libraries } of plan?.jars ?? []) {
  test(`Java: ${name}`, async ({ checkScope, observe, skip }) => {
    const { shell } = getWorker().context
    if (shell === undefined) return skip('the image has no shell, so no container waits for its libraries')
    if (java === undefined) return skip('this platform has no java')
    const handle = await checkScope.getContainer()
    const jar = path === undefined ? undefined : await readContainerFile(handle.engine, path, MAX_JAR_BYTES)
    if (jar?.observation.content?.truncated === true)
      return skip(`${path} has more than ${MAX_JAR_BYTES} bytes`)
    const outcomes = await loadLibraries(java, jar?.result.bytes ?? new Uint8Array(), libraries, {
      unpack: archive => handle.engine.putArchive(archive, { path: '/' }),
      probe: argv => checkScope.probe(argv),
    })
    for (const { name: library, members } of libraries)
      observe(library, members === undefined ? 'not there' : (outcomes.get(library) ?? 'not tried'))
  })
}
