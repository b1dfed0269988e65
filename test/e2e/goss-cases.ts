/**
 * Every resource and attribute of goss files, with checks that hold and checks that do not, in files that are named for
 * what must come of all of them. The image is the lab's `served`.
 */
export const PASS = `
file:
  /opt/app.conf:
    exists: true
    mode: "0640"
    owner: app
    uid: 1000
    group: staff
    gid: 2000
    filetype: file
    size: 29
    contents: ["port = 8080", "/^# no/", "!secret", "!/^debug/", "\\\\!bang"]
    md5: ebb5050273e63bc2fdfaca9660e752f8
    sha256: 8a74e00837aa681dea3d29a0cb0a05b0aa554dde9f5a6653d3626255d69bcbf1
    sha512: {and: [{have-len: 128}, {have-prefix: "45140792"}]}
  whole: { path: /opt/app.conf, exists: true, contents: {equal: "port = 8080\\n# no debug\\n!bang\\n"} }
  elements: { path: /opt/app.conf, exists: true, contents: {contain-element: {have-suffix: "80"}} }
  older name: { path: /opt/app.conf, exists: true, contains: [port] }
  /opt/tool: { exists: true, mode: "4755", owner: root, group: root }
  /opt/link: { exists: true, filetype: symlink, linked-to: app.conf, mode: "0777", size: 8, contents: [port] }
  /opt/lost: { exists: true, linked-to: {have-prefix: /no} }
  /opt/data: { exists: true, filetype: directory, mode: {match-regexp: "^1"} }
  /opt/absent: { exists: false, mode: "0644" }
user:
  app: { exists: true, uid: 1000, gid: "1000", home: /home, shell: /bin/sh, groups: [staff, app] }
  nobody: { exists: true, uid: {gt: 1000}, groups: {consist-of: [nogroup, staff]} }
  absent: { exists: false }
  by name: { username: root, exists: true, uid: 0 }
group:
  staff: { exists: true, gid: 2000 }
  absent: { exists: false }
package:
  libc6: { installed: true, versions: [2.36-9+deb12u10] }
  musl: { installed: true, versions: {contain-element: {have-prefix: "1.2"}} }
  gone: { installed: false }
  absent: { installed: false, versions: [1] }
command:
  /opt/tool:
    exit-status: 0
    stdout: ["/^tool \\\\d/", "!error"]
    stderr: ""
  version: { exec: "/opt/tool | cut -d' ' -f2", exit-status: 0, stdout: {and: [{have-prefix: "1."}, {have-len: 6}]} }
  in the directory of the image: { exec: pwd, exit-status: 0, stdout: "/opt\\n" }
  with its variables: { exec: echo $APP_HOME, exit-status: 0, stdout: [/opt] }
  exit 3: { exit-status: {gt: 2} }
  echo one >&2; exit 1: { exit-status: 1, stdout: [], stderr: [one] }
  nothing-like-it: { exit-status: 127 }
port:
  tcp:9090: { listening: true, ip: [127.0.0.1] }
  "9090": { listening: true }
  tcp6:9090: { listening: false, ip: ["::"] }
  udp:9090: { listening: false }
  udp6:53: { listening: false }
process:
  httpd: { running: true }
  names: { comm: nc, running: true }
  sh: { running: false }
  docker-init: { running: false }
http:
  http://localhost:8080/health.json:
    status: 200
    headers: ["Content-Length: 32", "/^Last-Modified: /", "!X-Lab"]
    body: ['"status":"ok"', "!error"]
  http://127.0.0.1:9090/health.json: { status: {or: [200, 204]}, body: {gjson: {version: "1.0"}} }
  http://localhost:9090/cgi-bin/echo?a=b:
    status: 200
    method: POST
    request-headers: ["X-Asked-By: goss"]
    request-body: sent
    headers: ["X-Lab: one"]
    body: ["POST a=b", "agent goss", sent]
  followed: { url: "http://localhost:9090/cgi-bin/away", status: 200, body: [version] }
  not followed: { url: "http://localhost:9090/cgi-bin/away", status: 302, no-follow-redirects: true, headers: ["Location: /health.json"] }
  http://localhost:9090/absent: { status: 404 }
addr:
  tcp://localhost:9090: { reachable: true }
  127.0.0.1:8080: { reachable: true, timeout: 1000 }
  tcp://127.0.0.1:1: { reachable: false }
dns:
  localhost: { resolvable: true, addrs: [127.0.0.1] }
  10.0.0.1: { resolvable: true, addrs: {consist-of: [10.0.0.1]} }
  any.example: { resolvable: true, server: "localhost:5353", addrs: {consist-of: [10.1.2.3]}, timeout: 5000 }
  A:any.example: { resolvable: true, server: "127.0.0.1:5353" }
  AAAA:any.example: { resolvable: false, server: "127.0.0.1:5353" }
matching:
  text: { content: foo, matches: {match-regexp: o+} }
  list: { content: [a, b], matches: [b] }
`

export const FAIL = `
file:
  exists: { path: /opt/absent, exists: true }
  absent: { path: /opt/tool, exists: false }
  mode: { path: /opt/app.conf, exists: true, mode: "0644" }
  owner: { path: /opt/app.conf, exists: true, owner: root }
  owner without a name: { path: /opt/stray, exists: true, owner: app }
  uid: { path: /opt/app.conf, exists: true, uid: 0 }
  group: { path: /opt/app.conf, exists: true, group: app }
  group without a name: { path: /opt/stray, exists: true, group: app }
  gid: { path: /opt/app.conf, exists: true, gid: 0 }
  filetype: { path: /opt/data, exists: true, filetype: file }
  size: { path: /opt/app.conf, exists: true, size: {lt: 29} }
  contents: { path: /opt/app.conf, exists: true, contents: [port, secret] }
  contents excluded: { path: /opt/app.conf, exists: true, contents: ["!port"] }
  contents of a directory: { path: /opt/data, exists: true, contents: ["!port"] }
  contents of a lost link: { path: /opt/lost, exists: true, contents: ["!port"] }
  md5: { path: /opt/app.conf, exists: true, md5: 0 }
  sha256: { path: /opt/app.conf, exists: true, sha256: {have-prefix: "zz"} }
  sha512: { path: /opt/app.conf, exists: true, sha512: "" }
  linked-to: { path: /opt/link, exists: true, linked-to: /opt/app.conf }
  linked-to of a file: { path: /opt/tool, exists: true, linked-to: /opt/app.conf }
user:
  exists: { username: absent, exists: true }
  absent: { username: app, exists: false }
  uid: { username: app, exists: true, uid: 0 }
  gid: { username: app, exists: true, gid: 0 }
  home: { username: app, exists: true, home: /root }
  shell: { username: app, exists: true, shell: /bin/bash }
  groups: { username: app, exists: true, groups: [root] }
group:
  exists: { groupname: absent, exists: true }
  gid: { groupname: staff, exists: true, gid: 0 }
package:
  installed: { name: absent, installed: true }
  gone: { installed: true }
  absent: { name: libc6, installed: false }
  versions: { name: libc6, installed: true, versions: ["1"] }
command:
  exit-status: { exec: exit 3, exit-status: 0 }
  stdout: { exec: /opt/tool, exit-status: 0, stdout: [other] }
  stdout excluded: { exec: /opt/tool, exit-status: 0, stdout: ["!tool"] }
  stderr: { exec: /opt/tool, exit-status: 0, stderr: [other] }
  timeout: { exec: sleep 60, exit-status: 0, timeout: 100 }
port:
  listening: { port: "tcp:1", listening: true }
  absent: { port: "tcp:9090", listening: false }
  ip: { port: "tcp:9090", listening: true, ip: [0.0.0.0] }
process:
  running: { comm: absent, running: true }
  absent: { comm: httpd, running: false }
http:
  status: { url: "http://localhost:9090/health.json", status: 204 }
  headers: { url: "http://localhost:9090/health.json", status: 200, headers: [X-Lab] }
  body: { url: "http://localhost:9090/health.json", status: 200, body: [error] }
  no answer: { url: "http://localhost:1/", status: 200 }
  outside: { url: "http://localhost:9090/cgi-bin/outside", status: 200 }
  round: { url: "http://localhost:9090/cgi-bin/round", status: 200 }
addr:
  reachable: { address: "tcp://localhost:1", reachable: true }
  absent: { address: "tcp://localhost:9090", reachable: false }
dns:
  resolvable: { resolve: "AAAA:any.example", server: "localhost:5353", resolvable: true }
  absent: { resolve: localhost, resolvable: false }
  addrs: { resolve: any.example, server: "localhost:5353", resolvable: true, addrs: [10.9.9.9] }
matching:
  text: { content: foo, matches: bar }
`

/** What cannot be known is neither passed nor failed. */
export const ERROR = `
dns:
  nobody answers: { resolve: any.example, server: "127.0.0.1:1", resolvable: false }
`
