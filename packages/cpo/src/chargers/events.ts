/** What chargers report, in the words of the CPO; the OCPP answer waits until the consumer has kept it. */
export type ChargerEvent =
  | { readonly type: 'connected'; readonly chargerId: string; readonly at: number; readonly protocol: Protocol }
  | { readonly type: 'disconnected'; readonly chargerId: string; readonly at: number }
  | Booted
  | StatusChanged
  | TransactionStarted
  | Metered
  | FlowChanged
  | TransactionStopped
  | ReservationEnded

export type Protocol = 'ocpp1.6' | 'ocpp2.0.1'

/** A number from the central system in OCPP 1.6, a text from the charger in OCPP 2.0.1. */
export type TransactionId = number | string

/** A connector in the charger's own numbers. */
export interface Outlet {
  /** 0 is the charger, or the EVSE, as a whole. (OCPP 1.6, 4.9) */
  readonly connectorId: number
  /** Only where the charger counts EVSEs. (OCPP 2.0.1) */
  readonly evseId?: number
}

export interface Booted {
  readonly type: 'booted'
  readonly chargerId: string
  readonly at: number
  readonly vendor: string
  readonly model: string
  readonly serial?: string
  readonly firmware?: string
}

export interface StatusChanged extends Outlet {
  readonly type: 'status-changed'
  readonly chargerId: string
  readonly ocppStatus: OcppStatus
  readonly ocpiStatus: OcpiEvseStatus
  readonly errorCode: string
  readonly at: number
}

export interface TransactionStarted extends Outlet {
  readonly type: 'transaction-started'
  readonly chargerId: string
  /** Absent where the charger names nobody: then the number of the remote start, or what was paid for at its EVSE, counts. (OCPP 2.0.1) */
  readonly idTag?: string
  readonly remoteStartId?: number
  /** Absent where the charger has not said it yet: then the first reading is the beginning. */
  readonly meterStartWh?: number
  readonly at: number
  /** In OCPP 1.6 a fresh id; a consumer that has seen `startKey` before answers with the id it gave then. */
  readonly transactionId: TransactionId
  /** Same for every repetition of one start. */
  readonly startKey: string
}

/** What a meter shows at one moment; what is absent was not said. */
export interface Reading {
  readonly at: number
  readonly energyWh?: number
  readonly powerW?: number
  /** Sum over the phases. */
  readonly currentA?: number
  /** Percent. */
  readonly soc?: number
  readonly signed?: readonly SignedReading[]
}

/** A reading with the meter's own signature, as the charger gave it. (cdrs › SignedValue) */
export interface SignedReading {
  readonly at: number
  readonly nature: 'Start' | 'End' | 'Intermediate'
  /** OCMF and others; absent when neither the charger nor the text says it. */
  readonly encoding?: string
  readonly publicKey?: string
  readonly plain: string
  /** Base64. */
  readonly data: string
}

export interface Metered extends Reading, Outlet {
  readonly type: 'metered'
  readonly chargerId: string
  readonly transactionId: TransactionId
}

/** Energy flows, or the car takes none. OCPP 1.6 says it as a status of the connector. (OCPP 2.0.1, ChargingStateEnumType) */
export interface FlowChanged {
  readonly type: 'flow-changed'
  readonly chargerId: string
  readonly transactionId: TransactionId
  readonly parking: boolean
  readonly at: number
}

export interface TransactionStopped {
  readonly type: 'transaction-stopped'
  readonly chargerId: string
  readonly transactionId: TransactionId
  /** Absent where the charger does not say it: then the last reading counts. */
  readonly meterStopWh?: number
  readonly at: number
  /** Local when the charger names none. (OCPP 1.6, 6.51) */
  readonly reason: string
  /** The tag that stopped it. */
  readonly idTag?: string
  /** Readings that came with the stop, oldest first. */
  readonly readings?: readonly Reading[]
}

/** The charger gave up a reservation by itself. (OCPP 2.0.1, ReservationStatusUpdate) */
export interface ReservationEnded {
  readonly type: 'reservation-ended'
  readonly chargerId: string
  readonly reservationId: number
  readonly expired: boolean
  readonly at: number
}

/** What the consumer wants said in the answer; nothing means: the id of the event, tag accepted. */
export interface EventAnswer {
  readonly transactionId?: TransactionId
  readonly idTagStatus?: IdTagStatus
}

/** (OCPP 1.6, 7.2 AuthorizationStatus) */
export type IdTagStatus = 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx'

/** (OCPP 1.6, 7.7 ChargePointStatus; OCPP 2.0.1, ConnectorStatusEnumType) */
export type OcppStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEVSE'
  | 'SuspendedEV'
  | 'Finishing'
  | 'Occupied'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted'

/** The part of the EVSE statuses a charger can cause. (OCPI locations › Status) */
export type OcpiEvseStatus =
  | 'AVAILABLE'
  | 'BLOCKED'
  | 'CHARGING'
  | 'INOPERATIVE'
  | 'OUTOFORDER'
  | 'RESERVED'
  | 'UNKNOWN'

/** Outcome of a command sent to a charger. 'timeout' says nothing about what the charger did. */
export type CommandOutcome =
  | 'accepted'
  | 'rejected'
  | 'failed'
  | 'occupied'
  | 'inoperative'
  | 'unknown-reservation'
  | 'timeout'
  | 'offline'
  | 'not-supported'

/** What is wrong with what a charger sent, or with who it is: shown to the operator. */
export interface Finding {
  readonly chargerId: string
  readonly code: FindingCode
  readonly text: string
}

export type FindingCode =
  | 'OCPP_ACTION'
  | 'OCPP_FRAME'
  | 'OCPP_OVERSIZED'
  | 'OCPP_PAYLOAD'
  | 'STATION_REFUSED'
  | 'STATION_TWICE'
  | 'STATION_UNKNOWN'
  | 'METER_BACKWARDS'
  | 'METER_JUMP'
  | 'METER_UNSIGNED'
  | 'TRANSACTION_DOUBLE'
  | 'TRANSACTION_UNKNOWN'
