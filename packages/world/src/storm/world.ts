/** One world from the first driver to quiet: what came of it, in figures and in broken rules. */
import { checkPayment, wrongsOf } from './check.ts'
import { rightReport } from './check-books.ts'
import { begunBy, dealRest, LEAST_FAULTS } from './deal.ts'
import { drive, type TerminalBook } from './drivers.ts'
import { befall } from './events.ts'
import { ordersOn } from './orders.ts'
import { rowsIn } from './rows.ts'
import { spotChecks } from './spot.ts'
import { gather, type Storm, type StormParts } from './storm.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

export interface WorldReport {
  readonly seed: number
  readonly sessions: number
  readonly faults: number
  /** Drivers who came to a payment; the others were turned away before. */
  readonly begun: number
  /** Faults that touched one of their sessions, and how many sessions were touched by fewer than five. */
  readonly ownFaults: number
  readonly fewFaults: number
  readonly messages: number
  readonly steps: number
  readonly hash: string
  /** Cases of the failure model that were met, and how often. */
  readonly rows: Readonly<Record<string, number>>
  /** Which kind of message came before which about one driver: "result < session". */
  readonly orders: readonly string[]
  /** Broken rules; empty in a sound world. */
  readonly broken: readonly string[]
  readonly struck: readonly string[]
  readonly lines: readonly string[]
}

export async function runWorld(parts: StormParts): Promise<WorldReport> {
  const storm = await gather(parts)
  const book: TerminalBook = { seen: new Map(), tapped: new Map() }
  const began = storm.clock.now()
  const orders = ordersOn(storm)
  spotChecks(storm, book)
  storm.weather.calm = false
  for (const script of storm.scripts) {
    befall(storm, script.n)
    void drive(storm, script, book)
    await storm.clock.advanceBy(script.pauseMs)
  }
  await quiet(storm, book)
  const broken = [...(await judged(storm, book)), ...(await rightReport(storm, began))]
  const { weather, wire } = storm
  await storm.close()
  return {
    seed: parts.seed,
    sessions: storm.scripts.length,
    faults: weather.struck.length,
    ...touched(storm, book),
    messages: wire.exchanges(),
    steps: weather.steps(),
    hash: weather.hash(),
    rows: Object.fromEntries([...weather.rows].sort()),
    orders: orders(),
    broken,
    struck: weather.struck,
    lines: weather.lines,
  }
}

/** Longer than a hold lives: what nobody can give back has come to its end then. */
const TO_THE_END_MS = 130 * HOUR

/** Faults stop, what runs ends, and everything that waits for something gets it. */
async function quiet(storm: Storm, book: TerminalBook): Promise<void> {
  await storm.clock.advanceBy(5 * MINUTE)
  dealRest(storm, book)
  await storm.clock.advanceBy(MINUTE)
  storm.weather.calm = true
  storm.bank.away = false
  for (const cpo of storm.cpos) cpo.away = false
  storm.revive()
  for (const cpo of storm.cpos) cpo.endAll()
  await storm.clock.advanceBy(30 * HOUR)
  const { bank } = storm
  bank.entriesOf('')
  const held = [...bank.references()].some((reference) => bank.holdOf(reference) !== undefined)
  // One that ran out a moment ago is looked at a minute later.
  await storm.clock.advanceBy(held ? TO_THE_END_MS - 30 * HOUR : 2 * MINUTE)
}

function touched(storm: Storm, book: TerminalBook) {
  const faults = [...begunBy(storm, book).keys()].map((n) => storm.weather.touched(n))
  return {
    begun: faults.length,
    ownFaults: faults.reduce((sum, count) => sum + count, 0),
    fewFaults: faults.filter((count) => count < LEAST_FAULTS).length,
  }
}

/** All books side by side, one payment after the other. */
async function judged(storm: Storm, { seen, tapped }: TerminalBook): Promise<readonly string[]> {
  const { bank, cpos, scripts, weather } = storm
  const books = cpos.map((cpo) => cpo.books)
  const strays = new Set(books.flatMap(({ stray }) => stray.map(({ id }) => id)))
  const broken = [...wrongsOf(books), ...storm.wrongs]
  const chargeOf = (reference: string) =>
    books.map(({ charges }) => charges.get(reference)).find((one) => one !== undefined)
  bank.entriesOf('')
  const references = new Set([...bank.references(), ...seen.keys()])
  for (const reference of references) {
    const told = seen.get(reference)
    // A payment that was lost with its database is unknown to the platform, and its hold is given back. (F75)
    const view =
      told &&
      (await storm
        .ptp()
        ?.link.payment(told.terminal, reference)
        .catch(() => undefined))
    const n = bank.driverOf(reference) ?? told?.n
    weather.met(...rowsIn(bank.entriesOf(reference), chargeOf(reference)))
    broken.push(
      ...checkPayment({
        reference,
        entries: bank.entriesOf(reference),
        charge: chargeOf(reference),
        view,
        cardKind: scripts.find((script) => script.n === n)?.cardKind ?? 'approved',
        strays,
        tappedAt: tapped.get(n ?? 0) ?? 0,
        toldAt: told?.at,
        calls: storm.log.calls.get(reference) ?? [],
        log: storm.log,
        end: storm.clock.now(),
        lost: storm.lost,
      }),
    )
  }
  return broken
}
