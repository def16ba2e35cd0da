import { createMemoryLink, type Fate, type MemoryCentralEnd } from '../src/link.memory.ts'
import { type Answer, OcppError, type OcppProtocol, type Payload } from '../src/link.ts'
import { createStation, type StationParts } from '../src/station.ts'
import { testClock } from './test-clock.ts'

export interface Said {
  readonly at: number
  readonly action: string
  readonly payload: Payload
}

export interface RigOptions extends Partial<Omit<StationParts, 'link' | 'clock'>> {
  readonly protocol?: OcppProtocol
  /** Answers of the central system that differ from friendly ones. */
  readonly answers?: Readonly<Record<string, Answer>>
  readonly fate?: (message: { readonly from: 'charger' | 'central'; readonly text: string }) => Fate
}

/** One station on a memory link, with a central system that notes what it hears. */
export function rig(options: RigOptions = {}) {
  const clock = testClock(Date.parse('2026-03-01T12:00:00Z'))
  const said: Said[] = []
  const network = { up: true }
  let central: MemoryCentralEnd | undefined
  const protocol = options.protocol ?? 'ocpp1.6'
  const friendly = { ...friendlyAnswers[protocol](clock.now), ...options.answers }
  const memory = createMemoryLink({
    id: 'CP1',
    protocol,
    clock,
    reachable: () => network.up,
    fate: options.fate,
    accept: (end) => {
      central = end
      for (const [action, answer] of Object.entries(friendly)) {
        end.handle(action, (payload) => {
          said.push({ at: clock.now(), action, payload })
          return answer(payload)
        })
      }
    },
  })
  const station = createStation({
    id: 'CP1',
    vendor: 'Plugtill',
    model: 'Simulated',
    random: () => 0.5,
    connectors: [
      { connectorId: 1, kind: 'AC', maxPowerKw: 22, registerWh: 1_000 },
      { connectorId: 2, kind: 'DC', maxPowerKw: 150, registerWh: 5_000 },
    ],
    ...options,
    link: memory.link,
    clock,
  })
  return {
    clock,
    station,
    memory,
    said,
    network,
    ask: (action: string, payload: Payload) =>
      central ? central.call(action, payload) : Promise.reject(new OcppError('closed', 'Nobody called yet.')),
    of: (action: string) => said.filter((one) => one.action === action),
    statuses: (connectorId: number) =>
      said
        .filter(({ action, payload }) => action === 'StatusNotification' && payload['connectorId'] === connectorId)
        .map(({ payload }) => payload['status']),
  }
}

const friendlyAnswers = { 'ocpp1.6': friendly16, 'ocpp2.0.1': friendly201 } as const

function friendly16(now: () => number): Readonly<Record<string, Answer>> {
  let transactions = 0
  return {
    ...friendlyAnyway(now),
    Authorize: () => ({ idTagInfo: { status: 'Accepted' } }),
    StartTransaction: () => {
      transactions += 1
      return { transactionId: transactions, idTagInfo: { status: 'Accepted' } }
    },
    MeterValues: () => ({}),
    StopTransaction: () => ({}),
  }
}

function friendly201(now: () => number): Readonly<Record<string, Answer>> {
  return {
    ...friendlyAnyway(now),
    Authorize: () => ({ idTokenInfo: { status: 'Accepted' } }),
    TransactionEvent: ({ idToken }) => (idToken === undefined ? {} : { idTokenInfo: { status: 'Accepted' } }),
    MeterValues: () => ({}),
    NotifyReport: () => ({}),
    ReservationStatusUpdate: () => ({}),
  }
}

function friendlyAnyway(now: () => number): Readonly<Record<string, Answer>> {
  return {
    BootNotification: () => ({ status: 'Accepted', currentTime: new Date(now()).toISOString(), interval: 300 }),
    Heartbeat: () => ({ currentTime: new Date(now()).toISOString() }),
    StatusNotification: () => ({}),
  }
}

/** A rig whose station is on and booted. */
export async function started(options: RigOptions = {}) {
  const all = rig(options)
  all.station.start()
  await all.clock.advance(1_000)
  return all
}
