/**
 * Bad weather: many drivers, lost, late, doubled and garbled messages, a PTP that dies in mid-sentence, cards and cars
 * that do what they want. What must hold is read from the books outside the PTP: provider, CPO, wire and receipts.
 * Each seed replays bit for bit.
 */
import type { Psp } from '@plugtill/psp/psp'
import type { LedgerEntry } from '@plugtill/psp/simulated/ledger'
import type { Fate } from '@plugtill/world/network'
import { type Chance, chance } from '@plugtill/world/seed'
import { expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

const WORLDS = 15
const DRIVERS = 14
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const CARDS = [
  'approved',
  'approved',
  'approved',
  'approved-mastercard',
  'partial-approval',
  'timeout',
  'timeout-lost',
  'declined',
  'capture-timeout',
  'capture-fails-once',
  'void-fails-once',
  'capture-fails',
  'void-fails',
]
const SPOTS = [
  { location: 'LOC-CITY', evse: 'NLPLGE101', station: 'PLG-AC-1', connector: 1 },
  { location: 'LOC-CITY', evse: 'NLPLGE102', station: 'PLG-AC-1', connector: 2 },
  { location: 'LOC-HIGHWAY', evse: 'NLPLGE203', station: 'PLG-DC-1', connector: 1 },
  { location: 'LOC-HIGHWAY', evse: 'NLPLGE204', station: 'PLG-DC-1', connector: 2 },
]
const GARBLED = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"data":{"result":"ACC' }
const AWAY = { status: 503, headers: { 'content-type': 'text/plain' }, body: 'away' }

interface Weather {
  readonly luck: Chance
  readonly pick: <T>(from: readonly T[]) => T
  readonly chanceOf: (share: number) => boolean
  /** Share of the messages that something happens to: another one in every storm, so that rare pairs meet. */
  readonly strength: number
  calm: boolean
  /** Set while the PTP process lives: how to kill it. */
  die?: () => void
}

function weatherOf(seed: number): Weather {
  const luck = chance(seed * 7919)
  return {
    luck,
    pick: (from) => from[Math.floor(luck.random() * from.length)]!,
    chanceOf: (share) => luck.random() < share,
    strength: 0.05 * (seed % 6),
    calm: true,
  }
}

function fateIn({ pick, chanceOf, luck, calm, strength }: Weather): Fate | undefined {
  if (calm || !chanceOf(strength)) return undefined
  return pick<() => Fate>([
    () => ({ fate: 'unreachable' }),
    () => ({ fate: 'lost' }),
    () => ({ fate: 'answer-lost' }),
    () => ({ fate: 'late', delayMs: luck.random() * 40_000 }),
    () => ({ fate: 'answer-late', delayMs: luck.random() * 40_000 }),
    () => ({ fate: 'twice' }),
    () => ({ fate: 'answered', response: pick([GARBLED, AWAY]) }),
  ])()
}

/** The process may die before the provider is asked, or when the provider has done it and before we know. */
function mortally(weather: Weather): (psp: Psp) => Psp {
  const around =
    <A extends readonly unknown[], T>(work: (...given: A) => Promise<T>) =>
    async (...given: A): Promise<T> => {
      if (!weather.calm && weather.chanceOf(0.03)) weather.die?.()
      const done = await work(...given)
      if (!weather.calm && weather.chanceOf(0.03)) weather.die?.()
      return done
    }
  return (psp) => ({
    ...psp,
    authorize: around(psp.authorize),
    capture: around(psp.capture),
    void: around(psp.void),
    query: around(psp.query),
  })
}

async function oneDriver(story: Story, weather: Weather): Promise<void> {
  const { luck, pick, chanceOf } = weather
  const spot = pick(SPOTS)
  const station = story.stations.get(spot.station)!
  station.behave({
    remoteStart: chanceOf(0.85) ? 'accept' : pick(['reject', 'silent']),
    remoteStop: pick(['accept', 'accept', 'reject', 'silent']),
    plan: {
      after: chanceOf(0.1) ? 'never' : luck.random() * 4 * MINUTE,
      stopAtSoc: 100,
      unplugAfterFullMs: MINUTE,
      leaveAfterMs: 10_000 + luck.random() * 40 * MINUTE,
      unplugAfterStopMs: 5_000,
    },
  })
  const card = `${pick(CARDS)}#${1 + Math.floor(luck.random() * 9999)}`
  const terminal = story.terminals.find(({ location_ids }) => location_ids.includes(spot.location))!.terminal_id
  const tap = { locationId: spot.location, evseUid: spot.evse, connectorId: '1', card, language: 'en' }
  // Refused, or the process died while it was tapped: the next driver comes.
  const view = await story
    .flow(story.ptp().link.tap(terminal, { ...tap, tapId: luck.ids() }), MINUTE)
    .catch(() => undefined)
  if (view && chanceOf(0.3)) {
    story.clock.after(luck.random() * 20 * MINUTE, () => {
      void story
        .ptp()
        .link.stop(terminal, { reference: view.reference, card })
        .catch(() => undefined)
    })
  }
  if (chanceOf(0.05))
    story.clock.after(luck.random() * 10 * MINUTE, () => station.dropLink(luck.random() * 10 * MINUTE))
  await story.pass(luck.random() * 15 * MINUTE)
}

async function storm(seed: number): Promise<Story> {
  const weather = weatherOf(seed)
  const story = await tell(databases[0]!, {
    seed,
    psp: mortally(weather),
    ptp: { sessionPollMs: 2 * MINUTE, adviceRetryMaxMs: 10 * MINUTE },
  })
  const revive = async () => {
    if (weather.die) return
    weather.die = die
    await story.ptpReturns()
  }
  const die = () => {
    if (!weather.die) return
    weather.die = undefined
    story.killPtp()
    story.clock.after(weather.luck.random() * 15 * MINUTE, () => void revive())
  }
  weather.die = die
  story.network.rule(() => {
    if (!weather.calm && weather.chanceOf(0.005)) die()
    return fateIn(weather)
  })
  weather.calm = false
  for (let driver = 0; driver < DRIVERS; driver++) await oneDriver(story, weather)
  weather.calm = true
  await revive()
  for (const spot of SPOTS) {
    const station = story.stations.get(spot.station)!
    station.behave({ remoteStop: 'accept' })
    station.unplug(spot.connector)
  }
  return story
}

interface Cdr {
  readonly id: string
  readonly authorization_reference: string
  readonly total_cost: { readonly before_taxes: number; readonly taxes?: readonly { readonly amount: number }[] }
}
interface Advice {
  readonly id: string
  readonly authorization_reference: string
  readonly total_costs: Cdr['total_cost']
  readonly capture_status_code: string
}
const grossMinor = ({ before_taxes, taxes }: Cdr['total_cost']) =>
  Math.round((before_taxes + (taxes ?? []).reduce((sum, tax) => sum + tax.amount, 0)) * 100)

const OVER = ['captured', 'voided', 'declined', 'stuck']

async function settled(story: Story): Promise<void> {
  const open = async () => {
    const all =
      await story.ptpAdmin.get<readonly { state: string; advice: { delivered_at: string | null } | null }[]>(
        '/payments',
      )
    return all.filter(({ state, advice }) => !OVER.includes(state) || (advice && !advice.delivered_at))
  }
  await story.until('every payment is final (I16)', async () => (await open()).length === 0, 30 * HOUR)
}

/** One payment in all books. */
async function check(story: Story, entries: readonly LedgerEntry[], cdrs: readonly Cdr[]): Promise<void> {
  const { reference } = entries[0]!
  const payment = await story.payment(reference)
  const of = (operation: string) =>
    entries.filter((entry) => entry.operation === operation && ['approved', 'done'].includes(entry.status))
  const [hold, ...moreHolds] = of('authorize')
  const [captured, ...moreCaptures] = of('capture')
  expect(moreHolds, 'one hold').toEqual([])
  expect(moreCaptures, 'I1: one capture').toEqual([])
  const starts = story.network.passed.filter(
    ({ request }) => request.url.endsWith('/START_SESSION') && request.body.includes(reference),
  )
  for (const { at } of starts) expect(at, 'I5: START after the hold').toBeGreaterThanOrEqual(hold!.at)
  if (!hold) {
    expect(payment.state).toBe('declined')
    return
  }
  const due = cdrs.filter((cdr) => cdr.authorization_reference === reference)
  const asked = due.reduce((sum, cdr) => sum + grossMinor(cdr.total_cost), 0)
  const books = `${reference} ${payment.state} "${payment.reason}" ${entries.map((e) => `${e.operation}:${e.status}`).join(' ')} due ${asked}`
  const released = of('void').length + of('expire').length
  // I4: exactly one end; what is still held has a word for the operator.
  if (payment.state === 'stuck') expect(payment.reason, books).toMatch(/refuse/)
  else expect(Number(Boolean(captured)) + Math.min(1, released), books).toBe(1)
  expect(payment.captured?.amount_minor, books).toBe(captured?.amount.amountMinor)
  if (captured) {
    expect(captured.amount.amountMinor, `I2 ${books}`).toBeLessThanOrEqual(hold.amount.amountMinor)
    expect(due, `I10 ${books}`).toHaveLength(1)
    expect(captured.amount.amountMinor, `I10 ${books}`).toBe(Math.min(hold.amount.amountMinor, asked))
  }
  // I6: without a CDR that asks for something the hold is back within the longest chain of waits, the storm's deaths included.
  if (!captured && asked === 0 && payment.state === 'voided')
    expect(of('void')[0]!.at - hold.at, `I6 ${books}`).toBeLessThan(75 * MINUTE)
  // What was delivered is paid, unless the issuer refuses: the last look finds a session before its hold is given back.
  if (asked > 0 && payment.state !== 'stuck') expect(captured, `D-F05 ${books}`).toBeDefined()
  await checkAdvice(story, reference, { captured: captured?.amount.amountMinor ?? 0, asked, books })
}

async function checkAdvice(
  story: Story,
  reference: string,
  { captured, asked, books }: { captured: number; asked: number; books: string },
): Promise<void> {
  const sent = story.sent('POST', '/financial-advice-confirmations').filter(isOf(reference))
  expect(new Set(sent.map((body) => JSON.stringify(body))).size, `I8 ${books}`).toBe(
    asked > 0 ? 1 : Math.min(1, sent.length),
  )
  const advice = sent[0] as unknown as Advice | undefined
  if (!advice) return
  expect(grossMinor(advice.total_costs), `I9 ${books}`).toBe(captured)
  const status = captured === 0 && asked > 0 ? 'FAILED' : captured < asked ? 'PARTIAL_SUCCESS' : 'SUCCESS'
  expect(advice.capture_status_code, `I9 ${books}`).toBe(status)
}

const isOf = (reference: string) => (body: Record<string, unknown>) => body['authorization_reference'] === reference

async function checkReceipts(story: Story, entries: readonly LedgerEntry[]): Promise<void> {
  const record = await story.payment(entries[0]!.reference)
  const asked = JSON.parse(entries[0]!.request) as { card: string; terminalId: string }
  const receipts = await story.ptp().link.receipts(asked.terminalId, asked.card)
  const receipt = receipts.find(({ reference }) => reference === record.reference)
  if (receipt) expect(receipt.total.amountMinor, 'I9: receipt').toBe(record.captured?.amount_minor ?? 0)
}

test.each(Array.from({ length: WORLDS }, (_, index) => index + 1))(
  'in storm %i no money is lost, doubled or left held',
  async (seed) => {
    const story = await storm(seed)
    await settled(story)
    const byReference = Map.groupBy(story.ledger.entries(), (entry) => entry.reference)
    const cdrs = await story.cpoAdmin.get<readonly Cdr[]>('/cdrs?limit=1000')
    for (const entries of byReference.values()) {
      await check(story, entries, cdrs)
      await checkReceipts(story, entries)
    }
    // F54: no CDR of the CPO was lost on the way.
    for (const cdr of cdrs) expect(byReference.has(cdr.authorization_reference), cdr.id).toBe(true)
    await story.close()
  },
)
