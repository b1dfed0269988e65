import { isMasked } from '../attribute/draft.js'
import type { CheckComparison } from '../compare/comparison.js'
import { losesCoverage, measureLoss } from '../compare/measure-loss.js'
import type { CheckRecord } from '../compare/run-record.js'
import type { HostLost } from '../model/events.js'
import { formatPlatform } from '../model/platform.js'
import type { RunReport } from './run-report.js'

/** Version of `report.json`; `docs/schema/report.schema.json` describes it. */
export const REPORT_VERSION = 1

/** Renders the machine-readable report. What was observed stays in the event log; this says what came of it. */
export function renderJson(report: RunReport): string {
  const { record, comparison, findings, verdict, tool, damage } = report
  const document = {
    version: REPORT_VERSION,
    tool,
    run: {
      id: record.started?.runId ?? null,
      image: record.started?.image ?? null,
      startedAt: record.startedAt ?? null,
      endedAt: record.endedAt ?? null,
      durationMs: record.finished?.durationMs ?? null,
      reason: record.finished?.reason ?? null,
      error: record.finished?.error ?? null,
      suites: record.started?.suites ?? [],
    },
    verdict,
    image: describeImage(report),
    hosts: record.hosts,
    targets: record.targets.map(target => ({
      ...target,
      platform: formatPlatform(target.platform),
      pulled: describePull(report, target.id),
    })),
    lostCoverage: record.lost,
    audit: describeAudit(report),
    checks: record.checks.map(check =>
      describeCheck(
        check,
        comparison.checks.find(one => one.check.id === check.check.id),
      ),
    ),
    findings: findings.map(finding => ({ ...finding, masked: isMasked(finding) })),
    normalization: { rules: comparison.rules, noiseLearned: comparison.noiseLearned },
    declarations: comparison.declarations,
    programs: record.programs
      .filter(program => program.pass === 'main')
      .map(({ type: _, pass: __, ...fact }) => fact),
    suiteErrors: record.suiteErrors.map(({ target, file, code, message }) => ({
      target,
      file,
      code,
      message,
    })),
    hostLosses: record.hostLosses.map(loss => describeLoss(loss, report)),
    damage,
  }
  return `${JSON.stringify(dropMoments(document), undefined, 2)}\n`
}

function describeImage(report: RunReport): object | null {
  const { image } = report.record
  if (image === undefined) return null
  return {
    repository: image.repository,
    reference: image.reference,
    source: image.source,
    kind: image.kind,
    mediaType: image.mediaType,
    digest: image.digest,
    platforms: image.platforms.map(entry => ({
      platform: formatPlatform(entry.platform),
      digest: entry.manifest.digest,
      configDigest: entry.config.digest,
      layers: entry.layers.length,
      bytes: entry.layers.reduce((sum, layer) => sum + layer.size, 0),
      attestations: entry.attestations.length,
    })),
    notes: image.notes,
  }
}

function describeAudit(report: RunReport): object | null {
  const { audit } = report.record
  if (audit === undefined) return null
  const { summaries, findings, finished } = audit
  return {
    platforms: summaries,
    findings,
    layers: finished?.layers ?? null,
    durationMs: finished?.durationMs ?? null,
    error: finished?.error ?? null,
  }
}

function describeLoss(loss: HostLost, { record }: RunReport): object {
  const { host, message, phase = 'run', code, hint, lastSeenAt } = loss
  const cost = measureLoss(record, loss)
  const { undecided, elsewhere, elsewhereOn } = cost
  const coverageLost = losesCoverage(loss, cost)
  return { host, phase, code, message, hint, lastSeenAt, undecided, elsewhere, elsewhereOn, coverageLost }
}

function describePull(report: RunReport, target: string): object | null {
  const pull = report.record.pulls.get(target)
  if (pull === undefined) return null
  const { imageId, proof, fetched, durationMs } = pull
  return { imageId, proof, fetched, durationMs }
}

function describeCheck(record: CheckRecord, comparison: CheckComparison | undefined): object {
  return {
    ...record.check,
    results: Object.fromEntries(record.results),
    secondRun: Object.fromEntries(record.noise),
    observations: Object.fromEntries(
      [...record.observations].map(([target, attempts]) => [target, attempts.at(-1)?.length ?? 0]),
    ),
    compared: comparison?.compared ?? [],
    differences: comparison?.differences ?? [],
    declared: comparison?.declared ?? [],
    declaredFailures: Object.fromEntries(comparison?.declaredFailures ?? []),
    masked: comparison?.masks ?? [],
    unstable: comparison?.unstable ?? null,
  }
}

/** Events carry the moment at which they were logged; in results it is kept, in facts it says nothing. */
function dropMoments<T extends { programs: readonly object[] }>(document: T): T {
  return {
    ...document,
    programs: document.programs.map(fact =>
      Object.fromEntries(Object.entries(fact).filter(([key]) => key !== 'at')),
    ),
  }
}
