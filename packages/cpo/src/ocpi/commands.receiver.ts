import { Fault } from '@plugtill/engine/fault'
import { commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import { ownsParty } from '@plugtill/ocpi/peers'
import { type Call, type Mounted, mount } from '@plugtill/ocpi/server'
import { buyerOf, fingerprintOf, newSession, offerFor, uniqueTag } from '../charging/command.ts'
import type { ChargingSession } from '../charging/session.ts'
import { evseKey } from '../effects/charging-kind.ts'
import { ownerOf, referenceKey } from '../partners.ts'
import { accepted, type CommandsParts, type Reply, rejected, unknownLocation } from './commands-words.ts'
import {
  cancelReservation,
  reservationFor,
  reservedForAnother,
  reserveNow,
  unlockConnector,
} from './reserve-and-unlock.ts'

/** (commands › Receiver; C-301) */
export function commandsReceiver(cpo: CommandsParts): Mounted {
  const timeout = cpo.settings.commandTimeoutS
  return mount(commands, 'receiver', {
    // One at a time: of two commands for one EVSE, or two with one reference, the second must see the first.
    startSession: (call) =>
      cpo.serial('start-session', async () => {
        const reference = call.body.authorization_reference
        if (reference == null) return start(cpo, call)
        call.reference(reference)
        const before = await cpo.charging.find(referenceKey(ownerOf(call.peer), reference))
        return before === undefined ? start(cpo, call) : repeat(cpo, before, call)
      }),
    stopSession: async ({ body, peer, correlationId, reference }) => {
      const id = body.session_id.toLowerCase()
      const session = await cpo.charging.find(id)
      if (session?.id !== id || session.owner !== ownerOf(peer)) return { data: { result: 'UNKNOWN_SESSION', timeout } }
      if (session.reference !== undefined) reference(session.reference)
      const responseUrl = body.response_url
      await cpo.charging.apply(id, { type: 'stop-commanded', responseUrl, correlationId, at: cpo.clock.now() })
      return accepted(cpo)
    },
    // Beside a START_SESSION for the same EVSE one of them has to see the other.
    reserveNow: (call) => cpo.serial('start-session', () => reserveNow(cpo, call)),
    cancelReservation: (call) => cancelReservation(cpo, call),
    unlockConnector: (call) => unlockConnector(cpo, call),
  })
}

async function start(cpo: CommandsParts, call: Call<StartSession>): Promise<Reply> {
  const { body, peer, correlationId } = call
  const { ids, party, settings, sites } = cpo
  const { country_code: countryCode, party_id: partyId } = body.token
  if (!ownsParty(peer, { countryCode, partyId })) {
    const text = `The token belongs to ${countryCode}-${partyId}, for which you do not speak. Send a token of your own.`
    return rejected(cpo, text)
  }
  const location = await cpo.register.location(body.location_id)
  if (location === undefined) return unknownLocation(cpo, body.location_id)
  const now = cpo.clock.now()
  const buyer = buyerOf(body, peer, correlationId)
  const tariffs = await cpo.register.seenBy(buyer.owner).tariffs()
  const reservation = await reservationFor(cpo, call)
  const reservedForThem = reservation !== undefined
  const { online } = cpo.chargers
  const offer = offerFor(body, { sites, location, tariffs, sale: buyer.sale, now, online, reservedForThem })
  if ('refused' in offer) return rejected(cpo, offer.refused)
  const { refused } = await reservedForAnother(cpo, offer.evse.uid, reservation)
  if (refused !== undefined) return rejected(cpo, refused)
  const occupied = async () => (await cpo.charging.find(evseKey(offer.evse.uid))) !== undefined
  const refusal = rejected(cpo, `EVSE ${offer.evse.uid} is occupied.`)
  if (await occupied()) return refusal
  const idTag = reservation?.idTag
  const session = newSession(buyer, { ids, now, party, location, offer, settings, idTag })
  const create = (one: ChargingSession) => cpo.charging.create(one, { type: 'start-commanded', at: now })
  try {
    await create(session)
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'KEY_TAKEN') throw error
    // Another node was faster: the store lets only one session have the EVSE.
    if (await occupied()) return refusal
    // The charger saw this token before: a tag of its own tells the two sessions apart.
    await create({ ...session, idTag: uniqueTag(body.token.uid, session.id) })
  }
  if (reservation !== undefined) await cpo.reservations.apply(reservation.id, { type: 'used', at: now })
  return accepted(cpo)
}

/** The same command again: nothing is started twice, its result goes to the URL given now. */
async function repeat(cpo: CommandsParts, session: ChargingSession, call: Call<StartSession>): Promise<Reply> {
  if (session.fingerprint !== fingerprintOf(call.body)) {
    const text = `authorization_reference "${session.reference}" belongs to another START_SESSION. Use each value once.`
    return rejected(cpo, text)
  }
  const { correlationId } = call
  const responseUrl = call.body.response_url
  await cpo.charging.apply(session.id, { type: 'start-repeated', responseUrl, correlationId, at: cpo.clock.now() })
  return accepted(cpo)
}
