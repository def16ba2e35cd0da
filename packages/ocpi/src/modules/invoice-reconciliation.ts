/** Which CDRs an invoice between two companies covers; not the driver's invoice. Owned by CPO or MSP. (invoice reconciliation; C.8) */
import type { Static } from 'typebox'
import { del, list, module, one, post, put } from '../module.ts'
import { ciString, DateTime, object, oneOrMore } from '../types.ts'

/** Credit CDRs have ids of up to 39 characters, so those are accepted too. (invoice reconciliation › InvoiceReconciliationRecord; E-63) */
export const InvoiceReconciliationRecord = object({
  country_code: ciString(2),
  party_id: ciString(3),
  id: ciString(36),
  invoice_id: ciString(255),
  /** Ids of the CDRs; their amounts add up to the invoice. */
  cdrs: oneOrMore(ciString(39)),
  last_updated: DateTime,
})
export type InvoiceReconciliationRecord = Static<typeof InvoiceReconciliationRecord>

const RECORD = '/:country_code/:party_id/:id'

/** New in 2.3.0 edition 2. POST creates, PUT creates or replaces. (invoice reconciliation › Interfaces and endpoints; E-77, F-19) */
export const invoiceReconciliation = module(
  'invoicereconciliation',
  {
    sender: {
      list: list('', InvoiceReconciliationRecord),
    },
    receiver: {
      record: one(RECORD, InvoiceReconciliationRecord),
      postRecord: post('', InvoiceReconciliationRecord),
      putRecord: put(RECORD, InvoiceReconciliationRecord),
      deleteRecord: del(RECORD),
    },
  },
  { versions: ['2.3.0'] },
)
