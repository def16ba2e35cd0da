/** One payment in all books: CDR = capture = advice = receipt = provider. Pure. (I9, F80) */
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import type { Money, PspPayment } from '@plugtill/psp/psp'
import { amountDue } from '../cdr-intake.ts'
import { hashOf } from '../content-hash.ts'
import { zero } from '../payment/amounts.ts'
import type { Payment } from '../payment/payment.ts'
import { adviceOfCapture } from '../payment/told.ts'
import { isFinal } from '../payment/view.ts'
import { readable } from '../readable.ts'
import { adviceOf } from './advice-check.ts'
import { captureOf } from './capture-check.ts'
import { differs, type Finding } from './findings.ts'
import { type Issued, receiptDiffers } from './receipt-check.ts'

/** What the provider's report says about one payment. */
export interface Settled {
  /** Captures less what was reversed. */
  readonly taken: Money
  readonly refunded: Money
  /** The report covers the time of the capture. */
  readonly covers: (at: number) => boolean
  /** A refund asked for then stands in the report by now. */
  readonly coversRefund: (askedAt: number) => boolean
}

export interface Books {
  readonly payment: Payment
  readonly cdr?: CdrReceived
  /** The CDR's text is the one that was stored with the bill: no need to look at every field of it. */
  readonly cdrUntouched?: boolean
  readonly advice?: FinancialAdviceConfirmation
  /** As it is shown now; absent: it cannot be drawn. */
  readonly receipt?: Issued
  /** Absent: the provider has none. */
  readonly record?: PspPayment
  /** Absent: the provider gives no report. */
  readonly settled?: Settled
  /** Its account at the provider could not be read. */
  readonly unread?: true
  /** The CPO has said that it takes advices. */
  readonly takesAdvice: boolean
}

/** Money on its way back makes every figure one of the moment: the next run looks again. */
const moving = ({ refunds = [] }: Payment) => refunds.some(({ status }) => status === 'asked')

export function differencesIn(books: Books, now: number): readonly Finding[] {
  const { payment } = books
  if (!isFinal(payment) || moving(payment)) return []
  return [...ownBooks(books, now), ...providerBooks(books)]
}

function ownBooks(books: Books, now: number): readonly Finding[] {
  return [...billOf(books), ...captureOf(books.payment, now), ...adviceOf(books, now), ...receiptDiffers(books)]
}

function billOf({ payment: { id, cdr: billed }, cdr, cdrUntouched }: Books): readonly Finding[] {
  if (!billed) return []
  if (!cdr) return [differs('CDR_LACKS', id, { ours: billed.due, what: `CDR ${billed.id} is not in our books.` })]
  const there = readable(() => amountDue(cdr))
  if (!there) return [differs('CDR_DIFFERS', id, { ours: billed.due, what: `CDR ${billed.id} cannot be read.` })]
  const same = there.amountMinor === billed.due.amountMinor && there.currency === billed.due.currency
  if (same && (cdrUntouched || hashOf(cdr) === billed.hash)) return []
  const what = same ? `CDR ${cdr.id} has other content than when it was billed.` : `CDR ${cdr.id} asks another total.`
  return [differs('CDR_DIFFERS', id, { ours: billed.due, theirs: there, what })]
}

export function providerBooks({ payment, record, settled, unread }: Books): readonly Finding[] {
  if (unread) return []
  const { id, captured, pspReference, asked } = payment
  const ours = captured ?? zero(asked.currency)
  if (!record) {
    if (!captured) return []
    return [differs('PROVIDER_LACKS', id, { ours, what: `The provider does not know ${pspReference ?? id}.` })]
  }
  const over = payment.state !== 'stuck'
  return [
    ...different('PROVIDER_CAPTURED', id, {
      ours,
      theirs: record.captured,
      what: `The provider says ${record.state}.`,
    }),
    ...(over && record.held.amountMinor > 0
      ? [differs('PROVIDER_HOLDS', id, { theirs: record.held, what: `The payment is ${payment.state} here.` })]
      : []),
    ...settlementOf(payment, settled),
    ...refundsDiffer({ payment, record, settled }),
  ]
}

function settlementOf(payment: Payment, settled: Settled | undefined): readonly Finding[] {
  const { id, captured } = payment
  const at = adviceOfCapture(payment)?.at ?? payment.captureOrderedAt
  if (!settled || !captured || at === undefined || !settled.covers(at)) return []
  return different('SETTLEMENT_DIFFERS', id, {
    ours: captured,
    theirs: settled.taken,
    what: 'The payout differs from the capture.',
  })
}

/** What went back, in the provider's record, where there is one, and in its report. */
export function refundsDiffer({ payment, record, settled }: Pick<Books, 'payment' | 'record' | 'settled'>) {
  if (!isFinal(payment) || moving(payment)) return []
  const ours = refundsDone(payment)
  const told = record && { ours, theirs: record.refunded, what: 'Refunds differ.' }
  return [...(told ? different('PROVIDER_REFUNDED', payment.id, told) : []), ...refundsReported(payment, settled)]
}

/** The report may show a refund before its usual days are over, so between the two sums nothing is said. */
function refundsReported(payment: Payment, settled: Settled | undefined): readonly Finding[] {
  const { id, refunds = [] } = payment
  if (!settled) return []
  const due = refunds.filter(({ askedAt }) => askedAt !== undefined && settled.coversRefund(askedAt))
  const [least, most] = [refundsDone({ ...payment, refunds: due }), refundsDone(payment)]
  const { refunded: theirs } = settled
  const what = 'The payout has other refunds than our books.'
  if (theirs.amountMinor < least.amountMinor) return [differs('SETTLEMENT_REFUNDS', id, { ours: least, theirs, what })]
  if (theirs.amountMinor > most.amountMinor) return [differs('SETTLEMENT_REFUNDS', id, { ours: most, theirs, what })]
  return []
}

const refundsDone = ({ refunds = [], asked }: Pick<Payment, 'refunds' | 'asked'>): Money => ({
  amountMinor: refunds.reduce((all, { status, amount }) => all + (status === 'done' ? amount.amountMinor : 0), 0),
  currency: asked.currency,
})

const different = (
  finding: Finding['id'],
  reference: string,
  told: { readonly ours: Money; readonly theirs: Money; readonly what: string },
): readonly Finding[] =>
  told.ours.amountMinor === told.theirs.amountMinor &&
  (told.ours.currency === told.theirs.currency || told.ours.amountMinor === 0)
    ? []
    : [differs(finding, reference, told)]
