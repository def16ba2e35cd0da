import type { Documents } from '@plugtill/engine/documents'
import { type InvoiceReconciliationRecord, invoiceReconciliation } from '@plugtill/ocpi/modules/invoice-reconciliation'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import { RECONCILIATIONS } from '../invoices/reconciliation.ts'
import { ownerOf, partnerKey } from '../partners.ts'
import { shelfPage } from './shelf-page.ts'

/** Records of partners who write the invoice themselves. */
export const RECEIVED_RECONCILIATIONS = 'received-reconciliations'

/** Which CDRs our invoices to this partner cover. (invoice reconciliation › Sender) */
export function reconciliationSender({ docs }: { readonly docs: Documents }): Mounted {
  return mount(invoiceReconciliation, 'sender', {
    list: ({ peer, page }) => shelfPage(docs, RECONCILIATIONS, { prefix: `${partnerKey(ownerOf(peer))}/`, page }),
  })
}

/** Which CDRs the invoices of this partner cover, where he writes them. (invoice reconciliation › Receiver) */
export function reconciliationReceiver({ docs }: { readonly docs: Documents }): Mounted {
  const keyIn = ({ peer, params }: Pick<Call<unknown>, 'peer' | 'params'>) =>
    partnerKey(ownerOf(peer), params['country_code'] ?? '', params['party_id'] ?? '', params['id'] ?? '')
  const keep = async (key: string, record: InvoiceReconciliationRecord) => ({
    created: (await docs.put(RECEIVED_RECONCILIATIONS, key, JSON.stringify(record), record.last_updated)) === 'created',
  })
  return mount(invoiceReconciliation, 'receiver', {
    record: async (call) => {
      const doc = await docs.get(RECEIVED_RECONCILIATIONS, keyIn(call))
      return doc && { json: doc.body }
    },
    postRecord: ({ peer, body }) => keep(partnerKey(ownerOf(peer), body.country_code, body.party_id, body.id), body),
    putRecord: (call) => keep(keyIn(call), call.body),
    deleteRecord: async (call) => void (await docs.delete(RECEIVED_RECONCILIATIONS, keyIn(call))),
  })
}
