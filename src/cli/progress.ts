import { createLogUpdate } from 'log-update'
import { shortenDigest } from '../model/digest.js'
import type { LoggedEvent } from '../model/events.js'
import type { PullProgress } from '../pull/pull-image.js'
import { sanitizeLine } from '../report/sanitize.js'

/** Shows a run while it happens, on standard error. */
export interface Progress {
  onEvent(event: LoggedEvent): void
  onPull(target: string, progress: PullProgress): void
  onNotice(message: string): void
  stop(): void
}

interface Row {
  label: string
  state: string
  passed: number
  failed: number
  other: number
}

/**
 * Lines as things happen; on a terminal with the targets that are at work below them, redrawn in place.
 * What images, registries and suites say in them is made safe for a terminal.
 */
export function createProgress(stream: NodeJS.WriteStream, live: boolean): Progress {
  const rows = new Map<string, Row>()
  const update = live ? createLogUpdate(stream) : undefined
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    timer = undefined
    update?.([...rows.values()].map(formatRow).join('\n'))
  }
  const redraw = () => {
    if (live && timer === undefined) timer = setTimeout(draw, 80)
  }
  const say = (text: string) => {
    const line = sanitizeLine(text)
    if (update === undefined) {
      stream.write(`${line}\n`)
      return
    }
    update.clear()
    stream.write(`${line}\n`)
    draw()
  }
  return {
    onEvent: event => {
      const line = describeEvent(event, rows)
      if (line !== undefined) say(line)
      redraw()
    },
    onPull: (target, { current, total }) => {
      const row = [...rows.values()].find(each => each.label === target)
      if (row !== undefined) row.state = `pulling ${formatBytes(current)} of ${formatBytes(total)}`
      redraw()
    },
    onNotice: message => say(`note      ${message}`),
    stop: () => {
      clearTimeout(timer)
      update?.clear()
      update?.done()
    },
  }
}

function describeEvent(event: LoggedEvent, rows: Map<string, Row>): string | undefined {
  switch (event.type) {
    case 'image-resolved': {
      const { image } = event
      const count = image.platforms.length
      return `resolved  ${image.reference.split('@')[0]} → ${shortenDigest(image.digest)}, ${count} platform${count === 1 ? '' : 's'}`
    }
    case 'host-ready': {
      const { facts } = event
      return `host      ${facts.name}: ${facts.engine.name} ${facts.engine.version}, linux/${facts.architecture}, kernel ${facts.kernel}`
    }
    case 'target-planned': {
      const { target } = event
      rows.set(target.id, { label: target.label, state: 'waiting', passed: 0, failed: 0, other: 0 })
      return undefined
    }
    case 'coverage-lost':
      return event.lost.intended ? undefined : `lost      ${event.lost.platform}: ${event.lost.reason}`
    case 'image-pulled': {
      const row = rows.get(event.target)
      if (row === undefined) return undefined
      row.state = 'ready'
      return `${event.fetched ? 'pulled   ' : 'held     '} ${row.label} (${event.proof[0]}${event.fetched ? `, ${formatSeconds(event.durationMs)}` : ''})`
    }
    case 'check-started': {
      const row = event.pass === 'main' ? rows.get(event.target) : undefined
      if (row !== undefined) row.state = event.check.name
      return undefined
    }
    case 'check-finished': {
      const row = event.pass === 'main' ? rows.get(event.target) : undefined
      if (row === undefined) return undefined
      row.state = ''
      if (event.status === 'passed') row.passed += 1
      else if (event.status === 'failed' || event.status === 'errored') row.failed += 1
      else row.other += 1
      const bad = event.status === 'failed' || event.status === 'errored'
      return bad
        ? `${event.status.padEnd(9)} ${row.label}  ${event.check.file} > ${event.check.name}`
        : undefined
    }
    case 'suite-errored':
      return event.pass === 'main'
        ? `errored   ${rows.get(event.target)?.label ?? ''}  ${event.file}: ${event.message.split('\n')[0]}`
        : undefined
    case 'audit-finished': {
      const { layers, durationMs, error } = event
      return error === undefined
        ? `audited   ${layers.read + layers.cached} layers, ${layers.cached} of them from the cache (${formatSeconds(durationMs)})`
        : `lost      the static audit: ${error.message}`
    }
    case 'audit-finding': {
      const { severity, title } = event.finding
      return severity === 'note' ? undefined : `${severity.padEnd(9)} ${title}`
    }
    case 'host-lost':
      return `lost      host ${event.host}: ${event.message}`
    case 'program-executed':
      return event.expected ? undefined : `foreign   ${event.message}`
    default:
      return undefined
  }
}

function formatRow({ label, state, passed, failed, other }: Row): string {
  const counts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(other > 0 ? [`${other} other`] : []),
  ]
  return `  ${sanitizeLine(label).padEnd(16)} ${counts.join(', ').padEnd(24)} ${sanitizeLine(state, 60)}`
}

function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
