// @ts-check
const CHECKS = 100
const COMMANDS = ['uname -s', 'cat /etc/passwd', 'ls /bin', 'echo $((6 * 7))', 'id -u']

/** The lines of shell of the 100 command checks. */
export function listCommands() {
  return Array.from({ length: CHECKS }, (_, index) => COMMANDS[index % COMMANDS.length] ?? '')
}

/** The 100 checks as lines of a suite; it must import `expect` and `test`. */
export function writeCommandChecks() {
  return listCommands()
    .map(
      (command, index) =>
        `test('exec ${index}', async ({ exec }) => { expect((await exec(${JSON.stringify(command)})).exitCode).toBe(0) })\n`,
    )
    .join('')
}
