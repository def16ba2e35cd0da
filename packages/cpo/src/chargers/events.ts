/** What chargers report, in the words of the CPO; the OCPP answer waits until the consumer has kept it. */
export type ChargerEvent =
  | { readonly type: 'connected'; readonly chargerId: string; readonly at: number }
  | { readonly type: 'disconnected'; readonly chargerId: string; readonly at: number }
  | {
      readonly type: 'booted'
      readonly chargerId: string
      readonly at: number
      readonly vendor: string
      readonly model: string
      readonly firmware?: string
    }
  | StatusChanged
  | TransactionStarted
  | Metered
  | TransactionStopped

export interface StatusChanged {
  readonly type: 'status-changed'
  readonly chargerId: string
  /** 0 is the charger as a whole. (OCPP 1.6, 4.9) */
  readonly connectorId: number
  readonly ocppStatus: OcppStatus
  readonly ocpiStatus: OcpiEvseStatus
  readonly errorCode: string
  readonly at: number
}

export interface TransactionStarted {
  readonly type: 'transaction-started'
  readonly chargerId: string
  readonly connectorId: number
  readonly idTag: string
  readonly meterStartWh: number
  readonly at: number
  /** A fresh id; a consumer that has seen `startKey` before answers with the id it gave then. */
  readonly transactionId: number
  /** Same for every repetition of one StartTransaction: charger, connector, idTag, timestamp, meterStart. */
  readonly startKey: string
}

export interface Metered {
  readonly type: 'metered'
  readonly chargerId: string
  readonly connectorId: number
  readonly transactionId: number
  readonly at: number
  readonly energyWh: number
  readonly powerW?: number
  readonly currentA?: number
  /** Percent. */
  readonly soc?: number
}

export interface TransactionStopped {
  readonly type: 'transaction-stopped'
  readonly chargerId: string
  readonly transactionId: number
  readonly meterStopWh: number
  readonly at: number
  /** Local when the charger names none. (OCPP 1.6, 6.51) */
  readonly reason: string
}

/** What the consumer wants said in the answer; nothing means: the id of the event, tag accepted. */
export interface EventAnswer {
  readonly transactionId?: number
  readonly idTagStatus?: IdTagStatus
}

/** (OCPP 1.6, 7.2 AuthorizationStatus) */
export type IdTagStatus = 'Accepted' | 'Blocked' | 'Expired' | 'Invalid' | 'ConcurrentTx'

/** (OCPP 1.6, 7.7 ChargePointStatus) */
export type OcppStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEVSE'
  | 'SuspendedEV'
  | 'Finishing'
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
export type CommandOutcome = 'accepted' | 'rejected' | 'timeout' | 'offline' | 'not-supported'
