/** What chargers report becomes EVSE status and events of charging sessions. */
import type { Clock } from '@plugtill/engine/clock'
import type { Desk } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import { sameCi } from '@plugtill/ocpi/types'
import type { CentralSystem } from '../chargers/central-system.ts'
import type {
  ChargerEvent,
  EventAnswer,
  IdTagStatus,
  Metered,
  OcpiEvseStatus,
  StatusChanged,
  TransactionStarted,
  TransactionStopped,
} from '../chargers/events.ts'
import { evseKey, startKey, tagKey, transactionKey } from '../effects/charging-kind.ts'
import { type Sites, type Spot, spotsOf, spotsOfCharger } from '../sites/configuration.ts'
import type { SiteRegister } from '../sites/register.ts'
import type { LocalStarts } from './local-start.ts'
import { type ChargingEvent, type ChargingSession, OCCUPYING } from './session.ts'

/** A charger that comes back without a reboot may not say how its connectors are; then it is asked. */
const ASK_STATUS_AFTER_MS = 5_000
/** After our own start chargers get this long to come back before their EVSEs become UNKNOWN. */
const RECONNECT_MS = 60_000

export interface ReportsParts {
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly register: SiteRegister
  readonly sites: Sites
  readonly clock: Clock
  readonly journal: Journal
  readonly chargers: () => Pick<CentralSystem, 'online' | 'trigger'>
  /** Drivers of mobility providers who begin at the station. */
  readonly local: LocalStarts
  readonly onFault: (error: unknown, what: string) => void
}

export interface ChargerDesk {
  readonly onEvent: (event: ChargerEvent) => Promise<EventAnswer | undefined>
  readonly authorize: (chargerId: string, idTag: string) => Promise<IdTagStatus>
  /** Takes the status of chargers that stay away after a restart. Returns what stops the wait. */
  readonly watchAbsent: () => () => void
  /** From now on connections end because we end them: that says nothing about the chargers. */
  readonly close: () => void
}

export function createChargerDesk(parts: ReportsParts): ChargerDesk {
  const before: LastKnown = new Map()
  let closing = false
  const later = (what: string, work: () => Promise<void>) => () =>
    void work().catch((error: unknown) => parts.onFault(error, what))
  return {
    onEvent: async (event) => {
      switch (event.type) {
        case 'connected':
          parts.clock.after(
            ASK_STATUS_AFTER_MS,
            later(event.chargerId, async () => (closing ? undefined : askStatus(parts, event.chargerId, before))),
          )
          return undefined
        case 'disconnected':
          return closing ? undefined : void (await disconnected(parts, event.chargerId, before))
        case 'booted':
          return undefined
        case 'status-changed':
          return void (await statusChanged(parts, event))
        case 'transaction-started':
          return started(parts, event)
        case 'metered':
          return void (await metered(parts, event))
        case 'transaction-stopped':
          return void (await stopped(parts, event))
      }
    },
    authorize: async (chargerId, idTag) => {
      const session = await parts.charging.find(tagKey(idTag))
      if (session === undefined) return parts.local.authorize(chargerId, idTag)
      return OCCUPYING.includes(session.state) && sameCi(session.place.chargerId, chargerId) ? 'Accepted' : 'Invalid'
    },
    close: () => {
      closing = true
    },
    watchAbsent: () => {
      const absent = () =>
        spotsOf(parts.sites).filter(({ connector }) => !parts.chargers().online(connector.charger.id))
      return parts.clock.after(
        RECONNECT_MS,
        later('absent chargers', () => setAll(parts, absent(), 'UNKNOWN')),
      )
    },
  }
}

/** How the EVSEs of a charger were when its connection ended. */
type LastKnown = Map<string, readonly { readonly spot: Spot; readonly status: OcpiEvseStatus }[]>

async function setAll({ register }: ReportsParts, spots: readonly Spot[], status: OcpiEvseStatus): Promise<void> {
  for (const { site, evse } of spots) await register.setStatus(site.id, evse.uid, status)
}

async function disconnected(parts: ReportsParts, chargerId: string, before: LastKnown): Promise<void> {
  const spots = spotsOfCharger(parts.sites, chargerId)
  const known = await Promise.all(spots.map(async (spot) => ({ spot, status: await statusOf(parts.register, spot) })))
  before.set(
    chargerId,
    known.flatMap(({ spot, status }) => (status === undefined || status === 'UNKNOWN' ? [] : [{ spot, status }])),
  )
  await setAll(parts, spots, 'UNKNOWN')
}

async function askStatus(parts: ReportsParts, chargerId: string, before: LastKnown): Promise<void> {
  const spots = spotsOfCharger(parts.sites, chargerId)
  const statuses = await Promise.all(spots.map((spot) => statusOf(parts.register, spot)))
  if (!parts.chargers().online(chargerId) || !statuses.includes('UNKNOWN')) return
  if ((await parts.chargers().trigger(chargerId, 'StatusNotification')) === 'accepted') return
  // It cannot be asked, and would have told a change: what was true before still is. (OCPP 1.6, 4.9)
  for (const { spot, status } of before.get(chargerId) ?? []) {
    if ((await statusOf(parts.register, spot)) !== 'UNKNOWN') continue
    await parts.register.setStatus(spot.site.id, spot.evse.uid, status)
  }
}

async function statusOf(register: SiteRegister, { site, evse }: Spot): Promise<OcpiEvseStatus | undefined> {
  const location = await register.location(site.id)
  return location?.evses?.find((each) => sameCi(each.uid, evse.uid))?.status as OcpiEvseStatus | undefined
}

async function statusChanged(parts: ReportsParts, event: StatusChanged): Promise<void> {
  const spots = spotsOfCharger(parts.sites, event.chargerId, event.connectorId)
  // The charger as a whole being fine says nothing about its connectors. (OCPP 1.6, 4.9)
  if (event.connectorId === 0 && event.ocpiStatus === 'AVAILABLE') return
  for (const { site, evse } of spots) await parts.register.setStatus(site.id, evse.uid, event.ocpiStatus)
  if (event.connectorId === 0) return
  const session = await running(parts, event)
  if (session === undefined) return
  // Preparing: the car still stands there after the charger was switched off and on.
  if (event.ocppStatus === 'Available' || event.ocppStatus === 'Preparing') {
    await parts.charging.apply(session.id, { type: 'connector-free', at: parts.clock.now() })
    return
  }
  const parking = event.ocppStatus === 'SuspendedEV'
  if (!parking && event.ocppStatus !== 'Charging' && event.ocppStatus !== 'SuspendedEVSE') return
  // A pause the station makes is charging time, one the car makes is parking time. (E-71)
  await parts.charging.apply(session.id, {
    type: 'parking-changed',
    parking,
    measuredAt: event.at,
    at: parts.clock.now(),
  })
}

/** The session whose energy flows through this connector. */
async function running(parts: ReportsParts, event: StatusChanged): Promise<ChargingSession | undefined> {
  for (const { evse } of spotsOfCharger(parts.sites, event.chargerId, event.connectorId)) {
    const session = await parts.charging.find(evseKey(evse.uid))
    if (session?.state === 'charging' && session.place.chargerConnector === event.connectorId) return session
  }
  return undefined
}

async function started(parts: ReportsParts, event: TransactionStarted): Promise<EventAnswer> {
  const session = await parts.charging.find(tagKey(event.idTag))
  if (session === undefined) return startedLocally(parts, event)
  if (!sameCi(session.place.chargerId, event.chargerId)) {
    await parts.journal.write(event.chargerId, 'note', {
      text: `Transaction with tag "${event.idTag}" belongs to no session; refused.`,
      event,
    })
    return { idTagStatus: 'Invalid' }
  }
  const { transactionId, startKey, meterStartWh } = event
  if (session.place.chargerConnector !== event.connectorId) {
    const text = `Transaction begins at connector ${event.connectorId}; connector ${session.place.chargerConnector} was paid for. Refused.`
    await parts.journal.write(session.reference ?? session.id, 'note', { text })
    return { idTagStatus: 'Invalid' }
  }
  const { entity, verdict } = await parts.charging.apply(session.id, {
    type: 'transaction-started',
    transactionId,
    startKey,
    meterStartWh,
    measuredAt: event.at,
    at: parts.clock.now(),
  })
  // Another transaction than ours keeps the number made for it: what it meters must not reach the session.
  if ('refuse' in verdict) return { idTagStatus: 'ConcurrentTx' }
  const answer = { transactionId: entity.transactionId ?? transactionId }
  return entity.state === 'charging' ? answer : { ...answer, idTagStatus: 'Invalid' }
}

/** No command of a partner stands behind this card: it is one of a mobility provider, or nobody's. */
async function startedLocally(parts: ReportsParts, event: TransactionStarted): Promise<EventAnswer> {
  const before = await parts.charging.find(startKey(event.startKey))
  if (before?.transactionId !== undefined) return { transactionId: before.transactionId }
  const begun = await parts.local.begin(event)
  if ('refused' in begun) {
    const text = `${begun.why} Its transaction was refused.`
    await parts.journal.write(event.chargerId, 'note', { text, event })
    return { idTagStatus: begun.refused }
  }
  await parts.journal.write(begun.reference ?? begun.id, 'ocpp', event)
  return { transactionId: begun.transactionId ?? event.transactionId }
}

async function metered(parts: ReportsParts, event: Metered): Promise<void> {
  const session = await parts.charging.find(transactionKey(event.chargerId, event.transactionId))
  if (session === undefined) return
  const { energyWh, powerW, soc } = event
  await parts.charging.apply(session.id, {
    type: 'metered',
    energyWh,
    measuredAt: event.at,
    at: parts.clock.now(),
    ...(powerW === undefined ? {} : { powerW }),
    ...(soc === undefined ? {} : { soc }),
  })
}

async function stopped(parts: ReportsParts, event: TransactionStopped): Promise<void> {
  const session = await parts.charging.find(transactionKey(event.chargerId, event.transactionId))
  if (session === undefined) {
    await parts.journal.write(event.chargerId, 'note', {
      text: `Transaction ${event.transactionId} stopped, but belongs to no session.`,
      event,
    })
    return
  }
  const { meterStopWh, reason } = event
  await parts.charging.apply(session.id, {
    type: 'transaction-stopped',
    meterStopWh,
    reason,
    measuredAt: event.at,
    at: parts.clock.now(),
  })
}
