/** What the CPO was told, against what the provider’s ledger says was taken and paid back, and what the bill asks. (I8, I9) */
import type { Asked, Say } from './asked.ts'
import type { HeardAdvice } from './books.ts'
import { doneOf, lastOf, type Moment, momentsOf } from './moments.ts'

/** Each advice once, as it was kept, and the last one there: at most one for each bill and each refund. */
export function checkAdvice({ advices, payment, cdrs, lines }: Asked, say: Say): void {
  for (const { id, hashes } of advices) {
    if (hashes.length > 1) say('I8', `advice ${id} came in ${hashes.length} versions`)
    const kept = payment.advices.find((one) => one.id === id)
    if (kept === undefined) say('I8', `advice ${id} was sent, and the platform keeps none of that name`)
    else if (!hashes.includes(kept.hash)) say('I8', `the platform keeps another advice ${id} than it has sent`)
  }
  const isAdvised = payment.state === 'captured' || payment.adviceId !== undefined || cdrs.length > 0
  if (isAdvised && !advices.some(({ id }) => id === payment.adviceId))
    say('I8', `advice ${payment.adviceId ?? '(none)'} never arrived`)
  const bills = cdrs.filter(({ creditOf }) => creditOf === undefined).length
  if (advices.length > Math.max(1, bills) + doneOf(lines, 'refund').length) say('I8', `${advices.length} advices`)
}

const newestOf = (advices: readonly HeardAdvice[]): HeardAdvice | undefined =>
  advices.reduce<HeardAdvice | undefined>(
    (last, one) => (last === undefined || one.at >= last.at ? one : last),
    undefined,
  )

/** The newest says what is true in the end, each one before it what was true at some time. */
export function checkAdviceWords({ advices, lines, cdrs, bank }: Asked, say: Say): void {
  const [end, newest] = [lastOf({ lines, cdrs }), newestOf(advices)]
  const moments = momentsOf({ lines, cdrs })
  for (const advice of advices) {
    const { id, status, amountMinor } = advice
    if (advice !== newest) {
      if (!moments.some((moment) => amountMinor === moment.net && wordsFor(moment, bank.held).includes(status)))
        say('I8', `advice ${id} says ${status} of ${amountMinor}, which was never true`)
      continue
    }
    const back = end.captured - end.net
    const refunded = back > 0 ? `, refunded ${back}` : ''
    if (amountMinor !== end.net) say('I9', `advised ${amountMinor}, captured ${end.captured}${refunded}`)
    const words = wordsFor(end, bank.held)
    if (!words.includes(status)) say('I8', `advice ${id} says ${status}, the ledger ${words.join(' or ')}`)
  }
}

/** All that the bill asks, a part of it, or nothing. Without a bill a capture of the whole hold may be a part of what was due. */
function wordsFor({ captured, net, due }: Moment, held: number): readonly string[] {
  if (captured === 0) return due === 0 ? ['SUCCESS'] : ['FAILED']
  if (due === undefined) return net === held ? ['SUCCESS', 'PARTIAL_SUCCESS'] : ['SUCCESS']
  return net < due ? ['PARTIAL_SUCCESS'] : ['SUCCESS']
}
