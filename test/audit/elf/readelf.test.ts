import { beforeAll, describe, expect, test } from 'vitest'
import type { ElfFacts } from '../../../src/audit/elf/elf-facts.js'
import { readElfFacts } from '../../../src/audit/elf/read-elf.js'
import { createBufferSource } from './buffer-source.js'
import { DEBIAN_ARCHITECTURES, fetchElfPackages, readElfFiles } from './debian-elf-files.js'
import { readWithReadelf } from './readelf.js'

const OCI_WORDS: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  arm64: 'arm64',
  armel: 'arm',
  armhf: 'arm',
  i386: '386',
  mips64el: 'mips64le',
  ppc64el: 'ppc64le',
  s390x: 's390x',
}

beforeAll(fetchElfPackages, 900_000)

describe.each(DEBIAN_ARCHITECTURES)('every ELF file of Debian packages for %s', architecture => {
  test('has the facts that readelf prints', { timeout: 300_000 }, async () => {
    const files = await readElfFiles(architecture)
    expect(files.length).toBeGreaterThan(300)
    const expected = await readWithReadelf(files.map(({ content }) => content))
    const different = files.flatMap(({ path, content }, index) => {
      const facts = readElfFacts(createBufferSource(content))
      const wanted: Partial<ElfFacts> = {
        ...expected[index],
        architecture: OCI_WORDS[architecture] as string,
      }
      return isEqual(facts, wanted) ? [] : [{ path, facts, wanted }]
    })
    expect(different).toEqual([])
  })
})

/** Whether they are equal as what is stored: JSON, whatever the order of fields. */
function isEqual(facts: ElfFacts | undefined, wanted: Partial<ElfFacts>): boolean {
  const keys = new Set([...Object.keys(facts ?? {}), ...Object.keys(wanted)]) as Set<keyof ElfFacts>
  return [...keys].every(key => JSON.stringify(facts?.[key]) === JSON.stringify(wanted[key]))
}
