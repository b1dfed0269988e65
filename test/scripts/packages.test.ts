import { expect, test } from 'vitest'
import { readMachine } from '../../scripts/setup/machine.mjs'
import { ensurePackages } from '../../scripts/setup/packages.mjs'
import { createUndoStack } from '../../scripts/setup/undo-stack.mjs'

const REQUIREMENTS = [
  { command: 'sh', package: 'dash' },
  { command: 'archparity-no-such-program', package: 'no-such-package' },
  { command: 'archparity-nor-this', package: 'nor-this' },
]

/** What set-up says where it may not install. */
async function readRefusal(facts: object, requirements = REQUIREMENTS) {
  const machine = readMachine({
    env: {},
    platform: 'linux',
    uid: 0,
    osRelease: 'ID=debian',
    hasApt: true,
    ...facts,
  })
  try {
    await ensurePackages(requirements, { machine, undo: createUndoStack() })
    return undefined
  } catch (error) {
    const { message, fix } = error as Error & { fix?: string }
    return { message, fix }
  }
}

test('names what is missing and the one command that fixes it', async () => {
  expect(await readRefusal({ uid: 1000 })).toEqual({
    message: 'missing here: archparity-no-such-program, archparity-nor-this (only root may install packages)',
    fix: 'sudo apt-get install --no-install-recommends no-such-package nor-this',
  })
  expect((await readRefusal({ env: { ARCHPARITY_NO_INSTALL: '1' } }))?.fix).toMatch(/^apt-get install/)
  expect((await readRefusal({ platform: 'darwin' }))?.fix).toMatch(/^install the programs above/)
})

test('is content where every program is there', async () => {
  expect(await readRefusal({ uid: 1000 }, REQUIREMENTS.slice(0, 1))).toBeUndefined()
})
