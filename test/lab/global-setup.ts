import type { TestProject } from 'vitest/node'
import { findCommand } from '../../scripts/setup/find-command.mjs'
import { findCacheFolder } from '../../scripts/setup/places.mjs'
import { startRegistry } from '../../scripts/setup/registry.mjs'
import { createUndoStack } from '../../scripts/setup/undo-stack.mjs'
import './provided.js'

/** bcrypt of `secret`, cheap on purpose. */
const HTPASSWD = 'lab:$2b$04$M/Zn8DAdtJmIkFEWWEqfS.SlP0md1iTgTEE9hYRfzetbDGZNoGEXC\n'

/**
 * Starts the registries before the first test file. The open one is the caller's where it names one
 * (ARCHPARITY_LAB_REGISTRY). Without docker-registry the tests that need none still run.
 */
export default async function setUpLab(project: TestProject): Promise<() => Promise<void>> {
  const undo = createUndoStack()
  const installed = findCommand('docker-registry') !== undefined
  try {
    const given = process.env.ARCHPARITY_LAB_REGISTRY
    project.provide('registry', given || (installed ? await startRegistry({ undo }) : ''))
    project.provide('authRegistry', installed ? await startRegistry({ undo, htpasswd: HTPASSWD }) : '')
    project.provide('cacheDir', findCacheFolder())
  } catch (error) {
    await undo.undoAll()
    throw error
  }
  return undo.undoAll
}
