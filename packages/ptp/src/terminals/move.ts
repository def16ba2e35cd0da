/** A terminal goes to another contract, or follows its own. */
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import type { Contract, Contracts } from '../contracts/contract.ts'
import { every } from '../every.ts'
import { Refusal } from '../refusal.ts'
import type { RegistryParts } from './registry.ts'
import { keep } from './shelf.ts'
import { type PaymentTerminal, referenceKey } from './terminal.ts'

export async function contractOf({ contracts }: { readonly contracts: Pick<Contracts, 'find'> }, id: string) {
  const contract = await contracts.find(id)
  if (!contract) throw new Refusal('unknown-contract', `No contract "${id}". "plugtill contracts list" names them.`)
  return contract
}

/** Two terminals of one CPO are never activated by the same reference. */
export async function assertReferenceFree(
  { terminals }: Pick<RegistryParts, 'terminals'>,
  { peerId, reference }: { readonly peerId: string; readonly reference: string | null | undefined },
): Promise<void> {
  if (reference && (await terminals.find(referenceKey(peerId, reference))))
    throw new Refusal('reference-taken', `A terminal with reference "${reference}" is there already.`)
}

/** Within one connection it keeps its places; with another CPO it starts empty, and the old one sees it sell nothing. (E-09) */
export async function moveTerminal(
  parts: RegistryParts,
  terminalId: string,
  contractId: string,
): Promise<PaymentTerminal> {
  const contract = await contractOf(parts, contractId)
  const found = await parts.terminals.find(terminalId)
  if (!found) throw new Refusal('unknown-terminal', `No terminal "${terminalId}".`)
  const { peerId } = contract
  const peer = await parts.peers.get(peerId)
  if (peer?.status !== 'registered')
    throw new Refusal('peer-not-registered', `Partner ${peerId} is not registered: finish the registration first.`)
  if (found.peerId !== peerId) await assertReferenceFree(parts, { peerId, reference: found.terminal.reference })
  return putUnder(parts, found, contract)
}

/** What was agreed with the CPO has changed: its terminals say so, and are made known to it once more. (C.7) */
export async function followContract(parts: RegistryParts, contract: Contract): Promise<void> {
  const { id, customerReference } = contract
  // Where nothing is agreed any more, what they say is the CPO's to write.
  if (!customerReference) return
  for await (const terminal of every(parts.terminals))
    if (terminal.contractId === id && !sameCi(terminal.terminal.customer_reference ?? '', customerReference))
      await putUnder(parts, terminal, contract)
}

async function putUnder(
  { terminals, clock }: RegistryParts,
  found: PaymentTerminal,
  contract: Contract,
): Promise<PaymentTerminal> {
  const last_updated = formatDateTime(clock.now())
  const stays = found.peerId === contract.peerId
  const empty = { terminal_id: found.id, location_ids: [], evse_uids: [], last_updated }
  const { reference, customer_reference: _old, ...kept } = found.terminal
  const terminal: Terminal = {
    ...(stays ? { ...kept, last_updated } : empty),
    ...(reference && { reference }),
    ...(contract.customerReference && { customer_reference: contract.customerReference }),
  }
  const event = {
    type: 'moved',
    peerId: contract.peerId,
    contractId: contract.id,
    terminal,
    ...(stays && { party: found.party }),
  } as const
  const { entity } = await terminals.apply(found.id, event, {
    within: async (tx, moved) => {
      await keep(clock)(tx, moved)
      if (!stays) await keep(clock)(tx, { ...found, terminal: { ...found.terminal, ...empty } })
    },
  })
  return entity
}
