import { type CarModel, type CarPlan, cars, usualPlan } from './car.ts'

/** How a station behaves where stations differ or fail. Silent: the call is read and never answered. */
export interface Behaviour {
  readonly remoteStart: 'accept' | 'reject' | 'silent'
  readonly remoteStop: 'accept' | 'reject' | 'silent'
  readonly unlock: 'unlock' | 'fail' | 'not-supported' | 'silent'
  /** The car that follows a remote start. */
  readonly car: CarModel
  readonly plan: CarPlan
  /** Real milliseconds of a transaction after which the connector fails. */
  readonly faultAfterMs: number | 'never'
  readonly faultCode: FaultCode
  /** Real milliseconds of a transaction after which the link breaks, and how long it stays away. */
  readonly linkDropsAfterMs: number | 'never'
  readonly linkDropsForMs: number
  /** Every call is answered this much later. */
  readonly answerAfterMs: number
  /** Actions that are read and never answered; '*' is all of them. */
  readonly silentOn: readonly string[]
  /** With 'wrong', samples and the end of a transaction carry an id that nobody gave. */
  readonly transactionIds: 'right' | 'wrong'
  /** How far the clock of the station is ahead; negative is behind. */
  readonly clockSkewMs: number
  /** Samples reach the central system this much later, with the time they were taken. */
  readonly meterValuesLateMs: number
}

/** (OCPP 1.6, 7.6 ChargePointErrorCode, without NoError) */
export const faultCodes = [
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'OtherError',
  'OverCurrentFailure',
  'OverVoltage',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'WeakSignal',
] as const
export type FaultCode = (typeof faultCodes)[number]

export const usualBehaviour: Behaviour = {
  remoteStart: 'accept',
  remoteStop: 'accept',
  unlock: 'unlock',
  car: cars.family,
  plan: usualPlan,
  faultAfterMs: 'never',
  faultCode: 'GroundFailure',
  linkDropsAfterMs: 'never',
  linkDropsForMs: 60_000,
  answerAfterMs: 0,
  silentOn: [],
  transactionIds: 'right',
  clockSkewMs: 0,
  meterValuesLateMs: 0,
}

export type BehaviourName =
  | 'usual'
  | 'rejects-start'
  | 'silent-on-start'
  | 'car-never-comes'
  | 'faults-mid-charge'
  | 'link-drops-mid-charge'
  | 'rejects-stop'
  | 'silent-on-stop'

/** Behaviours by name, for stories and the console. */
export const behaviours: Readonly<Record<BehaviourName, Behaviour>> = {
  usual: usualBehaviour,
  'rejects-start': { ...usualBehaviour, remoteStart: 'reject' },
  'silent-on-start': { ...usualBehaviour, remoteStart: 'silent' },
  'car-never-comes': { ...usualBehaviour, plan: { ...usualPlan, after: 'never' } },
  'faults-mid-charge': { ...usualBehaviour, faultAfterMs: 30_000 },
  'link-drops-mid-charge': { ...usualBehaviour, linkDropsAfterMs: 30_000 },
  'rejects-stop': { ...usualBehaviour, remoteStop: 'reject' },
  'silent-on-stop': { ...usualBehaviour, remoteStop: 'silent' },
}
