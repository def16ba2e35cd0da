/** Bills that wait beside the one that counts, or for the end of a capture. Pure. (F39, F46, F51, I12) */
import type { BillWaiting, Payment } from './payment.ts'
import { alarm, also, type Happens, type PaymentCell, type PaymentVerdict } from './verdicts.ts'

/** So many are kept. A CPO that sends more has to take back earlier ones first. */
const WAITING_AT_MOST = 10

/** In the order in which they came. */
export const waitingBills = ({ replacement, furtherBills = [] }: Payment): readonly BillWaiting[] =>
  replacement ? [replacement, ...furtherBills] : []

export const waitingAs = ([first, ...further]: readonly BillWaiting[]): Partial<Payment> => ({
  replacement: first,
  furtherBills: further.length > 0 ? further : undefined,
})

export const canWait = (payment: Payment): boolean => waitingBills(payment).length < WAITING_AT_MOST

/**
 * The bill that has its turn where the one before it is taken back, or there never was one. One that was taken back itself has one
 * only where no other bill says what is due, and one in another currency than the capture has none. (F39, F46, F51)
 */
export function nextBill(payment: Payment): BillWaiting | undefined {
  const { captured, cdr, credit } = payment
  if (cdr && !credit) return undefined
  const waiting = waitingBills(payment).filter(({ cdr: { due } }) => !captured || due.currency === captured.currency)
  return waiting.find((one) => !one.credit) ?? (cdr ? undefined : waiting[0])
}

/** The bill whose turn it is takes the place of the one that was taken back. */
export function replaced(
  payment: Payment,
  next: BillWaiting,
  { adviceId, at, taken }: Happens<'credit-due'> & { readonly taken: PaymentCell<'cdr-received'> },
): PaymentVerdict {
  // Of the others those that were taken back ask for nothing.
  const set = waitingAs(waitingBills(payment).filter((one) => one !== next && !one.credit))
  const { replacement: _, furtherBills: _further, ...alone } = payment
  return also(taken(alone, { type: 'cdr-received', ...next, adviceId, at }), { set })
}

/** It waits for its turn: with what there is to say against it, and its credit, where that came before it. (F52) */
export const waits: PaymentCell<'cdr-received'> = (payment, { cdr, check, credit }) => {
  if (cdr.due.amountMinor < 0) return isNegative(cdr)
  if (!canWait(payment))
    return { refuse: `CDR ${cdr.id} is one of more than ${WAITING_AT_MOST} that wait for one payment.` }
  const bill = { cdr, ...(check && { check }), ...(credit && { credit }) }
  return { to: payment.state, set: waitingAs([...waitingBills(payment), bill]) }
}

/**
 * A second CDR for a payment that has one moves no money. Its time comes when the first one is taken back: whether the credit or
 * the corrected bill comes first says nothing. (F46, I12)
 */
export const secondCdr: PaymentCell<'cdr-received'> = (payment, event) => {
  const { cdr, credit } = event
  if (credit) return { ignore: `CDR ${cdr.id} was taken back by ${credit.id} before it came` }
  const why = `A second CDR (${cdr.id}) for a payment that has one: it is kept, no money moves as long as the first one stands.`
  return also(waits(payment, event), { effects: [alarm('CDR_SECOND', why)] })
}

export const isNegative = ({ id, due }: Happens<'cdr-received'>['cdr']): PaymentVerdict => ({
  refuse: `CDR ${id} is negative (${due.amountMinor}) without being a credit.`,
})
