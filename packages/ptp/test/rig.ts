/**
 * One payment on the real engine, table and effects, with the simulated provider and a CPO that says what it is told to
 * say. Only the wire to the CPO is missing; whole journeys over it are told by the stories.
 */
import { documents } from '@plugtill/engine/documents'
import { createEngine, type Engine } from '@plugtill/engine/engine'
import { journal } from '@plugtill/engine/journal'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Store } from '@plugtill/engine/store'
import { type VirtualClock, virtualClock } from '@plugtill/engine/virtual-clock'
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Psp } from '@plugtill/psp/psp'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { paymentKind } from '../src/effects/payment-kind.ts'
import { createIntake } from '../src/intake.ts'
import { commandsSender } from '../src/ocpi/commands.sender.ts'
import type { Payment } from '../src/payment/payment.ts'
import type { Terms } from '../src/payment/terms.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { createSweep } from '../src/sweep.ts'
import { paymentIn, T0 } from './samples.ts'

export const MINUTE = 60_000
export const HOUR = 3_600_000
export const REFERENCE = '11111111-1111-4111-8111-111111111111'

/** What the CPO answers; a test writes into it. An Error is thrown, `silent` never answers. */
export interface ScriptedCpo {
  start: { result: string; timeout: number } | Error
  stop: { result: string; timeout: number } | Error
  advice: Error | undefined
  sessions: Session[]
  cdrs: CdrReceived[]
  /** Names of the calls, in order. */
  readonly calls: string[]
  /** Bodies of the advices that arrived. */
  readonly advices: { id: string; capture_status_code: string; total_costs: { before_taxes: number } }[]
  readonly advicesTried: string[]
}

export interface RigParts {
  readonly card?: string
  readonly terms?: Partial<Terms>
  readonly payment?: Partial<Payment>
  readonly psp?: (psp: Psp) => Psp
  /** What an earlier rig stood on: this one is the process that comes after it. */
  readonly after?: Ground
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

function scripted(): ScriptedCpo {
  return {
    start: { result: 'ACCEPTED', timeout: 30 },
    stop: { result: 'ACCEPTED', timeout: 30 },
    advice: undefined,
    sessions: [],
    cdrs: [],
    calls: [],
    advices: [],
    advicesTried: [],
  }
}

function clientOf(cpo: ScriptedCpo): OcpiClient {
  const say = <T>(name: string, answer: T | Error) => {
    cpo.calls.push(name)
    if (answer instanceof Error) return Promise.reject(answer)
    // An answer may be a promise: then it comes when the test says so, or never.
    return Promise.resolve(answer).then((data) => ({ data }))
  }
  const all = async function* <T>(name: string, items: readonly T[]) {
    cpo.calls.push(name)
    yield* items
  }
  const interfaces = {
    commands: { startSession: () => say('start', cpo.start), stopSession: () => say('stop', cpo.stop) },
    sessions: { list: () => all('sessions', cpo.sessions) },
    cdrs: { list: () => all('cdrs', cpo.cdrs) },
    payments: {
      postAdvice: ({ body }: { body: ScriptedCpo['advices'][number] }) => {
        cpo.advicesTried.push(JSON.stringify(body))
        if (!cpo.advice) cpo.advices.push(body)
        return say('advice', cpo.advice ?? {})
      },
      advice: ({ params }: { params: { id: string } }) => {
        const found = cpo.advices.find(({ id }) => id === params.id)
        return found ? say('advice-read', found) : Promise.reject(new Error('not there'))
      },
    },
  }
  return { of: (_peer: unknown, { id }: { id: keyof typeof interfaces }) => interfaces[id] } as unknown as OcpiClient
}

async function ground(): Promise<Ground> {
  const store = await openSqlite({ file: ':memory:' })
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

export async function rig(parts: RigParts = {}) {
  const base = parts.after ?? (await ground())
  const { store, clock, ledger, cpo } = base
  const bank = createSimulatedPsp({ clock, ledger, random: () => 0.5 })
  const psp = parts.psp?.(bank) ?? bank
  let count = parts.after ? 1000 : 0
  const ids = () => `id-${++count}`
  const log = journal(store, clock)
  const books = documents(store, clock)
  const shared = { clock, ids, journal: log, documents: books, random: () => 0.5, client: clientOf(cpo) }
  const peers = { get: async () => undefined }
  const faults: string[] = []
  const kindParts = {
    ...shared,
    psp,
    peers,
    keySecret: 'secret',
    adviceRetryMaxMs: HOUR,
    countryCode: 'NL',
    partyId: 'PTP',
    name: 'Test',
    responseUrl: (id: string) => `https://ptp.example/${id}`,
  }
  const late = {
    find: (id: string) => payments.find(id),
    apply: ((...given: Parameters<typeof payments.apply>) => payments.apply(...given)) as never,
  }
  const intake = createIntake({ ...shared, payments: late as never })
  const kind = paymentKind({ ...kindParts, intake } as unknown as Parameters<typeof paymentKind>[0])
  const engine = createEngine({
    store,
    clock,
    random: () => 0.5,
    kinds: [kind],
    node: 'rig',
    onFault: (fault) => void faults.push(fault.message),
  })
  base.follow(engine)
  const payments = engine.of(kind)
  engine.start()
  const pass = (ms: number) => clock.advanceBy(ms)
  const payment = async () => (await payments.find(REFERENCE))!
  const sweep = createSweep({
    psp,
    payments,
    journal: log,
    clock,
    random: () => 0.5,
    ids,
    keySecret: 'secret',
    intervalMs: HOUR,
    ownsTerminal: async (id) => id === 'T-1',
    onFault: (fault) => void faults.push(String(fault)),
  })
  const answers = commandsSender({ payments, clock })
  return {
    ...base,
    psp,
    engine,
    payments,
    intake,
    journal: log,
    documents: books,
    faults,
    pass,
    payment,
    sweep,
    tap: async (change: Partial<Payment> = {}) => {
      const terms = { ...usualTerms, ...parts.terms }
      const cardToken = parts.card ?? 'approved'
      const fresh = paymentIn('authorizing', {
        createdAt: clock.now(),
        maxPowerKw: 11,
        cardToken,
        terms,
        ...parts.payment,
        ...change,
      })
      await payments.create(fresh, { type: 'tapped', at: clock.now() })
      await pass(0)
      return payment()
    },
    /** The charger's answer to START_SESSION comes in. */
    result: async (result: string) => {
      const call = { params: { id: 'cmd-1' }, peer: { id: 'peer-1' }, body: { result }, reference: () => undefined }
      await answers.result(call as never)
      await pass(0)
    },
    push: async (session: Session) => {
      await intake.session('peer-1', session)
      await pass(0)
      return payment()
    },
    bill: async (cdr: CdrReceived) => {
      const done = await intake.cdr('peer-1', cdr)
      await pass(0)
      return done
    },
    decide: async (decision: 'retry' | 'void' | 'capture-session' | 'accept-cdr' | 'refund', amountMinor?: number) => {
      const amount = amountMinor === undefined ? {} : { amount: { amountMinor, currency: 'EUR' } }
      const event = {
        type: 'operator-decided',
        decision,
        by: 'anna',
        reason: 'asked',
        ...amount,
        refundId: ids(),
        adviceId: ids(),
        at: clock.now(),
      } as const
      const { verdict } = await payments.apply(REFERENCE, event)
      await pass(0)
      return verdict
    },
    /** The provider's books for this payment: `capture 605 done`. */
    booked: () =>
      ledger
        .entries()
        .filter(({ reference }) => reference === REFERENCE)
        .map(({ operation, amount, status }) => `${operation} ${amount.amountMinor} ${status}`),
    codes: async (reference = REFERENCE) =>
      (await log.of(reference)).filter(({ kind: of }) => of === 'fault').map(({ body }) => String(body['code'])),
    close: async () => {
      await engine.stop()
      await store.close()
    },
  }
}

const iso = (at: number) => new Date(at).toISOString()

/** The CPO says no: by HTTP, or by an OCPI status. */
export const refusal = (http: number, statusCode?: number): PeerRefused =>
  new PeerRefused('no', { peerId: 'peer-1', http, retry: http >= 500, ...(statusCode !== undefined && { statusCode }) })

/** The CPO's Session after so many minutes; 0.50 EUR per kWh and 21 % VAT. */
export function sessionAt(minutes: number, change: Partial<Session> = {}): Session {
  return {
    country_code: 'NL',
    party_id: 'CPO',
    id: 'S1',
    start_date_time: iso(T0 + MINUTE),
    kwh: 2,
    cdr_token: {
      country_code: 'NL',
      party_id: 'PTP',
      uid: 'ABCDEFGHIJKLMNOPQRST',
      type: 'AD_HOC_USER',
      contract_id: 'ABCDEFGHIJKLMNOPQRST',
    },
    auth_method: 'COMMAND',
    authorization_reference: REFERENCE,
    location_id: 'L1',
    evse_uid: 'E1',
    connector_id: '1',
    currency: 'EUR',
    status: 'ACTIVE',
    last_updated: iso(T0 + minutes * MINUTE),
    ...change,
  } as Session
}

/** A CDR for so many kWh in one hour that agrees with the tariff, unless `change` says otherwise. */
export function cdrFor(kwh: number, change: Partial<CdrReceived> = {}): CdrReceived {
  const net = kwh * 0.5
  const total = { before_taxes: net, taxes: [{ name: 'VAT', percentage: 21, amount: Math.round(net * 21) / 100 }] }
  return {
    country_code: 'NL',
    party_id: 'CPO',
    id: 'CDR1',
    start_date_time: iso(T0 + MINUTE),
    end_date_time: iso(T0 + 61 * MINUTE),
    session_id: 'S1',
    cdr_token: {
      country_code: 'NL',
      party_id: 'PTP',
      uid: 'ABCDEFGHIJKLMNOPQRST',
      type: 'AD_HOC_USER',
      contract_id: 'ABCDEFGHIJKLMNOPQRST',
    },
    auth_method: 'COMMAND',
    authorization_reference: REFERENCE,
    cdr_location: {
      id: 'L1',
      address: 'Street 1',
      city: 'Town',
      country: 'NLD',
      coordinates: { latitude: '52.1', longitude: '4.9' },
      evse_uid: 'E1',
      evse_id: 'NL*CPO*E1',
      connector_id: '1',
      connector_standard: 'IEC_62196_T2',
      connector_format: 'SOCKET',
      connector_power_type: 'AC_3_PHASE',
    },
    currency: 'EUR',
    charging_periods: [
      {
        start_date_time: iso(T0 + MINUTE),
        dimensions: [
          { type: 'ENERGY', volume: kwh },
          { type: 'TIME', volume: 1 },
        ],
      },
    ],
    total_cost: total,
    total_energy: kwh,
    total_time: 1,
    last_updated: iso(T0 + 62 * MINUTE),
    ...change,
  } as CdrReceived
}

/** The credit CDR that takes back the whole of another one. */
export const creditFor = (cdr: CdrReceived): CdrReceived => ({
  ...cdr,
  id: `${cdr.id}-C`,
  credit: true,
  credit_reference_id: cdr.id,
  total_cost: {
    before_taxes: -cdr.total_cost.before_taxes,
    taxes: (cdr.total_cost.taxes ?? []).map((tax) => ({ ...tax, amount: -tax.amount })),
  },
})

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
