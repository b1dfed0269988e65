import { expect, test } from 'vitest'
import type { Interpreter } from '../../src/builtin/builtin-plan.js'
import { LOADERS } from '../../src/builtin/module-loaders.js'
import { nameModule } from '../../src/builtin/name-module.js'

test.each<[Interpreter, string, string | undefined, string]>([
  ['python', 'usr/lib/python3/dist-packages/a/_b.cpython-311-x86_64-linux-gnu.so', 'a._b', 'Python: a'],
  ['perl', 'usr/lib/x86_64-linux-gnu/perl/5.36/auto/List/Util/Util.so', 'List::Util', 'Perl modules'],
  ['node', 'srv/node_modules/@x/y/y.node', '/srv/node_modules/@x/y/y.node', 'Node: @x/y'],
  [
    'ruby',
    'usr/lib/ruby/3.1.0/json/ext/parser.so',
    '/usr/lib/ruby/3.1.0/json/ext/parser.so',
    'Ruby extensions',
  ],
  [
    'php',
    'usr/lib/php/20220829/pdo.so',
    '/usr/lib/php/20220829/pdo.so',
    'PHP extensions in /usr/lib/php/20220829',
  ],
  ['java', 'srv/x.so', undefined, ''],
])('%s loads %s', (interpreter, path, load, group) => {
  const named = nameModule(interpreter, path, path)
  expect(named?.load).toBe(load)
  if (load !== undefined) expect(named?.group).toBe(group)
})

test('PHP looks in the folder of the extensions that it is asked for', () => {
  const argv = LOADERS.php?.('/usr/bin/php', ['/usr/lib/php/20220829/pdo.so', '/usr/lib/php/20220829/dom.so'])
  expect(argv).toContain('extension_dir=/usr/lib/php/20220829')
  expect(argv?.slice(-2)).toEqual(['/usr/lib/php/20220829/pdo.so', '/usr/lib/php/20220829/dom.so'])
})
