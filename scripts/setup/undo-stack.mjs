// @ts-check
import { say } from './say.mjs'
import { wordError } from './setup-error.mjs'

/**
 * Remembers how to undo what set-up does. Register the undoing before the doing.
 * `undoAll` runs in reverse order, once; an undoing that fails never keeps the others from running.
 */
export function createUndoStack() {
  /** @type {{ what: string, undo: () => unknown }[]} */
  const entries = []
  /** @type {Promise<void> | undefined} */
  let ending
  return {
    /**
     * @param {string} what said when the undoing fails
     * @param {() => unknown} undo
     */
    add(what, undo) {
      entries.push({ what, undo })
    },
    undoAll() {
      ending ??= unwind()
      return ending
    },
  }

  async function unwind() {
    for (let entry = entries.pop(); entry !== undefined; entry = entries.pop()) {
      try {
        await entry.undo()
      } catch (error) {
        say(`could not ${entry.what}: ${wordError(error)}`)
      }
    }
  }
}

/** @typedef {ReturnType<typeof createUndoStack>} UndoStack */
