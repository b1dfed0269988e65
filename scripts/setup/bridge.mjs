// @ts-check

import { existsSync } from 'node:fs'
import { findCommand } from './find-command.mjs'
import { runCommand } from './run-command.mjs'

/**
 * Makes the private engine's own bridge, so that it neither shares nor leaves behind `docker0`.
 * @param {string} name
 */
export async function ensureBridge(name) {
  const ip = findCommand('ip') ?? 'ip'
  if (!hasInterface(name)) {
    const address = chooseSubnet(await listAddresses(ip))
    await runCommand(ip, ['link', 'add', name, 'type', 'bridge'])
    await runCommand(ip, ['address', 'add', address, 'dev', name])
  }
  await runCommand(ip, ['link', 'set', name, 'up'])
}

/** @param {string} name */
export async function removeBridge(name) {
  if (hasInterface(name)) await runCommand(findCommand('ip') ?? 'ip', ['link', 'delete', name])
}

/** @param {string} name */
function hasInterface(name) {
  return existsSync(`/sys/class/net/${name}`)
}

/**
 * The kernel's own list: Node's leaves out interfaces without a carrier, as a bridge is while no container runs.
 * @param {string} ip
 * @returns {Promise<string[]>}
 */
async function listAddresses(ip) {
  const { output } = await runCommand(ip, ['-4', '-oneline', 'address'])
  return [...output.matchAll(/ inet ([\d.]+)\//g)].map(match => match[1] ?? '')
}

/**
 * The bridge's address in a private /24 (RFC 1918) that no interface of this machine is in.
 * @param {readonly string[]} taken addresses of this machine
 */
export function chooseSubnet(taken) {
  for (let third = 240; third < 256; third++) {
    const prefix = `172.31.${third}.`
    if (!taken.some(address => address.startsWith(prefix))) return `${prefix}1/24`
  }
  return '10.213.240.1/24'
}
