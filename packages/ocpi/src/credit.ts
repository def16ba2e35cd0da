/** Taking back a CDR: it is never changed once sent, a credit CDR cancels it out. (C-601) */
import { Fault } from './errors.ts'
import type { Cdr } from './modules/cdrs.ts'
import type { Price } from './types.ts'

/** The original with its total negative and a reference to it; the partial costs stay as they were. (cdrs › Credit CDRs; C-601, C-610, E-67) */
export function creditCdr(original: Cdr, credit: { readonly id: string; readonly lastUpdated: string }): Cdr {
  if (original.credit) {
    throw new Fault(
      'BAD_CREDIT',
      `CDR ${original.id} is a credit itself. Send a new CDR instead of taking back a credit.`,
    )
  }
  if (credit.id.toLowerCase() === original.id.toLowerCase()) {
    throw new Fault('BAD_CREDIT', `A credit needs an id of its own, other than ${original.id}.`)
  }
  return {
    ...original,
    id: credit.id,
    credit: true,
    credit_reference_id: original.id,
    total_cost: negative(original.total_cost),
    last_updated: credit.lastUpdated,
  }
}

const minus = (amount: number): number => (amount === 0 ? 0 : -amount)

const negative = (price: Price): Price => ({
  ...price,
  before_taxes: minus(price.before_taxes),
  ...(price.taxes ? { taxes: price.taxes.map((tax) => ({ ...tax, amount: minus(tax.amount) })) } : {}),
})
