import path from 'node:path'
import { ArchparityError } from '../../errors.js'
import { readDocument } from '../read-document.js'
import { readOwnKeys } from '../structure-test/read-own-keys.js'
import { readEntries } from '../suite-value.js'
import type { Surroundings } from '../surroundings.js'
import type { TestDirectory } from './test-directory.js'

/** What its standard output must be; what its author says to archparity beside it. */
const EXPECTED_NAME = 'expected-std-out.txt'
export const KEYS_NAME = 'archparity.yaml'

const KEYS = ['skip', 'timeout', 'differences'] as const

/**
 * Reads a directory of docker-library's official-images (test/tests/NAME) by its script's path, relative to the root.
 * Throws SUITE_INVALID for an empty script and for what is wrong in its `archparity.yaml`, with the line.
 */
export function readTestDirectory(file: string, text: string, surroundings: Surroundings): TestDirectory {
  if (text.trim() === '')
    throw new ArchparityError('SUITE_INVALID', `${file}:1: the script is empty, so it tests nothing`, {
      details: { file, line: 1 },
    })
  const directory = path.posix.dirname(file)
  const expected = surroundings.readText(path.posix.join(directory, EXPECTED_NAME))
  const keysFile = path.posix.join(directory, KEYS_NAME)
  const keys = surroundings.readText(keysFile)
  return {
    script: file,
    checks: [
      {
        name: path.posix.basename(directory),
        line: 1,
        ...(expected === undefined ? {} : { expected }),
        ...(keys === undefined ? {} : readOwnKeys(readEntries(readDocument(keysFile, keys), KEYS))),
      },
    ],
  }
}
