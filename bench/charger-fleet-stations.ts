/** The stations of the charger fleet: a process of their own, on real WebSockets. */

import { usualPlan } from '@plugtill/charger/car'
import { createFleet, type Fleet } from '@plugtill/charger/fleet'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import type { StationPlan } from '@plugtill/charger/script/station-plan'
import { wallClock } from '@plugtill/engine/clock'
import { obey, usage, wallMs } from './child.ts'
import { evseUid, SPEED } from './fleet.ts'

interface Begin {
  readonly origin: string
  readonly stations: number
  readonly rampMs: number
}
interface Flicker {
  readonly perSecond: number
  readonly seconds: number
  /** Only stations from this one on: the others charge. */
  readonly from: number
}

let fleet: Fleet | undefined
const evseOf = (id: string, connectorId: number) => evseUid(Number(id.replace('BENCH-', '')) * 2 + connectorId - 1)

const planOf = (number: number): StationPlan => ({
  id: `BENCH-${number}`,
  protocol: number % 10 === 0 ? 'ocpp2.0.1' : 'ocpp1.6',
  password: undefined,
  parts: {
    vendor: 'Plugtill',
    model: 'Simulated AC',
    connectors: [1, 2].map((connectorId) => ({ connectorId, kind: 'AC', maxPowerKw: 22 })),
    speed: SPEED,
    configuration: { MeterValueSampleInterval: '600' },
    behaviour: { plan: { ...usualPlan, after: 200, unplugAfterFullMs: 'never' } },
  },
  steps: [],
  repeat: false,
})

const all = () => [...(fleet?.stations.values() ?? [])]
const states = () => all().map((station) => station.state())

function sums() {
  const list = states()
  return {
    connected: list.filter(({ connected }) => connected).length,
    accepted: list.filter(({ accepted, connected }) => accepted && connected).length,
    queued: list.reduce((sum, { queued }) => sum + queued, 0),
    charging: list.flatMap(({ connectors }) => connectors).filter(({ transactionId }) => transactionId !== undefined)
      .length,
  }
}

/** Faults come and go at chargers by chance; what each change has to become at the partner, and when it was told. */
async function flicker({ perSecond, seconds, from }: Flicker) {
  const told: { readonly evse: string; readonly status: string; readonly at: number }[] = []
  const faulted = new Set<number>()
  const began = wallMs()
  for (let n = 0; n < perSecond * seconds; n += 1) {
    const wait = began + (n * 1_000) / perSecond - wallMs()
    if (wait > 0) await new Promise<void>((done) => void wallClock.after(wait, done))
    const number = from + Math.floor(Math.random() * (all().length - from))
    const station = fleet?.stations.get(`BENCH-${number}`)
    if (!station) continue
    const isFaulted = faulted.delete(number)
    if (!isFaulted) faulted.add(number)
    told.push({ evse: evseUid(number * 2 + 1), status: isFaulted ? 'AVAILABLE' : 'OUTOFORDER', at: wallMs() })
    if (isFaulted) station.clearFault(2)
    else station.fault(2, 'InternalError')
  }
  return told
}

obey({
  begin: ({ origin, stations, rampMs }: Begin) => {
    fleet = createFleet({
      plans: Array.from({ length: stations }, (_, number) => planOf(number)),
      clock: wallClock,
      random: Math.random,
      rampMs,
      link: ({ id, protocol }) =>
        createWebSocketLink({ id, protocol, endpoint: `${origin.replace('http', 'ws')}/ocpp` }),
    })
    fleet.start()
  },
  usage,
  sums,
  flicker,
  /** Every driver comes back and ends the charge. What each meter counted, by EVSE. */
  home: () =>
    all().flatMap((station) => {
      const { id, connectors } = station.state()
      return connectors.flatMap(({ connectorId, meterStartWh }) => {
        if (meterStartWh === undefined) return []
        station.stopCharging(connectorId)
        const { registerWh = 0 } = station.state().connectors.find((one) => one.connectorId === connectorId) ?? {}
        return [{ evse: evseOf(id, connectorId), wh: registerWh - meterStartWh }]
      })
    }),
  end: () => fleet?.stop(),
})
