import type { Draft, Rule } from '../advice.js'
import { findDisabledHandler, installEmulators, listMissing, nameAll } from '../emulators.js'

/** Platforms that the host is meant for, and that nothing there emulates. */
export const checkMissingHandlers: Rule = host => {
  if (!host.emulates) return []
  const missing = listMissing(host).filter(platform => findDisabledHandler(host, platform) === undefined)
  const elsewhere = missing.filter(({ architecture }) => host.others[architecture] !== undefined)
  const nowhere = missing.filter(platform => !elsewhere.includes(platform))
  const drafts: Draft[] = []
  if (nowhere.length > 0) {
    drafts.push({
      severity: 'fix',
      title: `Cannot run ${nameAll(nowhere)}: nothing here emulates ${nowhere.length === 1 ? 'it' : 'them'}`,
      ...installEmulators(host, missing),
    })
  }
  if (elsewhere.length > 0) {
    const hosts = [...new Set(elsewhere.map(({ architecture }) => host.others[architecture]))].join(', ')
    drafts.push({
      severity: 'note',
      title: `${nameAll(elsewhere)}: nothing here emulates ${elsewhere.length === 1 ? 'it' : 'them'}, and ${hosts} runs ${elsewhere.length === 1 ? 'it' : 'them'} natively`,
      why: 'What fails natively cannot be tried under emulation then, to tell whether an emulated run would have hidden it.',
      ...installEmulators(host, missing),
    })
  }
  return drafts
}
