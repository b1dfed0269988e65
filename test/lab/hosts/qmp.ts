import { createConnection } from 'node:net'

/**
 * Gives QEMU one command by its monitor socket and waits for the answer (QEMU Machine Protocol specification: greeting,
 * `qmp_capabilities`, then commands; one JSON object a line, with events in between).
 */
export function askQemu(socket: string, command: string, args: object = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const requests = [{ execute: 'qmp_capabilities' }, { execute: command, arguments: args }]
    const connection = createConnection(socket)
    let text = ''
    connection.setTimeout(60_000, () => connection.destroy(new Error(`QEMU does not answer ${command}`)))
    connection.on('error', reject)
    connection.on('close', () => reject(new Error(`QEMU ended before it answered ${command}`)))
    connection.on('data', chunk => {
      const lines = (text + chunk).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) answer(JSON.parse(line))
    })

    function answer(message: { return?: unknown; error?: { desc: string }; event?: string }): void {
      if (message.event !== undefined) return
      const next = message.error ? undefined : requests.shift()
      if (next) {
        connection.write(JSON.stringify(next))
        return
      }
      if (message.error) reject(new Error(`QEMU refuses ${command}: ${message.error.desc}`))
      else resolve(message.return)
      connection.destroy()
    }
  })
}
