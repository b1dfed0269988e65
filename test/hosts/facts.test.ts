import { expect, test } from 'vitest'
import { gatherHostFacts } from '../../src/hosts/facts.js'
import { proveOnThisKernel } from '../../src/hosts/prove-on-this-kernel.js'
import { connectTestEngine } from '../worker/test-container.js'

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
