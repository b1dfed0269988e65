import type { FileEntry } from '../layer.js'
import { readText } from './read-deb.js'

/** `cap_net_raw+ep` as the kernel stores it (linux/capability.h, `vfs_cap_data` of revision 2). */
const CAP_NET_RAW = '0100000200200000000000000000000000000000'

const USERS = 'app:x:1000:1000:app:/home/app:/bin/sh\n'

/** What the base packages' maintainer scripts would have left, as far as an image of Debian shows it. */
export function finishBase(files: readonly FileEntry[]): FileEntry[] {
  const find = (path: string): FileEntry | undefined => files.find(entry => entry.path === path)
  const copy = (from: string, to: string): FileEntry => ({ path: to, content: find(from)?.content ?? '' })
  const passwd = readText(find('usr/share/base-passwd/passwd.master')) + USERS
  const group = `${readText(find('usr/share/base-passwd/group.master'))}app:x:1000:\n`
  const firstFields = (text: string): string[] =>
    text.split('\n').flatMap(line => line.split(':', 1)[0] || [])
  const ping = find('usr/bin/ping')
  return [
    { path: 'etc/passwd', content: passwd },
    { path: 'etc/group', content: group },
    {
      ...SHADOW,
      path: 'etc/shadow',
      content: firstFields(passwd)
        .map(name => `${name}:*:19000:0:99999:7:::\n`)
        .join(''),
    },
    {
      ...SHADOW,
      path: 'etc/gshadow',
      content: firstFields(group)
        .map(name => `${name}:*::\n`)
        .join(''),
    },
    ...(find('usr/share/base-files/nsswitch.conf')
      ? [copy('usr/share/base-files/nsswitch.conf', 'etc/nsswitch.conf')]
      : []),
    copy('usr/share/base-files/profile', 'etc/profile'),
    copy('usr/share/base-files/dot.bashrc', 'root/.bashrc'),
    copy('usr/share/base-files/dot.profile', 'root/.profile'),
    { path: 'etc/hostname', content: 'debian\n' },
    { path: 'etc/shells', content: '/bin/sh\n/bin/bash\n/bin/dash\n' },
    { path: 'home/app', directory: true, uid: 1000, gid: 1000, mode: 0o750 },
    ...(ping === undefined ? [] : [{ ...ping, capability: CAP_NET_RAW }]),
    ...chooseAlternatives({
      awk: ['usr/bin', '/usr/bin/mawk'],
      nawk: ['usr/bin', '/usr/bin/mawk'],
      which: ['usr/bin', '/usr/bin/which.debianutils'],
      pager: ['usr/bin', '/bin/more'],
      rmt: ['usr/sbin', '/usr/sbin/rmt-tar'],
    }),
    ...collectCertificates(files),
  ]
}

const SHADOW = { gid: 42, mode: 0o640 }

/** Links as update-alternatives makes them. */
function chooseAlternatives(choices: Readonly<Record<string, readonly [string, string]>>): FileEntry[] {
  return Object.entries(choices).flatMap(([name, [folder, program]]) => [
    { path: `${folder}/${name}`, link: `/etc/alternatives/${name}` },
    { path: `etc/alternatives/${name}`, link: program },
  ])
}

/** The bundle of update-ca-certificates, without its links by hash. */
function collectCertificates(files: readonly FileEntry[]): FileEntry[] {
  const certificates = files.filter(({ path }) => /^usr\/share\/ca-certificates\/.*\.crt$/.test(path))
  const names = certificates.map(({ path }) => path.replace('usr/share/ca-certificates/', '')).sort()
  return [
    { path: 'etc/ca-certificates.conf', content: names.map(name => `${name}\n`).join('') },
    { path: 'etc/ssl/certs/ca-certificates.crt', content: certificates.map(readText).join('') },
    ...names.map(name => ({
      path: `etc/ssl/certs/${name.replace(/^.*\//, '').replace(/\.crt$/, '.pem')}`,
      link: `/usr/share/ca-certificates/${name}`,
    })),
  ]
}
