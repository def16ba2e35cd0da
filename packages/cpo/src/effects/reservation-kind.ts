/** What the orders of a reservation, and of a command without a session, mean outside. */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Desk, Kind } from '@plugtill/engine/engine'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { ciKey } from '@plugtill/ocpi/types'
import type { CentralSystem } from '../chargers/central-system.ts'
import type { Outlet, ReservationEnded } from '../chargers/events.ts'
import { RESULT_OF } from '../charging/cells.ts'
import { type Request, type RequestEvent, type RequestOrder, requestMachine } from '../charging/request.ts'
import {
  isOpen,
  type Reservation,
  type ReservationEvent,
  type ReservationOrder,
  reservationMachine,
  reservationSession,
} from '../charging/reservation.ts'
import type { Place } from '../charging/session.ts'
import { connectionOf, partnerKey } from '../partners.ts'
import { backOff } from './back-off.ts'
import { type ResultParts, resultLane, retryResult, sendResult } from './send-result.ts'

export interface ReservationParts extends ResultParts {
  readonly clock: Clock
  readonly random: () => number
  readonly docs: Documents
  readonly client: Pick<OcpiClient, 'of' | 'offers' | 'postTo'>
  readonly chargers: Pick<CentralSystem, 'reserve' | 'cancelReservation' | 'unlock'>
}

/** A reservation is found by the partner's id of it and by its EVSE while it lasts, and by the charger's number. */
export const reservationKey = (owner: string, reservationId: string): string =>
  `reservation/${ciKey(owner, reservationId)}`
export const reservedEvseKey = (evseUid: string): string => `reserved/${ciKey(evseUid)}`
export const reservationNumberKey = (chargerId: string, number: number): string =>
  `number/${ciKey(chargerId)}/${number}`

/** A charger may also tell of a reservation that never was ours. */
export async function reservationLost(
  desk: Desk<Reservation, ReservationEvent>,
  { chargerId, reservationId, expired, at }: ReservationEnded,
): Promise<void> {
  const key = reservationNumberKey(chargerId, reservationId)
  if ((await desk.find(key)) !== undefined) await desk.apply(key, { type: 'lost', expired, at })
}

const PUSH_ATTEMPTS = 5

export const outletOf = ({ chargerConnector, chargerEvse }: Place): Outlet => ({
  connectorId: chargerConnector,
  ...(chargerEvse === undefined ? {} : { evseId: chargerEvse }),
})

export function reservationKind(parts: ReservationParts): Kind<Reservation, ReservationEvent, ReservationOrder> {
  const { chargers, clock, random } = parts
  return {
    machine: reservationMachine,
    keys: (one) => [
      reservationNumberKey(one.place.chargerId, one.number),
      ...(isOpen(one) ? [reservationKey(one.owner, one.reservationId), reservedEvseKey(one.place.evseUid)] : []),
    ],
    lane: (order, { owner, place }) => {
      if (order.do === 'reserve' || order.do === 'cancel') return `charger:${place.chargerId}`
      if (order.do === 'expiry') return 'clock'
      return order.do === 'send-result' ? resultLane(owner) : `peer:${owner}`
    },
    dueAt: (order, now) => now + (order.do === 'expiry' ? order.afterMs : 0),
    retry: (order, attempt, error) => {
      if (order.do === 'send-result') return retryResult(attempt, error)
      return order.do === 'push-session' && attempt >= PUSH_ATTEMPTS ? 'give-up' : backOff(attempt, random)
    },
    gaveUp: (order) => {
      const at = clock.now()
      if (order.do === 'reserve') return { type: 'reserve-answered', outcome: 'timeout', at }
      return undefined
    },
    run: async (order, { entity }) => {
      const { place, number, idTag, expiresAt } = entity
      switch (order.do) {
        case 'reserve': {
          const reservation = { outlet: outletOf(place), idTag, reservationId: number, expiresAt }
          const outcome = await chargers.reserve(place.chargerId, reservation)
          return { type: 'reserve-answered', outcome, at: clock.now() }
        }
        case 'cancel': {
          const outcome = await chargers.cancelReservation(place.chargerId, number)
          const to = order.answerTo === undefined ? {} : { answerTo: order.answerTo }
          return { type: 'cancel-answered', outcome, at: clock.now(), ...to }
        }
        case 'send-result':
          return sendResult(parts, entity, order)
        case 'push-session':
          return pushReservation(parts, entity)
        case 'expiry':
          return { type: 'expiry-passed', at: clock.now() }
      }
    },
  }
}

async function pushReservation(parts: ReservationParts, entity: Reservation): Promise<void> {
  const body = reservationSession(entity)
  if (body === undefined) return
  await parts.docs.put('sessions', partnerKey(entity.owner, entity.id), JSON.stringify(body), body.last_updated)
  const peer = await connectionOf(parts.peers, entity)
  if (peer === undefined || !(await parts.client.offers(peer, sessions, 'receiver'))) return
  const params = { country_code: body.country_code, party_id: body.party_id, session_id: body.id }
  const about = entity.reference === undefined ? {} : { reference: entity.reference }
  await parts.client.of(peer, sessions, 'receiver').putSession({ params, body }, about)
}

export function requestKind(parts: ReservationParts): Kind<Request, RequestEvent, RequestOrder> {
  return {
    machine: requestMachine,
    lane: (order, { owner, what }) =>
      order.do === 'unlock' && what.do === 'unlock' ? `charger:${what.place.chargerId}` : resultLane(owner),
    retry: (order, attempt, error) => (order.do === 'send-result' ? retryResult(attempt, error) : 'give-up'),
    gaveUp: (order) => (order.do === 'unlock' ? { type: 'result-known', result: 'TIMEOUT' } : undefined),
    run: async (order, { entity }) => {
      if (order.do === 'send-result') return sendResult(parts, entity, order)
      if (entity.what.do !== 'unlock') return undefined
      const { place } = entity.what
      return { type: 'result-known', result: RESULT_OF[await parts.chargers.unlock(place.chargerId, outletOf(place))] }
    },
  }
}
