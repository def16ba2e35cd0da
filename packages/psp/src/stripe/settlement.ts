import type Stripe from 'stripe'
import type { SettlementLine } from '../psp.ts'
import type { Desk } from './desk.ts'
import { errorOf } from './errors.ts'
import { moneyOf, REFERENCE } from './payment.ts'

const MOST = 10_000
/** Of charges and refunds: what was taken and what was given back. Failures, adjustments and disputes are neither. */
const MOVES = /^(charge|payment|refund|payment_refund)$/

interface Period {
  readonly since: number
  readonly until: number
}

/** Balance transactions of our payments: what Stripe took, what it gave back, what it kept. */
export async function settlementOf(
  desk: Desk,
  { since, until }: Period,
  most = MOST,
): Promise<readonly SettlementLine[]> {
  const created = { gte: Math.ceil(since / 1000), lt: Math.ceil(until / 1000) }
  const lines = await desk
    .repeat((stripe) =>
      stripe.balanceTransactions
        .list({ created, limit: 100, expand: ['data.source'] })
        .autoPagingToArray({ limit: most }),
    )
    .catch((error: unknown) => {
      throw errorOf(error, 'read')
    })
  // A report with lines left out is none: a period with too many is read in halves.
  if (lines.length === most && created.lt - created.gte > 1) {
    const middle = Math.floor((created.gte + created.lt) / 2) * 1000
    const [first, second] = [
      { since, until: middle },
      { since: middle, until },
    ]
    return [...(await settlementOf(desk, first, most)), ...(await settlementOf(desk, second, most))]
  }
  return lines.flatMap(lineOf).toSorted((a, b) => a.at - b.at)
}

/**
 * In the currency of the charge: the balance may be kept in another one, into which Stripe has changed it. Only the fee is
 * told in that one.
 */
function lineOf({ source, type, fee, currency, created }: Stripe.BalanceTransaction): readonly SettlementLine[] {
  if (source === null || typeof source === 'string' || !MOVES.test(type)) return []
  if (source.object !== 'charge' && source.object !== 'refund') return []
  const { metadata, payment_intent: intent, object } = source
  // Money that came back to us is no refund, neither when it left nor when it came.
  if (object === 'refund' && /^(failed|canceled)$/.test(source.status ?? '')) return []
  const reference = metadata?.[REFERENCE]
  if (reference === undefined || !intent) return []
  return [
    {
      reference,
      pspReference: typeof intent === 'string' ? intent : intent.id,
      kind: object === 'charge' ? 'capture' : 'refund',
      amount: moneyOf(object === 'charge' ? source.amount_captured : source.amount, source.currency),
      fee: moneyOf(fee, currency),
      at: created * 1000,
    },
  ]
}
