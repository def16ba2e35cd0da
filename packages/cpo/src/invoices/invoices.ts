/** The driver's invoice of each payment, as data and as what a browser opens. (C-709, C-710) */
import type { Desk } from '@plugtill/engine/engine'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { createSlipPdfs } from '@plugtill/receipt/pdf'
import type { Slip, SlipParty } from '@plugtill/receipt/slip'
import { slipLanguage } from '@plugtill/receipt/texts'
import type { ChargingEvent, ChargingSession } from '../charging/session.ts'
import type { Corrections } from '../corrections/corrections.ts'
import { ownersOf, referenceKey } from '../partners.ts'
import type { Advices } from './advices.ts'
import type { Bill } from './bill.ts'
import { documentsOf } from './documents.ts'
import { type InvoiceAnswer, invoiceAnswer } from './serve.ts'

export interface Invoices {
  /** In the order in which they were written; empty where there is no invoice of ours. */
  readonly documents: (reference: string, languages?: readonly string[]) => Promise<readonly Slip[]>
  /** `tail`: what stands behind the reference in the address. */
  readonly serve: (
    reference: string,
    asked?: { readonly tail?: string; readonly languages?: readonly string[] },
  ) => Promise<InvoiceAnswer>
}

export interface InvoicesParts {
  readonly seller: SlipParty
  /** The reference is put behind it. (E-19) */
  readonly baseUrl: string
  readonly billOf: (reference: string) => Promise<Bill | undefined>
}

export function createInvoices({ seller, baseUrl, billOf }: InvoicesParts): Invoices {
  const pdf = createSlipPdfs()
  const documents: Invoices['documents'] = async (reference, languages = []) => {
    const bill = await billOf(reference)
    if (bill === undefined) return []
    const url = `${baseUrl}/${encodeURIComponent(bill.reference)}`
    return documentsOf(bill, { seller, language: slipLanguage(languages), url })
  }
  return {
    documents,
    serve: async (reference, { tail, languages } = {}) =>
      invoiceAnswer(await documents(reference, languages), tail, { pdf }),
  }
}

/** The bill of a session that we charged ourselves. */
export function billsOf(parts: {
  readonly charging: Pick<Desk<ChargingSession, ChargingEvent>, 'find'>
  readonly corrections: Pick<Corrections, 'cdrsOf'>
  readonly advices: Pick<Advices, 'of'>
  readonly peers: Pick<PeerStore, 'list'>
}): InvoicesParts['billOf'] {
  return async (reference) => {
    for (const owner of await ownersOf(parts.peers)) {
      const session = await parts.charging.find(referenceKey(owner, reference))
      if (session === undefined) continue
      const advices = await parts.advices.of(owner, reference)
      return {
        reference: session.reference ?? reference,
        cdrs: await parts.corrections.cdrsOf(session),
        // Advices that were kept before they were listed by payment stand at their session.
        advices: advices.length > 0 || session.advice === undefined ? advices : [session.advice],
        timeZone: session.timeZone,
      }
    }
    return undefined
  }
}
