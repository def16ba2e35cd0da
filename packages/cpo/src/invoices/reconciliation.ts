/**
 * Which CDRs an invoice between two companies covers. Ours (direct billing) are made here and told to the partner until
 * he has them; those of a partner who writes the invoice himself (reverse billing) are kept. Not the driver's invoice. (C.8)
 */
import type { Documents } from '@plugtill/engine/documents'
import type { Desk, Kind } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import type { Machine } from '@plugtill/engine/machine'
import { PeerRefused } from '@plugtill/ocpi/ask'
import type { OcpiClient } from '@plugtill/ocpi/client'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import {
  invoiceReconciliation,
  type InvoiceReconciliationRecord as Record,
} from '@plugtill/ocpi/modules/invoice-reconciliation'
import type { PartyId, PeerStore } from '@plugtill/ocpi/peers'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { backOff } from '../effects/back-off.ts'
import { connectionOf, ownersOf, partnerKey } from '../partners.ts'

export const RECONCILIATIONS = 'reconciliations'

export interface Reconciliation {
  readonly id: string
  /** `withdrawn`: the record itself was a mistake. */
  readonly state: 'told' | 'withdrawn'
  readonly owner: string
  readonly record: Record
}

export type ReconciliationEvent = { readonly type: 'written' } | { readonly type: 'withdrawn' }
export type ReconciliationOrder = { readonly do: 'post' } | { readonly do: 'delete' } | { readonly do: 'file' }

const machine: Machine<Reconciliation, ReconciliationEvent, ReconciliationOrder> = {
  name: 'reconciliation',
  initial: 'told',
  final: ['withdrawn'],
  states: {
    told: {
      written: () => ({ to: 'told', effects: [{ do: 'file' }, { do: 'post' }] }),
      withdrawn: () => ({ to: 'withdrawn', effects: [{ do: 'file' }, { do: 'delete' }] }),
    },
    withdrawn: {
      written: () => ({ refuse: 'A record that was withdrawn does not come back. Write a new one.' }),
      withdrawn: () => ({ ignore: 'Withdrawn before.' }),
    },
  },
}

export interface ReconciliationParts {
  readonly docs: Documents
  readonly random: () => number
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
}

export function reconciliationKind(
  parts: ReconciliationParts,
): Kind<Reconciliation, ReconciliationEvent, ReconciliationOrder> {
  return {
    machine,
    lane: ({ do: what }, { owner }) => (what === 'file' ? 'files' : `peer:${owner}:reconciliation`),
    retry: (_, attempt) => backOff(attempt, parts.random),
    run: async (order, { entity }) => {
      if (order.do === 'file') return file(parts.docs, entity)
      // A partner without the module reads our list.
      const peer = await connectionOf(parts.peers, entity)
      if (peer === undefined || !(await parts.client.offers(peer, invoiceReconciliation, 'receiver'))) return
      const calls = parts.client.of(peer, invoiceReconciliation, 'receiver')
      const { country_code, party_id, id } = entity.record
      if (order.do === 'post') await calls.postRecord({ body: entity.record })
      else await calls.deleteRecord({ params: { country_code, party_id, id } }).catch(unlessGone)
    },
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof PeerRefused && error.http === 404)) throw error
}

async function file(docs: Documents, { owner, record, state }: Reconciliation): Promise<void> {
  const key = keyOf(owner, record)
  if (state === 'withdrawn') await docs.delete(RECONCILIATIONS, key)
  else await docs.put(RECONCILIATIONS, key, JSON.stringify(record), record.last_updated)
}

const keyOf = (owner: string, { country_code, party_id, id }: Record) => partnerKey(owner, country_code, party_id, id)

export interface ReconciliationOrdered {
  /** The partner the invoice goes to, such as DE-EMS. */
  readonly partner: string
  readonly invoiceId: string
  /** The CDRs it covers; absent: all of the period that no invoice covers yet. */
  readonly cdrs?: readonly string[]
  readonly from?: number
  /** Exclusive. */
  readonly until?: number
}

export interface Reconciliations {
  readonly list: () => Promise<readonly Reconciliation[]>
  /** Faults PARTNER_UNKNOWN, CDR_UNKNOWN, INVOICE_EMPTY, CDR_INVOICED. */
  readonly write: (ordered: ReconciliationOrdered) => Promise<Reconciliation>
  /** Fault RECONCILIATION_UNKNOWN. */
  readonly withdraw: (id: string) => Promise<Reconciliation>
}

export function createReconciliations(parts: {
  readonly reconciliations: Desk<Reconciliation, ReconciliationEvent>
  readonly docs: Pick<Documents, 'all'>
  readonly peers: Pick<PeerStore, 'list'>
  readonly party: PartyId
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
}): Reconciliations {
  const { reconciliations, clock, party } = parts
  const list = () => reconciliations.list({ limit: 1000 })
  return {
    list,
    write: async (ordered) => {
      const owner = (await ownersOf(parts.peers)).find((each) => sameCi(each, ordered.partner))
      if (owner === undefined) throw new Fault('PARTNER_UNKNOWN', `No partner is called "${ordered.partner}".`)
      const invoiced = new Set(
        (await list()).flatMap(({ state, record }) => (state === 'withdrawn' ? [] : record.cdrs.map(lower))),
      )
      const cdrs = cdrsFor(ordered, await cdrsOf(parts.docs, owner), invoiced)
      const record: Record = {
        country_code: party.countryCode,
        party_id: party.partyId,
        id: parts.ids(),
        invoice_id: ordered.invoiceId,
        cdrs,
        last_updated: formatDateTime(clock.now()),
      }
      return reconciliations.create({ id: record.id, state: 'told', owner, record }, { type: 'written' })
    },
    withdraw: async (id) => {
      if ((await reconciliations.find(id)) === undefined)
        throw new Fault('RECONCILIATION_UNKNOWN', `No invoice reconciliation record has the id "${id}".`)
      return (await reconciliations.apply(id, { type: 'withdrawn' })).entity
    },
  }
}

const lower = (text: string) => text.toLowerCase()

async function cdrsOf(docs: Pick<Documents, 'all'>, owner: string): Promise<readonly Cdr[]> {
  const kept = await docs.all('cdrs', { prefix: `${partnerKey(owner)}/` })
  return kept.map(({ body }) => JSON.parse(body) as Cdr)
}

/** One CDR is on one invoice: the other company would pay it twice. */
function cdrsFor(ordered: ReconciliationOrdered, known: readonly Cdr[], invoiced: ReadonlySet<string>): string[] {
  const named = ordered.cdrs
  if (named === undefined) {
    const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = ordered
    const inside = ({ last_updated }: Cdr) => Date.parse(last_updated) >= from && Date.parse(last_updated) < until
    const open = known.filter((cdr) => inside(cdr) && !invoiced.has(lower(cdr.id))).map(({ id }) => id)
    if (open.length === 0) throw new Fault('INVOICE_EMPTY', `No CDR of ${ordered.partner} is open in that period.`)
    return open
  }
  return named.map((id) => {
    const cdr = known.find((each) => sameCi(each.id, id))
    if (cdr === undefined) throw new Fault('CDR_UNKNOWN', `${ordered.partner} has no CDR "${id}".`)
    if (invoiced.has(lower(id)))
      throw new Fault('CDR_INVOICED', `CDR "${id}" is on an invoice already. Withdraw its record first.`)
    return cdr.id
  })
}
