/** Looking for what a lost push would have told: the Session or the CDR of one payment. (D-F03, D-F11) */
import type { Journal } from '@plugtill/engine/journal'
import { pauseAfter } from '@plugtill/engine/retry'
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { type Session, sessions } from '@plugtill/ocpi/modules/sessions'
import { formatDateTime, sameCi } from '@plugtill/ocpi/types'
import { type Intake, isCdrOf } from '../intake.ts'
import { partyOf } from '../mirror.ts'
import { isOfParty } from '../payment/desk.ts'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { belongsTo } from '../payment/session-seen.ts'
import { type CountParts, wasLast } from './failures.ts'
import { sharedReading } from './one-reading.ts'

export interface SearchParts extends CountParts {
  readonly client: OcpiClient
  readonly intake: Intake
  readonly journal: Journal
  readonly ids: () => string
}

/** Partners' clocks differ from ours: the window begins earlier than the tap. (F41) */
const OVERLAP_MS = 15 * 60_000
/** What we have seen has a time of the partner's own clock: a newer word is not older than that. */
const SEEN_OVERLAP_MS = 60_000
/** So many last looks may fail because the CPO cannot be reached; then the hold is given back. */
const LAST_LOOKS = 3
const FAILED_LOOKS = 'failed-last-looks'
/** A CPO that asks for a longer pause before the last look counts as one that cannot be reached: no hold waits for it. (I6, F08) */
const LONGEST_PAUSE_MS = 30_000

const sinceTap = (payment: Payment) => payment.createdAt - OVERLAP_MS
/** A word with a time to come hides nothing: what changes now is asked for all the same. */
const sinceSeen = (payment: Payment, now: number) =>
  payment.session
    ? Math.max(sinceTap(payment), Math.min(Date.parse(payment.session.lastUpdated), now) - SEEN_OVERLAP_MS)
    : sinceTap(payment)

/**
 * A CPO may show what only waited beside the session it began anew under the same reference: what runs tells most, and nothing
 * tells more than the session that is known to run. (C-304)
 */
function telling({ session: known }: Payment, { id, status, kwh }: Session): number {
  if (known?.status === 'ACTIVE' && sameCi(known.id, id)) return 4
  if (status === 'ACTIVE') return 3
  if (status === 'COMPLETED' && kwh > 0) return 2
  return status === 'PENDING' || status === 'RESERVATION' ? 1 : 0
}

export function findSession(parts: SearchParts) {
  const look = sharedReading(({ peerId, party }, since, reference) =>
    parts.client
      .of({ id: peerId }, sessions, 'sender')
      .list({ query: { date_from: formatDateTime(since) } }, { reference, to: party }),
  )
  return async (payment: Payment, order: { readonly last: boolean }, attempt: number): Promise<PaymentEvent | void> => {
    if (payment.session?.status === 'COMPLETED') return
    let best: Session | undefined
    try {
      await look({
        list: payment,
        since: sinceSeen(payment, parts.clock.now()),
        reference: payment.id,
        isMine: (session) => isOfParty(payment, partyOf(session)) && belongsTo(payment, session),
        take: async (session) => {
          if (!(await parts.intake.isOf(payment, session))) return false
          // One whose id is another payment's is not ours, and looking again would find it again.
          if (await parts.intake.usedTwice(payment, session.id)) return false
          best = best && telling(payment, best) >= telling(payment, session) ? best : session
          // Nothing on a later page can tell more.
          return telling(payment, session) >= (payment.session?.status === 'ACTIVE' ? 4 : 3)
        },
      })
    } catch (error) {
      // A poll that fails is followed by the next poll; only the last look insists.
      const isRefused = error instanceof PeerRefused && !error.retry
      const mayLookAgain = order.last && !isRefused && pauseAfter(error) <= LONGEST_PAUSE_MS
      if (mayLookAgain && !(await wasLast(parts, { shelf: FAILED_LOOKS, key: payment.id, most: LAST_LOOKS })))
        throw error
    }
    if (order.last && attempt > 1) await parts.documents.delete(FAILED_LOOKS, payment.id)
    if (best) {
      const told = {
        session: await parts.intake.seen(payment, best),
        stopCommandId: parts.ids(),
        at: parts.clock.now(),
      }
      return { type: 'session-reported', ...told, ...(order.last && { lastLook: true }) }
    }
    return order.last ? { type: 'session-not-found', stopCommandId: parts.ids(), at: parts.clock.now() } : undefined
  }
}

export function pullCdr(parts: SearchParts) {
  const look = sharedReading(({ peerId, party }, since, reference) =>
    parts.client
      .of({ id: peerId }, cdrs, 'sender')
      .list({ query: { date_from: formatDateTime(since) } }, { reference, to: party }),
  )
  return async (payment: Payment, order: { readonly overdue?: true }): Promise<void> => {
    if (payment.cdr) return
    if (order.overdue) {
      const message = `Session ${payment.session?.id} of ${payment.peerId} has ended, its CDR has not come. Ask the CPO for it.`
      await parts.journal.write(payment.id, 'fault', { code: 'CDR_OVERDUE', message })
    }
    await look({
      list: payment,
      since: sinceTap(payment),
      reference: payment.id,
      isMine: (cdr) => isCdrOf(payment, cdr),
      take: async (cdr) => {
        await parts.intake.cdr(payment.peerId, cdr)
        return !cdr.credit
      },
    })
  }
}
