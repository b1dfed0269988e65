import type { GossKind } from './goss-suite.js'

/** How one kind of resource is written. */
export interface GossResource {
  /** As goss writes it before the key. */
  readonly title: string
  /** The attribute that must be there, and decides whether the others are judged. */
  readonly required: string
  /** Attributes that are matched against what is found; those of `readers` are text that is read line by line. */
  readonly matched: readonly string[]
  readonly readers: readonly string[]
  /** The attribute that stands in for the key; where it differs from it, it is part of the name. */
  readonly subject?: string
  readonly settings: Readonly<Record<string, 'text' | 'texts' | 'flag' | 'any'>>
  /** Whether there is a `timeout`, and its default in milliseconds. */
  readonly timeoutMs?: number
  /** Attributes that goss knows and that are refused, with the reason. */
  readonly refused?: Readonly<Record<string, string>>
}

const TLS = 'https is not supported: the container is asked over plain HTTP'

/** What each kind of resource may say (goss 0.4, docs/gossfile.md). */
export const GOSS_RESOURCES: Readonly<Record<GossKind, GossResource>> = {
  addr: {
    title: 'Addr',
    required: 'reachable',
    matched: [],
    readers: [],
    subject: 'address',
    settings: {},
    timeoutMs: 500,
    refused: { 'local-address': 'is not supported: connections begin at the container’s own address' },
  },
  command: {
    title: 'Command',
    required: 'exit-status',
    matched: [],
    readers: ['stdout', 'stderr'],
    subject: 'exec',
    settings: {},
    timeoutMs: 10_000,
  },
  dns: {
    title: 'DNS',
    required: 'resolvable',
    matched: ['addrs'],
    readers: [],
    subject: 'resolve',
    settings: { server: 'text' },
    timeoutMs: 500,
  },
  file: {
    title: 'File',
    required: 'exists',
    matched: [
      'mode',
      'owner',
      'uid',
      'group',
      'gid',
      'linked-to',
      'filetype',
      'size',
      'md5',
      'sha256',
      'sha512',
    ],
    readers: ['contents'],
    subject: 'path',
    settings: {},
  },
  group: {
    title: 'Group',
    required: 'exists',
    matched: ['gid'],
    readers: [],
    subject: 'groupname',
    settings: {},
  },
  http: {
    title: 'HTTP',
    required: 'status',
    matched: [],
    readers: ['headers', 'body'],
    subject: 'url',
    settings: {
      method: 'text',
      'allow-insecure': 'flag',
      'no-follow-redirects': 'flag',
      'request-headers': 'texts',
      'request-body': 'text',
      username: 'text',
      password: 'text',
    },
    timeoutMs: 5000,
    refused: {
      'ca-file': TLS,
      'cert-file': TLS,
      'key-file': TLS,
      proxy: 'is not supported: the container is asked directly',
    },
  },
  matching: {
    title: 'Matching',
    required: 'matches',
    matched: [],
    readers: [],
    settings: { content: 'any' },
  },
  package: {
    title: 'Package',
    required: 'installed',
    matched: ['versions'],
    readers: [],
    subject: 'name',
    settings: {},
  },
  port: { title: 'Port', required: 'listening', matched: ['ip'], readers: [], subject: 'port', settings: {} },
  process: {
    title: 'Process',
    required: 'running',
    matched: [],
    readers: [],
    subject: 'comm',
    settings: {},
  },
  user: {
    title: 'User',
    required: 'exists',
    matched: ['uid', 'gid', 'home', 'groups', 'shell'],
    readers: [],
    subject: 'username',
    settings: {},
  },
}

/** Kinds that goss knows and that are refused, with the reason. */
export const REFUSED_KINDS: Readonly<Record<string, string>> = {
  interface: 'is not supported: a container’s network is its engine’s, not the image’s',
  'kernel-param': 'is not supported: the kernel is the host’s, not the image’s',
  mount: 'is not supported: a container’s mounts are its engine’s, not the image’s',
  registry: 'is not supported: it is Windows’ registry',
  service: 'is not supported: containers have no init system; ask for the process instead',
}
