import type { OcpiEvseStatus, OcppStatus } from './events.ts'

/**
 * What a connector's OCPP status means for a driver who looks for a charger. (OCPP 1.6, 4.9; OCPI locations › Status)
 *
 * Preparing stays AVAILABLE: a driver may plug in first and pay then, and the terminal must still offer that connector.
 * Whoever knows of a remote start under way knows better. Finishing is BLOCKED: the car of the last session still
 * stands there.
 */
export const evseStatusOf: Readonly<Record<OcppStatus, OcpiEvseStatus>> = {
  Available: 'AVAILABLE',
  Preparing: 'AVAILABLE',
  Charging: 'CHARGING',
  SuspendedEVSE: 'CHARGING',
  SuspendedEV: 'CHARGING',
  Finishing: 'BLOCKED',
  Reserved: 'RESERVED',
  Unavailable: 'INOPERATIVE',
  Faulted: 'OUTOFORDER',
}
