/** What the judge's PTP captures for a CDR, as it is told to the CPO. */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { formatDateTime, type Price } from '@plugtill/ocpi/types'
import { decimal, divide, multiply, scaled, subtract, sum, toNumber } from '@plugtill/pricing/decimal'
import { currencyDigits, fromMinor, grossOf, type Money, moneyOf } from '@plugtill/pricing/money'

interface Paid {
  readonly id: string
  /** authorization_reference */
  readonly reference: string
  readonly hold: Money
  readonly now: number
}

const CARD = 'VISA **** **** **** 4242'

/** What is captured: what the CDR asks for, never more than was held. (payments › FinancialAdviceConfirmation; E-14, E-16) */
export function adviceFor(
  { total_cost, currency }: CdrReceived,
  { id, reference, hold, now }: Paid,
): FinancialAdviceConfirmation {
  const due = moneyOf(total_cost, currency)
  const captured = { amountMinor: Math.max(0, Math.min(due.amountMinor, hold.amountMinor)), currency }
  const whole = captured.amountMinor === due.amountMinor
  return {
    id,
    authorization_reference: reference,
    total_costs: splitLike(captured, total_cost),
    currency,
    eft_data: [CARD, `TOTAL ${currency} ${toNumber(fromMinor(captured), currencyDigits(currency))}`],
    capture_status_code: whole ? 'SUCCESS' : captured.amountMinor > 0 ? 'PARTIAL_SUCCESS' : 'FAILED',
    ...(whole ? {} : { capture_status_message: 'The amount held on the card was lower than the cost.' }),
    last_updated: formatDateTime(now),
  }
}

/** Net and taxes as in the CDR, in proportion; together they are what was captured. (E-14) */
function splitLike(captured: Money, cost: Price): Price {
  const digits = currencyDigits(captured.currency)
  const gross = grossOf(cost)
  const share = gross.numerator > 0n ? divide(fromMinor(captured), gross) : decimal(0)
  const taxes = (cost.taxes ?? []).map((tax) => ({
    ...tax,
    amount: Number(scaled(multiply(decimal(tax.amount), share), digits)) / 10 ** digits,
  }))
  const net = subtract(fromMinor(captured), sum(taxes.map(({ amount }) => decimal(amount))))
  return { before_taxes: toNumber(net, digits), taxes }
}
