import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { execa } from 'execa'

/** What a TLS engine and its client need; every file is PEM. */
export interface Certificates {
  /** `ca.pem`, `cert.pem`, `key.pem` of the client, as DOCKER_CERT_PATH wants them. */
  readonly client: string
  /** The same three for the server. */
  readonly server: string
  /** A client's three whose authority the server does not know. */
  readonly stranger: string
}

/** Makes an authority with a server's certificate for 127.0.0.1 and localhost, and two clients, one of another authority. */
export async function makeCertificates(folder: string): Promise<Certificates> {
  const find = (name: string) => path.join(folder, name)
  const places = { client: find('client'), server: find('server'), stranger: find('stranger') }
  for (const place of [...Object.values(places), find('ca'), find('other')])
    await mkdir(place, { recursive: true })
  for (const name of ['ca', 'other']) await makeAuthority(find(name))
  await issue(find('ca'), places.server, 'serverAuth', 'subjectAltName=IP:127.0.0.1,DNS:localhost')
  await issue(find('ca'), places.client, 'clientAuth')
  await issue(find('other'), places.stranger, 'clientAuth')
  // It still trusts the server: only the server has something against it.
  await execa('cp', [path.join(find('ca'), 'cert.pem'), path.join(places.stranger, 'ca.pem')])
  return places
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc']

async function makeAuthority(folder: string): Promise<void> {
  const files = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')]
  await execa('openssl', [
    'req',
    '-x509',
    ...KEY,
    ...files,
    '-days',
    '30',
    '-subj',
    `/CN=lab ${path.basename(folder)}`,
  ])
}

async function issue(
  authority: string,
  folder: string,
  usage: string,
  ...extensions: string[]
): Promise<void> {
  const find = (name: string) => path.join(folder, name)
  await writeFile(find('extensions'), [`extendedKeyUsage=${usage}`, ...extensions].join('\n'))
  const subject = ['-subj', `/CN=lab ${path.basename(folder)}`]
  await execa('openssl', [
    'req',
    '-new',
    ...KEY,
    '-keyout',
    find('key.pem'),
    '-out',
    find('request'),
    ...subject,
  ])
  const [ca, key] = [path.join(authority, 'cert.pem'), path.join(authority, 'key.pem')]
  await execa('openssl', [
    ...['x509', '-req', '-in', find('request'), '-CA', ca, '-CAkey', key, '-CAcreateserial', '-days', '30'],
    ...['-extfile', find('extensions'), '-out', find('cert.pem')],
  ])
  await execa('cp', [ca, find('ca.pem')])
}
