/** The operator's and the CPO's acts on terminals: add, assign, change, activate, deactivate, push. */

import type { Clock } from '@plugtill/engine/clock'
import type { Store } from '@plugtill/engine/store'
import { OcpiError } from '@plugtill/ocpi/errors'
import type { Terminal, TerminalActivation, TerminalChange } from '@plugtill/ocpi/modules/payments'
import type { PartyId, Peer, PeerStore } from '@plugtill/ocpi/peers'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { modelNamed } from '@plugtill/terminal/models'
import type { Contract, Contracts } from '../contracts/contract.ts'
import { termsFor } from '../contracts/terms-of-contract.ts'
import { every } from '../every.ts'
import type { Mirror } from '../mirror.ts'
import { Refusal } from '../refusal.ts'
import type { PtpSettings } from '../settings.ts'
import { decideOn, ourTerminal } from './decide-on.ts'
import { assertApproved } from './invoice-hosts.ts'
import { assertReferenceFree, contractOf, followContract, moveTerminal } from './move.ts'
import { type Asker, assertKnown, assertOwn, holds, partyFor } from './parties.ts'
import { keep } from './shelf.ts'
import { type PaymentTerminal, referenceKey, seenOf, type TerminalDesk, type TerminalEvent } from './terminal.ts'
import { newerThan, writtenOver } from './written.ts'

export interface RegistryParts {
  readonly store: Store
  readonly clock: Clock
  readonly ids: () => string
  readonly terminals: TerminalDesk
  readonly mirror: Mirror
  readonly peers: PeerStore
  /** Asks the CPO for its sites once more, when an assignment names one we do not know. (E-29) */
  readonly refresh: (peer: Peer) => Promise<void>
  readonly contracts: Pick<Contracts, 'find' | 'referred'>
  /** What counts where a contract says nothing. */
  readonly settings: PtpSettings
}

export interface NewTerminal {
  /** Or the contract, which says the connection and the customer_reference. */
  readonly peerId?: string
  readonly contractId?: string
  readonly model?: string
  readonly reference?: string
  readonly customerReference?: string
}

export interface Registry {
  readonly add: (wanted: NewTerminal) => Promise<PaymentTerminal>
  readonly find: (terminalId: string) => Promise<PaymentTerminal | undefined>
  readonly list: () => Promise<readonly PaymentTerminal[]>
  /** PATCH or PUT by the CPO: only what the CPO may write is taken. (E-05) */
  readonly change: (
    peer: Peer,
    terminalId: string,
    change: TerminalChange,
    options: { readonly replace: boolean; readonly from?: PartyId },
  ) => Promise<PaymentTerminal>
  readonly activate: (peer: Peer, wanted: TerminalActivation, from?: PartyId) => Promise<PaymentTerminal>
  readonly deactivate: (terminalId: string, peer?: Peer, from?: PartyId) => Promise<PaymentTerminal>
  readonly push: (terminalId: string) => Promise<PaymentTerminal>
  /** Puts it under another contract, with this CPO platform or another one. */
  readonly move: (terminalId: string, contractId: string) => Promise<PaymentTerminal>
  /** The contract is new or has changed: its terminals say what was agreed by now. */
  readonly follow: (contract: Contract) => Promise<void>
}

export function createRegistry(parts: RegistryParts): Registry {
  const { terminals, clock } = parts
  return {
    add: (wanted) => addTerminal(parts, wanted),
    find: (terminalId) => terminals.find(terminalId),
    list: async () => {
      const all: PaymentTerminal[] = []
      for await (const one of every(terminals)) all.push(one)
      return all
    },
    change: (peer, terminalId, change, { replace, from }) => {
      const asker = { peer, from }
      return decideOn(
        parts,
        () => heldBy(parts, asker, terminalId),
        (found) => changed({ ...parts, asker }, found, { change, replace }),
      )
    },
    activate: (peer, wanted, from) => {
      const asker = { peer, from }
      return decideOn(
        parts,
        () => waiting(parts, asker, wanted),
        (found) => activated({ ...parts, asker }, found, wanted),
      )
    },
    deactivate: (terminalId, peer, from) =>
      decideOn(
        parts,
        () => (peer ? heldBy(parts, { peer, from }, terminalId) : ourTerminal(parts, terminalId)),
        async (found) => ({ type: 'deactivated', seen: seenOf(found), at: clock.now() }),
      ),
    move: (terminalId, contractId) => moveTerminal(parts, terminalId, contractId),
    follow: (contract) => followContract(parts, contract),
    push: (terminalId) =>
      decideOn(
        parts,
        () => ourTerminal(parts, terminalId),
        async () => ({ type: 'push-asked', at: clock.now() }),
      ),
  }
}

async function heldBy({ terminals }: RegistryParts, asker: Asker, terminalId: string): Promise<PaymentTerminal> {
  const found = await terminals.find(terminalId)
  // "Not yours" and "not there" look the same from outside. (T14, T15)
  if (!found || !holds(asker, found))
    throw new OcpiError(2001, `No terminal "${terminalId}" is known here.`, { http: 404 })
  return found
}

type AskedParts = RegistryParts & { readonly asker: Asker }

async function changed(
  { asker, ...parts }: AskedParts,
  found: PaymentTerminal,
  { change, replace }: { readonly change: TerminalChange; readonly replace: boolean },
): Promise<TerminalEvent> {
  if (change.terminal_id && !sameCi(change.terminal_id, found.id))
    throw new OcpiError(2001, `terminal_id "${change.terminal_id}" in the body is not "${found.id}" in the URL.`)
  assertOwn(asker, change)
  const stood = await parts.contracts.find(found.contractId)
  const agreed = stood?.customerReference
  assertAgreed(agreed, change)
  // A PUT of some fields is a merge. (E-05)
  const options = { replace: replace && Boolean(change.terminal_id), agreed, now: parts.clock.now() }
  const written = writtenOver(found, change, options)
  const contract = stood ?? (await joined(parts, found.peerId, written.terminal))
  assertApproved(termsFor(parts.settings, contract).invoiceHosts, written.terminal)
  const party = partyFor(asker, written.terminal)
  await assertKnown(parts, { ...asker, before: found }, { ...written, party })
  const { id: contractId } = contract ?? {}
  return { type: 'changed', seen: seenOf(found), ...written, party, contractId }
}

async function addTerminal(parts: RegistryParts, wanted: NewTerminal): Promise<PaymentTerminal> {
  const model = modelNamed(wanted.model ?? 'apollo')
  if ('refused' in model) throw new Refusal('unfit-model', model.refused)
  const contract = wanted.contractId === undefined ? undefined : await contractOf(parts, wanted.contractId)
  const peerId = contract?.peerId ?? wanted.peerId ?? ''
  if (wanted.peerId && wanted.peerId !== peerId)
    throw new Refusal('other-peer', `Contract ${contract?.id} is with ${peerId}, not with ${wanted.peerId}.`)
  const peer = await parts.peers.get(peerId)
  if (!peer)
    throw new Refusal('unknown-peer', `No partner "${peerId}". "plugtill peers list --platform ptp" names them.`)
  if (peer.status !== 'registered')
    throw new Refusal('peer-not-registered', `Partner ${peer.id} is ${peer.status}: finish the registration first.`)
  await assertReferenceFree(parts, { peerId: peer.id, reference: wanted.reference })
  const customerReference = contract?.customerReference ?? wanted.customerReference
  const id = `T-${parts.ids().slice(0, 8).toUpperCase()}`
  const terminal: Terminal = {
    terminal_id: id,
    ...(customerReference && { customer_reference: customerReference }),
    ...(wanted.reference && { reference: wanted.reference }),
    location_ids: [],
    evse_uids: [],
    last_updated: formatDateTime(parts.clock.now()),
  }
  const { id: contractId } = contract ?? (await joined(parts, peer.id, terminal)) ?? {}
  return createTerminal(parts, {
    id,
    state: 'announcing',
    peerId: peer.id,
    ...(contractId && { contractId }),
    model: model.id,
    terminal,
  })
}

function createTerminal(parts: RegistryParts, entity: PaymentTerminal): Promise<PaymentTerminal> {
  return parts.store.transaction(async (tx) => {
    await keep(parts.clock)(tx, entity)
    return parts.terminals.create(entity, { type: 'added' }, { tx })
  })
}

/** C-703, E-08: by `reference` first, then by the id that was sent. An unknown reference is refused. */
async function waiting(
  { terminals }: RegistryParts,
  asker: Asker,
  wanted: TerminalActivation,
): Promise<PaymentTerminal> {
  const { reference } = wanted
  const byReference = reference ? await terminals.find(referenceKey(asker.peer.id, reference)) : undefined
  const found = byReference ?? (wanted.terminal_id ? await terminals.find(wanted.terminal_id) : undefined)
  if (!found || !holds(asker, found)) {
    throw new OcpiError(
      2001,
      `No terminal with reference "${reference ?? ''}" waits for activation. Use the reference that came with the device.`,
    )
  }
  return found
}

/** The same activation again changes nothing. The terminal is then created at the CPO by POST. (E-08) */
async function activated(
  { asker, ...parts }: AskedParts,
  found: PaymentTerminal,
  wanted: TerminalActivation,
): Promise<TerminalEvent> {
  assertOwn(asker, wanted)
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== null))
  const { terminal, writtenAt } = writtenOver(found, given, { replace: false, now: parts.clock.now() })
  const stood = await parts.contracts.find(found.contractId)
  assertAgreed(stood ? stood.customerReference : found.terminal.customer_reference, wanted)
  const contract = stood ?? (await joined(parts, found.peerId, terminal))
  assertApproved(termsFor(parts.settings, contract).invoiceHosts, terminal)
  const party = partyFor(asker, terminal)
  await assertKnown(parts, { ...asker, before: found }, { terminal, party })
  const last_updated = newerThan(terminal, parts.clock.now())
  return {
    type: 'activated',
    seen: seenOf(found),
    terminal: { ...terminal, last_updated },
    writtenAt,
    party,
    contractId: contract?.id,
  }
}

/** customer_reference was agreed before terminals were assigned: a CPO that writes another one than the contract's is refused. (C.7) */
function assertAgreed(
  agreed: string | null | undefined,
  { customer_reference: wanted }: Pick<TerminalChange, 'customer_reference'>,
): void {
  if (!wanted || !agreed || sameCi(agreed, wanted)) return
  throw new OcpiError(
    2001,
    `customer_reference "${wanted}" is not the one that was agreed for this terminal. Use the agreed one, or ask for the terminal to be moved.`,
  )
}

/** A terminal that stands under no contract yet joins the one whose reference it bears. */
const joined = async ({ contracts }: RegistryParts, peerId: string, { customer_reference }: Terminal) =>
  customer_reference ? contracts.referred(peerId, customer_reference) : undefined
