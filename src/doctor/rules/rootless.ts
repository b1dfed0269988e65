import type { Rule } from '../advice.js'

/** What a user's own engine may not do (docs.docker.com/engine/security/rootless, "known limitations"). */
export const checkRootless: Rule = ({ facts: { engine } }) =>
  engine.rootless
    ? [
        {
          severity: 'note',
          title: 'The engine is rootless: it has fewer rights than those that your users may have',
          why: 'ping and resource limits may fail in its containers though the image is right. Their ports are published to be reached, not used at their own address.',
        },
      ]
    : []
