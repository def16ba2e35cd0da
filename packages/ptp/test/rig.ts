/**
 * One payment on the real engine, table and effects, with the simulated provider and a CPO that says what it is told to
 * say. Only the wire to the CPO is missing; whole journeys over it are told by the stories.
 */
import { documents } from '@plugtill/engine/documents'
import { createEngine, deskOf, type Engine } from '@plugtill/engine/engine'
import { journal } from '@plugtill/engine/journal'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { type VirtualClock, virtualClock } from '@plugtill/engine/virtual-clock'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Psp, PspError } from '@plugtill/psp/psp'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { paymentKind } from '../src/effects/payment-kind.ts'
import { createIntake } from '../src/intake.ts'
import { commandsSender } from '../src/ocpi/commands.sender.ts'
import type { Decision, PaymentEvent } from '../src/payment/events.ts'
import type { Payment } from '../src/payment/payment.ts'
import type { Terms } from '../src/payment/terms.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { createSweep } from '../src/sweep.ts'
import { paymentIn, T0 } from './samples.ts'
import { clientOf, HOUR, MINUTE, REFERENCE, type ScriptedCpo, scripted, sessionAt } from './scripted-cpo.ts'

export interface RigParts {
  readonly card?: string
  readonly terms?: Partial<Terms>
  readonly payment?: Partial<Payment>
  readonly psp?: (psp: Psp) => Psp
  /** How long the provider remembers a key. (F63) */
  readonly keyRetentionMs?: number
  /** Whether another connector that a Session names has the tariff that was accepted. */
  readonly sameTariff?: boolean
  /** Further accounts at providers. */
  readonly pspAccounts?: Readonly<Record<string, Psp>>
  /** What an earlier rig stood on: this one is the process that comes after it. */
  readonly after?: Ground
  /** Where it is kept; a SQLite database in memory when left out. */
  readonly store?: Store
}

interface Ground {
  readonly store: Store
  readonly clock: VirtualClock
  readonly ledger: ReturnType<typeof openLedger>
  readonly cpo: ScriptedCpo
  /** The engine whose work has to be done before time goes on. */
  readonly follow: (engine: Engine) => void
}

export type Rig = Awaited<ReturnType<typeof rig>>

async function ground(given: Store | undefined): Promise<Ground> {
  const store = given ?? (await openSqlite({ file: ':memory:' }))
  await migrate(store)
  const tick = () => new Promise<void>((done) => setImmediate(done))
  let running: Engine | undefined
  const clock = virtualClock(T0, {
    settle: async () => {
      await tick()
      await running?.idle()
      await tick()
    },
  })
  const follow = (engine: Engine) => {
    running = engine
  }
  return { store, clock, ledger: openLedger(), cpo: scripted(), follow }
}

/** The platform's rooms around one payment. */
function rooms(parts: RigParts, { store, clock, ledger, cpo, follow }: Ground) {
  const bank = createSimulatedPsp({
    clock,
    ledger,
    random: () => 0.5,
    ...(parts.keyRetentionMs !== undefined && { keyRetentionMs: parts.keyRetentionMs }),
  })
  const psp = parts.psp?.(bank) ?? bank
  let count = parts.after ? 1000 : 0
  const ids = () => `id-${++count}`
  const faults: string[] = []
  const onFault = (fault: unknown) => void faults.push(String(fault))
  const shared = { store, clock, ids, journal: journal(store, clock), documents: documents(store, clock), psp, onFault }
  const made = { ...shared, random: () => 0.5, client: clientOf(cpo), keySecret: 'secret' }
  const payments = deskOf<Payment, PaymentEvent>(() => engine, 'payment')
  const intake = createIntake({ ...made, payments, sameTariff: async () => parts.sameTariff === true })
  const kind = paymentKind({
    ...made,
    intake,
    peers: { get: async () => undefined },
    adviceRetryMaxMs: HOUR,
    countryCode: 'NL',
    partyId: 'PTP',
    name: 'Test',
    responseUrl: (id) => `https://ptp.example/${id}`,
  })
  const engine: Engine = createEngine({ ...made, kinds: [kind], node: 'rig' })
  const ownsTerminal = async (id: string) => id === 'T-1'
  const { pspAccounts = {} } = parts
  const sweep = createSweep({ ...made, pspAccounts, payments, engine, intervalMs: HOUR, ownsTerminal })
  follow(engine)
  engine.start()
  return { ...shared, payments, intake, engine, sweep, faults }
}

type Rooms = ReturnType<typeof rooms>

export async function rig(parts: RigParts = {}) {
  const base = parts.after ?? (await ground(parts.store))
  const platform = rooms(parts, base)
  const { payments, engine } = platform
  const pass = (ms: number) => base.clock.advanceBy(ms)
  const payment = async () => (await payments.find(REFERENCE))!
  return {
    ...base,
    ...platform,
    ...messages(platform, pass),
    ...books(platform, base),
    pass,
    payment,
    tap: async (change: Partial<Payment> = {}) => {
      const at = base.clock.now()
      const terms = { ...usualTerms, ...parts.terms }
      const own = { createdAt: at, maxPowerKw: 11, cardToken: parts.card ?? 'approved', terms }
      const fresh = paymentIn('authorizing', { ...own, ...parts.payment, ...change })
      await payments.create(fresh, { type: 'tapped', at })
      await pass(0)
      return payment()
    },
    close: async () => {
      await engine.stop()
      await base.store.close()
    },
  }
}

/** What comes in: from the charger, the CPO and the operator. */
function messages({ payments, intake, clock, ids }: Rooms, pass: (ms: number) => Promise<void>) {
  const refreshed: string[] = []
  const answers = commandsSender({ payments, clock, ids, refresh: (peerId) => void refreshed.push(peerId) })
  const after = async <T>(work: Promise<T>): Promise<T> => {
    const done = await work
    await pass(0)
    return done
  }
  return {
    /** CPOs that were asked what has changed at their sites. */
    refreshed,
    /** The charger's answer to START_SESSION. */
    result: async (result: string) => {
      const call = { params: { id: 'cmd-1' }, peer: { id: 'peer-1' }, body: { result }, reference: () => undefined }
      await after(Promise.resolve(answers.result(call as never)))
    },
    push: async (session: Session) => {
      await after(intake.session('peer-1', session))
      return (await payments.find(REFERENCE))!
    },
    bill: (cdr: CdrReceived) => after(intake.cdr('peer-1', cdr)),
    decide: async (decision: Decision, amountMinor?: number) => {
      const amount = amountMinor === undefined ? {} : { amount: { amountMinor, currency: 'EUR' } }
      const said = { decision, by: 'anna', reason: 'asked', ...amount, refundId: ids(), adviceId: ids() }
      const event = { type: 'operator-decided', ...said, at: clock.now() } as const
      return (await after(payments.apply(REFERENCE, event))).verdict
    },
  }
}

/** What is written down: by the provider, and for the operator. */
const books = ({ journal: log }: Rooms, { ledger }: Ground) => ({
  /** The provider's books for this payment: `capture 605 done`. */
  booked: () =>
    ledger
      .entries()
      .filter(({ reference }) => reference === REFERENCE)
      .map(({ operation, amount, status }) => `${operation} ${amount.amountMinor} ${status}`),
  codes: async (reference = REFERENCE) =>
    (await log.of(reference)).filter(({ kind }) => kind === 'fault').map(({ body }) => String(body['code'])),
})

/** A provider that fails each capture in this way until it is said to work. */
export function failingCaptures(error: PspError) {
  const bank = {
    works: false,
    psp: (psp: Psp): Psp => ({ ...psp, capture: (o) => (bank.works ? psp.capture(o) : Promise.reject(error)) }),
  }
  return bank
}

const iso = (at: number) => new Date(at).toISOString()

/** Taps, starts and charges: an hour, ten kWh, ended; 6.05 EUR are due. */
export async function charged(parts: RigParts = {}, kwh = 10): Promise<Rig> {
  const one = await rig(parts)
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  await one.pass(61 * MINUTE)
  await one.push(sessionAt(61, { status: 'COMPLETED', kwh, end_date_time: iso(T0 + 61 * MINUTE) }))
  return one
}
