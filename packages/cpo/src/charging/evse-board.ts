/** How each EVSE is, from what its charger says of its connectors, and from what is not heard any more. */
import type { Clock } from '@plugtill/engine/clock'
import type { Desk } from '@plugtill/engine/engine'
import type { CentralSystem } from '../chargers/central-system.ts'
import type { OcpiEvseStatus, Outlet, StatusChanged } from '../chargers/events.ts'
import { statusOfEvse } from '../chargers/evse-status.ts'
import { evseKey } from '../effects/charging-kind.ts'
import { isAt, type Sites, type Spot, spotsOf, spotsOfCharger } from '../sites/configuration.ts'
import type { SiteRegister } from '../sites/register.ts'
import type { ChargingEvent, ChargingSession } from './session.ts'

/** A charger that comes back without a reboot may not say how its connectors are; then it is asked. */
const ASK_STATUS_AFTER_MS = 5_000
/** After our own start chargers get this long to come back before their EVSEs become UNKNOWN. */
const RECONNECT_MS = 60_000

export interface BoardParts {
  readonly charging: Desk<ChargingSession, ChargingEvent>
  readonly register: SiteRegister
  readonly sites: Sites
  readonly clock: Clock
  readonly chargers: () => Pick<CentralSystem, 'online' | 'trigger'>
  /** So long a charger may be away before its EVSEs become UNKNOWN: most are back before anybody would have noticed. */
  readonly graceMs: number
  readonly onFault: (error: unknown, what: string) => void
}

export interface EvseBoard {
  readonly statusChanged: (event: StatusChanged) => Promise<void>
  /** OCPP 2.0.1 says only that a connector is occupied; whether energy flows, its transaction says. */
  readonly occupied: (chargerId: string, outlet: Outlet, by: 'transaction' | 'car') => Promise<void>
  readonly connected: (chargerId: string) => void
  readonly disconnected: (chargerId: string) => Promise<void>
  /** What a charger said before its EVSEs were known counts for them too. */
  readonly again: (chargerId: string) => Promise<void>
  /** The session whose energy flows through this connector. */
  readonly running: (chargerId: string, outlet: Outlet) => Promise<ChargingSession | undefined>
  /** Takes the status of chargers that stay away after a restart. Returns what stops the wait. */
  readonly watchAbsent: () => () => void
  /** From now on connections end because we end them: that says nothing about the chargers. */
  readonly close: () => void
}

interface Heard {
  readonly event: StatusChanged
  readonly status: OcpiEvseStatus
}
/** What the charger last said of each connector, by charger and connector. */
type Memory = Map<string, Map<string, Heard>>

/** How the EVSEs of a charger were when its connection ended. */
type LastKnown = Map<string, readonly { readonly spot: Spot; readonly status: OcpiEvseStatus }[]>

export function createEvseBoard(parts: BoardParts): EvseBoard {
  const memory: Memory = new Map()
  const before: LastKnown = new Map()
  const running = (chargerId: string, outlet: Outlet) => runningAt(parts, chargerId, outlet)
  /** Back again, and nothing was heard of their connectors since. */
  const unheard = new Set<string>()
  let closing = false
  const later = (what: string, work: () => Promise<void>) => () =>
    void work().catch((error: unknown) => parts.onFault(error, what))
  const lost = async (chargerId: string) => {
    if (closing || parts.chargers().online(chargerId)) return
    memory.delete(chargerId.toLowerCase())
    await disconnected(parts, chargerId, before)
  }
  const statusChanged = async (event: StatusChanged) => {
    unheard.delete(event.chargerId.toLowerCase())
    // The charger as a whole being fine says nothing about its connectors. (OCPP 1.6, 4.9)
    if (event.connectorId === 0) {
      if (event.ocpiStatus === 'AVAILABLE') return
      return setAll(parts, spotsOfCharger(parts.sites, event.chargerId), event.ocpiStatus)
    }
    const flows = event.ocppStatus === 'Occupied' && (await running(event.chargerId, event)) !== undefined
    heard(memory, { event, status: flows ? 'CHARGING' : event.ocpiStatus })
    await show(parts, memory, event)
  }
  return {
    statusChanged,
    running,
    occupied: (chargerId, outlet, by) => occupied(parts, memory, { chargerId, outlet, by }),
    connected: (chargerId) => {
      unheard.add(chargerId.toLowerCase())
      const ask = async () => {
        const heard = !unheard.delete(chargerId.toLowerCase())
        if (!closing) await askStatus(parts, { chargerId, heard }, before)
      }
      parts.clock.after(ASK_STATUS_AFTER_MS, later(chargerId, ask))
    },
    disconnected: async (chargerId) => {
      if (parts.graceMs === 0) return lost(chargerId)
      parts.clock.after(
        parts.graceMs,
        later(chargerId, () => lost(chargerId)),
      )
    },
    again: async (chargerId) => {
      for (const { event } of [...(memory.get(chargerId.toLowerCase())?.values() ?? [])]) await statusChanged(event)
    },
    close: () => {
      closing = true
    },
    watchAbsent: () =>
      parts.clock.after(
        RECONNECT_MS,
        later('absent chargers', () => setAll(parts, absent(parts), 'UNKNOWN')),
      ),
  }
}

const absent = (parts: BoardParts) =>
  spotsOf(parts.sites).filter(({ connector }) => !parts.chargers().online(connector.charger.id))

async function occupied(
  parts: BoardParts,
  memory: Memory,
  {
    chargerId,
    outlet,
    by,
  }: { readonly chargerId: string; readonly outlet: Outlet; readonly by: 'transaction' | 'car' },
): Promise<void> {
  const status = by === 'transaction' ? 'CHARGING' : 'BLOCKED'
  for (const { event, status: before } of [...(memory.get(chargerId.toLowerCase())?.values() ?? [])]) {
    if (event.ocppStatus !== 'Occupied' || !sameOutlet(event, outlet) || before === status) continue
    heard(memory, { event, status })
    await show(parts, memory, event)
  }
}

const sameOutlet = (event: Outlet, { evseId, connectorId }: Outlet) =>
  event.evseId === evseId && (connectorId === 0 || event.connectorId === connectorId)

/** No charger has more connectors than this. */
const MOST_OUTLETS = 100

function heard(memory: Memory, one: Heard): void {
  const name = one.event.chargerId.toLowerCase()
  const outlets = memory.get(name) ?? new Map<string, Heard>()
  const key = `${one.event.evseId ?? ''}.${one.event.connectorId}`
  if (outlets.size >= MOST_OUTLETS && !outlets.has(key)) return
  outlets.set(key, one)
  memory.set(name, outlets)
}

/** The EVSEs behind a connector are what all their connectors are together. */
async function show(parts: BoardParts, memory: Memory, event: StatusChanged): Promise<void> {
  for (const { site, evse } of spotsOfCharger(parts.sites, event.chargerId, event)) {
    const statuses = evse.connectors.flatMap(({ charger }) =>
      [...(memory.get(charger.id.toLowerCase())?.values() ?? [])]
        .filter((one) => isAt(charger, one.event))
        .map(({ status }) => status),
    )
    await parts.register.setStatus(site.id, evse.uid, statusOfEvse(statuses))
  }
}

async function setAll(
  { register }: Pick<BoardParts, 'register'>,
  spots: readonly Spot[],
  status: OcpiEvseStatus,
): Promise<void> {
  for (const { site, evse } of spots) await register.setStatus(site.id, evse.uid, status)
}

async function disconnected(parts: BoardParts, chargerId: string, before: LastKnown): Promise<void> {
  const spots = spotsOfCharger(parts.sites, chargerId)
  const known = await Promise.all(spots.map(async (spot) => ({ spot, status: await statusOf(parts.register, spot) })))
  before.set(
    chargerId.toLowerCase(),
    known.flatMap(({ spot, status }) => (status === undefined || status === 'UNKNOWN' ? [] : [{ spot, status }])),
  )
  await setAll(parts, spots, 'UNKNOWN')
}

async function askStatus(
  parts: BoardParts,
  { chargerId, heard }: { readonly chargerId: string; readonly heard: boolean },
  before: LastKnown,
): Promise<void> {
  const spots = spotsOfCharger(parts.sites, chargerId)
  const statuses = await Promise.all(spots.map((spot) => statusOf(parts.register, spot)))
  if (!parts.chargers().online(chargerId) || (heard && !statuses.includes('UNKNOWN'))) return
  if ((await parts.chargers().trigger(chargerId, 'StatusNotification')) === 'accepted') return
  // It cannot be asked, and would have told a change: what was true before still is. (OCPP 1.6, 4.9)
  for (const { spot, status } of before.get(chargerId.toLowerCase()) ?? []) {
    if ((await statusOf(parts.register, spot)) !== 'UNKNOWN') continue
    await parts.register.setStatus(spot.site.id, spot.evse.uid, status)
  }
}

const statusOf = (register: SiteRegister, { site, evse }: Spot) => register.statusOf(site.id, evse.uid)

async function runningAt(parts: BoardParts, chargerId: string, outlet: Outlet): Promise<ChargingSession | undefined> {
  for (const { evse } of spotsOfCharger(parts.sites, chargerId, outlet)) {
    const session = await parts.charging.find(evseKey(evse.uid))
    if (session?.state === 'charging' && isAt(outletOf(session), outlet)) return session
  }
  return undefined
}

const outletOf = ({ place }: ChargingSession) => ({ connector: place.chargerConnector, evse: place.chargerEvse })
