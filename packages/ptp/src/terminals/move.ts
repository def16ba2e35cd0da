/** A terminal goes to another contract, or follows its own. */
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import { partiesOf } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import type { Contract, Contracts } from '../contracts/contract.ts'
import { every } from '../every.ts'
import { Refusal } from '../refusal.ts'
import { decideOn, ourTerminal } from './decide-on.ts'
import type { RegistryParts } from './registry.ts'
import { type Moved, type PaymentTerminal, referenceKey, seenOf } from './terminal.ts'
import { newerThan } from './written.ts'

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
export function moveTerminal(parts: RegistryParts, terminalId: string, contractId: string): Promise<PaymentTerminal> {
  return decideOn(
    parts,
    () => ourTerminal(parts, terminalId),
    async (found) => {
      const contract = await contractOf(parts, contractId)
      const { peerId } = contract
      const peer = await parts.peers.get(peerId)
      if (peer?.status !== 'registered')
        throw new Refusal('peer-not-registered', `Partner ${peerId} is not registered: finish the registration first.`)
      if (found.peerId !== peerId) await assertReferenceFree(parts, { peerId, reference: found.terminal.reference })
      // Out of service it may be meant for another party of the connection: whoever activates it next, takes it.
      const isFree = found.state === 'deactivated' && partiesOf(peer).length > 1
      return movedUnder(parts, found, { contract, stays: found.peerId === peerId && !isFree })
    },
  )
}

/** What was agreed with the CPO has changed: its terminals say so, and are made known to it once more. (C.7) */
export async function followContract(parts: RegistryParts, { id }: Contract): Promise<void> {
  for await (const { id: terminalId, contractId } of every(parts.terminals))
    if (contractId === id)
      await decideOn(
        parts,
        () => ourTerminal(parts, terminalId),
        async (found) => {
          const contract = await contractOf(parts, id)
          const { customerReference } = contract
          // Where nothing is agreed any more, what they say is the CPO's to write.
          const follows = found.contractId === id && customerReference
          if (!follows || sameCi(found.terminal.customer_reference ?? '', customerReference)) return undefined
          return movedUnder(parts, found, { contract, stays: true })
        },
      )
}

function movedUnder(
  { clock }: RegistryParts,
  found: PaymentTerminal,
  { contract, stays }: { readonly contract: Contract; readonly stays: boolean },
): Moved {
  const { id: contractId, peerId, customerReference } = contract
  const empty = { terminal_id: found.id, location_ids: [], evse_uids: [] }
  const { reference, customer_reference: _old, ...kept } = found.terminal
  const terminal: Terminal = {
    ...(stays ? kept : empty),
    ...(reference && { reference }),
    ...(customerReference && { customer_reference: customerReference }),
    last_updated: newerThan(found.terminal, clock.now()),
  }
  const { writtenAt = {}, party } = found
  const own = stays ? { writtenAt, party } : { writtenAt: {} }
  return { type: 'moved', seen: seenOf(found), peerId, contractId, terminal, ...own }
}
