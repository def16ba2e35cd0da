/** One connection may speak for several parties, and each has its own terminals and sites. (E-28, T13, T15) */
import { expect, test } from 'vitest'
import { party, peer, registryRig } from './registry-rig.ts'

test('a terminal that is activated with its places sells them (D-05, C-703)', async () => {
  const { registry, sells, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'a', reference: 'SN-1' })
  await registry.activate(peer('a'), { reference: 'SN-1', location_ids: ['L1'] } as never, party('A'))
  expect(await sells(id)).toEqual(['A-E1'])
  await close()
})
