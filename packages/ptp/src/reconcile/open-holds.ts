/** Holds that are neither captured nor given back, the oldest first. */
import type { Money } from '@plugtill/psp/psp'
import { every } from '../every.ts'
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
/** So many are shown, the oldest; that there are more is said. */
const AT_MOST = 10_000

export interface OpenHold {
  readonly reference: string
  readonly state: PaymentState
  /** At most: where nobody knows whether there is a hold, what was asked. */
  readonly held: Money
  readonly since: number
  /** 24 h after the session ended: until then it is captured or given back. */
  readonly releaseBy?: number
  readonly captureBefore?: number
}

export interface OpenHolds {
  readonly open: readonly OpenHold[]
  /** Newer ones beyond the most that are shown. */
  readonly leftOut: number
  /** Of all of them. */
  readonly findings: readonly Finding[]
}

export async function openHolds(
  payments: PaymentDesk,
  { now, until }: { readonly now: number; readonly until: number },
): Promise<OpenHolds> {
  const open = await allOpen(payments, until)
  const over = open.filter(({ releaseBy, captureBefore }) =>
    [releaseBy, captureBefore].some((end = Number.POSITIVE_INFINITY) => end < now),
  )
  return {
    open: open.slice(0, AT_MOST),
    leftOut: Math.max(0, open.length - AT_MOST),
    findings: over.map(({ reference, state, held, releaseBy = Number.POSITIVE_INFINITY }) => {
      const end = releaseBy < now ? 'the day in which the schemes want it decided' : 'its own time'
      return differs('HOLD_OPEN', reference, { ours: held, what: `The payment is ${state}; its hold is past ${end}.` })
    }),
  }
}

async function allOpen(payments: PaymentDesk, until: number): Promise<readonly OpenHold[]> {
  const open: OpenHold[] = []
  for await (const payment of every(payments, { states: OPEN, until })) {
    const held = payment.held ?? mayBeHeld(payment)
    if (held && !payment.expired) open.push(holdOf(payment, held))
  }
  return open.reverse()
}

/** The answer to the authorization was lost: there may be a hold, of what was asked at most. (F02, I7) */
const mayBeHeld = ({ state, asked }: Payment): Money | undefined =>
  state === 'authorization-unknown' || state === 'stuck' ? asked : undefined

const holdOf = ({ id, state, createdAt, releaseBy, captureBefore }: Payment, held: Money): OpenHold => ({
  reference: id,
  state,
  held,
  since: createdAt,
  ...(releaseBy !== undefined && { releaseBy }),
  ...(captureBefore !== undefined && { captureBefore }),
})
