/** What programs expect of the system around them: names, certificates, time zones, processes. */
import { expect, test, useContainer } from '../../worker/suite.js'
import { getWorker } from '../../worker/worker.js'
import { PYTHON_QUESTIONS } from '../python-questions.js'
import { readBuiltinPlan } from '../read-plan.js'

useContainer({ start: 'idle' })

/** Where distributions and TLS libraries look for certificate authorities. */
const CA_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
  '/etc/ssl/ca-bundle.pem',
]

test('certificate authorities', async ({ file, observe }) => {
  for (const path of CA_BUNDLES) {
    const { exists, bytes } = await file(path)
    const count = Buffer.from(bytes).toString('latin1').split('-----BEGIN CERTIFICATE-----').length - 1
    observe(path, exists ? `${count} certificates` : 'not there')
  }
})

test('time zones', async ({ checkScope, observe, skip }) => {
  const { shell } = getWorker().context
  if (shell === undefined) return skip('the image has no shell')
  // A zone that is not there is silently UTC.
  for (const zone of ['Asia/Tokyo', 'America/St_Johns', 'UTC']) {
    const answer = await checkScope.probe([shell, '-c', 'date -d @86400 "+%Y-%m-%d %H:%M %z"'], {
      env: { TZ: zone },
    })
    observe(zone, answer.exitCode === 0 ? answer.stdout.trim() : `exit code ${answer.exitCode}`)
  }
})

test('locale', async ({ checkScope, observe, skip }) => {
  const { shell } = getWorker().context
  if (shell === undefined) return skip('the image has no shell')
  const answer = await checkScope.probe([shell, '-c', 'locale charmap'])
  observe('charmap', answer.exitCode === 0 ? answer.stdout.trim() : 'not told')
})

test('processes', async ({ checkScope, skip }) => {
  const { shell } = getWorker().context
  if (shell === undefined) return skip('the image has no shell')
  // Started by fork and exec, ended with a code, a signal and through a pipe.
  const line = `"$0" -c 'exit 7'; a=$?; "$0" -c 'kill -TERM $$'; b=$?; c=$(echo x | "$0" -c 'read y; echo $y'); echo $a $b $c`
  const answer = await checkScope.probe([shell, '-c', line, shell])
  if (answer.stdout !== '7 143 x\n') answer.record()
  expect(answer.stdout).toBe('7 143 x\n')
})

test('setuid programs', async ({ checkScope, observe, skip }) => {
  const { shell, target } = getWorker().context
  if (shell === undefined) return skip('the image has no shell')
  const { emulator } = target
  // Known beforehand, and no fault of the image: `archparity doctor` tells of it.
  if (emulator !== undefined && emulator.flags?.includes('C') !== true)
    return skip(`the handler of ${emulator.name} lacks the flag C: setuid programs get no rights here`)
  // The image's own programs of that kind ask for passwords; id tells, except in BusyBox, which gives the rights up.
  const copy = 'cp "$(command -v id)" /tmp/archparity-id && chmod 4755 /tmp/archparity-id'
  const made = await checkScope.probe([shell, '-c', copy], { user: '0' })
  if (made.exitCode !== 0) return skip('the image has no id')
  const answer = await checkScope.probe(['/tmp/archparity-id', '-u'], { user: '65534' })
  await checkScope.probe([shell, '-c', 'rm -f /tmp/archparity-id'], { user: '0' })
  observe('effective user', answer.exitCode === 0 ? answer.stdout.trim() : `exit code ${answer.exitCode}`)
})

const python = readBuiltinPlan()?.interpreters.find(each => each.interpreter === 'python')

if (python !== undefined) {
  test('system calls, asked through Python', async ({ checkScope, observe, skip }) => {
    if (python.path === undefined) return skip('this platform has no python')
    const answer = await checkScope.probe([python.path, '-B', '-c', PYTHON_QUESTIONS])
    if (answer.exitCode !== 0) answer.record()
    expect(answer.exitCode, answer.stderr.slice(-500)).toBe(0)
    for (const line of answer.stdout.trim().split('\n')) {
      const [name = '', ...value] = line.split(': ')
      observe(name, value.join(': '))
    }
  })
}
