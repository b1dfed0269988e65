import { chmod, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { quoteWord } from '../exec/command.js'

/** Label of the containers of one run of a script; its value is that run's own. */
export const SCRIPT_LABEL = 'org.archparity.script'
/** Variable that tells the shim that value. */
export const SCRIPT_VARIABLE = 'ARCHPARITY_SCRIPT'

/**
 * Writes a `docker` into `directory` that stands before the real one in a script's PATH. All it does is to add labels, by
 * which what the script leaves is found, and the variables that every container of the target has.
 */
export async function writeDockerShim(
  directory: string,
  docker: string,
  labels: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const options = [
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', quoteWord(`${name}=${value}`)]),
    ...Object.entries(env).flatMap(([name, value]) => ['--env', quoteWord(`${name}=${value}`)]),
  ].join(' ')
  const own = `${options} --label "${SCRIPT_LABEL}=$${SCRIPT_VARIABLE}"`
  const script = `#!/bin/sh
case "$1" in
  container)
    case "$2" in
      run | create) group=$1 command=$2; shift 2; exec ${quoteWord(docker)} "$group" "$command" ${own} "$@" ;;
    esac ;;
  run | create) command=$1; shift; exec ${quoteWord(docker)} "$command" ${own} "$@" ;;
esac
exec ${quoteWord(docker)} "$@"
`
  const file = path.join(directory, 'docker')
  await writeFile(file, script)
  await chmod(file, 0o755)
}
