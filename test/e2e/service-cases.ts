/** Tests of the started image, with the lab's `service`: a name begins with what must come of it. */
export const SERVICE_SUITE = `schemaVersion: "2.0.0"
httpTests:
  - name: pass it waits until somebody listens
    path: /info.json
    expectedHeaders:
      - { key: Content-Length, value: '^\\d+$', isRegex: true }
    excludedHeaders: [X-Powered-By]
    expectedBody: ['^\\{"version"']
    excludedBody: [error]
    expectedJson:
      - { path: $.version, value: "1.0" }
      - { path: '$.items[?@.name == "one"].bits', pattern: '^(64|31)$' }
      - { path: '$.items[0]' }
      - { path: $.none, value: null }
      - { path: $.missing, exists: false }
    perPlatform:
      linux/s390x:
        expectedJson: [{ path: '$.items[0].bits', value: 31 }]
  - name: pass a page that comes later
    path: /late.txt
    within: 20s
    expectedBody: ['^late\\n$']
  - name: pass any of several
    path: /nothing-like-it
    port: 8080
    expectedStatus: [403, 404]
  - name: pass a method
    method: head
    path: /index.html
    headers: [{ key: Accept, value: text/html }]
  - { name: fail status, path: /nothing-like-it }
  - { name: fail status that is asked for, path: /index.html, expectedStatus: 404 }
  - { name: fail a header, path: /index.html, expectedHeaders: [{ key: Content-Type, value: image/png }] }
  - { name: fail a header that is missing, path: /index.html, expectedHeaders: [{ key: X-Made-By, value: x }] }
  - { name: fail a header that is there, path: /index.html, excludedHeaders: [content-type] }
  - { name: fail expectedBody, path: /index.html, expectedBody: [another page] }
  - { name: fail excludedBody, path: /index.html, excludedBody: [page] }
  - { name: fail JSON of a page, path: /index.html, expectedJson: [{ path: $.version }] }
  - { name: fail a value, path: /info.json, expectedJson: [{ path: $.version, value: 1 }] }
  - { name: fail a pattern, path: /info.json, expectedJson: [{ path: $.version, pattern: '^2' }] }
  - { name: fail a path, path: /info.json, expectedJson: [{ path: $.missing }] }
  - { name: fail a path that is there, path: /info.json, expectedJson: [{ path: $.version, exists: false }] }
  - { name: fail a page that never comes, path: /never.txt, within: 1s }
portTests:
  - { name: pass web, port: 8080 }
  - { name: pass nothing else, port: 8081, listening: false }
  - { name: fail another, port: 8081, within: 500ms }
  - { name: fail web is closed, port: 8080, listening: false, within: 500ms }
logTests:
  - name: pass both streams
    expectedLog: ['service (\\d+\\.\\d+) starting', 'ready on port \\d+']
    excludedLog: [no such mode]
  - name: pass each stream
    expectedOutput: ['^service 1\\.0 starting web\\n']
    expectedError: ['(?m)^ready on port 8080$']
    excludedOutput: [ready]
    excludedError: [starting]
  - { name: fail expectedLog, expectedLog: [started], within: 500ms }
  - { name: fail excludedLog, excludedLog: [starting], within: 500ms }
  - { name: fail expectedOutput, expectedOutput: [ready], within: 500ms }
  - { name: fail excludedError, excludedError: [ready], within: 500ms }
healthTest:
  within: 30s
commandTests:
  - name: pass bits
    command: cat
    args: [/etc/bits]
    expectedOutput: ['^64\\n$']
    perPlatform:
      linux/s390x: { expectedOutput: ['^31\\n$'] }
  - name: fail bits
    command: cat
    args: [/etc/bits]
    expectedOutput: ['^65\\n$']
    perPlatform:
      linux/s390x: { expectedOutput: ['^32\\n$'] }
fileContentTests:
  - name: pass bits that may differ
    path: /etc/bits
    expectedContents: ['^\\d+\\n$']
    differences: [{ field: content, platforms: [linux/s390x], pattern: '^(31|64)$', reason: it is a mainframe }]
`

/** The image's command as the file wants it: it ends at once. */
export const ENDING_SERVICE = `schemaVersion: "2.0.0"
serviceOptions: { args: [fail] }
logTests:
  - { name: pass what it wrote, expectedOutput: [starting fail], expectedError: [no such mode] }
  - { name: fail what it did not write, expectedLog: [ready] }
portTests:
  - { name: fail it has ended, port: 8080 }
httpTests:
  - { name: fail it has ended }
healthTest: { expected: unhealthy, skip: fails elsewhere }
`
