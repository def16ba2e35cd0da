/** Terminals in the operator's API. */
import type { AdminRoute, AdminTable } from '@plugtill/engine/admin'
import Type from 'typebox'
import type { AdminParts } from './admin.ts'
import { Id, row } from './admin-words.ts'
import { sellableOf } from './link/offers.ts'
import { Refusal } from './refusal.ts'
import type { Registry } from './terminals/registry.ts'
import type { PaymentTerminal } from './terminals/terminal.ts'

const NewTerminal = Type.Object({
  peer: Type.Optional(Id),
  contract: Type.Optional(Id),
  model: Type.Optional(Type.String()),
  reference: Type.Optional(Type.String({ maxLength: 36 })),
  customer_reference: Type.Optional(Type.String({ maxLength: 36 })),
})
const Reader = Type.Object({
  reader: Type.Union([Type.String({ pattern: '^[\\w.:-]{1,100}$' }), Type.Null()]),
})
const Move = Type.Object({ contract: Id })

const terminalRecord = ({ terminal, model, state, peerId, contractId, refusal }: PaymentTerminal) => ({
  ...terminal,
  model,
  state,
  peer: peerId,
  contract: contractId ?? null,
  refusal: refusal ?? null,
})

async function find(registry: Registry, id: string | undefined): Promise<PaymentTerminal> {
  const found = id === undefined ? undefined : await registry.find(id)
  if (!found) throw new Refusal('unknown-terminal', `No terminal "${id}". "plugtill terminals list" names them.`)
  return found
}

export function terminalRows(parts: AdminParts): AdminTable {
  const { registry, mirror } = parts
  const one = (id: string | undefined) => find(registry, id)
  return [
    row('GET', '/terminals', {
      summary: 'All terminals',
      run: async () => ({ body: (await registry.list()).map(terminalRecord) }),
    }),
    row('POST', '/terminals', {
      summary: 'Create a virtual terminal and POST it to its CPO',
      body: NewTerminal,
      run: async ({ body }) => {
        const { peer, contract, model, reference, customer_reference } = body as Type.Static<typeof NewTerminal>
        const wanted = { peerId: peer, contractId: contract, model, reference, customerReference: customer_reference }
        return { status: 201, body: terminalRecord(await registry.add(wanted)) }
      },
    }),
    row('GET', '/terminals/:id', {
      summary: 'One terminal',
      run: async ({ params }) => ({ body: terminalRecord(await one(params['id'])) }),
    }),
    row('GET', '/terminals/:id/sellable', {
      summary: 'EVSEs and connectors this terminal may sell',
      run: async ({ params }) => ({
        body: (await sellableOf(mirror, await one(params['id']))).map(({ location, evse, connector }) => ({
          location_id: location.id,
          evse_uid: evse.uid,
          connector_id: connector.id,
          status: evse.status,
        })),
      }),
    }),
    row('POST', '/terminals/:id/push', {
      summary: 'POST the terminal to its CPO again',
      run: async ({ params }) => ({ body: terminalRecord(await registry.push((await one(params['id'])).id)) }),
    }),
    moveRow(parts),
    row('POST', '/terminals/:id/deactivate', {
      summary: 'Stop offering anything at this terminal',
      run: async ({ params }) => ({ body: terminalRecord(await registry.deactivate((await one(params['id'])).id)) }),
    }),
  ]
}

const moveRow = ({ registry, journal }: AdminParts): AdminRoute =>
  row('POST', '/terminals/:id/move', {
    summary: 'Put it under another contract, also of another CPO',
    body: Move,
    run: async ({ params, body }) => {
      const { contract } = body as Type.Static<typeof Move>
      const { id, contractId } = await find(registry, params['id'])
      const moved = await registry.move(id, contract)
      await journal.write('', 'decision', {
        audit: 'terminals.move',
        terminal: id,
        from: contractId ?? null,
        to: contract,
      })
      return { body: terminalRecord(moved) }
    },
  })

/** Which reader of the payment provider stands in a terminal. */
export function readerRows({ registry, readers }: AdminParts): AdminTable {
  const record = async (terminalId: string) => ({
    body: { terminal_id: terminalId, reader: (await readers.of(terminalId)) ?? null },
  })
  return [
    row('GET', '/terminals/:id/reader', {
      summary: "The payment provider's reader in this terminal",
      run: async ({ params }) => record((await find(registry, params['id'])).id),
    }),
    row('POST', '/terminals/:id/reader', {
      summary: "Name the payment provider's reader in this terminal; null takes it away",
      body: Reader,
      run: async ({ params, body }) => {
        const { id } = await find(registry, params['id'])
        await readers.set(id, (body as Type.Static<typeof Reader>).reader ?? undefined)
        return record(id)
      },
    }),
  ]
}
