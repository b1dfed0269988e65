// @ts-check

/**
 * Says in one line on stderr what set-up is doing; stdout belongs to what runs afterwards.
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`setup: ${text}\n`)
}
