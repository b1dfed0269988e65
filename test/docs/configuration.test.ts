import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  addAuditOptions,
  addHostOptions,
  addImageOptions,
  addPlanOptions,
  addRunOptions,
} from '../../src/cli/options.js'
import { configSchema, DEFAULTS } from '../../src/config/schema.js'
import { listTableRows, readCode, readPage } from './pages.js'

const { text } = readPage('docs/configuration.md')
const rows = listTableRows(text)
const settings = Object.keys(configSchema.shape)
const command = addAuditOptions(addRunOptions(addPlanOptions(addHostOptions(addImageOptions(new Command())))))

describe('docs/configuration.md', () => {
  test('has one row for each setting, and none for what is no setting', () => {
    const documented = rows.filter(row => row.length === 5).map(row => readCode(row[0]))
    expect(documented.toSorted()).toEqual(settings.toSorted())
  })

  test.each(Object.entries(DEFAULTS))('names the default of %s', (name, value) => {
    const row = rows.find(each => each.length === 5 && readCode(each[0]) === name)
    expect(readCode(row?.[3])).toBe(JSON.stringify(value))
  })

  test.each(command.options.map(option => option.flags))('has the flag %s as the help writes it', flags => {
    expect(text).toContain(flags.startsWith('-t,') ? '`-t`, `--test-name-pattern <regex>`' : `\`${flags}`)
  })

  test('names no flag that does not exist', () => {
    const known = new Set([...command.options.map(option => option.long), '--json', '--help'])
    const named = [...text.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(match => match[0])
    expect(named.filter(flag => !known.has(flag))).toEqual([])
  })
})
