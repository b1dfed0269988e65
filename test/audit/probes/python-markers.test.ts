import { expect, test } from 'vitest'
import { readFact } from './read-source.js'

const METADATA = `Metadata-Version: 2.1
Name: SQLAlchemy
Version: 2.0.30
Requires-Dist: typing-extensions>=4.6.0
Requires-Dist: importlib-metadata; python_version < "3.8"
Requires-Dist: greenlet!=0.4.17; platform_machine == "aarch64" or (platform_machine == "ppc64le" or platform_machine == "x86_64")
Requires-Dist: Foo_Bar.baz ; sys_platform == "linux" and extra == "x"
Requires-Dist: ; platform_machine == "x86_64"

Requires-Dist: readme; platform_machine == "x86_64"
`

test('keeps what a Python package needs on some machines only', async () => {
  expect(await readFact('a/SQLAlchemy-2.0.30.dist-info/METADATA', METADATA)).toMatchObject({
    packages: [{ name: 'sqlalchemy', requiresSomewhere: ['greenlet', 'foo-bar-baz'] }],
  })
  const plain = await readFact('a/x-1.dist-info/METADATA', 'Name: x\nVersion: 1\nRequires-Dist: y\n')
  expect(plain).toEqual({ kind: 'packages', packages: [{ ecosystem: 'python', name: 'x', version: '1' }] })
})
