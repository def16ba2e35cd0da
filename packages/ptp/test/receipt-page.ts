/** The receipt of a rig's payment, as a page that a phone opens. */
import { type ReceiptParts, serveReceipt } from '../src/receipts/receipts.ts'
import { receiptToken } from '../src/receipts/token.ts'
import { defaultSettings } from '../src/settings.ts'
import type { Rig } from './rig.ts'
import { REFERENCE } from './scripted-cpo.ts'

export const partsOf = (one: Rig, more: Partial<ReceiptParts> = {}): ReceiptParts => ({
  name: 'Plugtill Pay',
  payments: one.payments,
  documents: one.documents,
  settings: { ...defaultSettings, languages: ['nl'], keySecret: 'secret' },
  registry: { find: async () => undefined },
  mirror: { location: async () => undefined },
  contracts: { find: async () => undefined },
  receiptsUrl: 'https://pay.example/ptp/receipts',
  ...more,
})
export const token = receiptToken('secret', REFERENCE)
export const page = async (one: Rig, more?: Partial<ReceiptParts>) => {
  const { status, headers, body } = await serveReceipt(partsOf(one, more), token, { form: 'page' })
  return { status, headers, text: String(body).replace(/<[^>]*>/g, ' ') }
}
