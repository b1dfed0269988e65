import type { Interpreter } from './builtin-plan.js'

/** How a native module is called and loaded. */
export interface NamedModule {
  /** Equal on all platforms. */
  readonly name: string
  /** The check that it belongs to. */
  readonly group: string
  readonly load: string
}

/**
 * What an interpreter is asked to load for a module's file: Python and Perl by the name that a program would import,
 * the others by the file. Undefined where no program could load it.
 */
export function nameModule(interpreter: Interpreter, path: string, neutral: string): NamedModule | undefined {
  switch (interpreter) {
    case 'python': {
      const inside = /\/(site-packages|dist-packages|lib-dynload)\/(.+)$/.exec(`/${path}`)
      const name = inside?.[2]?.replace(/(?:\.(?:cpython|pypy|abi3)[^/]*)?\.so$/, '').replaceAll('/', '.')
      if (name === undefined || !/^\w+(?:\.\w+)*$/.test(name)) return undefined
      const owner = inside?.[1] === 'lib-dynload' ? "Python's own modules" : `Python: ${name.split('.')[0]}`
      return { name, group: owner, load: name }
    }
    case 'perl': {
      // auto/List/Util/Util.so is List::Util.
      const name = /\/auto\/(.+)\/[^/]+\.so$/.exec(`/${path}`)?.[1]?.replaceAll('/', '::')
      return name === undefined || !/^\w+(?:::\w+)*$/.test(name)
        ? undefined
        : { name, group: 'Perl modules', load: name }
    }
    case 'node': {
      const owner = /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(neutral)?.[1]
      return { name: neutral, group: `Node: ${owner ?? 'own modules'}`, load: `/${path}` }
    }
    case 'ruby':
      return { name: neutral, group: 'Ruby extensions', load: `/${path}` }
    case 'php':
      // It finds extensions in one folder only.
      return {
        name: neutral,
        group: `PHP extensions in /${path.slice(0, path.lastIndexOf('/'))}`,
        load: `/${path}`,
      }
    // Its native parts cannot be loaded by a command alone.
    case 'java':
      return undefined
  }
}
