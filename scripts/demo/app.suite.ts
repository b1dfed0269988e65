import { expect, test } from 'archparity/suite'

test('the app prints its version', async ({ exec }) => {
  const { exitCode, stdout } = await exec('/app')
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^archparity lab \d+\.\d+$/m)
})
