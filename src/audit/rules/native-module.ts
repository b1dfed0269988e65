import { hasForeignUserland } from './common/foreign-files.js'
import { judgeJars } from './native/jar-members.js'
import { judgeNodeAddons } from './native/node-addons.js'
import { judgeNpmBuilds } from './native/npm-builds.js'
import { judgePythonTags } from './native/python-tags.js'
import type { AuditRule } from './rule.js'

/** Native parts of Node, Python and Java packages that are for another platform, while this one's are missing. */
export const nativeModule: AuditRule = {
  id: 'native-module',
  scope: 'platform',
  severity: 'warning',
  title: "A package's native part is for another platform",
  why: 'The package fails when it is loaded, or silently falls back to slower code: dependencies were installed on one platform and copied to another, or the package has no build for this one.',
  check: ({ views }) =>
    views
      .filter(view => view.platform.os === 'linux' && !hasForeignUserland(view))
      .flatMap(view => [
        ...judgeNpmBuilds(view, views),
        ...judgeNodeAddons(view),
        ...judgePythonTags(view),
        ...judgeJars(view),
      ]),
}
