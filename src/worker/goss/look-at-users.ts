import type { GossCheck } from '../../suites/goss/goss-suite.js'
import { describeUser, parseGroups, parseUsers } from '../../suites/goss/user-database.js'
import { type Look, makeSight, type Sight } from './look.js'
import { readStoredText } from './read-stored.js'

/** Looks for a user in the container's own /etc/passwd. */
export async function lookAtUser(check: GossCheck, { handle }: Look): Promise<Sight> {
  const users = parseUsers((await readStoredText(handle, '/etc/passwd')) ?? '')
  const groups = parseGroups((await readStoredText(handle, '/etc/group')) ?? '')
  const user = describeUser(check.subject, users, groups)
  return makeSight(check, { exists: user !== undefined, ...user })
}

/** Looks for a group in the container's own /etc/group. */
export async function lookAtGroup(check: GossCheck, { handle }: Look): Promise<Sight> {
  const groups = parseGroups((await readStoredText(handle, '/etc/group')) ?? '')
  const group = groups.find(({ name }) => name === check.subject)
  return makeSight(check, {
    exists: group !== undefined,
    ...(group === undefined ? {} : { gid: group.gid }),
  })
}
