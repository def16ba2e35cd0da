/** Several change one terminal at the same moment: nothing is lost, and nobody writes into what has become another's. (T15) */
import { PeerRefused } from '@plugtill/ocpi/client'
import { expect, test } from 'vitest'
import { by, peer, registryRig } from './registry-rig.ts'

const invoices = { invoice_creator: 'CPO', invoice_base_url: 'https://a.example/i' }

test('two PATCHes of one terminal at the same moment are both kept', async () => {
  const { registry, shelf, close } = await registryRig()
  const { id } = await registry.add({ peerId: 'a' })
  await Promise.all(
    [{ location_ids: ['L1'] }, invoices].map((change) => registry.change(peer('a'), id, change as never, by('A'))),
  )
  for (const terminal of [(await registry.find(id))?.terminal, await shelf('a', id)])
    expect(terminal).toMatchObject({ location_ids: ['L1'], ...invoices })
  await close()
})

test('a CPO whose sites are asked for while its terminal goes to another CPO writes nothing there: it is not its own any more (E-12)', async () => {
  const { registry, contracts, sites, shelf, close } = await registryRig()
  const [one, two] = [
    await contracts.add({ peerId: 'a', customerReference: 'ONE' }),
    await contracts.add({ peerId: 'b', customerReference: 'TWO' }),
  ]
  const change = (id: string) =>
    registry.change(peer('a'), id, { location_ids: ['NEW'], ...invoices } as never, by('A'))
  const activate = (_id: string, reference: string) =>
    registry.activate(peer('a'), { reference, location_ids: ['NEW'], ...invoices } as never, by('A').from)
  for (const [reference, write] of [
    ['SN-1', change],
    ['SN-2', activate],
  ] as const) {
    const { id } = await registry.add({ contractId: one.id, reference })
    sites.untold.add('NEW')
    sites.meanwhile = () => registry.move(id, two.id)

    await expect(write(id, reference)).rejects.toMatchObject({ statusCode: 2001 })

    const found = await registry.find(id)
    expect(found).toMatchObject({ peerId: 'b', contractId: two.id })
    expect(found?.party).toBeUndefined()
    for (const terminal of [found?.terminal, await shelf('b', id)]) {
      expect(terminal).toMatchObject({ customer_reference: 'TWO', location_ids: [] })
      expect(terminal).not.toHaveProperty('invoice_base_url')
    }
  }
  await close()
})

test('a terminal that was deactivated while it was being moved or changed stays without places (E-09)', async () => {
  const { registry, contracts, close } = await registryRig()
  const [one, two] = [await contracts.add({ peerId: 'a' }), await contracts.add({ peerId: 'a' })]
  const { id } = await registry.add({ contractId: one.id })
  await registry.change(peer('a'), id, { location_ids: ['L1'] } as never, by('A'))
  await Promise.all([registry.deactivate(id), registry.move(id, two.id)])
  expect(await registry.find(id)).toMatchObject({
    state: 'deactivated',
    contractId: two.id,
    terminal: { location_ids: [] },
  })
  await close()
})

test('a terminal that changed while it was being made known is made known once more: the answer was about what was sent before (E-12)', async () => {
  const posted: string[] = []
  let meanwhile = async () => undefined as unknown
  const rig = await registryRig(async (peerId, { customer_reference }) => {
    posted.push(`${peerId} ${customer_reference}`)
    const act = meanwhile
    meanwhile = async () => undefined
    await act()
  })
  const { registry, contracts, idle, close } = rig
  const [one, two] = [
    await contracts.add({ peerId: 'a', customerReference: 'ONE' }),
    await contracts.add({ peerId: 'a', customerReference: 'TWO' }),
  ]
  const { id } = await registry.add({ contractId: one.id })
  await idle()
  meanwhile = () => registry.move(id, two.id)
  await registry.push(id)
  await idle()

  expect(posted).toEqual(['a ONE', 'a ONE', 'a TWO'])
  expect(await registry.find(id)).toMatchObject({ contractId: two.id, state: 'announced' })
  await close()
})

test('a CPO that refuses a terminal that has gone to another CPO meanwhile refuses nothing of the other', async () => {
  let meanwhile: (() => Promise<unknown>) | undefined
  const rig = await registryRig(async (peerId) => {
    if (peerId === 'b') throw new Error('away')
    await meanwhile?.()
    if (meanwhile) throw new PeerRefused('no such customer', { peerId, http: 200, statusCode: 2001, retry: false })
  })
  const { registry, contracts, idle, close } = rig
  const [one, two] = [await contracts.add({ peerId: 'a' }), await contracts.add({ peerId: 'b' })]
  const { id } = await registry.add({ contractId: one.id })
  await idle()
  meanwhile = () => registry.move(id, two.id)
  await registry.push(id)
  await idle()
  expect(await registry.find(id)).toMatchObject({ peerId: 'b', state: 'announcing' })
  expect((await registry.find(id))?.refusal).toBeUndefined()
  await close()
})
