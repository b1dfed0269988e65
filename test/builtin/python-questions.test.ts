import { existsSync } from 'node:fs'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { PYTHON_QUESTIONS } from '../../src/builtin/python-questions.js'

/** Debian's own: setup installs it. */
const PYTHON = '/usr/bin/python3'

test.skipIf(!existsSync(PYTHON))('a Python that lacks nothing answers each question', async () => {
  const { stdout, stderr } = await execa(PYTHON, ['-B', '-c', PYTHON_QUESTIONS], { reject: false })
  const answers = Object.fromEntries(stdout.split('\n').map(line => line.split(/: (.*)/).slice(0, 2)))
  expect(answers, stderr).toEqual({
    localhost: "['127.0.0.1']",
    threads: '[0, 1, 2, 3, 4, 5, 6, 7]',
    fork: '5',
    'certificate authorities': expect.stringMatching(/^\d+$/),
    'large files': "[5368709120, 'end']",
    'memory map': "['seen', 'file']",
    'TLS handshake': "['TLSv1.3', 'ping']",
  })
})
