import { sharesCpu } from '../../hosts/cpu-family.js'
import { formatPlatform } from '../../model/platform.js'
import type { Draft, Rule } from '../advice.js'
import { installEmulators } from '../emulators.js'

/**
 * Platforms of the host's own family, or of another system, that it does not run itself. A host that emulates can have
 * an emulator for the former, which is another rule's advice.
 */
export const checkOwnFamily: Rule = host => {
  const { facts, spec } = host
  return host.platforms.flatMap(({ platform, capability }): Draft[] => {
    if (capability.runs || capability.code === 'emulator-broken') return []
    const name = formatPlatform(platform)
    if (capability.code !== 'no-handler') {
      return [
        {
          severity: 'fix',
          title: `Cannot run ${name}: ${capability.reason}`,
          why: `Take it out of the \`platforms\` of host ${spec.name}, or name a host that runs it.`,
        },
      ]
    }
    if (host.emulates || !sharesCpu(facts.architecture, platform.architecture)) return []
    const title = `Cannot run ${name}: its CPU, or its kernel, is ${facts.architecture} only`
    if (spec.platforms === undefined)
      return [{ severity: 'note', title, why: 'Such images need another host, or an emulator here.' }]
    return [{ severity: 'fix', title, ...installEmulators(host, [platform]) }]
  })
}
