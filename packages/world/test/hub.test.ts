import { expect, test } from 'vitest'
import { drive, type TerminalBook } from '../src/storm/drivers.ts'
import { type Script, USUAL } from '../src/storm/script.ts'
import { gather } from '../src/storm/storm.ts'

const DRIVERS = 8
/** A world in which both CPOs stand behind one hub, and call their things the same. */
const HUB_SEED = 13

const usual = (drawn: Script): Script => ({ ...drawn, spot: drawn.n % 8, card: `approved#${drawn.n}`, ...USUAL })

test('two parties behind one hub are invited by one act; sessions and bills that have the same ids at both are paid apart', async () => {
  const storm = await gather({ seed: HUB_SEED, sessions: DRIVERS, script: usual })
  const book: TerminalBook = { seen: new Map(), tapped: new Map() }
  expect(storm.cpos.map(({ connection }) => connection)).toEqual(['HUB', 'HUB'])
  for (const script of storm.scripts) void drive(storm, script, book)
  await storm.clock.advanceBy(30 * 60_000)
  const charges = storm.cpos.map(({ books }) => [...books.charges.values()])
  const ids = charges.map(
    (all) => new Set(all.flatMap(({ sessionId, bills }) => [sessionId, ...bills.map(({ id }) => id)])),
  )
  expect([...(ids[0] ?? [])].filter((id) => ids[1]?.has(id)).length).toBeGreaterThan(2)
  const paid = charges
    .flat()
    .map(({ bills, advices }) => [bills[0]?.due, [...advices.values()].map(({ cents }) => cents)])
  expect(paid).toEqual(paid.map(([due]) => [due, [due]]))
  expect(paid).toHaveLength(DRIVERS)
  await storm.close()
})
