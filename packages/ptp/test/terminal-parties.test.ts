/** One connection may speak for several parties, and each has its own terminals and sites. (E-28, T13, T15) */
import { expect, test } from 'vitest'
import { by, party, peer, registryRig } from './registry-rig.ts'

const hub = peer('hub')
const notThere = { statusCode: 2001, http: 404 }

test('a terminal that is activated with its places sells them (D-05, C-703)', async () => {
  const { registry, sells, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'a', reference: 'SN-1' })
  await registry.activate(peer('a'), { reference: 'SN-1', location_ids: ['L1'] } as never, party('A'))
  expect(await sells(id)).toEqual(['A-E1'])
  await close()
})

test('a terminal of one party is not there for another party of the same connection: to change, to deactivate, to activate (T13, T15)', async () => {
  const { registry, sells, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'hub', reference: 'SN-1' })
  await registry.change(hub, id, { location_ids: ['L1'] }, by('AAA'))
  const before = await registry.find(id)
  const invoices = { invoice_base_url: 'https://bbb.example/i' }

  await expect(registry.change(hub, id, { location_ids: ['L2'], ...invoices }, by('BBB'))).rejects.toMatchObject(
    notThere,
  )
  await expect(registry.change(hub, id, { terminal_id: id }, { ...by('BBB'), replace: true })).rejects.toMatchObject(
    notThere,
  )
  await expect(registry.deactivate(id, hub, party('BBB'))).rejects.toMatchObject(notThere)
  for (const wanted of [{ reference: 'SN-1' }, { reference: 'NONE', terminal_id: id }])
    await expect(registry.activate(hub, { ...wanted, location_ids: ['L1'] }, party('BBB'))).rejects.toMatchObject({
      statusCode: 2001,
    })

  expect(await registry.find(id)).toEqual(before)
  expect(await sells(id)).toEqual(['AAA-E1'])
  expect((await registry.deactivate(id, hub, party('aaa'))).state).toBe('deactivated')
  await close()
})

test('of two parties that take a new terminal at the same moment one has it, and the other finds it not there (T15)', async () => {
  const { registry, sells, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'hub' })
  const taken = await Promise.allSettled(
    ['AAA', 'BBB'].map((one) => registry.change(hub, id, { location_ids: [`L-${one}`] }, by(one))),
  )
  expect(taken.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  const { party: holder, terminal } = (await registry.find(id))!
  expect(terminal.location_ids).toEqual([`L-${holder?.partyId}`])
  expect(await sells(id)).toEqual([`${holder?.partyId}-E1`])
  await close()
})

test('a terminal goes to another party of its connection when an operator has taken it out of service and moved it', async () => {
  const { registry, contracts, sells, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'hub', reference: 'SN-1' })
  const invoices = { invoice_base_url: 'https://aaa.example/i', country_code: 'NL', party_id: 'AAA' }
  await registry.change(hub, id, { location_ids: ['L1'], ...invoices }, by('AAA'))
  await registry.deactivate(id)
  const wanted = { reference: 'SN-1', location_ids: ['L1'] }
  await expect(registry.activate(hub, wanted, party('BBB'))).rejects.toMatchObject({ statusCode: 2001 })

  await registry.move(id, (await contracts.add({ peerId: 'hub' })).id)
  const { terminal } = await registry.activate(hub, wanted, party('BBB'))

  expect(await sells(id)).toEqual(['BBB-E1'])
  for (const field of Object.keys(invoices)) expect(terminal).not.toHaveProperty(field)
  await close()
})

test('a party that has left the connection holds no terminal any more', async () => {
  const { registry, sells, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'hub' })
  await registry.change(hub, id, { location_ids: ['L1'] }, by('AAA'))
  const roles = hub.roles.filter(({ party_id }) => party_id !== 'AAA')
  await registry.change({ ...hub, roles }, id, { location_ids: ['L1'] }, by('BBB'))
  expect(await sells(id)).toEqual(['BBB-E1'])
  await close()
})

test('a body that names another party of the connection than the sender is refused: it would give or take sites of that party (T13)', async () => {
  const { registry, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'hub', reference: 'SN-1' })
  const places = { location_ids: ['L1'], country_code: 'NL', party_id: 'AAA' }
  const refused = { statusCode: 2001 }
  await expect(registry.change(hub, id, places, by('BBB'))).rejects.toMatchObject(refused)
  await expect(registry.activate(hub, { reference: 'SN-1', ...places }, party('BBB'))).rejects.toMatchObject(refused)
  expect((await registry.find(id))?.party).toBeUndefined()
  await close()
})
