/** Money that went back after it was taken: each refund needs a cause that another book knows. (I3) */
import type { Asked, Say } from './asked.ts'
import { doneOf, momentsOf } from './moments.ts'

type Facts = Pick<Asked, 'payment' | 'lines' | 'cdrs' | 'bank'>

/** What operators have decided to pay back until then; without an amount it was all that was left. */
export function decidedBack({ payment, bank }: Pick<Facts, 'payment' | 'bank'>, at = Number.POSITIVE_INFINITY): number {
  return payment.events
    .filter(
      ({ type, verdict, body }) => type === 'operator-decided' && verdict === 'moved' && body.decision === 'refund',
    )
    .reduce((all, one) => (one.at <= at ? all + (one.body.amount?.amountMinor ?? bank.captured) : all), 0)
}

/** Bills, credit CDRs and second captures: the most that at some time until then was taken beyond what was to be kept. */
function tooMuchUntil({ lines, cdrs, bank }: Facts, at: number): number {
  const once = doneOf(lines, 'capture')[0]?.amountMinor ?? 0
  const beyond = momentsOf({ lines, cdrs })
    .filter((moment) => moment.at <= at)
    .map(({ captured, due }) => captured - (due === undefined ? once : Math.min(due, bank.held)))
  return Math.max(0, ...beyond)
}

export function checkRefunds(facts: Asked, say: Say): void {
  let paidBack = 0
  for (const { at, amountMinor, pspReference } of doneOf(facts.lines, 'refund')) {
    paidBack += amountMinor
    const explained = tooMuchUntil(facts, at) + decidedBack(facts, at)
    if (paidBack > explained) say('I3', `${paidBack} refunded of ${pspReference}, but only ${explained} have a cause`)
  }
}
