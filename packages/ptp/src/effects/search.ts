/** Looking for what a lost push would have told: the Session or the CDR of one payment. (D-F03, D-F11) */
import type { Journal } from '@plugtill/engine/journal'
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { formatDateTime } from '@plugtill/ocpi/types'
import { type Intake, isCdrOf } from '../intake.ts'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'
import { belongsTo } from '../payment/session-seen.ts'

export interface SearchParts {
  readonly client: OcpiClient
  readonly intake: Intake
  readonly journal: Journal
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
}

/** Partners' clocks differ from ours: the window begins earlier than the tap. (F41) */
const OVERLAP_MS = 15 * 60_000
/** Objects read per search; a partner with more in the window is asked again at the next poll. */
const READ_AT_MOST = 2_000
/** The last look is repeated this often when the CPO cannot be reached; then the hold is given back. */
const LAST_LOOKS = 3

const window = (payment: Payment) => ({ date_from: formatDateTime(payment.createdAt - OVERLAP_MS) })

export function findSession(parts: SearchParts) {
  return async (payment: Payment, order: { readonly last: boolean }, attempt: number): Promise<PaymentEvent | void> => {
    if (payment.session?.status === 'COMPLETED') return
    const at = () => parts.clock.now()
    try {
      const call = parts.client.of({ id: payment.peerId }, sessions, 'sender')
      let read = 0
      for await (const session of call.list({ query: window(payment) }, { reference: payment.id })) {
        // One whose id is another payment's is not ours, and looking again would find it again.
        if (belongsTo(payment, session) && !(await parts.intake.usedTwice(payment, session.id))) {
          return {
            type: 'session-reported',
            session: await parts.intake.seen(payment, session),
            stopCommandId: parts.ids(),
            at: at(),
          }
        }
        if (++read >= READ_AT_MOST) break
      }
    } catch (error) {
      // A poll that fails is followed by the next poll; only the last look insists.
      if (!order.last) return
      if (attempt < LAST_LOOKS && !(error instanceof PeerRefused && !error.retry)) throw error
    }
    return order.last ? { type: 'session-not-found', stopCommandId: parts.ids(), at: at() } : undefined
  }
}

export function pullCdr(parts: SearchParts) {
  return async (payment: Payment, order: { readonly overdue?: true }): Promise<void> => {
    if (payment.cdr) return
    if (order.overdue) {
      const message = `Session ${payment.session?.id} of ${payment.peerId} has ended, its CDR has not come. Ask the CPO for it.`
      await parts.journal.write(payment.id, 'fault', { code: 'CDR_OVERDUE', message })
    }
    const call = parts.client.of({ id: payment.peerId }, cdrs, 'sender')
    let read = 0
    for await (const cdr of call.list({ query: window(payment) }, { reference: payment.id })) {
      if (isCdrOf(payment, cdr)) {
        await parts.intake.cdr(payment.peerId, cdr)
        if (!cdr.credit) return
      }
      if (++read >= READ_AT_MOST) return
    }
  }
}
