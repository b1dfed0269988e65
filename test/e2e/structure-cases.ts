/**
 * Every field of container-structure-test's documentation, with tests that hold and tests that do not: a name begins
 * with what must come of it. The image is the lab's `structured`.
 */
export const SCHEMA_2 = `schemaVersion: "2.0.0"
globalEnvVars:
  - key: GLOBAL
    value: "global $APP_HOME"
  - key: PATH
    value: "/opt:$PATH"
commandTests:
  - name: pass command and args
    command: /opt/run.sh
    args: [one]
    expectedOutput: ['^run one\\n$']
    expectedError: ['^err one\\n$']
    excludedOutput: [two, err]
    excludedError: [two]
    exitCode: 0
  - name: fail expectedOutput
    command: /opt/run.sh
    args: [one]
    expectedOutput: [run one, run two]
  - name: fail excludedOutput
    command: /opt/run.sh
    args: [one]
    excludedOutput: [r.n]
  - name: fail expectedError
    command: /opt/run.sh
    args: [one]
    expectedError: [err two]
  - name: fail excludedError
    command: /opt/run.sh
    args: [one]
    excludedError: [err]
  - name: pass exitCode
    command: sh
    args: [-c, exit 7]
    exitCode: 7
  - name: fail exitCode
    command: sh
    args: [-c, exit 7]
    exitCode: 8
  - name: fail exitCode that is not given
    command: sh
    args: [-c, exit 7]
  - name: pass exitCode of a signal
    command: /opt/kill.sh
    exitCode: 137
  - name: fail a command that is not there
    command: nothing-like-it
    exitCode: 127
  - name: pass the entrypoint is overridden
    command: echo
    args: [hello]
    expectedOutput: ['^hello\\n$']
    excludedOutput: [entrypoint]
  - name: pass the working directory is the image's
    command: pwd
    expectedOutput: ['^/opt\\n$']
  - name: pass envVars with substitution
    envVars:
      - { key: OWN, value: "own \${APP_HOME}/x $NOT_THERE." }
    command: sh
    args: [-c, env]
    expectedOutput: ['(?m)^OWN=own /opt/x \\.$', '(?m)^GLOBAL=global /opt$', '(?m)^EQUALS=a=b$', '(?m)^EMPTY=$']
  - name: fail envVars
    envVars: [{ key: OWN, value: mine }]
    command: env
    expectedOutput: ['OWN=yours']
  - name: pass a PATH of the file's own
    command: run.sh
    args: [found]
    expectedOutput: [run found]
  - name: pass variables in args
    command: echo
    args: ['$GLOBAL \${EQUALS} $1 $$.']
    expectedOutput: ['^global /opt a=b  \\.\\n$']
  - name: fail variables in args
    command: echo
    args: ['$GLOBAL']
    expectedOutput: ['GLOBAL']
  - name: pass setup
    setup:
      - [sh, -c, 'echo made > /opt/made']
      - [sh, -c, 'cat /opt/made /opt/made > /opt/twice']
    command: cat
    args: [/opt/twice]
    expectedOutput: ['^made\\nmade\\n$']
  - name: pass setup that fails goes on
    setup: [[sh, -c, 'exit 3']]
    command: echo
    args: [on]
    expectedOutput: ['on']
  - name: fail setup
    setup: [[sh, -c, 'echo made > /opt/made']]
    command: cat
    args: [/opt/made]
    expectedOutput: [unmade]
  - name: fail setup that cannot start
    setup: [[nothing-like-it]]
    command: echo
  - name: pass setup of another test is not seen
    command: cat
    args: [/opt/made, /opt/twice]
    exitCode: 1
  - name: pass teardown is not run
    teardown: [[rm, /opt/plain.txt]]
    command: cat
    args: [/opt/plain.txt]
    expectedOutput: ['(?s)first.*second']
  - name: pass a command that changes a file
    command: sh
    args: [-c, 'echo changed > /opt/plain.txt; cat /opt/plain.txt']
    expectedOutput: [changed]
  - name: pass the changed file is as it was
    command: cat
    args: [plain.txt]
    expectedOutput: [first line]
    excludedOutput: [changed]
  - name: pass a command that leaves a process
    command: sh
    args: [-c, '(sleep 300 >/dev/null 2>&1 </dev/null &) ; echo left']
    expectedOutput: [left]
  - name: pass a process list sees its own
    command: /opt/list.sh
    expectedOutput: ['list\\.sh']
  - name: pass the process is gone
    command: /opt/list.sh
    excludedOutput: ['sleep 300']
  - name: pass a command that writes to shared memory
    command: sh
    args: [-c, 'echo x > /dev/shm/.left; echo "127.0.0.9 left" >> /etc/hosts; ls -a /dev/shm']
    expectedOutput: [left]
  - name: pass shared memory and hosts are as they were
    command: sh
    args: [-c, 'ls -a /dev/shm; cat /etc/hosts']
    excludedOutput: [left]
  - name: pass RE2 flags and classes
    command: echo
    args: [Ärger 42]
    expectedOutput: ['(?i)^ärger \\d+$|\\z', '\\p{L}+', '[[:digit:]]{2}']
  - name: fail RE2 anchors are not per line
    command: /opt/run.sh
    args: ["a\\nb"]
    expectedOutput: ['^b$']
  - name: pass literal block
    command: sh
    args:
      - -c
      - |
        echo hello &&
        echo world
    expectedOutput: ['hello\\nworld']
fileExistenceTests:
  - { name: pass file, path: /opt/plain.txt, shouldExist: true }
  - { name: pass shouldExist is true, path: /opt/plain.txt }
  - { name: fail file, path: /opt/nothing, shouldExist: true }
  - { name: pass no file, path: /opt/nothing, shouldExist: false }
  - { name: fail no file, path: /opt/plain.txt, shouldExist: false }
  - { name: pass directory, path: /opt/shared, permissions: dtrwxrwxrwx }
  - { name: fail directory, path: /opt/shared, permissions: drwxrwxrwx }
  - { name: pass root, path: /, shouldExist: true }
  - { name: pass permissions, path: /opt/run.sh, permissions: "-rwxr-x---" }
  - { name: fail permissions, path: /opt/run.sh, permissions: "-rwxr-x--x" }
  - { name: pass setuid, path: /opt/setuid, permissions: urwxr-xr-x }
  - { name: fail setuid, path: /opt/setuid, permissions: "-rwxr-xr-x" }
  - { name: pass a link is itself, path: /opt/link, permissions: Lrwxrwxrwx }
  - { name: fail a link is itself, path: /opt/link, permissions: "-rw-r--r--" }
  - { name: pass owner, path: /opt/run.sh, uid: 1000, gid: 2000 }
  - { name: fail uid, path: /opt/run.sh, uid: 1001, gid: 2000 }
  - { name: fail gid, path: /opt/run.sh, uid: 1000, gid: 0 }
  - { name: fail uid of root, path: /opt/run.sh, uid: 0 }
  - { name: pass executable by owner, path: /opt/run.sh, isExecutableBy: owner }
  - { name: fail executable by owner, path: /opt/group.sh, isExecutableBy: owner }
  - { name: pass executable by group, path: /opt/group.sh, isExecutableBy: group }
  - { name: fail executable by group, path: /opt/other.sh, isExecutableBy: group }
  - { name: pass executable by other, path: /opt/other.sh, isExecutableBy: other }
  - { name: fail executable by other, path: /opt/run.sh, isExecutableBy: other }
  - { name: pass executable by any, path: /opt/other.sh, isExecutableBy: any }
  - { name: fail executable by any, path: /opt/plain.txt, isExecutableBy: any }
  - { name: pass a variable in the path, path: $APP_HOME/run.sh }
fileContentTests:
  - { name: pass contents, path: /opt/plain.txt, expectedContents: ['first', '(?m)^second line$'], excludedContents: [third] }
  - { name: fail expectedContents, path: /opt/plain.txt, expectedContents: [first, third] }
  - { name: fail excludedContents, path: /opt/plain.txt, excludedContents: ['sec.nd'] }
  - { name: fail no file, path: /opt/nothing, expectedContents: ['.*'] }
  - { name: fail directory, path: /opt/shared, excludedContents: ['x'] }
  - { name: pass through a link, path: /opt/link, expectedContents: [first line] }
  - { name: pass not UTF-8, path: /opt/latin1.txt, expectedContents: ['^caf.\\n$'] }
licenseTests:
  - debian: true
    files: [/opt/plain.txt]
containerRunOptions:
  user: "0"
  envVars: [ARCHPARITY_TEST_SECRET]
`

/** Each a file of its own: a test of a kind that a file has once, or a setting of all of its tests. */
export const SINGLES: Readonly<Record<string, string>> = {
  'pass-metadata': `schemaVersion: 2.0.0
metadataTest:
  envVars:
    - { key: APP_HOME, value: /opt }
    - { key: PATH, value: '^/usr/sbin:.*', isRegex: true }
  unboundEnvVars: [{ key: NOT_THERE }]
  labels:
    - { key: vendor, value: archparity }
    - { key: build-date, value: '^\\d{4}-\\d{2}-\\d{2}$', isRegex: true }
  exposedPorts: ["8080", 53]
  unexposedPorts: ["443"]
  unmountedVolumes: [/data]
  entrypoint: [/opt/entrypoint.sh]
  cmd: [--serve, now]
  workdir: /opt
  user: "0:0"
`,
  ...failEach({
    env: 'env: [{ key: APP_HOME, value: /srv }]',
    'env-missing': 'envVars: [{ key: NOT_THERE, value: x }]',
    'env-regex': "envVars: [{ key: APP_HOME, value: '^opt', isRegex: true }]",
    unbound: 'unboundEnvVars: [{ key: APP_HOME }]',
    label: 'labels: [{ key: vendor, value: someone }]',
    'label-missing': 'labels: [{ key: nothing, value: x }]',
    'label-regex': "labels: [{ key: build-date, value: '^\\d{5}', isRegex: true }]",
    port: 'exposedPorts: ["443"]',
    unexposed: 'unexposedPorts: ["8080"]',
    volume: 'volumes: [/data]',
    entrypoint: 'entrypoint: []',
    cmd: 'cmd: [--serve]',
    workdir: 'workdir: /',
    user: 'user: nobody',
  }),
  'pass-user': `schemaVersion: 2.0.0
containerRunOptions: { user: "1000:2000" }
commandTests:
  - { name: user, command: id, expectedOutput: ['uid=1000.*gid=2000'] }
`,
  'pass-tty': `schemaVersion: 2.0.0
containerRunOptions: { allocateTty: true }
commandTests:
  - { name: tty, command: tty, expectedOutput: ['/dev/'] }
`,
  'fail-no-tty': `schemaVersion: 2.0.0
commandTests:
  - { name: tty, command: tty }
`,
  'pass-capabilities': `schemaVersion: 2.0.0
containerRunOptions: { capabilities: [NET_ADMIN], bindMounts: ['/etc/hostname:/opt/mounted:ro'] }
commandTests:
  - { name: mounted, command: cat, args: [/opt/mounted], expectedOutput: ['\\w'] }
`,
  'pass-environment': `schemaVersion: 2.0.0
containerRunOptions: { envVars: [ARCHPARITY_TEST_SECRET, NOT_SET_ANYWHERE], envFile: some.env }
commandTests:
  - { name: env, command: env, expectedOutput: ['(?m)^ARCHPARITY_TEST_SECRET=hidden$', '(?m)^FROM_FILE=a b$'], excludedOutput: [NOT_SET_ANYWHERE] }
`,
  'fail-license': `schemaVersion: 2.0.0
licenseTests: [{ debian: false, files: [/opt/bad/copyright] }]
`,
  'pass-version-1': `schemaVersion: "1.0.0"
commandTests:
  - name: a vector
    command: [echo, hello, $APP_HOME]
    expectedOutput: ['^hello /opt\\n$']
fileExistenceTests: [{ name: there, path: /opt/link, permissions: Lrwxrwxrwx }]
fileContentTests: [{ name: content, path: /opt/link, expectedContents: [first] }]
licenseTests: [{ debian: true }]
`,
  'fail-version-1': `schemaVersion: 1.0.0
commandTests: [{ name: a vector, command: [echo, hello], expectedOutput: [bye] }]
`,
}

function failEach(tests: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tests).map(([name, line]) => [
      `fail-metadata-${name}`,
      `schemaVersion: 2.0.0\nmetadataTest:\n  ${line}\n`,
    ]),
  )
}

/** JSON, whose keys Go takes in any case. */
export const JSON_SUITE = {
  SchemaVersion: '2.0.0',
  commandTests: [{ name: 'pass JSON', command: 'echo', args: ['x'], ExpectedOutput: ['^x\n$'], exitCode: 0 }],
  fileExistenceTests: [{ name: 'pass JSON file', path: '/opt/plain.txt', shouldExist: true }],
}
