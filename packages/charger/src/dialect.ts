import type { Charge } from './charge.ts'
import type { Connector } from './connector.ts'
import type { Payload } from './link.ts'
import type { SampleContext, Snapshot } from './samples.ts'

/** Why energy stopped; the words of OCPP 1.6, 7.36 Reason, that a station of this kind gives. */
export type StopReason =
  | 'DeAuthorized'
  | 'EmergencyStop'
  | 'EVDisconnected'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Remote'
  | 'SoftReset'
  | 'UnlockCommand'

/** What happened at a connector, told in one version of OCPP. What is said goes through the station's outbox, in order. */
export interface Dialect {
  /** Payload of BootNotification. */
  readonly boot: () => Payload
  /** Whether the central system lets a tag charge; no answer is no. */
  readonly authorize: (idTag: IdTag) => Promise<boolean>
  /** The status of one connector; with `always` also when it is nothing new. */
  readonly status: (connector: Connector, options: { readonly always: boolean }) => void
  /** The station as a whole and each connector: after a boot and after every reconnect. */
  readonly everything: () => void
  readonly plugged: (connector: Connector) => void
  readonly unplugged: (connector: Connector) => void
  /** Somebody may charge here. */
  readonly granted: (connector: Connector) => void
  /** Who might have charged did not come in time, or may not any more. */
  readonly released: (connector: Connector, why: 'timeout' | 'halted') => void
  readonly began: (connector: Connector, charge: Charge) => void
  readonly sampled: (connector: Connector, charge: Charge, context: SampleContext) => void
  /** Energy flows again, or does not any more, within a charge. */
  readonly flowChanged: (connector: Connector, charge: Charge) => void
  readonly ended: (connector: Connector, charge: Charge, end: Ending) => void
  /** A clock-aligned or triggered reading of a connector that does not charge. */
  readonly metered: (connector: Connector, context: SampleContext) => void
  readonly reservationEnded: (connector: Connector, reservationId: number) => void
  /** The id of the transaction at a connector, once it has one. */
  readonly transactionId: (connector: Connector) => string | undefined
}

export interface Ending {
  readonly reason: StopReason
  readonly snapshot: Snapshot
}

/** A tag, with its type where the version knows one. */
export interface IdTag {
  readonly idTag: string
  /** (OCPP 2.0.1, IdTokenEnumType) */
  readonly type?: string
}
