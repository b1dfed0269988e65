import { describe, expect, test } from 'archparity/suite'

describe('the system', () => {
  test('names itself a Linux', async ({ exec }) => {
    const { stdout } = await exec('uname -s')
    expect(stdout).toBe('Linux\n')
  })

  test('says which machine it is', async ({ exec }) => {
    const { exitCode, stdout } = await exec('uname -m')
    expect(exitCode).toBe(0)
    expect(stdout.trim()).not.toBe('')
  })

  test('has a writable /tmp', async ({ exec }) => {
    const { exitCode, stdout } = await exec(
      'echo kept > /tmp/archparity && cat /tmp/archparity && rm /tmp/archparity',
    )
    expect(exitCode).toBe(0)
    expect(stdout).toBe('kept\n')
  })

  test('reports a program that does not exist', async ({ exec }) => {
    const { exitCode } = await exec(['archparity-no-such-program'])
    expect(exitCode).toBe(127)
  })
})

describe('arithmetic of the shell', () => {
  test('counts beyond 32 bits', async ({ exec }) => {
    const { stdout } = await exec('echo $((4294967295 + 1))')
    expect(stdout).toBe('4294967296\n')
  })

  test('keeps the sign', async ({ exec }) => {
    const { stdout } = await exec('echo $((-7 / 2)) $((-7 % 2))')
    expect(stdout).toBe('-3 -1\n')
  })
})

test('has the same users', async ({ file }) => {
  const passwd = await file('/etc/passwd')
  if (passwd.exists) expect(passwd.text()).toContain('root:')
})
