import { expect, test } from 'vitest'
import { readMachine } from '../../scripts/setup/machine.mjs'

const debian = { env: {}, platform: 'linux', uid: 0, osRelease: 'NAME="Debian"\nID=debian\n', hasApt: true }

test.each([
  ['root on Debian', {}, undefined],
  ['root on Ubuntu', { osRelease: 'ID=ubuntu\nID_LIKE=debian\n' }, undefined],
  ['a relative of Ubuntu', { osRelease: 'ID=linuxmint\nID_LIKE="ubuntu debian"\n' }, undefined],
  ['a user', { uid: 1000 }, 'only root may install packages'],
  ['Fedora', { osRelease: 'ID=fedora\n' }, 'Debian and Ubuntu only'],
  ['a stripped Debian', { hasApt: false }, 'Debian and Ubuntu only'],
  ['macOS', { platform: 'darwin', osRelease: '' }, 'this is darwin'],
  ['a machine that says no', { env: { ARCHPARITY_NO_INSTALL: '1' } }, 'ARCHPARITY_NO_INSTALL is set'],
  ['a machine that does not say no', { env: { ARCHPARITY_NO_INSTALL: '0' } }, undefined],
])('whether packages may be installed by %s', (_, facts, reason) => {
  const { whyNotInstall } = readMachine({ ...debian, ...facts })
  if (reason === undefined) expect(whyNotInstall).toBeUndefined()
  else expect(whyNotInstall).toContain(reason)
})
