import type { Desk } from '@plugtill/engine/engine'
import { Fault } from '@plugtill/engine/fault'
import { type CommandResponse, commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import { ownsParty, type PartyId } from '@plugtill/ocpi/peers'
import { type Call, type Mounted, mount, type WriteAnswer } from '@plugtill/ocpi/server'
import type { CentralSystem } from '../chargers/central-system.ts'
import { buyerOf, fingerprintOf, newSession, offerFor } from '../charging/command.ts'
import type { ChargingEvent, ChargingSession } from '../charging/session.ts'
import { evseKey } from '../effects/charging-kind.ts'
import { ownerOf, referenceKey } from '../partners.ts'
import type { createSerial } from '../serial.ts'
import type { CpoSettings } from '../settings.ts'
import type { Sites } from '../sites/configuration.ts'
import type { SiteRegister } from '../sites/register.ts'

export interface CommandsParts {
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly register: SiteRegister
  readonly sites: Sites
  readonly party: PartyId
  readonly settings: CpoSettings
  readonly chargers: Pick<CentralSystem, 'online'>
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly serial: ReturnType<typeof createSerial>
}

type Reply = WriteAnswer<CommandResponse>

const rejected = (cpo: CommandsParts, text: string): Reply => ({
  data: { result: 'REJECTED', timeout: cpo.settings.commandTimeoutS, message: [{ language: 'en', text }] },
})
const accepted = (cpo: CommandsParts): Reply => ({
  data: { result: 'ACCEPTED', timeout: cpo.settings.commandTimeoutS },
})

/** Only START_SESSION and STOP_SESSION: what a payment terminal needs. (commands › Receiver; C-301) */
export function commandsReceiver(cpo: CommandsParts): Mounted {
  const timeout = cpo.settings.commandTimeoutS
  const notSupported = async (): Promise<Reply> => ({ data: { result: 'NOT_SUPPORTED', timeout } })
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
    reserveNow: notSupported,
    cancelReservation: notSupported,
    unlockConnector: notSupported,
  })
}

async function start(cpo: CommandsParts, { body, peer, correlationId }: Call<StartSession>): Promise<Reply> {
  const { ids, party, settings, sites } = cpo
  const { country_code: countryCode, party_id: partyId } = body.token
  if (!ownsParty(peer, { countryCode, partyId })) {
    const text = `The token belongs to ${countryCode}-${partyId}, for which you do not speak. Send a token of your own.`
    return rejected(cpo, text)
  }
  const location = await cpo.register.location(body.location_id)
  if (location === undefined) {
    const text = `Location "${body.location_id}" is not one of ours.`
    return { ...rejected(cpo, text), statusCode: 2003, statusMessage: text }
  }
  const now = cpo.clock.now()
  const buyer = buyerOf(body, peer, correlationId)
  const tariffs = await cpo.register.seenBy(buyer.owner).tariffs()
  const offer = offerFor(body, { sites, location, tariffs, sale: buyer.sale, now, online: cpo.chargers.online })
  if ('refused' in offer) return rejected(cpo, offer.refused)
  const occupied = async () => (await cpo.charging.find(evseKey(offer.evse.uid))) !== undefined
  const refusal = rejected(cpo, `EVSE ${offer.evse.uid} is occupied.`)
  if (await occupied()) return refusal
  const session = newSession(buyer, { ids, now, party, location, offer, settings })
  try {
    await cpo.charging.create(session, { type: 'start-commanded', at: now })
  } catch (error) {
    // Another node was faster: the store lets only one session have the EVSE.
    if (error instanceof Fault && error.code === 'KEY_TAKEN' && (await occupied())) return refusal
    throw error
  }
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
