/** One reservation ordered by a partner's RESERVE_NOW: its state table. Pure. */
import type { Machine, Row, Verdict } from '@plugtill/engine/machine'
import type { CdrToken } from '@plugtill/ocpi/modules/cdrs'
import type { CommandResultType } from '@plugtill/ocpi/modules/commands'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import { formatDateTime } from '@plugtill/ocpi/types'
import type { CommandOutcome } from '../chargers/events.ts'
import { RESULT_OF } from './cells.ts'
import type { AnswerTo, Place } from './session.ts'

export type ReservationState = 'commanded' | 'reserved' | 'ended' | 'failed'

export interface Reservation {
  /** Session.id on the wire: a reservation is a Session until it is over. (C-508) */
  readonly id: string
  readonly state: ReservationState
  readonly peerId: string
  readonly owner: string
  readonly countryCode: string
  readonly partyId: string
  readonly reference?: string
  /** The partner's own id of it. */
  readonly reservationId: string
  /** The charger's. (OCPP 1.6, ReserveNow › reservationId) */
  readonly number: number
  readonly responseUrl: string
  readonly correlationId: string
  readonly idTag: string
  readonly token: CdrToken
  readonly place: Place
  readonly currency: string
  readonly createdAt: number
  readonly expiresAt: number
  readonly changedAt: number
  readonly endedAt?: number
  readonly endReason?: 'used' | 'cancelled' | 'expired' | 'lost'
}

interface At {
  readonly at: number
}
export type ReservationEvent =
  | (At & { readonly type: 'reserve-commanded' })
  | (At & { readonly type: 'reserve-repeated'; readonly expiresAt: number } & AnswerTo)
  | (At & { readonly type: 'reserve-answered'; readonly outcome: CommandOutcome })
  /** Without an address the operator cancels. */
  | (At & { readonly type: 'cancel-commanded'; readonly answerTo?: AnswerTo })
  | (At & { readonly type: 'cancel-answered'; readonly outcome: CommandOutcome; readonly answerTo?: AnswerTo })
  | (At & { readonly type: 'used' })
  | (At & { readonly type: 'expiry-passed' })
  /** The charger gave it up by itself. */
  | (At & { readonly type: 'lost'; readonly expired: boolean })

export type ReservationOrder =
  | { readonly do: 'reserve' }
  | { readonly do: 'cancel'; readonly answerTo?: AnswerTo }
  | {
      readonly do: 'send-result'
      readonly result: CommandResultType
      readonly to: AnswerTo
      readonly text?: string
    }
  | { readonly do: 'push-session' }
  | { readonly do: 'expiry'; readonly afterMs: number }

type ReservationRow = Row<Reservation, ReservationEvent, ReservationOrder>
type Outcome = Verdict<Reservation, ReservationOrder>

const toOf = ({ responseUrl, correlationId }: AnswerTo): AnswerTo => ({ responseUrl, correlationId })
const known = (reason: string) => () => ({ ignore: reason })
const changed = (one: Reservation, at: number) => ({ changedAt: Math.max(at, one.changedAt + 1) })

function end(
  one: Reservation,
  { at, why, effects = [] }: At & { why: Reservation['endReason']; effects?: readonly ReservationOrder[] },
): Outcome {
  const set = { endedAt: at, ...(why === undefined ? {} : { endReason: why }), ...changed(one, at) }
  return { to: 'ended', set, effects: [...effects, { do: 'push-session' }] }
}

/** The CPO, or its charger, took it back. (commands › CommandResultType CANCELED_RESERVATION) */
const takenBack = (one: Reservation): ReservationOrder => ({
  do: 'send-result',
  result: 'CANCELED_RESERVATION',
  to: toOf(one),
})

const commanded: ReservationRow = {
  'reserve-commanded': () => ({ to: 'commanded', effects: [{ do: 'reserve' }] }),
  'reserve-repeated': (_, { responseUrl, correlationId, expiresAt }) => ({
    to: 'commanded',
    set: { responseUrl, correlationId, expiresAt },
    effects: [{ do: 'reserve' }],
  }),
  'reserve-answered': (one, { outcome, at }) => {
    const result: ReservationOrder = { do: 'send-result', result: RESULT_OF[outcome], to: toOf(one) }
    if (outcome !== 'accepted') return { to: 'failed', set: { endedAt: at }, effects: [result] }
    const expiry = { do: 'expiry', afterMs: Math.max(0, one.expiresAt - at) } as const
    return { to: 'reserved', set: changed(one, at), effects: [result, { do: 'push-session' }, expiry] }
  },
  // What the charger accepts after all is taken back: the cancellation follows in the same lane.
  'cancel-commanded': (one, { at, answerTo }) => ({
    to: 'failed',
    set: { endedAt: at },
    effects: [
      { do: 'send-result', result: 'FAILED', to: toOf(one), text: 'Cancelled before the charger had answered.' },
      { do: 'cancel', ...(answerTo === undefined ? {} : { answerTo }) },
    ],
  }),
  'cancel-answered': known('Nothing was cancelled yet.'),
  used: known('The charger has not reserved yet.'),
  'expiry-passed': known('The charger has not reserved yet.'),
  lost: known('The charger has not reserved yet.'),
}

const reserved: ReservationRow = {
  'reserve-commanded': known('Reserved before.'),
  // The same id again replaces it, with a new time. (commands › ReserveNow)
  'reserve-repeated': (one, { responseUrl, correlationId, expiresAt, at }) => ({
    to: 'commanded',
    set: { responseUrl, correlationId, expiresAt, ...changed(one, at) },
    effects: [{ do: 'reserve' }],
  }),
  'reserve-answered': known('The charger had answered before.'),
  'cancel-commanded': (_, { answerTo }) => ({
    to: 'reserved',
    effects: [{ do: 'cancel', ...(answerTo === undefined ? {} : { answerTo }) }],
  }),
  'cancel-answered': (one, { outcome, answerTo, at }) => {
    const gone = outcome === 'accepted' || outcome === 'unknown-reservation'
    const result: ReservationOrder =
      answerTo === undefined ? takenBack(one) : { do: 'send-result', result: RESULT_OF[outcome], to: answerTo }
    if (gone) return end(one, { at, why: outcome === 'accepted' ? 'cancelled' : 'lost', effects: [result] })
    return { to: 'reserved', effects: answerTo === undefined ? [] : [result] }
  },
  used: (one, { at }) => end(one, { at, why: 'used' }),
  'expiry-passed': (one, { at }) =>
    at < one.expiresAt ? { ignore: 'It was prolonged.' } : end(one, { at, why: 'expired' }),
  lost: (one, { at, expired }) =>
    end(one, expired ? { at, why: 'expired' } : { at, why: 'lost', effects: [takenBack(one)] }),
}

const over = (reason: string): ReservationRow => ({
  'reserve-commanded': known(reason),
  'reserve-repeated': known(reason),
  'reserve-answered': (one, { outcome }) =>
    outcome === 'accepted' ? { to: one.state, effects: [{ do: 'cancel' }] } : { ignore: reason },
  'cancel-commanded': (one, { answerTo }) =>
    answerTo === undefined
      ? { ignore: reason }
      : { to: one.state, effects: [{ do: 'send-result', result: 'UNKNOWN_RESERVATION', to: answerTo }] },
  'cancel-answered': (one, { outcome, answerTo }) =>
    answerTo === undefined
      ? { ignore: reason }
      : { to: one.state, effects: [{ do: 'send-result', result: RESULT_OF[outcome], to: answerTo }] },
  used: known(reason),
  'expiry-passed': known(reason),
  lost: known(reason),
})

export const reservationMachine: Machine<Reservation, ReservationEvent, ReservationOrder> = {
  name: 'reservation',
  initial: 'commanded',
  final: ['ended', 'failed'],
  states: { commanded, reserved, ended: over('It is over.'), failed: over('It never was.') },
}

/** The EVSE is kept for it. */
export const isOpen = ({ state }: Reservation): boolean => state === 'commanded' || state === 'reserved'

/** It costs nothing: a tariff that prices reservations is not reserved on. (sessions › Session; C-508) */
export function reservationSession(one: Reservation): Session | undefined {
  if (one.state !== 'reserved' && one.state !== 'ended') return undefined
  return {
    country_code: one.countryCode,
    party_id: one.partyId,
    id: one.id,
    start_date_time: formatDateTime(one.createdAt),
    ...(one.endedAt === undefined ? {} : { end_date_time: formatDateTime(one.endedAt) }),
    kwh: 0,
    cdr_token: one.token,
    auth_method: 'COMMAND',
    ...(one.reference === undefined ? {} : { authorization_reference: one.reference }),
    location_id: one.place.locationId,
    evse_uid: one.place.evseUid,
    connector_id: one.place.connectorId,
    currency: one.currency,
    total_cost: { before_taxes: 0, taxes: [] },
    status: one.state === 'reserved' ? 'RESERVATION' : 'COMPLETED',
    last_updated: formatDateTime(one.changedAt),
  }
}
