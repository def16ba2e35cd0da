import { expect, test } from 'vitest'
import { drive, type TerminalBook } from '../src/storm/drivers.ts'
import { type Script, USUAL } from '../src/storm/script.ts'
import { gather } from '../src/storm/storm.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const DRIVERS = 8

const usual = (drawn: Script): Script => ({
  ...drawn,
  spot: drawn.n % 8,
  card: `approved#${drawn.n}`,
  ...USUAL,
  // Within any hold, also one that cannot grow while the CPO is away.
  lastsMs: 5 * MINUTE,
  powerW: 50_000,
})

test('CPOs that are silent for seven days get every advice within ten minutes of their return, byte for byte', async () => {
  const storm = await gather({ seed: 1, sessions: DRIVERS, script: usual })
  const book: TerminalBook = { seen: new Map(), tapped: new Map() }
  const sent = new Map<string, Set<string>>()
  let tries = 0
  storm.wire.watch((_, { method, url, body }) => {
    if (method !== 'POST' || !url.endsWith('/financial-advice-confirmations')) return
    tries++
    const { id } = JSON.parse(body) as { readonly id: string }
    sent.set(id, (sent.get(id) ?? new Set()).add(body))
  })
  for (const script of storm.scripts) void drive(storm, script, book)
  await storm.clock.advanceBy(30_000)
  for (const cpo of storm.cpos) cpo.away = true
  await storm.clock.advanceBy(7 * DAY)
  const advices = () =>
    storm.cpos.flatMap(({ books }) => [...books.charges.values()].flatMap((one) => [...one.advices.values()]))
  expect(advices()).toEqual([])
  expect(sent.size).toBe(DRIVERS)
  expect(tries).toBeGreaterThan(100 * DRIVERS)
  for (const cpo of storm.cpos) cpo.away = false
  await storm.clock.advanceBy(10 * MINUTE)
  expect(advices().filter(({ takenAt, status }) => takenAt !== undefined && status === 'SUCCESS')).toHaveLength(DRIVERS)
  expect([...sent.values()].map((bytes) => bytes.size)).toEqual(Array.from({ length: DRIVERS }, () => 1))
  await storm.close()
})
