import { isMap } from 'yaml'
import { ArchparityError } from '../../errors.js'
import { readDocument } from '../read-document.js'
import { rejectValue } from '../suite-value.js'
import type { Surroundings } from '../surroundings.js'
import { findCompanion, VARIABLES_NAMES } from './companions.js'
import type { Plain } from './goss-suite.js'
import { limitNodes } from './limit-nodes.js'
import { isAbsent, readPlain } from './read-plain.js'

type Variables = Readonly<Record<string, Plain>>

/**
 * The variables of a goss file's templates, by goss's own settings: the file that GOSS_VARS names (beside the goss
 * file, as dgoss looks for it, or from the root), else `goss_vars.yaml` beside it; GOSS_VARS_INLINE goes over them.
 */
export function readGossVariables(file: string, surroundings: Surroundings): Variables {
  const { GOSS_VARS, GOSS_VARS_INLINE } = surroundings.env
  const found = GOSS_VARS
    ? findNamed(file, GOSS_VARS, surroundings)
    : findCompanion(file, VARIABLES_NAMES, surroundings)
  return {
    ...(found === undefined ? {} : parseVariables(found.file, found.text)),
    ...(GOSS_VARS_INLINE ? parseVariables('GOSS_VARS_INLINE', GOSS_VARS_INLINE) : {}),
  }
}

function findNamed(file: string, name: string, surroundings: Surroundings): { file: string; text: string } {
  const beside = findCompanion(file, name.startsWith('/') ? [] : [name], surroundings)
  if (beside !== undefined) return beside
  const text = surroundings.readText(name)
  if (text !== undefined) return { file: name, text }
  throw new ArchparityError(
    'SUITE_INVALID',
    `${file}: GOSS_VARS names ${name}, which is neither beside it nor in the project’s folder`,
    { details: { file } },
  )
}

function parseVariables(name: string, text: string): Variables {
  const document = readDocument(name, text)
  if (isAbsent(document)) return {}
  if (!isMap(document.node)) rejectValue(document, 'must be a mapping of variables')
  limitNodes(document)
  return readPlain(document) as Variables
}
