import type { OcpiEvseStatus, OcppStatus } from './events.ts'

/**
 * What a connector's OCPP status means for a driver who looks for a charger. (OCPP 1.6, 4.9; OCPI locations › Status)
 *
 * Preparing stays AVAILABLE: a driver may plug in first and pay then, and the terminal must still offer that connector.
 * Whoever knows of a remote start under way knows better. Finishing is BLOCKED: the car of the last session still
 * stands there. Occupied, all that OCPP 2.0.1 says, is any of these: whoever knows the transaction knows better.
 */
export const evseStatusOf: Readonly<Record<OcppStatus, OcpiEvseStatus>> = {
  Available: 'AVAILABLE',
  Preparing: 'AVAILABLE',
  Charging: 'CHARGING',
  SuspendedEVSE: 'CHARGING',
  SuspendedEV: 'CHARGING',
  Finishing: 'BLOCKED',
  Occupied: 'AVAILABLE',
  Reserved: 'RESERVED',
  Unavailable: 'INOPERATIVE',
  Faulted: 'OUTOFORDER',
}

/**
 * An EVSE serves one car at a time whatever the number of its connectors: what one of them does is what the EVSE does,
 * and it is out of use only when none of them can be used. (OCPI locations › EVSE)
 */
const STRONGEST_FIRST: readonly OcpiEvseStatus[] = [
  'CHARGING',
  'BLOCKED',
  'RESERVED',
  'AVAILABLE',
  'INOPERATIVE',
  'OUTOFORDER',
  'UNKNOWN',
]

export function statusOfEvse(connectors: readonly OcpiEvseStatus[]): OcpiEvseStatus {
  return STRONGEST_FIRST.find((status) => connectors.includes(status)) ?? 'UNKNOWN'
}
