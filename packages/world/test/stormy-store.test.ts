import { openMemory } from '@plugtill/engine/memory'
import { migrate } from '@plugtill/engine/migrate'
import { virtualClock } from '@plugtill/engine/virtual-clock'
import { expect, test } from 'vitest'
import { dice } from '../src/storm/dice.ts'
import { emptyLogbook } from '../src/storm/log.ts'
import { stormyStore } from '../src/storm/store.ts'
import { weather } from '../src/storm/weather.ts'

const START = 1_000_000

async function rig(seed: number) {
  const clock = virtualClock(START)
  const die = dice(seed)
  const sky = weather({ clock, dice: die })
  const base = openMemory()
  await migrate(base)
  sky.calm = false
  const outage = { until: 0, share: 1 }
  const log = emptyLogbook()
  const driverOf = () => undefined
  const dies = () => undefined
  const parts = { clock, weather: sky, store: base, strength: 0, outage, dice: die, driverOf, die: dies, log }
  return { clock, sky, base, outage, log, store: stormyStore(parts) }
}

const outcome = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

const INSERT =
  'INSERT INTO inbox (source, key, hash, at) VALUES ($1, $2, $3, $4) ON CONFLICT (source, key) DO NOTHING RETURNING at'
const INSERT_ENTITY = `INSERT INTO entity (kind, id, version, state, body, created_at, updated_at, chain_hash)
  VALUES ($1, $2, 1, $3, $4, $5, $5, $6)`

test('while the database is away no statement and no transaction reaches it; afterwards, and while it is calm, all do', async () => {
  const { clock, sky, outage, store } = await rig(1)
  outage.until = START + 60_000
  const ask = () => [store.query('SELECT key FROM inbox'), store.transaction((tx) => tx.query('SELECT key FROM inbox'))]
  const both = () => Promise.all(ask().map(outcome))
  expect(await both()).toEqual(['STORE_UNREACHABLE', 'STORE_UNREACHABLE'])
  sky.calm = true
  expect(await both()).toEqual(['done', 'done'])
  sky.calm = false
  await clock.advanceBy(60_000)
  expect(await both()).toEqual(['done', 'done'])
})

test('a connection that breaks fails one statement, before it was done or after; the next ones pass', async () => {
  const { base, store, sky } = await rig(2)
  const told = new Map<string, unknown>()
  for (let n = 0; n < 6000; n++) told.set(`k${n}`, await outcome(store.query(INSERT, ['s', `k${n}`, 'h', n])))
  const written = new Set((await base.query<{ key: string }>('SELECT key FROM inbox')).map(({ key }) => key))
  const failed = [...told.keys()].filter((key) => told.get(key) !== 'done')
  expect(failed).toHaveLength(sky.struck.length)
  expect(failed.length).toBeGreaterThan(5)
  expect(failed.length).toBeLessThan(60)
  expect([...told.keys()].filter((key) => told.get(key) === 'done' && !written.has(key))).toEqual([])
  const unheard = failed.filter((key) => written.has(key)).length
  expect(unheard).toBeGreaterThan(0)
  expect(unheard).toBeLessThan(failed.length)
})

test('what a program before has begun is its row: without the terms it had no word for, and not as this one has written it (F77)', async () => {
  const { base, store, log } = await rig(1)
  const terms = { noCdr: 'session-cost', minCaptureMinor: 50 }
  for (let n = 1; n <= 300; n++) {
    const body = JSON.stringify({ cardToken: `approved#${n}`, terms })
    const params = ['payment', `p${n}`, 'authorizing', body, START, '']
    const begun = store.transaction(async (tx) => {
      await tx.query(INSERT_ENTITY, params)
      if (n % 2 === 0) throw new Error('It is rolled back.')
    })
    await outcome(begun)
  }
  const rows = await base.query<{ id: string; body: string; at: number }>(
    'SELECT id, body, updated_at AS at FROM entity',
  )
  const older = rows.filter(({ body }) => !body.includes('noCdr'))
  expect(older.length).toBeGreaterThan(0)
  expect(rows.filter(({ at }) => at !== START)).toEqual(older)
  expect(older.map(({ id }) => id)).toEqual([...log.older])
  expect(older.every(({ body }) => body.includes('minCaptureMinor'))).toBe(true)
})
