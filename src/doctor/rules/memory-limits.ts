import type { Rule } from '../advice.js'

/** The engine says that its kernel's memory controller is missing: limits are ignored without an error. */
export const checkMemoryLimits: Rule = ({ facts: { engine, kernel } }) => {
  if (engine.memoryLimits !== false) return []
  // Raspberry Pi OS leaves the controller off, and switches it on by this parameter.
  const isPi = /\+rpt|-rpi-/.test(kernel)
  return [
    {
      severity: 'note',
      title: 'The engine cannot limit memory: containers with a limit run without one',
      why: isPi
        ? 'The kernel is started without its memory controller. Restart the machine after the command.'
        : engine.rootless
          ? 'A rootless engine needs control groups of version 2, and the memory controller delegated to its user.'
          : 'The memory controller of the control groups is missing, or switched off on the kernel’s command line.',
      ...(isPi
        ? { mend: { shell: "sudo sed -i '1 s/$/ cgroup_enable=memory/' /boot/firmware/cmdline.txt" } }
        : {}),
    },
  ]
}
