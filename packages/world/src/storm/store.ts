/** A database that fails: its commits for good, for now, or so that nobody knows; its statements one by one, or all for a while. */
import type { Clock } from '@plugtill/engine/clock'
import { Fault } from '@plugtill/engine/fault'
import type { Db, SqlValue, Store, Tx } from '@plugtill/engine/store'
import type { Dice } from './dice.ts'
import { type Logbook, noted } from './log.ts'
import type { Weather } from './weather.ts'

export interface StormyParts {
  readonly clock: Clock
  readonly weather: Weather
  readonly store: Store
  readonly strength: number
  readonly outage: Outage
  readonly dice: Dice
  /** Which driver an event of a payment belongs to. */
  readonly driverOf: (reference: string) => number | undefined
  readonly die: (why: string) => void
  readonly log: Logbook
}

/** Before that moment so many of the statements and transactions do not reach the database; 1: none does. */
export interface Outage {
  until: number
  share: number
}

/** What a transaction decides, as its statements tell. */
interface Decides {
  type: string
  reference: string
  body: string
  /** The payment that an older program begins in it. */
  older?: string
}

const DIES_BEFORE: Readonly<Record<string, string>> = { tapped: 'F01', authorized: 'F04', captured: 'F67' }
const DIES_AFTER: Readonly<Record<string, string>> = {
  tapped: 'F02',
  authorized: 'F12',
  'start-answered': 'F13',
  'cdr-received': 'F61',
}

export function stormyStore(parts: StormyParts): Store {
  const { weather, store } = parts
  const isAway = awayAt(parts)
  const cut = connectionCuts(parts)
  return {
    dialect: store.dialect,
    query: (sql, params) => {
      if (weather.calm) return store.query(sql, params)
      return isAway() ? Promise.reject(away()) : cut(() => store.query(sql, params), sql)
    },
    refuseInside: store.refuseInside,
    close: () => store.close(),
    transaction: (work) => {
      if (weather.calm) return store.transaction(work)
      return isAway() ? Promise.reject(away()) : stormy(parts, work)
    },
  }
}

function awayAt({ clock, weather, dice, outage }: StormyParts): () => boolean {
  let asked = 0
  return () => weather.shelter === 0 && clock.now() < outage.until && dice.of('away ', String(++asked)) < outage.share
}

/** Statements between two of which the connection breaks, on average. */
const CUT_EVERY = 300

/** Its answer cannot be lost where one process owns the file; where it can, leases run out, and here they do not. */
const isClaim = (sql: string) => sql.startsWith('WITH mine ')

/** A single statement whose connection breaks: before it was done, or after, when only the answer is lost. */
function connectionCuts({ weather, dice }: StormyParts) {
  let cuts = 0
  const untilNext = () => Math.ceil(-Math.log(1 - dice.of(`cut ${++cuts}`)) * CUT_EVERY)
  let left = untilNext()
  return <T>(statement: () => Promise<T>, sql: string): Promise<T> => {
    if (--left > 0) return statement()
    left = untilNext()
    const name = weather.strike('connection cut', sql.split(' ', 3).join(' '), 1)
    if (name === undefined) return statement()
    const isDone = !isClaim(sql) && dice.of(`done ${name}`) < 0.5
    return (isDone ? statement() : Promise.resolve()).then(() => Promise.reject(away()))
  }
}

const SLOW_MS = 700

async function stormy<T>(parts: StormyParts, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { clock, weather, store, strength, die } = parts
  const decides: Decides = { type: '', reference: '', body: '' }
  const committed: (() => void)[] = []
  const result = await store.transaction(async (tx) => {
    const done = await work({
      dialect: tx.dialect,
      query: seen(parts, tx, decides),
      afterCommit: (task) => committed.push(task),
    })
    const place = placeOf(parts, decides)
    if (place === undefined) return { done, place }
    if (weather.strike('slow commit', place, 2 * strength))
      await new Promise<void>((resolve) => void clock.after(SLOW_MS, resolve))
    if (weather.strike('serialization failure', place, strength)) throw conflict()
    if (decides.type === 'tapped' && weather.strike('disk full', place, 0.02)) {
      weather.met('F78')
      throw full()
    }
    if (weather.strike('death before the commit', place, 0.004)) {
      weather.met(DIES_BEFORE[decides.type] ?? 'F76')
      die(place)
      throw away()
    }
    return { done, place }
  })
  // What was rolled back is begun once more, by this program. (F77)
  if (decides.older !== undefined) parts.log.older.add(decides.older)
  afterwards(parts, decides, result.place)
  for (const task of committed) task()
  return result.done
}

/** It is committed, and whoever asked may not live to hear of it. */
function afterwards(parts: StormyParts, { type, reference }: Decides, place: string | undefined): void {
  const { weather, strength, die, log, clock } = parts
  if (place === undefined) return
  if (weather.strike('death after the commit', place, 0.004)) {
    weather.met(DIES_AFTER[type] ?? 'F76')
    die(place)
    throw away()
  }
  if (!weather.strike('commit unknown', place, strength)) return
  noted(log.hidden, reference, clock.now())
  throw away()
}

/** Of the line that an event gives the log, behind the two that name its entity. */
const EVENT_COLUMNS = 10

const seen =
  (parts: StormyParts, tx: Db, decides: Decides): Db['query'] =>
  (sql, params) => {
    if (sql.startsWith('INSERT INTO entity (') && params?.[0] === 'payment')
      return tx.query(sql, older(parts, params, decides))
    if (sql.startsWith('INSERT INTO event') && params?.[0] === 'payment') {
      const last = params.length - EVENT_COLUMNS
      decides.type = String(params[last + 2])
      decides.reference = String(params[1])
      decides.body = String(params[9])
    }
    return tx.query(sql, params)
  }

/** Terms that came with a later program than the one that began this payment. */
const NEWER = ['overHold', 'noCdr', 'cdrCheck', 'refunds', 'cdrAlarmsMs']

/** During a rolling deployment some payments are begun by the program before and finished by this one. (F77) */
function older({ weather }: StormyParts, params: readonly SqlValue[], decides: Decides): readonly SqlValue[] {
  const whole = String(params[3])
  const n = /"cardToken":"[a-z-]+#(\d+)"/.exec(whole)?.[1] ?? 0
  if (!weather.strike('begun by the program before', `tapped s${n}`, 0.03)) return params
  weather.met('F77')
  decides.older = String(params[1])
  const payment = JSON.parse(whole) as { readonly terms: Readonly<Record<string, unknown>> }
  const terms = Object.fromEntries(Object.entries(payment.terms).filter(([name]) => !NEWER.includes(name)))
  const body = JSON.stringify({ ...payment, terms })
  // Not by this process: who takes it for its own row meets another moment of the last write, and reads it. (decision 0067)
  return params.map((value, index) => (index === 3 ? body : index === 4 ? Number(value) - 1 : value))
}

function placeOf({ driverOf }: StormyParts, { type, reference, body }: Decides): string | undefined {
  if (type === '') return undefined
  const n = driverOf(reference) ?? /"cardToken":"[a-z-]+#(\d+)"/.exec(body)?.[1] ?? 0
  return `${type} s${n}`
}

const conflict = () => new Fault('STORE_CONFLICT', 'Two transactions met on the same rows.', { retry: true })
const away = () => new Fault('STORE_UNREACHABLE', 'The connection to the database broke.', { retry: true })
const full = () => new Fault('STORE_FULL', 'The disk is full. Nothing was stored; make room.', { retry: true })
