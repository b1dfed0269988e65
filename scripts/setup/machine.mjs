// @ts-check
import { readFileSync } from 'node:fs'
import { findCommand } from './find-command.mjs'

/**
 * @typedef {object} Machine
 * @property {string} platform
 * @property {boolean} isRoot
 * @property {boolean} isDebian Debian, Ubuntu or something made from them
 * @property {string | undefined} whyNotInstall undefined where packages may be installed
 */

/**
 * Learns what set-up may do here.
 * @param {{ env?: NodeJS.ProcessEnv, platform?: string, uid?: number, osRelease?: string, hasApt?: boolean }} [facts]
 * @returns {Machine}
 */
export function readMachine(facts = {}) {
  const env = facts.env ?? process.env
  const platform = facts.platform ?? process.platform
  const isRoot = (facts.uid ?? process.getuid?.()) === 0
  const isDebian = platform === 'linux' && namesDebian(facts.osRelease ?? readOsRelease())
  const hasApt = facts.hasApt ?? findCommand('apt-get') !== undefined
  return { platform, isRoot, isDebian, whyNotInstall: explainNoInstall() }

  function explainNoInstall() {
    if (env.ARCHPARITY_NO_INSTALL && env.ARCHPARITY_NO_INSTALL !== '0') return 'ARCHPARITY_NO_INSTALL is set'
    if (platform !== 'linux')
      return `this is ${platform}, and set-up can install packages on Debian and Ubuntu only`
    if (!isDebian || !hasApt) return 'set-up can install packages on Debian and Ubuntu only'
    if (!isRoot) return 'only root may install packages'
    return undefined
  }
}

function readOsRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8')
  } catch {
    return ''
  }
}

/** @param {string} osRelease contents of os-release(5) */
function namesDebian(osRelease) {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap(match =>
    match[1]?.split(/\s+/),
  )
  return ids.includes('debian') || ids.includes('ubuntu')
}
