import type { Plain } from './goss-suite.js'

/** A line of /etc/passwd (passwd(5)). */
export interface User {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

/** A line of /etc/group (group(5)). */
export interface Group {
  readonly name: string
  readonly gid: number
  readonly members: readonly string[]
}

/** The users of a passwd file; lines that are none are left out. */
export function parseUsers(text: string): User[] {
  return splitRecords(text).flatMap(([name = '', , uid = '', gid = '', , home = '', shell = '']) =>
    name !== '' && isId(uid) && isId(gid) ? [{ name, uid: Number(uid), gid: Number(gid), home, shell }] : [],
  )
}

/** The groups of a group file. */
export function parseGroups(text: string): Group[] {
  return splitRecords(text).flatMap(([name = '', , gid = '', members = '']) =>
    name !== '' && isId(gid)
      ? [{ name, gid: Number(gid), members: members.split(',').filter(each => each !== '') }]
      : [],
  )
}

/** What goss says of a user; undefined where there is none of that name. Its groups are sorted, its own among them. */
export function describeUser(
  name: string,
  users: readonly User[],
  groups: readonly Group[],
): Readonly<Record<'uid' | 'gid' | 'home' | 'shell' | 'groups', Plain>> | undefined {
  const user = users.find(each => each.name === name)
  if (user === undefined) return undefined
  const own = groups.filter(({ gid, members }) => gid === user.gid || members.includes(name))
  return {
    uid: user.uid,
    gid: user.gid,
    home: user.home,
    shell: user.shell,
    groups: own.map(each => each.name).sort(),
  }
}

const isId = (text: string): boolean => /^\d{1,10}$/.test(text)

const splitRecords = (text: string): string[][] =>
  text
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => line.split(':'))
