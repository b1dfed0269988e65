import type { Rule } from '../advice.js'

/** An engine that was declared twice is used once. */
export const checkAliases: Rule = ({ aliases, spec }) =>
  aliases.length === 0
    ? []
    : [
        {
          severity: 'note',
          title: `The same engine is also declared as ${aliases.join(', ')}: it is used once, as ${spec.name}`,
          why: 'Leave out one of the names.',
        },
      ]
