import type Docker from 'dockerode'
import type { CommandOutcome, CommandRequest, ShellScript } from './command.js'
import type { Argv } from './engine-exec.js'
import { ShellSession } from './shell-session.js'

/** Concurrent checks of one container share this many shells; more only queue. */
const MAX_SESSIONS = 4

interface Waiting {
  readonly resolve: (session: ShellSession) => void
  readonly reject: (error: unknown) => void
}

/** The shells of one container: one, unless checks run side by side. */
export class SessionPool {
  private readonly container: Docker.Container
  private readonly shell: string
  private readonly onOpen: (session: ShellSession) => Promise<void>
  private readonly sessions = new Set<ShellSession>()
  private readonly free: ShellSession[] = []
  private readonly waiting: Waiting[] = []
  private opening = 0

  constructor(container: Docker.Container, shell: string, onOpen: (session: ShellSession) => Promise<void>) {
    this.container = container
    this.shell = shell
    this.onOpen = onOpen
  }

  /** Runs one command in a free shell. A command that leaves children behind gets a shell that ends with it. */
  async run(
    work: Argv | ShellScript,
    request: CommandRequest,
    leavesChildren: boolean,
  ): Promise<CommandOutcome> {
    const session = await this.take()
    try {
      return await session.run(work, request)
    } finally {
      if (leavesChildren) session.close()
      this.giveBack(session)
    }
  }

  close(): void {
    for (const session of this.sessions) session.close()
  }

  private async take(): Promise<ShellSession> {
    for (let session = this.free.pop(); session !== undefined; session = this.free.pop()) {
      if (session.usable) return session
      this.discard(session)
    }
    if (this.sessions.size + this.opening < MAX_SESSIONS) return this.open()
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }))
  }

  private async open(): Promise<ShellSession> {
    this.opening += 1
    let session: ShellSession | undefined
    try {
      session = await ShellSession.open(this.container, this.shell)
      this.sessions.add(session)
      await this.onOpen(session)
      return session
    } catch (error) {
      if (session !== undefined) {
        session.close()
        this.sessions.delete(session)
      }
      // Whoever waits for this place must not wait for ever.
      this.openForNext()
      throw error
    } finally {
      this.opening -= 1
    }
  }

  private openForNext(): void {
    const next = this.waiting.shift()
    if (next !== undefined) this.open().then(next.resolve, next.reject)
  }

  private giveBack(session: ShellSession): void {
    if (session.usable) {
      const next = this.waiting.shift()
      if (next === undefined) this.free.push(session)
      else next.resolve(session)
      return
    }
    this.discard(session)
    this.openForNext()
  }

  /** What still writes to it is heard no more. */
  private discard(session: ShellSession): void {
    session.close()
    this.sessions.delete(session)
  }
}
