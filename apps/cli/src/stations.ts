/** The sandbox's charging stations: real OCPP over real sockets, and a memory that outlives the process. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { usualBehaviour } from '@plugtill/charger/behaviour'
import { cars, usualPlan } from '@plugtill/charger/car'
import type { OcppLink } from '@plugtill/charger/link'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import { createStation, type Station } from '@plugtill/charger/station'
import type { StationState } from '@plugtill/charger/station-state'
import type { Sites } from '@plugtill/cpo/sites/configuration'
import type { Clock } from '@plugtill/engine/clock'
import { outletsOf } from '@plugtill/world/stations'

export interface StationsParts {
  readonly sites: Sites
  /** ws://localhost:8080/ocpp */
  readonly endpoint: string
  /** HTTP basic authentication, where the central system wants it. (OCPP security profile 1) */
  readonly passwords?: ReadonlyMap<string, string>
  readonly clock: Clock
  readonly random: () => number
  readonly speed: number
  /** Where meters and open transactions are remembered. */
  readonly file: string
  readonly onFault: (error: unknown) => void
}

export interface Stations {
  readonly byId: ReadonlyMap<string, Station>
  readonly start: () => void
  readonly stop: () => Promise<void>
}

/** A connector as it was last seen. */
interface Remembered {
  readonly registerWh: number
  readonly transactionId?: number
}
type Memory = Record<string, Remembered>

const REMEMBER_MS = 2_000
/** A car comes by itself, takes what it needs and makes room after twenty minutes of its own time. */
const PLAN = { ...usualPlan, after: 4_000, stopAtSoc: 80, leaveAfterMs: 20 * 60_000, unplugAfterFullMs: 30_000 }

const keyOf = (station: string, connector: number) => `${station}/${connector}`

export function createStations(parts: StationsParts): Stations {
  const before = recall(parts.file)
  // A transaction that has begun is remembered at once: a crash must not leave it running for ever at the CPO.
  const changed = () => remember()
  const stations = outletsOf(parts.sites).map(({ id, outlets }) =>
    stationOf({ ...parts, changed }, { id, outlets, before }),
  )
  let cancel: () => void = () => undefined
  const remember = () => {
    try {
      keep(parts.file, {
        ...before,
        ...Object.assign({}, ...stations.map(({ station }) => seen(station.state(), before))),
      })
    } catch (error) {
      parts.onFault(error)
    }
  }
  const tick = () => {
    remember()
    cancel = parts.clock.after(REMEMBER_MS, tick)
  }
  return {
    byId: new Map(stations.map(({ station }) => [station.id, station])),
    start: () => {
      for (const { station } of stations) station.start()
      tick()
    },
    stop: async () => {
      cancel()
      remember()
      await Promise.all(stations.map(({ station }) => station.stop()))
    },
  }
}

type Outlets = ReturnType<typeof outletsOf>[number]

function stationOf(
  parts: StationsParts & { readonly changed: () => void },
  { id, outlets, before }: Outlets & { readonly before: Memory },
): { readonly station: Station } {
  const password = parts.passwords?.get(id)
  const link = createWebSocketLink({ id, endpoint: parts.endpoint, ...(password !== undefined && { password }) })
  const fast = outlets.some(({ kind }) => kind === 'DC')
  const station = createStation({
    id,
    link,
    clock: parts.clock,
    random: parts.random,
    speed: parts.speed,
    vendor: 'Plugtill',
    model: fast ? 'Simulated DC' : 'Simulated AC',
    connectors: outlets.map((outlet) => ({ ...outlet, ...rememberedMeter(before, keyOf(id, outlet.connectorId)) })),
    configuration: { MeterValueSampleInterval: '5' },
    signedMeters: true,
    behaviour: { ...usualBehaviour, car: fast ? cars['long-range'] : cars.family, plan: PLAN },
    onEvent: ({ accepted, connected }) => {
      parts.changed()
      if (accepted && connected) void endInterrupted({ id, link, before, at: parts.clock.now() })
    },
  })
  return { station }
}

function rememberedMeter(before: Memory, key: string) {
  const registerWh = before[key]?.registerWh
  return registerWh === undefined ? {} : { registerWh }
}

const ending = new Set<string>()

/** A station that lost its power reports the end of what it was doing as soon as it is back. (OCPP 1.6, 7.36 Reason PowerLoss) */
async function endInterrupted({
  id,
  link,
  before,
  at,
}: {
  readonly id: string
  readonly link: OcppLink
  readonly before: Memory
  readonly at: number
}): Promise<void> {
  for (const [key, { transactionId, registerWh }] of Object.entries(before)) {
    if (!key.startsWith(`${id}/`) || transactionId === undefined || ending.has(key)) continue
    ending.add(key)
    const timestamp = new Date(at).toISOString()
    await link
      .call('StopTransaction', { transactionId, meterStop: Math.floor(registerWh), timestamp, reason: 'PowerLoss' })
      .then(
        () => {
          before[key] = { registerWh }
        },
        // The next event of the station tries again.
        () => undefined,
      )
    ending.delete(key)
  }
}

/** What a station shows now; a transaction that is still to be ended stays remembered. */
function seen({ id, connectors }: StationState, before: Memory): Memory {
  return Object.fromEntries(
    connectors.map(({ connectorId, registerWh, transactionId }) => {
      const key = keyOf(id, connectorId)
      const open = before[key]?.transactionId ?? (transactionId === undefined ? undefined : Number(transactionId))
      return [key, { registerWh, ...(open !== undefined && { transactionId: open }) }]
    }),
  )
}

function recall(file: string): Memory {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Memory
  } catch {
    // The first start, or a file that is of no use: the meters begin anew.
    return {}
  }
}

function keep(file: string, memory: Memory): void {
  writeFileSync(`${file}.new`, JSON.stringify(memory))
  renameSync(`${file}.new`, file)
}
