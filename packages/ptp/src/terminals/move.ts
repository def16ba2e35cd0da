/** A terminal goes to another contract, or follows its own. */
import type { Terminal } from '@plugtill/ocpi/modules/payments'
import { partiesOf } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import type { Contract, Contracts } from '../contracts/contract.ts'
import { termsFor } from '../contracts/terms-of-contract.ts'
import { every } from '../every.ts'
import { Refusal } from '../refusal.ts'
import { decideOn, ourTerminal } from './decide-on.ts'
import { isApproved } from './invoice-hosts.ts'
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

/** One that bears the reference of a contract belongs to it, whichever of both was there first. (C.7) */
const belongsTo = ({ contractId, peerId, terminal }: PaymentTerminal, contract: Contract): boolean =>
  contractId === undefined
    ? peerId === contract.peerId && bears(terminal, contract.customerReference)
    : contractId === contract.id

const bears = ({ customer_reference }: Terminal, reference: string | undefined): boolean =>
  Boolean(reference) && sameCi(customer_reference ?? '', reference ?? '')

/** What was agreed with the CPO is new: its terminals say so, and are made known to it once more. (C.7) */
export async function followContract(parts: RegistryParts, agreed: Contract): Promise<void> {
  const follow = async (found: PaymentTerminal) => {
    const contract = await contractOf(parts, agreed.id)
    if (!belongsTo(found, contract)) return undefined
    // Where nothing is agreed any more, what they say is the CPO's to write.
    const isSaid = !contract.customerReference || bears(found.terminal, contract.customerReference)
    const isGood = isApproved(termsFor(parts.settings, contract).invoiceHosts, found.terminal)
    if (found.contractId !== undefined && isSaid && isGood) return undefined
    return movedUnder(parts, found, { contract, stays: true })
  }
  for await (const terminal of every(parts.terminals))
    if (belongsTo(terminal, agreed)) await decideOn(parts, () => ourTerminal(parts, terminal.id), follow)
}

function movedUnder(
  { clock, settings }: RegistryParts,
  found: PaymentTerminal,
  { contract, stays }: { readonly contract: Contract; readonly stays: boolean },
): Moved {
  const { id: contractId, peerId, customerReference } = contract
  const empty = { terminal_id: found.id, location_ids: [], evse_uids: [] }
  const { reference, customer_reference: old, invoice_base_url, ...kept } = found.terminal
  const isGood = invoice_base_url && isApproved(termsFor(settings, contract).invoiceHosts, found.terminal)
  const customer_reference = customerReference || (contractId === found.contractId && old)
  const terminal: Terminal = {
    ...(stays ? { ...kept, ...(isGood && { invoice_base_url }) } : empty),
    ...(reference && { reference }),
    ...(customer_reference && { customer_reference }),
    last_updated: newerThan(found.terminal, clock.now()),
  }
  const { writtenAt = {}, party } = found
  const own = stays ? { writtenAt, party } : { writtenAt: {} }
  return { type: 'moved', seen: seenOf(found), peerId, contractId, terminal, ...own }
}
