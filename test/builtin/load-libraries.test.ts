import { extract } from 'tar-stream'
import { expect, test } from 'vitest'
import { loadLibraries } from '../../src/builtin/load-libraries.js'
import type { Probe } from '../../src/worker/check-scope.js'
import { writeArchive } from '../audit/archives/write-archives.js'
import { answer } from './answer.js'

/** What OpenJDK 17 wrote for a library of each kind, at `FILE`; and a crash. */
const SAID: Readonly<Record<string, Partial<Probe>>> = {
  good: {
    exitCode: 1,
    stdout:
      'Error occurred during initialization of VM\nCould not find Agent_OnLoad function in the agent library FILE\n',
  },
  agent: { exitCode: 0, stderr: 'openjdk version "17.0.1"\n' },
  lacks: {
    exitCode: 1,
    stdout:
      'Error occurred during initialization of VM\nCould not find agent library FILE in absolute path, with error: libffi.so.8: cannot open shared object file: No such file or directory\n',
  },
  foreign: {
    exitCode: 1,
    stdout:
      'Error occurred during initialization of VM\nCould not find agent library FILE in absolute path, with error: FILE: wrong ELF class: ELFCLASS64\n',
  },
  crash: { exitCode: 139, signal: 'SIGSEGV' },
}

/** Loads libraries out of a jar whose members' contents say what happens to them. */
async function load(members: Readonly<Record<string, string>>, libraries: Record<string, string[]>) {
  const jar = await writeArchive(Object.entries(members).map(([path, content]) => ({ path, content })))
  const unpacked = new Map<string, string>()
  const recorded: string[] = []
  const outcomes = await loadLibraries(
    '/usr/bin/java',
    jar,
    Object.entries(libraries).map(([name, paths]) => ({ name, members: paths })),
    {
      unpack: async archive => {
        for await (const entry of archive.pipe(extract())) {
          const chunks: Buffer[] = []
          for await (const chunk of entry) chunks.push(chunk as Buffer)
          unpacked.set(`/${entry.header.name}`, Buffer.concat(chunks).toString())
        }
      },
      probe: async ([program, ...rest]) => {
        const file = rest.find(each => each.startsWith('-agentpath:'))?.slice('-agentpath:'.length) ?? ''
        const { stdout = '', ...more } = SAID[unpacked.get(file) ?? ''] ?? {}
        return answer(stdout.replaceAll('FILE', file), {
          ...more,
          record: () => recorded.push(`${program} ${file}`),
        })
      },
    },
  )
  return { outcomes: Object.fromEntries(outcomes), recorded, unpacked: [...unpacked.keys()] }
}

test('of each library is said what the virtual machine said, without the place that we gave it', async () => {
  const members = {
    'a/libgood.so': 'good',
    'a/libagent.so': 'agent',
    'a/liblacks.so': 'lacks',
    'a/libforeign.so': 'foreign',
    'a/libcrash.so': 'crash',
  }
  const libraries = Object.fromEntries(Object.keys(members).map(path => [path.slice(2), [path]]))
  const { outcomes, recorded, unpacked } = await load(members, libraries)
  expect(outcomes).toEqual({
    'libgood.so': 'loads',
    'libagent.so': 'loads',
    'liblacks.so': 'libffi.so.8: cannot open shared object file: No such file or directory',
    'libforeign.so': 'libforeign.so: wrong ELF class: ELFCLASS64',
    'libcrash.so': 'ends the interpreter with SIGSEGV',
  })
  expect(recorded).toHaveLength(3)
  // By its own name, which other libraries may look for.
  expect(unpacked).toContain('/archparity-libraries/0/libgood.so')
})

test('one of several builds for the platform is enough: a jar has one for each C library', async () => {
  const members = {
    'linux/a.so': 'lacks',
    'musl/a.so': 'good',
    'linux/b.so': 'foreign',
    'musl/b.so': 'lacks',
  }
  const libraries = { 'a.so': ['linux/a.so', 'musl/a.so'], 'b.so': ['linux/b.so', 'musl/b.so'] }
  expect((await load(members, libraries)).outcomes).toEqual({
    'a.so': 'loads',
    'b.so': 'libffi.so.8: cannot open shared object file: No such file or directory',
  })
})

test('a member that cannot be read is said to be so, and one that is not there is left out', async () => {
  const { outcomes } = await load({ x: '' }, { 'a.so': ['a.so'], 'b.so': [] })
  expect(outcomes).toEqual({ 'a.so': 'cannot be read from the jar' })
})
