import { expect, test } from 'vitest'
import { parseCpuInfo } from '../../src/hosts/cpu-info.js'
import { gatherHostFacts } from '../../src/hosts/facts.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { connectTestEngine } from '../worker/test-container.js'

test.each<[string, string, ReturnType<typeof parseCpuInfo>]>([
  [
    'amd64',
    'processor\t: 0\nmodel name\t: AMD EPYC\nflags\t\t: fpu vme  sse2\nbugs\t\t: none\n\nprocessor\t: 1\nflags\t\t: other\n',
    { cpuModel: 'AMD EPYC', cpuFeatures: ['fpu', 'vme', 'sse2'] },
  ],
  ['arm64', 'processor\t: 0\nFeatures\t: fp asimd sve2\n', { cpuFeatures: ['fp', 'asimd', 'sve2'] }],
  [
    's390x',
    'vendor_id       : IBM/S390\nfeatures\t: esan3 zarch vx \n',
    { cpuFeatures: ['esan3', 'zarch', 'vx'] },
  ],
  ['no words at all', '', {}],
  ['a CPU without any', 'flags\t\t:\n', {}],
])('the CPU of %s', (_, text, facts) => {
  expect(parseCpuInfo(text)).toEqual(facts)
})

test('the CPU and the page size are those of an engine on this kernel', async () => {
  const engine = await connectTestEngine()
  const facts = await gatherHostFacts(engine, {
    name: 'local',
    kind: 'local',
    endpoint: 'unix:///run/docker.sock',
  })
  const proof = await proveOnThisKernel(facts.architecture)
  expect(facts.sameKernel).toBe(true)
  expect(facts.pageSize).toBe(proof.report?.pageSize)
  expect(facts.cpuFeatures?.length).toBeGreaterThan(1)
})

test('of another kernel they are not known', async () => {
  const engine = await connectTestEngine()
  const facts = await gatherHostFacts(engine, { name: 'far', kind: 'tcp', endpoint: 'tcp://far:2376' })
  expect(facts).toMatchObject({ sameKernel: false, handlers: [], handlersKnown: false })
  expect(facts.cpuFeatures).toBeUndefined()
  expect(facts.pageSize).toBeUndefined()
})
