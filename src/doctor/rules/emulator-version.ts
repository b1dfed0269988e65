import type { Rule } from '../advice.js'
import { listForeign, nameAll, nameHandlers, replaceEmulators } from '../emulators.js'

/** Where QEMU 7.2 shows the host's own /proc/cpuinfo, and version 10 does not. */
const SHOWS_HOST_CPU = ['arm', 's390x']

/** Only what was seen with both versions: 7.2 does it, 10 does not. Those between were not tried. */
export const checkEmulatorVersion: Rule = host => {
  const found = listForeign(host).flatMap(({ platform, capability }) => {
    const emulator = capability.runs ? capability.emulator : undefined
    return emulator !== undefined && /^7\.2(?:\.|$)/.test(emulator.version ?? '')
      ? [{ platform, emulator }]
      : []
  })
  if (found.length === 0) return []
  const cpu = found.map(({ platform }) => platform).filter(each => SHOWS_HOST_CPU.includes(each.architecture))
  const handlers = found.map(({ emulator }) => emulator)
  return [
    {
      severity: 'note',
      title: `QEMU ${found[0]?.emulator.version} lacks what version 10 has: ${nameHandlers(handlers)}`,
      why: `The system calls openat2, mount_setattr, preadv2 and fchmodat2 fail with ENOSYS.${cpu.length === 0 ? '' : ` Programs of ${nameAll(cpu)} read this host's own /proc/cpuinfo.`}`,
      ...replaceEmulators(
        host,
        handlers,
        found.map(({ platform }) => platform),
      ),
    },
  ]
}
