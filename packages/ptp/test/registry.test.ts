import { expect, test } from 'vitest'
import { contractRows } from '../src/admin-contracts.ts'
import { defaultSettings } from '../src/settings.ts'
import { by, peer, registryRig } from './registry-rig.ts'

const assigned = by('A')

test('a terminal that moves to another CPO starts there empty, and the old one sees that it sells nothing (E-09)', async () => {
  const { registry, contracts, shelf, close } = await registryRig()
  const [one, two] = [
    await contracts.add({ peerId: 'a', customerReference: 'ONE' }),
    await contracts.add({ peerId: 'b', customerReference: 'TWO' }),
  ]
  const { id } = await registry.add({ contractId: one.id, reference: 'SN-1' })
  await registry.change(peer('a'), id, { location_ids: ['L1'], address: 'Street 1' } as never, assigned)

  const moved = await registry.move(id, two.id)

  expect(moved).toMatchObject({ peerId: 'b', contractId: two.id, state: 'announcing' })
  expect(moved.terminal).toMatchObject({
    reference: 'SN-1',
    customer_reference: 'TWO',
    location_ids: [],
    evse_uids: [],
  })
  expect(moved.terminal.address).toBeUndefined()
  expect(await shelf('a', id)).toMatchObject({ location_ids: [], evse_uids: [] })
  await expect(registry.change(peer('a'), id, { location_ids: ['L1'] } as never, assigned)).rejects.toMatchObject({
    statusCode: 2001,
  })
  await close()
})

test('a terminal that cannot move leaves nothing moved: a reference that is taken there is refused, and a commit that fails is none (E-09)', async () => {
  const { registry, contracts, shelf, store, close } = await registryRig()
  const [one, two] = [await contracts.add({ peerId: 'a' }), await contracts.add({ peerId: 'b' })]
  const { id } = await registry.add({ contractId: one.id, reference: 'SN-1' })
  const free = await registry.add({ contractId: one.id })
  await registry.add({ contractId: two.id, reference: 'SN-1' })
  for (const terminal of [id, free.id])
    await registry.change(peer('a'), terminal, { location_ids: ['L1'] } as never, assigned)

  await expect(registry.move(id, two.id)).rejects.toMatchObject({ code: 'reference-taken' })
  await store.query(
    "CREATE TRIGGER crash BEFORE INSERT ON event WHEN NEW.type = 'moved' BEGIN SELECT RAISE(ABORT, 'crash'); END",
  )
  await expect(registry.move(free.id, two.id)).rejects.toThrow('crash')

  for (const terminal of [id, free.id]) {
    expect(await registry.find(terminal)).toMatchObject({ peerId: 'a', contractId: one.id })
    expect(await shelf('a', terminal)).toMatchObject({ location_ids: ['L1'] })
    expect(await shelf('b', terminal)).toBeUndefined()
  }
  await close()
})

test('within one CPO it keeps its places and gets the customer_reference of the new contract', async () => {
  const { registry, contracts, close } = await registryRig()
  const [one, two] = [
    await contracts.add({ peerId: 'a', customerReference: 'ONE' }),
    await contracts.add({ peerId: 'a', customerReference: 'TWO' }),
  ]
  const { id } = await registry.add({ contractId: one.id })
  await registry.change(peer('a'), id, { location_ids: ['L1'] } as never, assigned)
  expect((await registry.move(id, two.id)).terminal).toMatchObject({ customer_reference: 'TWO', location_ids: ['L1'] })
  await close()
})

test('another customer_reference than the agreed one is refused in PATCH and in activation; without a contract the CPO may say it', async () => {
  const { registry, contracts, close } = await registryRig()
  const contract = await contracts.add({ peerId: 'a', customerReference: 'ONE' })
  const { id } = await registry.add({ contractId: contract.id, reference: 'SN-1' })
  const wrong = { customer_reference: 'OTHER' } as never
  await expect(registry.change(peer('a'), id, wrong, assigned)).rejects.toMatchObject({ statusCode: 2001 })
  await expect(
    registry.activate(peer('a'), { reference: 'SN-1', customer_reference: 'OTHER' } as never),
  ).rejects.toMatchObject({ statusCode: 2001 })
  const free = await registry.add({ peerId: 'a', reference: 'SN-2' })
  expect((await registry.change(peer('a'), free.id, wrong, assigned)).terminal.customer_reference).toBe('OTHER')
  await close()
})

test('the terminals of a contract follow its customer_reference, and only what the CPO writes is held against it (C.7)', async () => {
  const { registry, contracts, shelf, close } = await registryRig()
  const before = await contracts.add({ peerId: 'a', customerReference: 'OLD' })
  const free = await contracts.add({ peerId: 'a' })
  const { id } = await registry.add({ contractId: before.id, reference: 'SN-1' })
  const other = await registry.add({ contractId: free.id })
  const places = { location_ids: ['L1'], evse_uids: [] } as never
  await registry.change(peer('a'), id, places, assigned)
  await registry.change(peer('a'), other.id, { customer_reference: 'THEIRS' } as never, assigned)
  const contract = await contracts.change(before.id, { customerReference: 'NEW' })
  // The CPO need not know of it yet: what it does not write is not its wish.
  expect((await registry.change(peer('a'), id, places, assigned)).terminal.location_ids).toEqual(['L1'])
  expect(await registry.activate(peer('a'), { reference: 'SN-1' } as never)).toMatchObject({
    id,
    contractId: contract.id,
  })

  const noted = { settings: defaultSettings, journal: { write: async () => undefined } }
  const rows = contractRows({ ...noted, contracts, registry } as unknown as Parameters<typeof contractRows>[0])
  const row = rows.find(({ method, path }) => method === 'POST' && path === '/contracts/:id')
  for (const [of, body] of [
    [contract, { customer_reference: 'NEW' }],
    [free, { name: 'Free' }],
  ] as const)
    await row?.run({ params: { id: of.id }, query: {}, body } as never)

  expect(await registry.find(id)).toMatchObject({
    state: 'announcing',
    terminal: { customer_reference: 'NEW', location_ids: ['L1'] },
  })
  expect(await shelf('a', id)).toMatchObject({ customer_reference: 'NEW', location_ids: ['L1'] })
  expect((await registry.find(other.id))?.terminal.customer_reference).toBe('THEIRS')
  const wrong = registry.change(peer('a'), id, { customer_reference: 'OLD' } as never, assigned)
  await expect(wrong).rejects.toMatchObject({ statusCode: 2001 })
  await close()
})

test('a terminal stands under the contract whose customer_reference it bears, whichever of both was there first (C.7)', async () => {
  const { registry, contracts, close } = await registryRig()
  const noted = { settings: defaultSettings, journal: { write: async () => undefined } }
  const rows = contractRows({ ...noted, contracts, registry } as unknown as Parameters<typeof contractRows>[0])
  const agree = async (path: string, customer_reference: string, more: object) => {
    const row = rows.find((one) => one.method === 'POST' && one.path === path)
    const { body } = (await row?.run({ params: more, query: {}, body: { ...more, customer_reference } } as never))!
    return (body as { readonly id: string }).id
  }
  for (const reference of ['SN-1', 'SN-2', 'SN-3', 'SN-4']) await registry.add({ peerId: 'a', reference })
  const under = async (reference: string) => (await registry.find(`reference/a/${reference.toLowerCase()}`))?.contractId
  const activate = (reference: string, customer_reference: string) =>
    registry.activate(peer('a'), { reference, customer_reference })
  await activate('SN-2', 'two')
  await activate('SN-3', 'other')

  const one = await agree('/contracts', 'ONE', { peer: 'a' })
  const two = await agree('/contracts', 'TWO', { peer: 'a' })
  await agree('/contracts', 'OTHER', { peer: 'b' })
  await activate('SN-1', 'one')
  const { id } = (await registry.find('reference/a/sn-4'))!
  await registry.change(peer('a'), id, { customer_reference: 'ONE' }, assigned)

  expect([await under('SN-1'), await under('SN-2'), await under('SN-3'), await under('SN-4')]).toEqual([
    one,
    two,
    undefined,
    one,
  ])
  expect((await registry.add({ peerId: 'a', customerReference: 'one' })).contractId).toBe(one)
  await agree('/contracts/:id', 'OTHER', { id: one })
  expect([await under('SN-1'), await under('SN-3')]).toEqual([one, one])
  await close()
})

test('contracts of different CPOs may have the same customer_reference, those of one may not; an account must be configured', async () => {
  const { contracts, close } = await registryRig()
  await contracts.add({ peerId: 'a', customerReference: 'ONE' })
  await contracts.add({ peerId: 'b', customerReference: 'ONE' })
  await expect(contracts.add({ peerId: 'a', customerReference: 'one' })).rejects.toMatchObject({
    code: 'reference-taken',
  })
  await expect(contracts.add({ peerId: 'c' })).rejects.toMatchObject({ code: 'unknown-peer' })
  const second = await contracts.add({ peerId: 'a', settings: { psp_account: 'second' } })
  expect((await contracts.change(second.id, { settings: { psp_account: null } })).settings).toEqual({})
  await close()
})

test('a contract of one CPO is no contract of another', async () => {
  const { registry, contracts, close } = await registryRig()
  const contract = await contracts.add({ peerId: 'a' })
  await expect(registry.add({ peerId: 'b', contractId: contract.id })).rejects.toMatchObject({ code: 'other-peer' })
  await close()
})

test('all terminals are listed, however many there are, also those of a contract', async () => {
  const { registry, contracts, store, close } = await registryRig()
  const contract = await contracts.add({ peerId: 'a' })
  const first = await registry.add({ contractId: contract.id })
  await store.query(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
     INSERT INTO entity (kind, id, version, state, body, created_at, updated_at, chain_hash)
     SELECT kind, 'T-' || i, version, state, replace(body, $1, 'T-' || i), created_at + i, updated_at, chain_hash FROM entity, n`,
    [first.id],
  )
  const noted = { settings: defaultSettings, contracts, registry }
  const rows = contractRows(noted as unknown as Parameters<typeof contractRows>[0])
  const row = rows.find(({ method, path }) => method === 'GET' && path === '/contracts/:id')
  const { body } = (await row?.run({ params: { id: contract.id }, query: {}, body: {} } as never))!

  expect(new Set((await registry.list()).map(({ id }) => id)).size).toBe(10_001)
  expect((body as { readonly terminals: readonly string[] }).terminals).toContain(first.id)
  await close()
})
