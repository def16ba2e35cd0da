/** What one payment came to: every CDR in the order in which it was written, and what the partner said was captured. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { sameCi } from '@plugtill/ocpi/types'
import { subtract, toText } from '@plugtill/pricing/decimal'
import { grossOf, toMinor } from '@plugtill/pricing/money'
import type { SlipPayment } from '@plugtill/receipt/slip'

export interface Bill {
  readonly reference: string
  readonly cdrs: readonly Cdr[]
  /** In any order: the newest counts. (E-16) */
  readonly advices: readonly FinancialAdviceConfirmation[]
  /** Of the place. */
  readonly timeZone?: string
}

const byTime = (a: FinancialAdviceConfirmation, b: FinancialAdviceConfirmation) =>
  Date.parse(a.last_updated) - Date.parse(b.last_updated)

/** What became of the driver's money. The first capture is what was taken, what a later advice lacks was paid back. */
export function paymentOf({ advices }: Bill, currency: string): SlipPayment {
  const told = [...advices].sort(byTime)
  const newest = told.at(-1)
  if (newest === undefined) return { state: 'unconfirmed', eftData: [] }
  const about = {
    at: Date.parse(newest.last_updated),
    eftData: newest.eft_data,
    ...(newest.capture_status_message == null ? {} : { message: newest.capture_status_message }),
  }
  // A partner's currency need not be ours, nor one that exists.
  if (!sameCi(newest.currency, currency)) {
    const captured = `${newest.currency} ${toText(grossOf(newest.total_costs), 2)}`
    return { ...about, state: 'failed', message: `The terminal platform tells of ${captured}.` }
  }
  if (newest.capture_status_code === 'FAILED') return { ...about, state: 'failed' }
  const paid = grossOf(newest.total_costs)
  const taken = told
    .filter((advice) => advice.capture_status_code !== 'FAILED' && sameCi(advice.currency, currency))
    .map(({ total_costs }) => grossOf(total_costs))
    .reduce((most, amount) => (toMinor(amount, currency) > toMinor(most, currency) ? amount : most), paid)
  const back = toMinor(subtract(taken, paid), currency)
  const captured = { amountMinor: toMinor(taken, currency), currency }
  if (back > 0)
    return {
      ...about,
      state: toMinor(paid, currency) === 0 ? 'refunded' : 'partly-refunded',
      captured,
      refunded: { amountMinor: back, currency },
    }
  if (captured.amountMinor === 0) return { ...about, state: 'not-charged' }
  return { ...about, state: newest.capture_status_code === 'SUCCESS' ? 'paid' : 'partly-paid', captured }
}
