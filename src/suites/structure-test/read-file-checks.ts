import { readChoice, readFlag, readInteger, readText, readTexts, requireText } from '../suite-value.js'
import type { CheckKind } from './check-kind.js'
import { readPatterns } from './read-parts.js'

/** `fileExistenceTests`; schema 1.0.0 knows no owners. */
export const fileExistenceKind: CheckKind = {
  key: 'fileExistenceTests',
  isList: true,
  versions: ['1.0.0', '2.0.0'],
  listKeys: version => [
    'name',
    'path',
    'shouldExist',
    'permissions',
    ...(version === '1.0.0' ? [] : ['uid', 'gid', 'isExecutableBy']),
  ],
  expectations: {
    shouldExist: undefined,
    permissions: 'mode',
    uid: 'owner',
    gid: 'owner',
    isExecutableBy: 'mode',
  },
  read: (entries, value) => {
    const permissions = readText(entries.get('permissions'))
    const uid = readInteger(entries.get('uid'))
    const gid = readInteger(entries.get('gid'))
    const isExecutableBy = readChoice(entries.get('isExecutableBy'), ['owner', 'group', 'other', 'any'])
    return {
      kind: 'file-existence',
      name: requireText(entries.get('name'), value, 'name'),
      line: value.line,
      path: requireText(entries.get('path'), value, 'path'),
      // Go's YAML reader is told to take it for true, its JSON reader is not.
      shouldExist: readFlag(entries.get('shouldExist'), value.source.syntax === 'yaml'),
      ...(permissions === '' ? {} : { permissions }),
      ...(uid === undefined || uid === -1 ? {} : { uid }),
      ...(gid === undefined || gid === -1 ? {} : { gid }),
      ...(isExecutableBy === undefined ? {} : { isExecutableBy }),
    }
  },
}

/** `fileContentTests`. */
export const fileContentKind: CheckKind = {
  key: 'fileContentTests',
  isList: true,
  versions: ['1.0.0', '2.0.0'],
  listKeys: () => ['name', 'path', 'expectedContents', 'excludedContents'],
  expectations: { expectedContents: 'content', excludedContents: 'content' },
  read: (entries, value) => ({
    kind: 'file-content',
    name: requireText(entries.get('name'), value, 'name'),
    line: value.line,
    path: requireText(entries.get('path'), value, 'path'),
    expectedContents: readPatterns(entries.get('expectedContents')),
    excludedContents: readPatterns(entries.get('excludedContents')),
  }),
}

/** `licenseTests`, which have no names. */
export const licenseKind: CheckKind = {
  key: 'licenseTests',
  isList: true,
  versions: ['1.0.0', '2.0.0'],
  listKeys: () => ['debian', 'files'],
  expectations: {},
  read: (entries, value) => ({
    kind: 'license',
    name: '',
    line: value.line,
    debian: readFlag(entries.get('debian'), false),
    files: readTexts(entries.get('files')),
  }),
}
