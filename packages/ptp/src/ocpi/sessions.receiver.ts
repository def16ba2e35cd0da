/** Sessions pushed by the CPO. (sessions › Receiver; C-501 to C-506) */
import { change, type Documents } from '@plugtill/engine/documents'
import { OcpiError } from '@plugtill/ocpi/errors'
import { merge, SESSION_MERGE } from '@plugtill/ocpi/merge'
import type { ChargingPeriod } from '@plugtill/ocpi/modules/cdrs'
import type { Session, sessions } from '@plugtill/ocpi/modules/sessions'
import type { Call, Handlers } from '@plugtill/ocpi/server'
import { ciKey, parseDateTime, usualForm } from '@plugtill/ocpi/types'
import type { Intake } from '../intake.ts'
import { type Dated, isOlder } from '../word-order.ts'

export interface SessionReceiverParts {
  readonly documents: Documents
  readonly intake: Intake
  readonly clock: { readonly now: () => number }
}

/** A PATCH that comes twice appends its charging periods once. (I12) */
function withoutRepeats(session: Session): Session {
  if (!session.charging_periods) return session
  const periods = new Map(session.charging_periods.map((period) => [JSON.stringify(period), period]))
  return { ...session, charging_periods: [...periods.values()] }
}

const startOf = (period: ChargingPeriod) => parseDateTime(period.start_date_time)

/**
 * A PATCH that was overtaken by a newer word: what that says stays, but its periods come only once, and are appended where they
 * belong. One that began when a known one begins is known already, as the newer word tells it. (C-503, F27)
 */
function withLatePeriods(before: Session, { charging_periods: late }: Partial<Session>): Session | undefined {
  const periods = before.charging_periods ?? []
  const begun = new Set(periods.map(startOf))
  const unseen = (late ?? []).filter((period) => !begun.has(startOf(period)))
  if (unseen.length === 0) return undefined
  return { ...before, charging_periods: [...periods, ...unseen].toSorted((a, b) => startOf(a) - startOf(b)) }
}

export function sessionsReceiver(parts: SessionReceiverParts): Handlers<typeof sessions.receiver> {
  const keyOf = (call: Call<unknown>) =>
    ciKey(
      call.peer.id,
      call.params['country_code'] ?? '',
      call.params['party_id'] ?? '',
      call.params['session_id'] ?? '',
    )
  const stored = async (call: Call<unknown>): Promise<Session | undefined> => {
    const doc = await parts.documents.get('sessions', keyOf(call))
    return doc && (JSON.parse(doc.body) as Session)
  }
  /** Of several words at the same moment each sees what the others wrote; undefined leaves it. */
  const keep = async (call: Call<unknown>, make: (before: Session | undefined) => Session | undefined) => {
    const done = await change(parts.documents, { shelf: 'sessions', key: keyOf(call) }, async (doc) => {
      const session = make(doc && (JSON.parse(doc.body) as Session))
      if (!session) return undefined
      if (session.authorization_reference) call.reference(session.authorization_reference)
      // Kept once it is taken: a Session that is refused replaces nothing.
      await parts.intake.session(call.peer.id, session)
      return { body: JSON.stringify(session), lastUpdated: usualForm(session.last_updated) }
    })
    return { created: done === 'created' }
  }
  const isLate = (before: Session | undefined, word: Dated) =>
    before !== undefined && isOlder(word, before, parts.clock.now())
  return {
    session: stored,
    // A word that was overtaken by a newer one changes nothing. (F27)
    putSession: (call) => keep(call, (before) => (isLate(before, call.body) ? undefined : call.body)),
    patchSession: async (call) => {
      await keep(call, (before) => {
        if (!before)
          throw new OcpiError(
            2001,
            `Session ${call.params['session_id']} is not known here. Send it whole by PUT first.`,
            { http: 404 },
          )
        if (isLate(before, call.body)) return withLatePeriods(before, call.body)
        return withoutRepeats(merge(before, call.body, SESSION_MERGE))
      })
      return {}
    },
  }
}
