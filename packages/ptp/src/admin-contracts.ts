/** Contracts in the operator's API: platform, contract, terminal. */
import type { AdminTable } from '@plugtill/engine/admin'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { Id, row } from './admin-words.ts'
import type { Contract } from './contracts/contract.ts'
import { effectiveSettings, termsFor } from './contracts/terms-of-contract.ts'
import { Refusal } from './refusal.ts'

const Settings = Type.Record(Type.String(), Type.Unknown())
const Change = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  customer_reference: Type.Optional(Type.String({ maxLength: 36 })),
  settings: Type.Optional(Settings),
})
const New = Type.Object({ peer: Id, ...Change.properties })

const changeOf = ({ name, customer_reference, settings }: Type.Static<typeof Change>) => ({
  ...(name !== undefined && { name }),
  ...(customer_reference !== undefined && { customerReference: customer_reference }),
  ...(settings && { settings }),
})

const contractRecord = ({ id, peerId, name, customerReference, settings, lastUpdated }: Contract) => ({
  id,
  peer: peerId,
  name,
  customer_reference: customerReference ?? null,
  settings,
  last_updated: lastUpdated,
})

export function contractRows({ contracts, registry, settings, journal }: AdminParts): AdminTable {
  const one = async (id: string | undefined): Promise<Contract> => {
    const found = await contracts.find(id)
    if (!found) throw new Refusal('unknown-contract', `No contract "${id}". "plugtill contracts list" names them.`)
    return found
  }
  /** With every setting that counts, and the terminals under it. */
  const whole = async (contract: Contract) => ({
    ...contractRecord(contract),
    effective: effectiveSettings(termsFor(settings, contract)),
    terminals: (await registry.list()).filter(({ contractId }) => contractId === contract.id).map(({ id }) => id),
  })
  const noted = async (audit: string, contract: Contract, change: object) => {
    await journal.write('', 'decision', { audit, contract: contract.id, change })
    return whole(contract)
  }
  return [
    row('GET', '/contracts', {
      summary: 'All contracts',
      run: async () => ({ body: (await contracts.list()).map(contractRecord) }),
    }),
    row('POST', '/contracts', {
      summary: 'A contract with a CPO platform; what it does not set is as the platform has it',
      body: New,
      run: async ({ body }) => {
        const { peer, ...rest } = body as Type.Static<typeof New>
        const added = await contracts.add({ peerId: peer, ...changeOf(rest) })
        await registry.follow(added)
        return { status: 201, body: await noted('contracts.add', added, rest) }
      },
    }),
    row('GET', '/contracts/:id', {
      summary: 'One contract, its settings and its terminals',
      run: async ({ params }) => ({ body: await whole(await one(params['id'])) }),
    }),
    row('POST', '/contracts/:id', {
      summary: 'Change it; running payments keep the terms they were begun with. null takes a setting back',
      body: Change,
      run: async ({ params, body }) => {
        const change = body as Type.Static<typeof Change>
        const { id } = await one(params['id'])
        const changed = await contracts.change(id, changeOf(change))
        await registry.follow(changed)
        return { body: await noted('contracts.change', changed, change) }
      },
    }),
  ]
}
