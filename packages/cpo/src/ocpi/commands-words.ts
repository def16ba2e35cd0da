/** What the commands of a partner are answered with at once. (commands › CommandResponse) */
import type { Desk } from '@plugtill/engine/engine'
import type { CommandResponse } from '@plugtill/ocpi/modules/commands'
import type { PartyId } from '@plugtill/ocpi/peers'
import type { WriteAnswer } from '@plugtill/ocpi/server'
import type { CentralSystem } from '../chargers/central-system.ts'
import type { Request, RequestEvent } from '../charging/request.ts'
import type { Reservation, ReservationEvent } from '../charging/reservation.ts'
import type { ChargingEvent, ChargingSession } from '../charging/session.ts'
import type { createSerial } from '../serial.ts'
import type { CpoSettings } from '../settings.ts'
import type { Sites } from '../sites/configuration.ts'
import type { SiteRegister } from '../sites/register.ts'

export interface CommandsParts {
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly reservations: Desk<Reservation, ReservationEvent>
  readonly requests: Desk<Request, RequestEvent>
  readonly register: SiteRegister
  readonly sites: Sites
  readonly party: PartyId
  readonly settings: CpoSettings
  readonly chargers: Pick<CentralSystem, 'online'>
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly serial: ReturnType<typeof createSerial>
}

export type Reply = WriteAnswer<CommandResponse>

type Answering = Pick<CommandsParts, 'settings'>

export const rejected = ({ settings }: Answering, text: string): Reply => ({
  data: { result: 'REJECTED', timeout: settings.commandTimeoutS, message: [{ language: 'en', text }] },
})
export const notSupported = ({ settings }: Answering, text: string): Reply => ({
  data: { result: 'NOT_SUPPORTED', timeout: settings.commandTimeoutS, message: [{ language: 'en', text }] },
})
export const accepted = ({ settings }: Answering): Reply => ({
  data: { result: 'ACCEPTED', timeout: settings.commandTimeoutS },
})

export function unknownLocation(cpo: Answering, id: string): Reply {
  const text = `Location "${id}" is not one of ours.`
  return { ...rejected(cpo, text), statusCode: 2003, statusMessage: text }
}
