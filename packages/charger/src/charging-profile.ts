import type { Connector } from './connector.ts'
import type { CommandParts } from './dialect-parts.ts'
import type { Payload } from './link.ts'
import { voltsPerPhase } from './meter.ts'
import type { Profile } from './profiles.ts'

const DAY_MS = 86_400_000

/** What both versions call a ChargingProfile; the names of 1.6. (OCPP 1.6, 7.8) */
export function profileOf(wire: Payload): Profile {
  const schedule = wire['chargingSchedule'] as Payload
  return {
    id: Number(wire['chargingProfileId'] ?? wire['id']),
    stackLevel: Number(wire['stackLevel']),
    purpose: wire['chargingProfilePurpose'] as Profile['purpose'],
    kind: wire['chargingProfileKind'] as Profile['kind'],
    recursEveryMs: { Daily: DAY_MS, Weekly: 7 * DAY_MS }[String(wire['recurrencyKind'])],
    validFrom: moment(wire['validFrom']),
    validTo: moment(wire['validTo']),
    transactionId: wire['transactionId'] === undefined ? undefined : String(wire['transactionId']),
    startAt: moment(schedule['startSchedule']),
    durationMs: schedule['duration'] === undefined ? undefined : Number(schedule['duration']) * 1_000,
    unit: schedule['chargingRateUnit'] as Profile['unit'],
    periods: (schedule['chargingSchedulePeriod'] as readonly Payload[]).map(({ startPeriod, limit, numberPhases }) => ({
      startMs: Number(startPeriod) * 1_000,
      limit: Number(limit),
      phases: numberPhases === undefined ? undefined : Number(numberPhases),
    })),
  }
}

const moment = (text: unknown) => (typeof text === 'string' ? Date.parse(text) : undefined)

/** Takes a profile where its purpose allows it. (OCPP 1.6, 5.16 SetChargingProfile) */
export function setProfile(parts: CommandParts, connectorId: number, profile: Profile): 'Accepted' | 'Rejected' {
  const { purpose, transactionId } = profile
  const connector = parts.connectors().find(({ parts: own }) => own.connectorId === connectorId)
  if (connectorId !== 0 && !connector) return 'Rejected'
  if (purpose === 'ChargePointMaxProfile' && connectorId !== 0) return 'Rejected'
  if (purpose === 'TxProfile') {
    if (!connector?.charging) return 'Rejected'
    if (transactionId !== undefined && transactionId !== parts.tell.transactionId(connector)) return 'Rejected'
  }
  return parts.power.set(connectorId, profile) ? 'Accepted' : 'Rejected'
}

/** One decimal, as the schema wants it; ampere per phase of three. */
export function inUnit(limitW: number, unit: string): number {
  return Math.round((unit === 'A' ? limitW / (3 * voltsPerPhase) : limitW) * 10) / 10
}

/** A profile that comes with a remote start is one for the transaction to come. (OCPP 1.6, 5.11; 2.0.1, K05) */
export function presetProfile(parts: CommandParts, connector: Connector, profile: Profile): boolean {
  return profile.purpose === 'TxProfile' && parts.power.set(connector.parts.connectorId, profile)
}
