/** Folders in which only traces of building and running lie: relative to the root, with a slash at the end. */
const FOLDERS: readonly string[] = [
  'dev/',
  'proc/',
  'run/',
  'sys/',
  'tmp/',
  'var/cache/',
  'var/lib/apt/',
  'var/lib/dpkg/',
  'var/lib/rpm/',
  'usr/lib/sysimage/rpm/',
  'lib/apk/db/',
  'usr/lib/apk/db/',
  'var/lib/pacman/',
  'var/lib/dnf/',
  'var/lib/yum/',
  'var/lib/ucf/',
  'var/lib/pam/',
  'var/lib/systemd/',
  'var/log/',
  'var/run/',
  'var/spool/',
  'var/tmp/',
  'var/backups/',
]

/** Parts of a path below which a tool keeps what it can make again. */
const PARTS: ReadonlySet<string> = new Set([
  '__pycache__',
  '_cacache',
  '_logs',
  '.cache',
  '.npm',
  '.ccache',
  '.pytest_cache',
  '.mypy_cache',
  '.yarn',
  '.pnpm-store',
  '.node-gyp',
])

/** Files that a tool writes from others; relative to the root. */
const FILES: ReadonlySet<string> = new Set([
  'etc/ld.so.cache',
  'etc/.pwd.lock',
  'etc/.updated',
  'etc/mtab',
  'var/.updated',
  '.dockerenv',
  'usr/share/info/dir',
])

/** Ends of the names of caches: gconv, GIO, GTK, icons, fonts, MIME types, Python's bytecode, emulators' cores. */
const ENDS: readonly string[] = ['.pyc', '.pyo', '.cache', '.so.cache', '.core', '.orig~']

/**
 * Whether a path is a cache, a log, a lock or a package manager's own database: something that the image's build left
 * behind and that no program needs to be the same.
 */
export function isByproduct(path: string): boolean {
  if (FILES.has(path)) return true
  if (FOLDERS.some(folder => path.startsWith(folder))) return true
  if (ENDS.some(end => path.endsWith(end))) return true
  return path.split('/').some(part => PARTS.has(part))
}

/** Files that are new on every machine or build although nothing else is. */
export function isPerBuild(path: string): boolean {
  return (
    /^etc\/(?:machine-id|hostname|hosts|resolv\.conf|adjtime|shadow-?|gshadow-?|passwd-|group-|subuid-|subgid-)$/.test(
      path,
    ) ||
    path === 'var/lib/dbus/machine-id' ||
    /\.dist-info\/(?:RECORD|WHEEL|direct_url\.json|uv_cache\.json)$/.test(path) ||
    /(?:^|\/)(?:\.package-lock\.json|\.yarn-integrity|\.modules\.yaml|\.yarn-state\.yml)$/.test(path)
  )
}

/** Output of compilers and what describes it to the next: other bytes on every platform, as it should be. */
export function isBuildOutput(path: string): boolean {
  if (/\.(?:o|a|lo|la|lib|pc|gch|pch|rlib|rmeta|ph|jsa|chk|hmac|cmake|gypi|mk)$/.test(path)) return true
  if (/(?:^|\/)node_modules\/.*\/build\//.test(path)) return true
  return /(?:^|\/)(?:Make(?:file|conf)[^/]*|config\.(?:h|log|status|gypi|mak|mk)|pyconfig\.h|_sysconfigdata[^/]*\.py|build-details\.json|jvm(?:-[^/]*)?\.cfg|ldpaths|Config(?:_heavy|_git)?\.p[lm]|gconv-modules[^/]*|locale-archive|initrd[^/]*|initramfs[^/]*|vmlinu[xz][^/]*)$/.test(
    path,
  )
}
