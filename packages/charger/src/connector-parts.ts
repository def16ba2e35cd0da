import type { Behaviour } from './behaviour.ts'
import type { Clock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import type { Dialect, IdTag } from './dialect.ts'
import type { Outlet } from './meter.ts'
import type { Rotation } from './metering.ts'
import type { Power } from './power.ts'

/** In the words of OCPP 1.6, 7.7 ChargePointStatus, which say more than those of 2.0.1. */
export type ConnectorStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted'

export interface ConnectorParts {
  readonly connectorId: number
  readonly outlet: Outlet & { readonly rotation?: Rotation }
  readonly registerWh: number
  readonly clock: Clock
  /** How many times faster than real time energy flows. */
  readonly speed: number
  readonly configuration: Configuration
  readonly behaviour: () => Behaviour
  /** Asked late: the dialect is made of the connectors. */
  readonly dialect: () => Dialect
  readonly power: Power
  /** Whether a tag may charge: the local list, the central system, or what counts offline. */
  readonly allowed: (tag: IdTag) => Promise<boolean>
  readonly dropLink: (ms: number) => void
  readonly onChange: () => void
}

/** A tag that may charge here, or is being asked about. */
export interface Claim extends IdTag {
  readonly via: 'remote' | 'card'
  /** (OCPP 2.0.1, RequestStartTransaction) */
  readonly remoteStartId?: number
  readonly reservationId?: number
}

/** One that is not used up yet. */
export interface OpenClaim extends Claim {
  readonly cancel: (() => void)[]
  /** The tag needs no (more) asking; only the car is missing. */
  allowed: boolean
}
