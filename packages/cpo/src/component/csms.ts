/**
 * What an operator's own charging system gives us and does for us, when only the OCPI and Payments side is mounted on
 * it. It keeps its stations, its sessions and its prices; we keep partners, terminals, advices, invoices and deliveries.
 */
import type { Cdr, CdrToken } from '@plugtill/ocpi/modules/cdrs'
import type { CommandResultType } from '@plugtill/ocpi/modules/commands'
import type { Connector, Evse, Location } from '@plugtill/ocpi/modules/locations'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'

/** Objects of OCPI without what we know ourselves: whose they are, and when they last changed. */
export interface CsmsEvse extends Omit<Evse, 'last_updated' | 'connectors'> {
  readonly connectors: readonly Omit<Connector, 'last_updated'>[]
}
export interface CsmsLocation extends Omit<Location, 'country_code' | 'party_id' | 'last_updated' | 'evses'> {
  readonly evses: readonly CsmsEvse[]
}
export type CsmsTariff = Omit<Tariff, 'country_code' | 'party_id' | 'last_updated'>

/** What a driver has paid for. A repeat of the same order has the same id: it starts nothing twice. */
export interface StartOrder {
  readonly id: string
  readonly token: CdrToken
  readonly locationId: string
  readonly evseUid?: string
  readonly connectorId?: string
}

/** What the station said, in the words of OCPI. (commands › CommandResultType) */
export interface Outcome {
  readonly result: CommandResultType
  readonly text?: string
}

export interface Csms {
  /** All of them, with the live status of each EVSE; one that is gone stays as REMOVED. (C-102) */
  readonly locations: () => Promise<readonly CsmsLocation[]>
  readonly tariffs: () => Promise<readonly CsmsTariff[]>
  readonly start: (order: StartOrder) => Promise<Outcome>
  readonly stop: (order: { readonly orderId: string; readonly sessionId: string }) => Promise<Outcome>
}

type Ours = 'country_code' | 'party_id' | 'last_updated' | 'cdr_token' | 'auth_method' | 'authorization_reference'
/** The session of an order as it stands now; the token and the references of the order are added. */
export type CsmsSession = Omit<Session, Ours>
/** The CDR of an order, priced by the system's own means. */
export type CsmsCdr = Omit<Cdr, Ours | 'invoice_reference_id' | 'credit' | 'credit_reference_id'>
