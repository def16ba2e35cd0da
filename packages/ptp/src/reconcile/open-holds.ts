/** Holds that are neither captured nor given back, the oldest first. */
import type { Money } from '@plugtill/psp/psp'
import type { PaymentDesk } from '../payment/desk.ts'
import type { Payment, PaymentState } from '../payment/payment.ts'
import { differs, type Finding } from './findings.ts'

const OPEN: readonly PaymentState[] = [
  'authorizing',
  'authorization-unknown',
  'starting',
  'start-unknown',
  'awaiting-session',
  'charging',
  'stopping',
  'awaiting-cdr',
  'capturing',
  'capture-unknown',
  'voiding',
  'void-unknown',
  'stuck',
]
const AT_MOST = 10_000

export interface OpenHold {
  readonly reference: string
  readonly state: PaymentState
  readonly held: Money
  readonly since: number
  /** 24 h after the session ended: until then it is captured or given back. */
  readonly releaseBy?: number
  readonly captureBefore?: number
}

export async function openHolds(
  payments: PaymentDesk,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<{ readonly open: readonly OpenHold[]; readonly findings: readonly Finding[] }> {
  const found = await payments.list({ states: OPEN, until, limit: AT_MOST })
  const open = found.flatMap((payment) => (payment.held && !payment.expired ? [holdOf(payment, payment.held)] : []))
  open.reverse()
  const over = open.filter(({ releaseBy, captureBefore }) =>
    [releaseBy, captureBefore].some((end = Number.POSITIVE_INFINITY) => end < now),
  )
  return {
    open,
    findings: over.map(({ reference, state, held, releaseBy = Number.POSITIVE_INFINITY }) => {
      const end = releaseBy < now ? 'the day in which the schemes want it decided' : 'its own time'
      return differs('HOLD_OPEN', reference, { ours: held, what: `The payment is ${state}; its hold is past ${end}.` })
    }),
  }
}

const holdOf = ({ id, state, createdAt, releaseBy, captureBefore }: Payment, held: Money): OpenHold => ({
  reference: id,
  state,
  held,
  since: createdAt,
  ...(releaseBy !== undefined && { releaseBy }),
  ...(captureBefore !== undefined && { captureBefore }),
})
