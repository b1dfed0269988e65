import type { BinfmtHandler } from '../../model/host.js'
import { parseBinfmtEntry } from '../binfmt.js'
import { parseCpuInfo } from '../cpu-info.js'

/** What a host's own shell tells of it; undefined means that it could not be known. */
export interface ShellFacts {
  readonly user?: string
  readonly cpuModel?: string
  readonly cpuFeatures?: readonly string[]
  /** Bytes. */
  readonly pageSize?: number
  /** Bytes free where the engine keeps its data. */
  readonly freeDisk?: number
  readonly handlers?: readonly BinfmtHandler[]
  /** Engine sockets that exist, the likeliest first. */
  readonly sockets: readonly { readonly path: string; readonly usable: boolean }[]
}

const MARK = '@@archparity'
/** What a host says is shown to people: nothing of it may steer a terminal. Tabs separate fields. */
const CONTROLS = /(?!\t)\p{Cc}/gu
const MAX_HANDLERS = 200
const MAX_SOCKETS = 20

/**
 * A script for any POSIX shell that prints all facts in one go, each part after a line that marks it. It changes
 * nothing and needs no rights: what it may not see is left out.
 */
export const SHELL_FACTS_SCRIPT = `
part() { printf '\\n${MARK} %s\\n' "$*"; }
part user; id -un 2>/dev/null
part page-size
# Small roots have neither getconf nor awk.
getconf PAGESIZE 2>/dev/null || while read -r key value rest; do
  case $key in KernelPageSize:) echo $((value * 1024)); break;; esac
done 2>/dev/null </proc/self/smaps
part free-disk; { df -Pk /var/lib/docker || df -Pk /var/lib || df -Pk /; } 2>/dev/null | tail -n 1
part cpu; head -c 65536 /proc/cpuinfo 2>/dev/null
if [ -e /proc/sys/fs/binfmt_misc/status ]; then
  part handlers; cat /proc/sys/fs/binfmt_misc/status
  for file in /proc/sys/fs/binfmt_misc/*; do
    name=\${file##*/}
    case $name in register|status) continue;; esac
    part "handler $name"; cat "$file"
    interpreter=$(sed -n 's/^interpreter //p' "$file")
    # Debian registers a link whose name makes QEMU read its arguments in another way; what it leads to does not.
    program=$(readlink -f "$interpreter" 2>/dev/null) || program=$interpreter
    case $program in *qemu-*) part "version $name"; "$program" --version 2>/dev/null </dev/null | head -n 1;; esac
  done
fi
for socket in /var/run/docker.sock "$XDG_RUNTIME_DIR/docker.sock" "/run/user/$(id -u)/docker.sock" \\
  "$XDG_RUNTIME_DIR/podman/podman.sock" "/run/user/$(id -u)/podman/podman.sock" /run/podman/podman.sock; do
  [ -S "$socket" ] || continue
  if [ -r "$socket" ] && [ -w "$socket" ]; then part "socket usable $socket"; else part "socket closed $socket"; fi
done
part end
`

/** Reads what the script printed. Anything that is not of the expected form is left out. */
export function parseShellFacts(output: string): ShellFacts {
  const parts = splitParts(output)
  const first = (title: string) => parts.find(part => part.title === title)?.lines[0]
  const user = first('user')
  const pageSize = readCount(first('page-size'))
  // Counted from the end: a file system's name may hold spaces.
  const freeKilobytes = readCount(/\s(\d+)\s+(?:\d+%|-)\s/.exec(first('free-disk') ?? '')?.[1])
  const cpu = parseCpuInfo(parts.find(part => part.title === 'cpu')?.lines.join('\n') ?? '')
  const handlers = readHandlers(parts)
  return {
    ...(user === undefined || !/^[\w.-]{1,64}$/.test(user) ? {} : { user }),
    ...(pageSize === undefined ? {} : { pageSize }),
    ...(freeKilobytes === undefined ? {} : { freeDisk: freeKilobytes * 1024 }),
    ...cpu,
    ...(handlers === undefined ? {} : { handlers }),
    sockets: listSockets(parts),
  }
}

interface Part {
  readonly title: string
  readonly lines: string[]
}

function splitParts(output: string): Part[] {
  const parts: Part[] = []
  for (const raw of output.split('\n')) {
    const line = raw.replace(CONTROLS, '')
    if (line.startsWith(`${MARK} `)) parts.push({ title: line.slice(MARK.length + 1), lines: [] })
    else if (line !== '') parts.at(-1)?.lines.push(line)
  }
  return parts
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined
}

function readHandlers(parts: readonly Part[]): BinfmtHandler[] | undefined {
  const status = parts.find(part => part.title === 'handlers')
  if (status === undefined) return undefined
  const switchedOn = status.lines[0]?.trim() !== 'disabled'
  const titled = parts.filter(part => part.title.startsWith('handler ')).slice(0, MAX_HANDLERS)
  return titled.flatMap(({ title, lines }) => {
    const name = /^handler (.{1,128})$/.exec(title)?.[1]
    const handler = name === undefined ? undefined : parseBinfmtEntry(name, lines.join('\n'))
    if (handler === undefined) return []
    const said = parts.find(part => part.title === `version ${name}`)?.lines[0]
    const version = /version (\d[\w.+-]{0,40})/.exec(said ?? '')?.[1]
    return [
      {
        ...handler,
        enabled: handler.enabled && switchedOn,
        ...(version === undefined ? {} : { version }),
      },
    ]
  })
}

/** Each path once; a host names some of them twice. */
function listSockets(parts: readonly Part[]): { path: string; usable: boolean }[] {
  const sockets = new Map<string, boolean>()
  for (const { title } of parts) {
    const [, state, path] = /^socket (usable|closed) (\/.{1,200})$/.exec(title) ?? []
    if (path !== undefined && !sockets.has(path)) sockets.set(path, state === 'usable')
  }
  return [...sockets].slice(0, MAX_SOCKETS).map(([path, usable]) => ({ path, usable }))
}
