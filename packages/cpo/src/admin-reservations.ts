/** The operator's view of reservations. */
import type { AdminTable } from '@plugtill/engine/admin'
import { formatDateTime } from '@plugtill/ocpi/types'
import type { AdminParts } from './admin.ts'
import { get, Limit, limitOf, notFound, post } from './admin-words.ts'
import type { Reservation } from './charging/reservation.ts'

export function reservationRoutes({ reservations, clock }: AdminParts): AdminTable {
  return [
    get(
      '/reservations',
      'Reservations, newest first',
      async (call) => ({ body: (await reservations.list({ limit: limitOf(call) })).map(record) }),
      { query: Limit },
    ),
    post('/reservations/:id/cancel', 'Take a reservation back', async ({ params }) => {
      const reservation = await reservations.find(params['id'] ?? '')
      if (reservation === undefined) return notFound('reservation', params['id'])
      const { entity } = await reservations.apply(reservation.id, {
        type: 'cancel-commanded',
        at: clock.now(),
      })
      return { status: 202, body: record(entity) }
    }),
  ]
}

function record({ id, peerId, reservationId, state, place, endReason, ...one }: Reservation) {
  return {
    id,
    peer: peerId,
    reservation_id: reservationId,
    reference: one.reference ?? null,
    state,
    location_id: place.locationId,
    evse_uid: place.evseUid,
    charger_id: place.chargerId,
    created_at: formatDateTime(one.createdAt),
    expires_at: formatDateTime(one.expiresAt),
    end_reason: endReason ?? null,
  }
}
