import type { GossKind } from '../../suites/goss/goss-suite.js'
import { type Looker, makeSight } from './look.js'
import { lookAtAddr } from './look-at-addr.js'
import { lookAtCommand } from './look-at-command.js'
import { lookAtDns } from './look-at-dns.js'
import { lookAtFile } from './look-at-file.js'
import { lookAtHttp } from './look-at-http.js'
import { lookAtPackage } from './look-at-package.js'
import { lookAtPort } from './look-at-port.js'
import { lookAtProcess } from './look-at-process.js'
import { lookAtGroup, lookAtUser } from './look-at-users.js'

/** Of each kind of resource, what looks at it. */
export const LOOKERS: Readonly<Record<GossKind, Looker>> = {
  addr: lookAtAddr,
  command: lookAtCommand,
  dns: lookAtDns,
  file: lookAtFile,
  group: lookAtGroup,
  http: lookAtHttp,
  matching: async check => makeSight(check, { matches: check.settings.content ?? null }),
  package: lookAtPackage,
  port: lookAtPort,
  process: lookAtProcess,
  user: lookAtUser,
}

/** Kinds that ask what the image's own command does: it must be running. */
export const RUNNING_KINDS: ReadonlySet<GossKind> = new Set(['addr', 'http', 'port', 'process'])
