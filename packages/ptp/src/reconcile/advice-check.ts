/** What the CPO was told, against what was taken. Pure. (I8, I9) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { sameCi } from '@plugtill/ocpi/types'
import type { Money } from '@plugtill/psp/psp'
import { netOf } from '../payment/amounts.ts'
import type { Advice, Payment } from '../payment/payment.ts'
import { dueOf } from '../payment/prices.ts'
import { advicesOf } from '../payment/told.ts'
import { readable } from '../readable.ts'
import { differs, type Finding } from './findings.ts'
import { taxesAreOf } from './receipt-check.ts'

const ADVICE_WRITTEN_MS = 3_600_000
const ADVICE_TAKEN_MS = 24 * 3_600_000

interface Compared {
  readonly payment: Payment
  readonly cdr?: CdrReceived
  readonly advice?: FinancialAdviceConfirmation
  readonly takesAdvice: boolean
}

export function adviceOf({ payment, cdr, advice, takesAdvice }: Compared, now: number): readonly Finding[] {
  const { id, advice: told } = payment
  const paid = netOf(payment)
  if (!told) return adviceLacks(payment)
  const found = statusOf(payment, told)
  if (!takesAdvice) return found
  if (!advice) {
    if (now - told.at < ADVICE_WRITTEN_MS) return found
    return [...found, differs('ADVICE_LACKS', id, { ours: paid, what: `Advice ${told.id} was never written down.` })]
  }
  const said = adviceTotal(advice)
  const wrong = (what: string) => [differs('ADVICE_DIFFERS', id, { ours: paid, ...(said && { theirs: said }), what })]
  const same = said?.amountMinor === paid.amountMinor && said.currency === paid.currency
  return [
    ...found,
    ...(same && advice.capture_status_code === told.status
      ? []
      : wrong(`Advice ${told.id} says ${advice.capture_status_code}, our books ${told.status}.`)),
    ...(sameCi(advice.authorization_reference, id)
      ? []
      : wrong(`Advice ${told.id} is of "${advice.authorization_reference}".`)),
    ...(same && taxesDiffer(payment, cdr, advice) ? wrong(`Advice ${told.id} has other taxes than the CDR.`) : []),
    ...undelivered(payment, now),
  ]
}

function adviceLacks(payment: Payment): readonly Finding[] {
  const { id, captured, cdr, state } = payment
  const ours = netOf(payment)
  if (captured && cdr) return [differs('ADVICE_LACKS', id, { ours, what: 'A capture without an advice.' })]
  if (state !== 'voided' || !cdr || cdr.due.amountMinor === 0) return []
  return [differs('ADVICE_LACKS', id, { ours, theirs: cdr.due, what: 'A bill that nobody pays, without an advice.' })]
}

/** All that the bill asks, a part of it, or nothing. A bill that is taken back asks nothing any more. */
function statusOf(payment: Payment, { id, status }: Advice): readonly Finding[] {
  const { captured, cdr, credit } = payment
  const paid = netOf(payment)
  const due = !credit && cdr?.due.currency === paid.currency ? cdr.due : undefined
  const part = due && (paid.amountMinor < due.amountMinor ? 'PARTIAL_SUCCESS' : 'SUCCESS')
  const wrong = captured
    ? status === 'FAILED' || (part !== undefined && status !== part)
    : status === 'PARTIAL_SUCCESS' || (status === 'SUCCESS' && part === 'PARTIAL_SUCCESS')
  if (!wrong) return []
  const what = `Advice ${id} says ${status}, which is not what was taken of the bill.`
  return [differs('ADVICE_DIFFERS', payment.id, { ours: paid, ...(due && { theirs: due }), what })]
}

/** Those of the CDR that it was written by: one of before that CDR, or whose refund was refused, knows none of it. */
function taxesDiffer(
  { captured, basis, refunds = [] }: Payment,
  cdr: CdrReceived | undefined,
  { total_costs, currency }: FinancialAdviceConfirmation,
): boolean {
  const before = (basis && basis.by !== 'tariff') || refunds.some(({ status }) => status === 'refused')
  if (!captured || !cdr || before) return false
  return !readable(() => {
    const taxes = (total_costs.taxes ?? []).map(({ name, percentage, amount }) => ({
      name,
      percentage,
      amountMinor: dueOf({ before_taxes: amount, taxes: [] }, currency).amountMinor,
    }))
    return taxesAreOf(cdr, dueOf(total_costs, currency).amountMinor, taxes)
  })
}

/** A later one that was taken makes up for those before it. */
function undelivered(payment: Payment, now: number): readonly Finding[] {
  const { id, peerId } = payment
  const all = advicesOf(payment)
  const [waiting] = all.slice(all.findLastIndex(({ deliveredAt }) => deliveredAt !== undefined) + 1)
  if (!waiting || now - waiting.at <= ADVICE_TAKEN_MS) return []
  const what = `${peerId} has not taken advice ${waiting.id}.`
  return [differs('ADVICE_UNDELIVERED', id, { ours: netOf(payment), what })]
}

/** Gross, in the currency the advice itself names. */
export const adviceTotal = ({ total_costs, currency }: FinancialAdviceConfirmation): Money | undefined =>
  readable(() => dueOf(total_costs, currency))
