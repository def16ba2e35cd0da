/** Financial advice confirmations: kept once, matched with their session, and fetched where a push was lost. */
import type { Documents } from '@plugtill/engine/documents'
import { Fault } from '@plugtill/engine/fault'
import { catchUpOn } from '@plugtill/ocpi/catch-up'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { OcpiError } from '@plugtill/ocpi/errors'
import { type FinancialAdviceConfirmation, payments, readAdvice } from '@plugtill/ocpi/modules/payments'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { sameCi } from '@plugtill/ocpi/types'
import { ownerOf, partnerKey } from '../partners.ts'
import type { createSerial } from '../serial.ts'

export const ADVICES = 'advices'
/** Which advices belong to a payment. */
const BY_REFERENCE = 'advices-by-reference'
/** How far back the first pull asks: a partner repeats what it could not deliver, and this only catches what it gave up. */
const FIRST_BACK_MS = 7 * 24 * 3_600_000

export interface AdvicesParts {
  readonly docs: Documents
  readonly peers: Pick<PeerStore, 'get'>
  readonly client: Pick<OcpiClient, 'of' | 'offers'>
  /** Tells whoever sold it; false: nobody carries its reference. */
  readonly match: (owner: string, advice: FinancialAdviceConfirmation) => Promise<boolean>
  readonly clock: { readonly now: () => number }
  readonly serial: ReturnType<typeof createSerial>
  /** Something an operator should see; nothing that is told to the partner. */
  readonly onFault: (fault: unknown, reference: string) => void
  /** An advice nobody waits for: kept, and shown to an operator. (D-F19) */
  readonly onUnmatched: (advice: FinancialAdviceConfirmation) => void
}

export interface Advices {
  /** A repeat changes nothing; a known id with other content is 2001. (E-11) */
  readonly take: (owner: string, advice: FinancialAdviceConfirmation) => Promise<'created' | 'updated' | 'same'>
  /** All advices of one payment, whichever came first: they or the CDR. (D-F20) */
  readonly of: (owner: string, reference: string) => Promise<readonly FinancialAdviceConfirmation[]>
  /** The partner's own list; the only way left when its pushes never arrived. (A-79, D-36) */
  readonly pull: (peerId: string) => Promise<void>
}

export function createAdvices(parts: AdvicesParts): Advices {
  const take: Advices['take'] = (owner, advice) =>
    parts.serial(`advice ${owner}`, async () => {
      const kept = await keepAdvice(parts.docs, owner, advice)
      const { id, authorization_reference, last_updated } = advice
      await parts.docs.put(BY_REFERENCE, partnerKey(owner, authorization_reference, id), id, last_updated)
      // Told also when it is the same: a crash may have come between keeping and telling.
      if (!(await parts.match(owner, advice)) && kept !== 'same') parts.onUnmatched(advice)
      return kept
    })
  return {
    take,
    of: async (owner, reference) => {
      const index = await parts.docs.all(BY_REFERENCE, { prefix: `${partnerKey(owner, reference)}/` })
      const docs = await Promise.all(index.map(({ body }) => parts.docs.get(ADVICES, partnerKey(owner, body))))
      return docs.flatMap((doc) => (doc === undefined ? [] : [JSON.parse(doc.body) as FinancialAdviceConfirmation]))
    },
    pull: async (peerId) => {
      const peer = await parts.peers.get(peerId)
      if (peer === undefined || !(await parts.client.offers(peer, payments, 'sender'))) return
      const owner = ownerOf(peer)
      const now = parts.clock.now()
      const first = { begunAt: now - FIRST_BACK_MS, wholeAt: now }
      await catchUpOn(
        parts.docs,
        { peerId, list: ADVICES, first },
        {
          clock: parts.clock,
          // Advices are never taken back, so nothing is learned from a pull of all there ever were.
          habits: { wholeEveryMs: Number.POSITIVE_INFINITY },
          read: (query) => parts.client.of(peer, payments, 'sender').advices({ query }),
          keep: async (received) => {
            const known = await parts.docs.get(ADVICES, partnerKey(owner, received.id))
            if (known !== undefined && Date.parse(known.lastUpdated) >= Date.parse(received.last_updated)) return
            await take(owner, readAdvice(received)).catch((error: unknown) => {
              // What is wrong with this one will be so next time; anything else is tried again.
              if (!(error instanceof OcpiError)) throw error
              parts.onFault(error, received.authorization_reference)
            })
          },
        },
      )
    },
  }
}

async function keepAdvice(
  docs: Documents,
  owner: string,
  advice: FinancialAdviceConfirmation,
): Promise<'created' | 'updated' | 'same'> {
  const key = partnerKey(owner, advice.id)
  const body = JSON.stringify(advice)
  const doc = await docs.get(ADVICES, key)
  if (doc !== undefined) {
    const before = JSON.parse(doc.body) as FinancialAdviceConfirmation
    const conflict = !sameCi(before.authorization_reference, advice.authorization_reference)
    const order = Date.parse(advice.last_updated) - Date.parse(before.last_updated)
    if (conflict || (order === 0 && doc.body !== body)) {
      const text = `Financial advice confirmation "${advice.id}" is known with other content. Give a new one its own id.`
      throw new OcpiError(2001, text)
    }
    if (order <= 0) return 'same'
  }
  return docs.put(ADVICES, key, body, advice.last_updated)
}

export function unknownReference(advice: { readonly id: string; readonly authorization_reference: string }): Fault {
  return new Fault(
    'ADVICE_UNMATCHED',
    `Financial advice confirmation "${advice.id}" names the reference "${advice.authorization_reference}", which no session carries. It is kept; ask the partner.`,
  )
}
