/** One charging session sold by a partner's START_SESSION: what it is, what can happen to it, what it orders. */
import type { CdrLocation, CdrToken } from '@plugtill/ocpi/modules/cdrs'
import type { CommandResultType } from '@plugtill/ocpi/modules/commands'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { CommandOutcome, SignedReading, TransactionId } from '../chargers/events.ts'
import type { Meter } from './meter.ts'
import type { Jump } from './plausible.ts'

export const CHARGING_STATES = [
  'commanded',
  'awaiting-plug',
  'charging',
  'finished',
  'closed',
  'failed',
  'expired',
] as const
export type ChargingState = (typeof CHARGING_STATES)[number]

/** Where it charges, in the words of OCPI and of the charger. */
export interface Place {
  readonly locationId: string
  readonly evseUid: string
  readonly connectorId: string
  readonly chargerId: string
  /** The charger's own number of the connector. (OCPP 1.6, 3.8) */
  readonly chargerConnector: number
  /** And of the EVSE, where it counts them. (OCPP 2.0.1) */
  readonly chargerEvse?: number
}

/** Settings as they stood when the session began; a change of configuration does not reach running sessions. */
export interface SessionTerms {
  readonly plugInWindowMs: number
  /** Without any word from the charger for this long the session ends with what the meter said last. */
  readonly silenceMs: number
  /** Shortest time between two progress updates, unless the price changes or so much energy came. */
  readonly updateEveryMs: number
  readonly updateEveryWh?: number
  /** Gross cost at which we stop ourselves: the tariff's preauthorize_amount less a margin. (E-25) */
  readonly stopAtMinor?: number
  /** That amount without the margin, and what the connector gives at most: for the forecast. */
  readonly holdMinor?: number
  readonly maxPowerKw?: number
  /** Energy flows so many times faster than the plate says: a sandbox. */
  readonly chargerSpeed?: number
  /** Below this much energy nothing is due. (D-F08) */
  readonly minimumWh: number
  /** Who makes the driver's invoice. (C-608) */
  readonly invoiceBy: 'CPO' | 'PTP'
}

export interface ChargingSession {
  /** Session.id on the wire. */
  readonly id: string
  readonly state: ChargingState
  /** The connection it was commanded through. */
  readonly peerId: string
  /** The partner it belongs to, see partners.ts. */
  readonly owner: string
  /** Our party, as it stood at the start. */
  readonly countryCode: string
  readonly partyId: string
  readonly reference?: string
  /** Body of the command without its response_url: a repeat must say the same. */
  readonly fingerprint: string
  readonly responseUrl: string
  readonly correlationId: string
  /** The charger sees this instead of the token: at most 20 characters and never used twice. (OCPP 1.6, 7.28) */
  readonly idTag: string
  readonly token: CdrToken
  /** How a card at the station was allowed to charge; absent: a partner commanded it. (C-607) */
  readonly authMethod?: 'WHITELIST' | 'AUTH_REQUEST'
  readonly place: Place
  /** As they were at the start of the session. (C-605, G-21) */
  readonly cdrLocation: CdrLocation
  readonly timeZone: string
  readonly tariff: Tariff
  readonly terms: SessionTerms
  readonly createdAt: number
  /** Given at the start, so that writing the CDR needs nothing from outside. */
  readonly cdrId: string
  /** Whether the partner was ever told of the session; before, it has no status on the wire. */
  readonly announced: boolean
  /** Rises with every change the partner should see; becomes last_updated. */
  readonly changedAt: number
  /** changedAt of the newest state the partner has acknowledged. */
  readonly acknowledgedAt?: number
  readonly orderedUpdateAt?: number
  /** What the meter had given, and in how many periods, when the last update was ordered. */
  readonly orderedUpdateWh?: number
  readonly orderedPeriods?: number
  readonly resultSent: boolean
  readonly transactionId?: TransactionId
  readonly startKey?: string
  /** The charger's clock was found wrong: from then on ours is used. */
  readonly clockWrong?: boolean
  readonly meter?: Meter
  /** What the register claims above what could flow: taken off every reading. */
  readonly meterShiftWh?: number
  readonly meterJump?: Jump | undefined
  readonly soc?: number
  /** The first signed value and the newest one. (cdrs › SignedData) */
  readonly signed?: readonly SignedReading[]
  readonly heardAt?: number
  readonly limitStops: number
  readonly limitStopAt?: number
  readonly endedAt?: number
  readonly stopReason?: string
  /** The CDR exactly as it is sent and served: written once. (C-601) */
  readonly cdr?: string
  /** Where the partner keeps it. */
  readonly cdrUrl?: string
  readonly advice?: FinancialAdviceConfirmation
}

interface At {
  /** Our clock, ms. */
  readonly at: number
}

export type ChargingEvent =
  | (At & { readonly type: 'start-commanded' })
  | (At & { readonly type: 'start-repeated'; readonly responseUrl: string; readonly correlationId: string })
  | (At & { readonly type: 'remote-start-answered'; readonly outcome: CommandOutcome })
  | (At & { readonly type: 'plug-in-window-passed' })
  | (At & {
      readonly type: 'transaction-started'
      readonly transactionId: TransactionId
      readonly startKey: string
      /** Absent: the first reading is the beginning. */
      readonly meterStartWh?: number
      /** The charger's clock, like all `measuredAt`. */
      readonly measuredAt: number
    })
  | (At & {
      readonly type: 'metered'
      readonly measuredAt: number
      readonly energyWh?: number | undefined
      readonly powerW?: number | undefined
      readonly currentA?: number | undefined
      readonly soc?: number | undefined
      readonly signed?: readonly SignedReading[] | undefined
    })
  | (At & { readonly type: 'parking-changed'; readonly measuredAt: number; readonly parking: boolean })
  /** Time for a look at a session of which nothing new may have come. */
  | (At & { readonly type: 'looked' })
  /** The charger says that nobody charges at its connector. `since`: it said so then; asked again a while later. */
  | (At & { readonly type: 'connector-free'; readonly since?: number })
  | (At & { readonly type: 'stop-commanded'; readonly responseUrl: string; readonly correlationId: string })
  | (At & { readonly type: 'remote-stop-answered'; readonly outcome: CommandOutcome; readonly answerTo?: AnswerTo })
  | (At & {
      readonly type: 'transaction-stopped'
      readonly measuredAt: number
      /** Absent: the last reading is the end. */
      readonly meterStopWh?: number
      readonly reason: string
    })
  /** `listeningSince`: when this process began to listen; before, the silence was ours. */
  | (At & { readonly type: 'silence-passed'; readonly listeningSince?: number })
  | (At & { readonly type: 'session-acknowledged'; readonly changedAt: number })
  | (At & { readonly type: 'cdr-acknowledged'; readonly url?: string })
  | (At & { readonly type: 'advice-received'; readonly advice: FinancialAdviceConfirmation })

export const CHARGING_EVENTS = [
  'start-commanded',
  'start-repeated',
  'remote-start-answered',
  'plug-in-window-passed',
  'transaction-started',
  'metered',
  'parking-changed',
  'looked',
  'connector-free',
  'stop-commanded',
  'remote-stop-answered',
  'transaction-stopped',
  'silence-passed',
  'session-acknowledged',
  'cdr-acknowledged',
  'advice-received',
] as const satisfies readonly ChargingEvent['type'][]

/** Where the result of a command goes: exactly the URL that came with it. (C-302) */
export interface AnswerTo {
  readonly responseUrl: string
  readonly correlationId: string
}

/** CommandResult › result, as far as we say it. (commands › CommandResultType) */
export type ResultSaid = Exclude<CommandResultType, 'CANCELED_RESERVATION'>

export type ChargingOrder =
  | { readonly do: 'remote-start' }
  | { readonly do: 'remote-stop'; readonly answerTo?: AnswerTo; readonly delayMs?: number }
  | { readonly do: 'send-result'; readonly result: ResultSaid; readonly to: AnswerTo; readonly text?: string }
  /** Puts the session, and the CDR once there is one, where the lists are read from. */
  | { readonly do: 'file' }
  /** `whole`: the periods have changed, which an update alone does not tell. (C-503, C-509) */
  | { readonly do: 'push-session'; readonly whole?: true }
  | { readonly do: 'send-cdr' }
  | { readonly do: 'plug-in-window'; readonly afterMs: number }
  | { readonly do: 'silence'; readonly afterMs: number }
  | { readonly do: 'look'; readonly afterMs: number }
  | { readonly do: 'free-connector'; readonly since: number; readonly afterMs: number }

/** Session.status on the wire; undefined before the partner may know of it. (sessions › SessionStatus) */
export function wireStatus(session: ChargingSession): 'PENDING' | 'ACTIVE' | 'COMPLETED' | 'INVALID' | undefined {
  switch (session.state) {
    case 'commanded':
      return undefined
    case 'awaiting-plug':
      return 'PENDING'
    case 'charging':
      return 'ACTIVE'
    case 'finished':
    case 'closed':
      return 'COMPLETED'
    case 'failed':
    case 'expired':
      return session.announced ? 'INVALID' : undefined
  }
}

/** States in which the EVSE belongs to the session. */
export const OCCUPYING: readonly ChargingState[] = ['commanded', 'awaiting-plug', 'charging']
