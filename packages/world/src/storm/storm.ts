/** One world of the simulation: a PTP platform in production code, two scripted CPOs, a provider, drivers, and weather. */
import { openMemory } from '@plugtill/engine/memory'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { virtualClock } from '@plugtill/engine/virtual-clock'
import type { WireRequest } from '@plugtill/ocpi/wire'
import { createPtp, type Ptp } from '@plugtill/ptp/ptp'
import { defaultSettings, type PtpSettings } from '@plugtill/ptp/settings'
import { adminOf } from '../call-admin.ts'
import { type Chance, chance } from '../seed.ts'
import { type Bank, createBank } from './bank.ts'
import type { Cpo } from './cpo.ts'
import { inEveryCurrency } from './currencies.ts'
import { type Dice, dice } from './dice.ts'
import { emptyLogbook, type Logbook, stoppedBy, witnessed } from './log.ts'
import type { Maker } from './makers.ts'
import { furnished, partners } from './partners.ts'
import { mortal, PTP_URL } from './process.ts'
import type { Contracts, Off, Under } from './reassign.ts'
import { growsHolds, mixOf, type Script, scriptOf } from './script.ts'
import { type Outage, stormyStore } from './store.ts'
import { type Weather, weather } from './weather.ts'
import { type Wire, wire } from './wire.ts'

export interface StormParts {
  readonly seed: number
  readonly sessions: number
  readonly mute?: ReadonlySet<string>
  readonly only?: ReadonlySet<number>
  readonly record?: boolean
  /** Default: the one that is nothing but memory. */
  readonly database?: 'memory' | 'sqlite'
  /** Changes what the drivers, cards and CPOs are going to do. */
  readonly script?: (drawn: Script) => Script
}

export interface Storm {
  readonly clock: ReturnType<typeof virtualClock>
  readonly dice: Dice
  readonly weather: Weather
  readonly wire: Wire
  readonly bank: Bank
  readonly cpos: readonly [Cpo, Cpo]
  readonly ptp: () => Ptp | undefined
  readonly kill: (why: string, forMs: number) => void
  readonly revive: () => void
  readonly terminals: readonly [readonly string[], readonly string[]]
  readonly scripts: readonly Script[]
  readonly faults: string[]
  /** The database itself, below all faults. */
  readonly store: Store
  /** Times of which the platform has lost all memory. */
  readonly lost: { readonly from: number; readonly to: number }[]
  /** The PTP falls asleep, another one takes over, and the first one wakes up in the middle of what it did. (F76) */
  readonly zombie: (forMs: number) => void
  readonly log: Logbook
  /** Who makes the invoices, by terminal. (F73) */
  readonly makers: Map<string, Maker>
  /** Terminals that are switched off, and under which contract they are. */
  readonly off: Map<string, Off>
  readonly under: Map<string, Under>
  /** By connection. */
  readonly contracts: ReadonlyMap<string, Contracts>
  readonly outage: Outage
  /** Rules broken in front of a terminal. */
  readonly wrongs: string[]
  readonly flow: <T>(work: Promise<T>) => Promise<T>
  readonly close: () => Promise<void>
}

const START = Date.parse('2030-07-02T10:00:00.000Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A storm waits for nothing but promises: when the queue of those is empty, everything that needs no time is done. */
const settle = () => new Promise<void>((done) => process.nextTick(done))

export async function gather(parts: StormParts): Promise<Storm> {
  const clock = virtualClock(START, { settle })
  const die = dice(parts.seed)
  const sky = weather({ clock, dice: die, ...parts })
  const net = wire({ clock, dice: die, weather: sky, strength: 0.18 + 0.3 * die.of('strength') })
  const luck = chance(parts.seed)
  const mix = mixOf(die)
  const scripts = Array.from({ length: parts.sessions }, (_, index) =>
    (parts.script ?? ((drawn) => drawn))(scriptOf(die, mix, index + 1)),
  ).filter(({ n }) => parts.only === undefined || parts.only.has(n))
  const base = parts.database === 'sqlite' ? await openSqlite({ file: ':memory:' }) : openMemory()
  await migrate(base, clock)
  const ground: Ground = {
    clock,
    dice: die,
    weather: sky,
    wire: net,
    luck,
    scripts,
    base,
    faults: [],
    lost: [],
    outage: { until: 0, share: 1 },
    log: emptyLogbook(),
  }
  const process = mortal(ground.log)
  const bank = platform(ground, process)
  const cpos = partners(ground, bank, process)
  process.revive()
  const flow = flowOf(clock)
  const admin = () => {
    const ptp = process.now()
    if (!ptp) throw new Error('The PTP died while it was calm.')
    return adminOf(ptp.admin)
  }
  const { terminals, contracts } = await flow(furnished(admin, cpos, clock))
  return {
    ...ground,
    bank,
    cpos,
    ptp: process.now,
    kill: process.kill,
    revive: process.revive,
    terminals,
    flow,
    store: base,
    zombie: process.zombie,
    makers: new Map(),
    off: new Map(),
    under: new Map(),
    contracts,
    wrongs: [],
    close: async () => {
      process.end()
      await base.close()
    },
  }
}

export interface Ground {
  readonly clock: ReturnType<typeof virtualClock>
  readonly dice: Dice
  readonly weather: Weather
  readonly wire: Wire
  readonly luck: Chance
  readonly scripts: readonly Script[]
  readonly base: Store
  readonly faults: string[]
  readonly lost: { readonly from: number; readonly to: number }[]
  readonly outage: Outage
  readonly log: Logbook
}

export type Process = ReturnType<typeof mortal>

export const diesOf =
  ({ dice: die }: Ground, process: Process) =>
  (why: string): void =>
    process.kill(why, die.of(`rest ${why}`) * 3 * MINUTE)

/** The platform in production code, its database and its provider. */
function platform(ground: Ground, process: Process): Bank {
  const { clock, dice: die, weather: sky, wire: net, luck, base, faults } = ground
  const dies = diesOf(ground, process)
  const bank = createBank({
    clock,
    weather: sky,
    random: luck.random,
    strength: 0.1,
    die: dies,
    log: ground.log,
    keyRetentionMs: die.of('retention') < 0.5 ? 40 * MINUTE : undefined,
    hint: (reference) =>
      void process
        .now()
        ?.pspHint({ eventId: `E-${reference}`, reference })
        .catch(() => undefined),
  })
  const settings = settingsOf(die)
  process.bear = (being) =>
    createPtp({
      name: 'Plugtill Pay',
      countryCode: 'NL',
      partyId: 'PTP',
      ...luck,
      clock: being.clock,
      store: being.store,
      send: being.send,
      psp: being.psp,
      baseUrl: PTP_URL,
      node: 'ptp',
      settings,
      onFault: (fault, reference) => void faults.push(`${reference} ${String(fault)}`),
    })
  const stormy = { ...ground, store: base, strength: 0.07, driverOf: bank.driverOf, die: dies }
  process.world = {
    clock,
    store: stormyStore(stormy),
    send: witnessed(net.sender(labelOf(bank, ground.log)), ground.log, clock),
    psp: bank.psp,
    wire: net,
    weather: sky,
  }
  return bank
}

function settingsOf(die: Dice): PtpSettings {
  return {
    ...defaultSettings,
    keySecret: 'storm',
    sessionPollMs: 10 * MINUTE,
    cdrChaseForMs: 5 * HOUR,
    adviceRetryMaxMs: 10 * MINUTE,
    ...inEveryCurrency(),
    ...(growsHolds(die) && { holdStrategy: 'increments' as const }),
  }
}

/** Names a message by the driver it is about. */
function labelOf(bank: Bank, { sessions }: Logbook): (request: WireRequest) => string {
  return (request) => {
    const { method, url, body } = request
    const [path = ''] = url.slice(url.indexOf('/ocpi') + 5).split('?')
    const place = path.split('/').slice(2, 4).join(' ')
    const reference = /"authorization_reference":"([^"]+)"/.exec(body)?.[1]
    const isStop = reference === undefined && url.endsWith('/STOP_SESSION')
    const n = isStop ? sessions.get(stoppedBy(request)) : bank.driverOf(reference ?? '')
    return `${method} ${place}${n === undefined ? '' : ` s${n}`}`
  }
}

/** Awaits what needs world time: time flows until it is there. */
function flowOf(clock: ReturnType<typeof virtualClock>): Storm['flow'] {
  return async (work) => {
    let over = false
    const done = work.finally(() => {
      over = true
    })
    done.catch(() => undefined)
    for (let turns = 0; turns < 100_000; turns++) {
      await settle()
      if (over) return done
      const next = clock.nextAt()
      if (next === undefined) break
      await clock.advanceTo(next)
    }
    throw new Error('It did not come to an end.')
  }
}
