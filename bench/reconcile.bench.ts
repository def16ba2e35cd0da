/** Five books compared, and the log of each payment with its hashes: payments, CDRs, advices and receipts on an embedded database, the provider's records in memory. */
import { EMPTY, hashOfText, headAfter } from '@plugtill/engine/chain'
import { wallClock } from '@plugtill/engine/clock'
import { documents } from '@plugtill/engine/documents'
import { createEngine } from '@plugtill/engine/engine'
import { journal } from '@plugtill/engine/journal'
import { migrate } from '@plugtill/engine/migrate'
import { placesFrom } from '@plugtill/engine/sql-text'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store, Tx } from '@plugtill/engine/store'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { cdrKey } from '@plugtill/ptp/cdr-intake'
import { hashOf } from '@plugtill/ptp/content-hash'
import { adviceKey } from '@plugtill/ptp/effects/advise'
import type { PaymentEvent, PaymentOrder } from '@plugtill/ptp/payment/events'
import type { Payment } from '@plugtill/ptp/payment/payment'
import { paymentMachine } from '@plugtill/ptp/payment/states'
import { usualTerms } from '@plugtill/ptp/payment/terms'
import { reconcile } from '@plugtill/ptp/reconcile/reconcile'
import { createSweep } from '@plugtill/ptp/sweep'
import { cdrText } from './cdr.ts'
import { alternate, isQuick, tell } from './report.ts'

const PAYMENTS = isQuick() ? 5_000 : 50_000
const ROUNDS = isQuick() ? 1 : 3
const BEGAN = Date.parse('2030-01-01T00:00:00Z')
const DAY_MS = 86_400_000
const now = BEGAN + 2 * DAY_MS
const PEER = 'peer-1'
const MINOR = 877

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

const example: CdrReceived = JSON.parse(cdrText) as CdrReceived
const cdrOf = (n: number): CdrReceived => ({
  ...example,
  id: `CDR-${n}`,
  authorization_reference: uuid(n),
})
const adviceOf = (n: number) => ({
  id: `FAC-${n}`,
  authorization_reference: uuid(n),
  total_costs: { before_taxes: 7.25, taxes: [{ name: 'VAT', percentage: 21, amount: 1.52 }] },
  currency: 'EUR',
  eft_data: ['VISA **** 1001'],
  capture_status_code: 'SUCCESS',
  last_updated: '2030-01-01T12:00:00Z',
})

function paymentOf(n: number): Payment {
  const at = BEGAN + Math.floor((n * DAY_MS) / PAYMENTS)
  return {
    id: uuid(n),
    state: 'captured',
    createdAt: at,
    tapId: `tap-${n}`,
    peerId: PEER,
    terminalId: 'T-1',
    locationId: 'L1',
    evseUid: 'E1',
    connectorId: '1',
    timeZone: 'Europe/Amsterdam',
    tokenUid: `TOKEN${n}`,
    language: 'en',
    cardToken: 'approved',
    card: { fingerprint: 'f1', brand: 'Visa', masked: '**** 1001' },
    tariff: example.tariffs?.[0] as Payment['tariff'],
    asked: eur(5000),
    minimumHold: eur(500),
    timers: { startGraceMs: 30_000, plugInWindowMs: 300_000, sessionPollMs: 300_000, cdrDeadlineMs: 900_000 },
    startCommandId: `cmd-${n}`,
    terms: usualTerms,
    held: eur(5000),
    pspReference: `SIM-${String(n + 1).padStart(8, '0')}`,
    captureBefore: at + 7 * DAY_MS,
    eftData: ['VISA **** 1001'],
    cdr: { id: `CDR-${n}`, hash: hashOf(cdrOf(n)), due: eur(MINOR) },
    captureOrderedAt: at,
    captured: eur(MINOR),
    advice: { id: `FAC-${n}`, status: 'SUCCESS', amount: eur(MINOR), at, deliveredAt: at },
  }
}

/** What the platform would have written, without the journeys that lead there. */
async function fill(store: Store): Promise<ReturnType<typeof openLedger>> {
  const ledger = openLedger()
  const batch = 1_000
  for (let from = 0; from < PAYMENTS; from += batch) {
    await store.transaction(async (tx) => {
      const docs = documents(tx, { now: () => now })
      for (let n = from; n < Math.min(PAYMENTS, from + batch); n++) {
        const payment = paymentOf(n)
        await keep(tx, payment)
        await docs.put(
          'cdrs',
          cdrKey({ peerId: PEER, id: `CDR-${n}` }),
          JSON.stringify(cdrOf(n)),
          '2030-01-01T12:00:00Z',
        )
        await docs.put('advices', adviceKey(PEER, `FAC-${n}`), JSON.stringify(adviceOf(n)), '2030-01-01T12:00:00Z')
        book(ledger, payment)
      }
    })
  }
  return ledger
}

const EVENTS = 10
const LOGS_AT_A_TIME = 64
/** About what the events of a payment weigh. */
const EVENT = JSON.stringify({ type: 'session-seen', filler: 'x'.repeat(400) })

/** The row of a payment, and its log. */
async function keep(tx: Tx, { id, state, createdAt: at, ...more }: Payment): Promise<void> {
  const body = JSON.stringify({ id, state, createdAt: at, ...more })
  const after = hashOfText(body)
  const same = { kind: 'payment', id, at, type: 'session-seen', from: state, to: state, reason: null, body: EVENT }
  let head = EMPTY
  for (let seq = 0; seq < EVENTS; seq++) {
    head = headAfter(head, { ...same, seq, verdict: 'moved' }, after)
    await tx.query(
      `INSERT INTO event (kind, id, seq, at, type, from_state, to_state, verdict, body, after_hash, chain_hash)
         VALUES ('payment', $1, $2, $3, $4, $5, $5, 'moved', $6, $7, $8)`,
      [id, seq, at, same.type, state, EVENT, after, head.chain],
    )
  }
  await tx.query(
    `INSERT INTO entity (kind, id, version, state, body, created_at, updated_at, chain_hash)
       VALUES ('payment', $1, $2, $3, $4, $5, $5, $6)`,
    [id, EVENTS - 1, state, body, at, head.chain],
  )
}

function book(
  ledger: ReturnType<typeof openLedger>,
  { id, pspReference = '', createdAt, card, eftData = [] }: Payment,
) {
  const own = { reference: id, pspReference, at: createdAt, key: '' }
  const authorization = {
    status: 'approved',
    pspReference,
    authorized: eur(5000),
    captureBefore: now + DAY_MS,
    card,
    eftData,
  }
  const request = JSON.stringify({ terminalId: 'T-1', card: 'approved' })
  const answer = JSON.stringify(authorization)
  ledger.append({ ...own, operation: 'authorize', status: 'approved', amount: eur(5000), request, answer })
  ledger.append({ ...own, operation: 'capture', status: 'done', amount: eur(MINOR), request: '{}', answer: '{}' })
}

const store = await openSqlite({ file: ':memory:' })
await migrate(store)
const clock = { ...wallClock, now: () => now }
const ledger = await fill(store)
const psp = createSimulatedPsp({ clock, ledger, random: () => 0.5 })
const kind = { machine: paymentMachine, lane: () => 'psp', run: async () => undefined }
const engine = createEngine({ store, clock, random: () => 0.5, kinds: [kind] })
const payments = engine.of<Payment, PaymentEvent, PaymentOrder>(kind)
const books = documents(store, clock)
const parts = {
  payments,
  documents: books,
  peers: { get: async () => undefined },
  psp,
  clock,
  ownsTerminal: async () => true,
}

/** The same rows, only read and parsed. */
async function readAll(): Promise<void> {
  for (let before: string | undefined; ; ) {
    const page = await payments.list({ limit: 5_000, ...(before !== undefined && { before }) })
    const cdrs = await books.many(
      'cdrs',
      page.map(({ cdr }) => cdrKey({ peerId: PEER, id: cdr?.id ?? '' })),
    )
    const advices = await books.many(
      'advices',
      page.map(({ advice }) => adviceKey(PEER, advice?.id ?? '')),
    )
    for (const { body } of [...cdrs.values(), ...advices.values()]) JSON.parse(body)
    for (let at = 0; at < page.length; at += LOGS_AT_A_TIME) {
      const ids = page.slice(at, at + LOGS_AT_A_TIME).map(({ id }) => id)
      await store.query(`SELECT * FROM event WHERE kind = 'payment' AND id IN (${placesFrom(1, ids.length)})`, ids)
    }
    if (page.length < 5_000) return
    before = page.at(-1)?.id
  }
}
const rate = async (work: () => Promise<unknown>) => {
  const began = performance.now()
  await work()
  return (PAYMENTS * 1000) / (performance.now() - began)
}

/** The longest that a tap in the same process would wait before anything is done for it, in ms. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let [last, longest, over] = [performance.now(), 0, false]
  const tick = () => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
    if (!over) setImmediate(tick)
  }
  setImmediate(tick)
  await work()
  over = true
  tick()
  return longest
}

async function compare(): Promise<void> {
  const { findings, payments: count } = await reconcile(parts, { from: BEGAN, to: BEGAN + DAY_MS })
  if (count !== PAYMENTS || findings.length > 0) throw new Error(`${count} payments, ${JSON.stringify(findings[0])}`)
}

const measured = await alternate(ROUNDS, {
  reconcile: () => rate(compare),
  read: () => rate(readAll),
})
const longest = await longestTurn(compare)
// What the provider lists is there: what counts is how long we take over it.
const listed = await psp.list({ since: BEGAN })
const sweep = createSweep({
  ...parts,
  psp: { ...psp, list: async () => listed },
  engine,
  journal: journal(store, clock),
  random: () => 0.5,
  ids: () => uuid(PAYMENTS),
  keySecret: 'secret',
  intervalMs: 3_600_000,
  onFault: (fault) => {
    throw fault
  },
})
const longestOfSweep = await longestTurn(sweep.once)
await store.close()
tell({
  bench: 'reconcile',
  figures: [
    {
      what: `${PAYMENTS.toLocaleString('en')} captured payments of a day, no difference`,
      value: measured.reconcile,
      unit: 'payments/s',
      limit: { what: 'the same rows only read and parsed', value: measured.read },
    },
    { what: 'the longest that others in the process wait meanwhile', value: longest, unit: 'ms' },
    { what: 'and while a sweep compares them with the provider', value: longestOfSweep, unit: 'ms' },
  ],
})
