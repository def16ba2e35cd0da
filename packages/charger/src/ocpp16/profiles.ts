import { inUnit, profileOf, setProfile } from '../charging-profile.ts'
import type { CommandParts } from '../dialect-parts.ts'
import type { Payload } from '../link.ts'

export function profileAnswers16(parts: CommandParts): Readonly<Record<string, (payload: Payload) => Payload>> {
  return {
    SetChargingProfile: ({ connectorId, csChargingProfiles }) => ({
      status: setProfile(parts, Number(connectorId), profileOf(csChargingProfiles as Payload)),
    }),
    ClearChargingProfile: ({ id, connectorId, chargingProfilePurpose, stackLevel }) => {
      const filter = { id, connectorId, purpose: chargingProfilePurpose, stackLevel } as Parameters<
        typeof parts.power.clear
      >[0]
      return { status: parts.power.clear(filter) > 0 ? 'Accepted' : 'Unknown' }
    },
    GetCompositeSchedule: ({ connectorId, duration, chargingRateUnit = 'W' }) => {
      const known = parts.connectors().some(({ parts: own }) => own.connectorId === connectorId)
      if (connectorId !== 0 && !known) return { status: 'Rejected' }
      const startSchedule = new Date(parts.clock.now()).toISOString()
      return {
        status: 'Accepted',
        connectorId,
        scheduleStart: startSchedule,
        chargingSchedule: {
          duration,
          startSchedule,
          chargingRateUnit,
          chargingSchedulePeriod: parts.power
            .schedule(Number(connectorId), Number(duration))
            .map(({ startS, limitW }) => ({ startPeriod: startS, limit: inUnit(limitW, String(chargingRateUnit)) })),
        },
      }
    },
  }
}
