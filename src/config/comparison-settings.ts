import { z } from 'zod'
import { NORMALIZE_RULES } from '../compare/normalize/rules.js'
import { compilePattern } from '../compare/user-pattern.js'
import { FIELD_NAMES, TEXT_FIELD_NAMES } from '../model/declared.js'
import { formatPlatform, parsePlatform } from '../model/platform.js'

const nonEmpty = z.string().min(1).max(1000)
const regularExpression = nonEmpty.superRefine((source, context) => {
  const compiled = compilePattern(source)
  if (typeof compiled === 'string') {
    context.addIssue(`no regular expression of RE2 (no look-around, no back-references): ${compiled}`)
  }
})

/** Platforms in the form that reports use: `arm64` is `linux/arm64`. */
const platform = z.string().transform((text, context): string => {
  const parsed = parsePlatform(text)
  if (parsed !== undefined) return formatPlatform(parsed)
  context.addIssue('no platform; write os/architecture[/variant], for example "linux/arm64"')
  return z.NEVER
})

const day = z.string().refine(isDay, 'a day that there is, as YYYY-MM-DD')

export const declaredDifferences = z.array(
  z
    .strictObject({
      check: regularExpression.optional(),
      field: z.enum(FIELD_NAMES).optional(),
      platforms: z.array(platform).min(1).optional(),
      contains: nonEmpty.optional(),
      pattern: regularExpression.optional(),
      status: z.boolean().optional(),
      reason: z
        .string()
        .max(1000)
        .refine(text => text.trim() !== '', 'say why the difference is legitimate'),
      expires: day.optional(),
    })
    .refine(({ status, platforms }) => status !== true || platforms !== undefined, {
      path: ['platforms'],
      error: 'needed beside status: a check may fail on named platforms only',
    })
    .refine(({ status, field }) => status !== true || field === undefined, {
      path: ['field'],
      error: 'not beside status, which is about no field',
    }),
)

const BUILT_IN = new Set(NORMALIZE_RULES.map(rule => rule.name))

export const normalizeSettings = z
  .array(
    z
      .strictObject({
        name: z
          .string()
          .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, 'small letters, digits and dashes, at most 41')
          .refine(name => !BUILT_IN.has(name), 'the name of a built-in rule'),
        pattern: regularExpression.refine(source => {
          const compiled = compilePattern(source)
          return typeof compiled === 'string' || !compiled.isFoundIn('')
        }, 'it must not match the empty text'),
        flags: z
          .string()
          .regex(/^[gi]{0,2}$/, 'i, and g, which is always so')
          .optional(),
        replace: z.string().max(200),
        fields: z.array(z.enum(TEXT_FIELD_NAMES)).min(1).optional(),
        checks: z.array(regularExpression).min(1).optional(),
      })
      .refine(({ pattern, replace }) => hasItsGroups(pattern, replace), {
        path: ['replace'],
        error: 'it names a group that the pattern does not have',
      }),
  )
  .superRefine((rules, context) => {
    for (const [index, { name }] of rules.entries()) {
      if (rules.findIndex(rule => rule.name === name) < index)
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'the name of an earlier rule' })
    }
  })

function isDay(text: string): boolean {
  const moment = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && moment.toJSON()?.slice(0, 10) === text
}

function hasItsGroups(pattern: string, replace: string): boolean {
  const groups = compilePattern(pattern)
  if (typeof groups === 'string') return true
  const numbers = [...replace.matchAll(/\$(\d{1,2})/g)].map(match => Number(match[1]))
  const names = [...replace.matchAll(/\$<([^>]*)>/g)].map(match => match[1] ?? '')
  return numbers.every(number => number <= groups.groups) && names.every(name => groups.names.includes(name))
}
