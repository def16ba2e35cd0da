import type { Desk } from '@plugtill/engine/engine'
import { commands, type CommandResponse, type StartSession } from '@plugtill/ocpi/modules/commands'
import type { PartyId } from '@plugtill/ocpi/peers'
import { mount, type Call, type Mounted, type WriteAnswer } from '@plugtill/ocpi/server'
import type { CentralSystem } from '../chargers/central-system.ts'
import { fingerprintOf, newSession, offerFor } from '../charging/command.ts'
import type { ChargingEvent, ChargingSession } from '../charging/session.ts'
import { evseKey, referenceKey } from '../effects/charging-kind.ts'
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

/** Only START_SESSION and STOP_SESSION: what a payment terminal needs. (commands › Receiver; C-301) */
export function commandsReceiver(cpo: CommandsParts): Mounted {
  const timeout = cpo.settings.commandTimeoutS
  const accepted: Reply = { data: { result: 'ACCEPTED', timeout } }
  const notSupported = async (): Promise<Reply> => ({ data: { result: 'NOT_SUPPORTED', timeout } })
  const rejected = (text: string): Reply => ({ data: { result: 'REJECTED', timeout, message: [{ language: 'en', text }] } })

  /** The same command again: nothing is started twice, its result goes to the URL given now. */
  const repeated = async (session: ChargingSession, call: Call<StartSession>): Promise<Reply> => {
    if (session.fingerprint !== fingerprintOf(call.body)) {
      return rejected(`authorization_reference "${session.reference}" belongs to another START_SESSION. Use each value once.`)
    }
    const { response_url: responseUrl } = call.body
    const { correlationId } = call
    await cpo.charging.apply(session.id, { type: 'start-repeated', responseUrl, correlationId, at: cpo.clock.now() })
    return accepted
  }

  const start = async (call: Call<StartSession>): Promise<Reply> => {
    const { body, peer, correlationId } = call
    const location = await cpo.register.location(body.location_id)
    if (location === undefined) {
      const text = `Location "${body.location_id}" is not one of ours.`
      return { ...rejected(text), statusCode: 2003, statusMessage: text }
    }
    const now = cpo.clock.now()
    const tariffs = await cpo.register.tariffs()
    const offer = offerFor(body, { sites: cpo.sites, location, tariffs, now, online: cpo.chargers.online })
    if ('refused' in offer) return rejected(offer.refused)
    if ((await cpo.charging.find(evseKey(offer.evse.uid))) !== undefined) return rejected(`EVSE ${offer.evse.uid} is occupied.`)
    const { ids, party, settings } = cpo
    const session = newSession(body, { ids, now, peerId: peer.id, correlationId, party, location, offer, settings })
    await cpo.charging.create(session, { type: 'start-commanded', at: now })
    return accepted
  }

  return mount(commands, 'receiver', {
    // One at a time: of two commands for one EVSE, or two with one reference, the second must see the first.
    startSession: (call) => cpo.serial('start-session', async () => {
      const reference = call.body.authorization_reference
      if (reference == null) return start(call)
      call.reference(reference)
      const before = await cpo.charging.find(referenceKey(call.peer.id, reference))
      return before === undefined ? start(call) : repeated(before, call)
    }),
    stopSession: async ({ body, peer, correlationId, reference }) => {
      const session = await cpo.charging.find(body.session_id)
      if (session === undefined || session.peerId !== peer.id) return { data: { result: 'UNKNOWN_SESSION', timeout } }
      if (session.reference !== undefined) reference(session.reference)
      await cpo.charging.apply(session.id, { type: 'stop-commanded', responseUrl: body.response_url, correlationId, at: cpo.clock.now() })
      return accepted
    },
    reserveNow: notSupported,
    cancelReservation: notSupported,
    unlockConnector: notSupported,
  })
}
