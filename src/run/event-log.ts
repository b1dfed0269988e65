import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import path from 'node:path'
import { describeError } from '../errors.js'
import type { LoggedEvent, RunEvent } from '../model/events.js'

/**
 * The append-only log of a run: each event is on disk before anything else is done with it, and in memory, so
 * that a disk that fills up loses no result of this run.
 */
export class EventLog {
  readonly file: string
  private readonly now: () => Date
  private readonly listeners: ((event: LoggedEvent) => void)[] = []
  private readonly kept: LoggedEvent[] = []
  private descriptor: number | undefined
  /** Why events could no longer be written, if so. */
  problem: string | undefined

  constructor(file: string, now: () => Date = () => new Date()) {
    this.file = file
    this.now = now
    try {
      mkdirSync(path.dirname(file), { recursive: true })
      this.descriptor = openSync(file, 'w')
    } catch (error) {
      this.problem = `${file} cannot be written: ${describeError(error)}`
    }
  }

  get events(): readonly LoggedEvent[] {
    return this.kept
  }

  onEvent(listener: (event: LoggedEvent) => void): void {
    this.listeners.push(listener)
  }

  emit(event: RunEvent): void {
    const logged: LoggedEvent = { ...event, at: this.now().toISOString() }
    this.kept.push(logged)
    this.append(`${JSON.stringify(logged)}\n`)
    for (const listener of this.listeners) listener(logged)
  }

  close(): void {
    if (this.descriptor !== undefined) closeSync(this.descriptor)
    this.descriptor = undefined
  }

  private append(line: string): void {
    if (this.descriptor === undefined) return
    const bytes = Buffer.from(line)
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.descriptor, bytes, done)
    } catch (error) {
      this.problem = `${this.file} cannot be written any further: ${describeError(error)}`
      this.close()
    }
  }
}
