/** Drivers are sent only to hosts that the operator has approved, where it has named any. (T16) */
import { expect, test } from 'vitest'
import { contractRows } from '../src/admin-contracts.ts'
import { defaultSettings } from '../src/settings.ts'
import { by, peer, registryRig } from './registry-rig.ts'

const approved = { settings: { invoice_hosts: ['cpo.example'] } }
const at = (host: string) => ({ invoice_base_url: `https://${host}/i` })

test.each(['evil.example', 'cpo.example.evil.example', 'x.cpo.example', 'cpo.example@evil.example'])(
  'an invoice_base_url at %s is refused where cpo.example is approved, and nothing of that word is stored',
  async (host) => {
    const { registry, contracts, close } = await registryRig()
    const { id: contractId } = await contracts.add({ peerId: 'a', customerReference: 'ONE', ...approved })
    const { id } = await registry.add({ contractId, reference: 'SN-1' })
    const free = await registry.add({ peerId: 'a', reference: 'SN-2' })
    const word = { location_ids: ['L1'], ...at(host) }
    const refused = { statusCode: 2001 }
    await expect(registry.change(peer('a'), id, word, by('A'))).rejects.toMatchObject(refused)
    await expect(registry.activate(peer('a'), { reference: 'SN-1', ...word })).rejects.toMatchObject(refused)
    // One that would join the contract by this very word.
    const joining = { ...word, customer_reference: 'ONE' }
    await expect(registry.change(peer('a'), free.id, joining, by('A'))).rejects.toMatchObject(refused)
    expect((await registry.find(id))?.terminal.location_ids).toEqual([])
    expect((await registry.change(peer('a'), id, at('CPO.example'), by('A'))).terminal).toMatchObject(at('CPO.example'))
    await close()
  },
)

test('a terminal that comes under such a contract, and those under one that becomes such, lose an address that was not approved', async () => {
  const { registry, contracts, close } = await registryRig()
  const [one, two] = [await contracts.add({ peerId: 'a' }), await contracts.add({ peerId: 'a', ...approved })]
  const [moved, follows, stays] = [
    await registry.add({ contractId: one.id }),
    await registry.add({ contractId: one.id }),
    await registry.add({ contractId: one.id }),
  ]
  for (const { id } of [moved, follows])
    await registry.change(peer('a'), id, { location_ids: ['L1'], ...at('other.example') }, by('A'))
  await registry.change(peer('a'), stays.id, at('cpo.example'), by('A'))

  await registry.move(moved.id, two.id)
  const noted = { settings: defaultSettings, journal: { write: async () => undefined }, contracts, registry }
  const rows = contractRows(noted as unknown as Parameters<typeof contractRows>[0])
  const row = rows.find(({ method, path }) => method === 'POST' && path === '/contracts/:id')
  await row?.run({ params: { id: one.id }, query: {}, body: approved } as never)

  for (const { id } of [moved, follows]) {
    const { terminal, state } = (await registry.find(id))!
    expect({ state, ...terminal }).toMatchObject({ state: 'announcing', location_ids: ['L1'] })
    expect(terminal).not.toHaveProperty('invoice_base_url')
  }
  expect((await registry.find(stays.id))?.terminal).toMatchObject(at('cpo.example'))
  await close()
})
