/** What a CPO says of its terminal, in whatever order it comes, and what the platform says after it. (C.7, E-05, E-11, F27) */
import type { TerminalChange } from '@plugtill/ocpi/modules/payments'
import { expect, test } from 'vitest'
import { by, peer, registryRig } from './registry-rig.ts'

async function told() {
  const rig = await registryRig()
  const contract = await rig.contracts.add({ peerId: 'a', customerReference: 'ONE' })
  const { id } = await rig.registry.add({ contractId: contract.id, reference: 'SN-1' })
  const say = async (change: TerminalChange, replace = false) =>
    (await rig.registry.change(peer('a'), id, change, { ...by('A'), replace })).terminal
  return { ...rig, id, say }
}

test('a PUT that leaves customer_reference out keeps the one that was agreed, and what is not sent is gone (A-20, E-05)', async () => {
  const { id, say, close } = await told()
  await say({ location_ids: ['L1'], address: 'Street 1' })
  const after = await say({ terminal_id: id, location_ids: ['L2'] }, true)
  expect(after).toMatchObject({ customer_reference: 'ONE', reference: 'SN-1', location_ids: ['L2'] })
  expect(after).not.toHaveProperty('address')
  await close()
})

test('words of a CPO that come in another order leave the same terminal: each field as it was said last, by the clock of the CPO (F27, I12)', async () => {
  const first = { location_ids: ['L1'], address: 'Street 1', last_updated: '2030-01-01T11:00:00Z' }
  const second = { location_ids: ['L2'], city: 'Basel', last_updated: '2030-01-01T11:00:01Z' }
  const whole = { invoice_creator: 'CPO', city: 'Bern', last_updated: '2030-01-01T11:00:02Z' } as const
  for (const order of [
    [first, second, whole],
    [whole, second, first],
    [second, whole, first, second],
  ]) {
    const { id, say, registry, close } = await told()
    for (const word of order) await say(word === whole ? { ...whole, terminal_id: id } : word, word === whole)
    const { terminal } = (await registry.find(id))!
    expect(terminal).toMatchObject({ invoice_creator: 'CPO', city: 'Bern', customer_reference: 'ONE' })
    for (const gone of ['location_ids', 'address']) expect(terminal).not.toHaveProperty(gone)
    await close()
  }
})

test('a word of a CPO that comes again changes nothing (T17)', async () => {
  const { say, time, close } = await told()
  const word = { location_ids: ['L1'], last_updated: '2030-01-01T11:00:00Z' }
  const once = await say(word)
  time.now += 60_000
  expect(await say(word)).toEqual(once)
  await close()
})

test('a CPO whose clock is behind ours is heard, and sees by last_updated that the terminal has changed (A-25)', async () => {
  const { id, say, registry, close } = await told()
  const before = (await registry.push(id)).terminal.last_updated
  const after = await say({ location_ids: ['L1'], last_updated: '2030-01-01T11:00:00Z' })
  expect(after.location_ids).toEqual(['L1'])
  expect(Date.parse(after.last_updated)).toBeGreaterThan(Date.parse(before))
  await close()
})

test('a word of a CPO that is dated years ahead shuts out none that comes after it (F41, I17)', async () => {
  const { say, time, close } = await told()
  await say({ location_ids: ['L1'], address: 'Street 1', last_updated: '2036-01-01T00:00:00Z' })
  time.now += 60_000
  const after = await say({ location_ids: ['L2'], last_updated: new Date(time.now).toISOString() })
  expect(after).toMatchObject({ location_ids: ['L2'], address: 'Street 1' })
  await close()
})

test('what we say of a terminal is newer than all that was said before, also by a CPO whose clock is ahead: an older word would be no news to it (E-11, E-12)', async () => {
  const { id, say, registry, contracts, shelf, close } = await told()
  const [two, other] = [await contracts.add({ peerId: 'a' }), await contracts.add({ peerId: 'b' })]
  const said = [(await say({ location_ids: ['L1'], last_updated: '2031-01-01T00:00:00Z' })).last_updated]
  for (const act of [
    () => registry.push(id),
    () => registry.push(id),
    () => registry.move(id, two.id),
    () => registry.deactivate(id),
    () => registry.activate(peer('a'), { reference: 'SN-1', last_updated: '2032-01-01T00:00:00Z' }),
    () => registry.move(id, other.id),
  ])
    said.push((await act()).terminal.last_updated)
  expect(said.toSorted()).toEqual(said)
  expect(new Set(said).size).toBe(said.length)
  expect(said[0]).toBe('2031-01-01T00:00:00.000Z')
  expect(Date.parse(said[5] ?? '')).toBeGreaterThan(Date.parse('2032-01-01T00:00:00Z'))
  expect(await shelf('a', id)).toMatchObject({ location_ids: [], last_updated: said.at(-1) })
  await close()
})

test('a terminal that was changed at the end of all time can still be announced', async () => {
  const { id, say, registry, close } = await told()
  await say({ last_updated: '9999-12-31T23:59:59.999Z' })
  expect((await registry.push(id)).terminal.last_updated).toBe('9999-12-31T23:59:59.999Z')
  await close()
})

test('a word that assigns nothing is taken although a site that was assigned before is there no more; to assign it is refused (E-29)', async () => {
  const { say, sites, registry, id, close } = await told()
  const asked: string[] = []
  await say({ location_ids: ['L1', 'L2'] })
  sites.meanwhile = async () => void asked.push('sites')
  sites.isGone = (one) => one === 'L1'

  expect(await say({ address: 'Street 1', location_ids: ['L1', 'L2'] })).toMatchObject({ address: 'Street 1' })
  expect(asked).toEqual([])
  await expect(say({ location_ids: ['L1'] })).rejects.toMatchObject({ statusCode: 2003 })
  expect((await registry.find(id))?.terminal.location_ids).toEqual(['L1', 'L2'])
  await close()
})
