// @ts-check
import { readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import path from 'node:path'

/**
 * Asks an engine whether it lives (Docker Engine API, `GET /_ping`).
 * @param {string} endpoint `unix:///path`, `tcp://host:port`
 * @param {NodeJS.ProcessEnv} [env] for DOCKER_TLS_VERIFY and DOCKER_CERT_PATH
 * @returns {Promise<string | undefined>} why it does not answer; undefined where it does
 */
export function pingEngine(endpoint, env = process.env) {
  const url = readUrl(endpoint)
  if (url === undefined) return Promise.resolve('not a URL')
  if (url.protocol !== 'unix:' && url.protocol !== 'tcp:')
    return Promise.resolve(`${url.protocol}// is not supported here`)
  return new Promise(resolve => {
    const request = openRequest(url, env)
    request.setTimeout(5000, () => request.destroy(new Error('no answer within 5 s')))
    request.on('error', error => resolve(error.message))
    request.on('response', response => {
      response.resume()
      resolve(response.statusCode === 200 ? undefined : `HTTP ${response.statusCode}`)
    })
    request.end()
  })
}

/** @param {string} text */
function readUrl(text) {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/**
 * @param {URL} url
 * @param {NodeJS.ProcessEnv} env
 */
function openRequest(url, env) {
  if (url.protocol === 'unix:') return requestHttp({ socketPath: url.pathname, path: '/_ping' })
  const where = { host: url.hostname, port: url.port || 2375, path: '/_ping' }
  if (!env.DOCKER_TLS_VERIFY) return requestHttp(where)
  const folder = env.DOCKER_CERT_PATH ?? ''
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map(name => readFileSync(path.join(folder, name)))
  return requestHttps({ ...where, port: url.port || 2376, ca, cert, key })
}
