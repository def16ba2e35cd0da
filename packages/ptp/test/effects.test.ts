import { documents } from '@plugtill/engine/documents'
import { createEngine } from '@plugtill/engine/engine'
import { journal } from '@plugtill/engine/journal'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { type Psp, PspError } from '@plugtill/psp/psp'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { expect, test } from 'vitest'
import { paymentKind } from '../src/effects/payment-kind.ts'
import { createIntake } from '../src/intake.ts'
import type { PaymentDesk } from '../src/payment/desk.ts'
import type { PaymentEvent, PaymentOrder } from '../src/payment/events.ts'
import type { Payment } from '../src/payment/payment.ts'
import { usualTerms } from '../src/payment/terms.ts'
import { paymentIn, T0 } from './samples.ts'

const clock = { now: () => T0 + 10_000, after: () => () => undefined }

async function setUp(change: { now?: number; psp?: (psp: Psp) => Psp } = {}) {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const at = { ...clock, now: () => change.now ?? clock.now() }
  const ledger = openLedger()
  const bank = createSimulatedPsp({ clock: at, ledger, random: () => 0.5 })
  let calls = 0
  const parts = {
    psp: change.psp?.(bank) ?? bank,
    journal: journal(store, at),
    documents: documents(store, at),
    clock: at,
    ids: () => 'new-id',
    keySecret: 'secret',
    // Every call of a partner is counted and refused.
    client: { of: () => new Proxy({}, { get: () => () => Promise.reject(new Error(`call ${++calls}`)) }) },
    countryCode: 'NL',
    partyId: 'PTP',
    name: 'Test',
    responseUrl: (id: string) => `https://ptp.example/${id}`,
    adviceRetryMaxMs: 1000,
    random: () => 0.5,
  }
  const kind = paymentKind(parts as unknown as Parameters<typeof paymentKind>[0])
  const run = async (order: PaymentOrder, entity: Payment, attempt = 1) =>
    (await kind.run(order, { entity, attempt, key: 'k', dueAt: at.now() })) as PaymentEvent | undefined
  const hold = async (card = 'approved') => {
    const asked = paymentIn('authorizing', { cardToken: card })
    const event = await run({ do: 'authorize' }, asked)
    if (event?.type !== 'authorized') throw new Error('no hold')
    return { ...asked, ...event, id: asked.id }
  }
  const booked = () => ledger.entries().map(({ operation, status }) => `${operation} ${status}`)
  return { store, parts, kind, run, hold, booked, calls: () => calls }
}

test('a void that was obeyed but never heard of is found out, also when the session has taken the hold back (I5)', async () => {
  const { run, hold, parts } = await setUp()
  const payment = await hold()
  await run({ do: 'void', why: 'first' }, { ...payment, state: 'voiding' })
  const charging: Payment = { ...payment, state: 'charging' }
  expect(await run({ do: 'void', why: 'first' }, charging, 2)).toMatchObject({ type: 'voided' })
  expect(await run({ do: 'void', why: 'first' }, charging, 1)).toBeUndefined()
  expect((await parts.psp.query({ reference: payment.id }))?.state).toBe('voided')
})

test('while a void is not decided no hold stands, nothing is given up and nothing counts as refused: it is asked again (F79)', async () => {
  const pending = (psp: Psp): Psp => ({
    ...psp,
    query: async (o) => {
      const found = await psp.query(o)
      return found && { ...found, state: 'void-pending' }
    },
  })
  const { run, hold } = await setUp({ psp: pending })
  const payment = await hold()
  const pendingFault = { code: 'VOID_PENDING', retry: true }
  const look = { do: 'query-void', notBefore: T0 } as const
  await expect(run(look, { ...payment, state: 'void-unknown' })).rejects.toMatchObject(pendingFault)
  await expect(run(look, { ...payment, state: 'charging' })).rejects.toMatchObject(pendingFault)
  await expect(run({ do: 'void', why: 'first' }, { ...payment, state: 'charging' }, 2)).rejects.toMatchObject(
    pendingFault,
  )
  const capture = { do: 'query-capture', amount: { amountMinor: 605, currency: 'EUR' } } as const
  await expect(run(capture, { ...payment, state: 'capture-unknown' })).rejects.toMatchObject({
    code: 'CAPTURE_PENDING',
    retry: true,
  })
})

test('a hold that is given back a second time for another reason is the same request under the same key', async () => {
  const { run, hold, booked } = await setUp()
  const payment: Payment = { ...(await hold('void-fails-once')), state: 'voiding' }
  await expect(run({ do: 'void', why: 'not started' }, payment)).rejects.toMatchObject({ kind: 'unavailable' })
  expect(await run({ do: 'void', why: 'no energy' }, payment)).toMatchObject({ type: 'voided' })
  expect(booked()).toEqual(['authorize approved', 'void unavailable', 'void done'])
})

test('a provider that is away for days loses no money, and giving up is never told as refused (F62, F74)', async () => {
  const { kind } = await setUp()
  for (const order of [{ do: 'capture' }, { do: 'query-capture' }, { do: 'void' }] as PaymentOrder[])
    expect(kind.retry?.(order, 10_000, new Error('away'), paymentIn('capturing')), order.do).toBeTypeOf('number')
  expect(kind.gaveUp?.({ do: 'query-capture' } as PaymentOrder, new Error('away'))).toMatchObject({
    type: 'capture-lost',
  })
})

test('a capture whose answer was lost is asked again for the same amount, also where a larger hold was granted meanwhile (I1, F62)', async () => {
  const asked: number[] = []
  let answers = false
  const { run, hold } = await setUp({
    psp: (psp) => ({
      ...psp,
      capture: (o) => {
        asked.push(o.amount.amountMinor)
        return answers ? psp.capture(o) : Promise.reject(new PspError('unknown-outcome', 'cut'))
      },
    }),
  })
  const amount = { amountMinor: 500, currency: 'EUR' }
  const due = { id: 'CDR1', hash: 'h', due: { amountMinor: 605, currency: 'EUR' } }
  const payment: Payment = { ...(await hold()), state: 'capture-unknown', cdr: due }
  const small: Payment = { ...payment, state: 'capturing', held: amount }
  expect(await run({ do: 'capture', amount }, small)).toMatchObject({ type: 'capture-lost', sent: amount })
  await expect(run({ do: 'query-capture', amount }, { ...payment, captureSent: amount })).rejects.toThrow()
  answers = true
  expect(await run({ do: 'query-capture', amount }, { ...payment, captureSent: amount })).toMatchObject({ amount })
  expect(asked).toEqual([500, 500, 500])
})

test('the pause between two sends of an advice is that of the contract, and it goes on for 90 days at least (F68)', async () => {
  const { kind } = await setUp()
  const order: PaymentOrder = { do: 'advise', adviceId: 'A1' }
  const pause = (attempt: number, adviceRetryMaxMs?: number) => {
    const terms = { ...usualTerms, ...(adviceRetryMaxMs !== undefined && { adviceRetryMaxMs }) }
    return kind.retry?.(order, attempt, new Error('away'), paymentIn('captured', { terms }))
  }
  expect([pause(40), pause(40, 600_000)]).toEqual([750, 450_000])
  const longest = 90 * 24 * 6 * 2
  expect([pause(longest - 1, 600_000), pause(longest, 600_000)]).toEqual([450_000, 'give-up'])
})

test('a provider whose terminal is busy, or that has not decided yet, is there: only silence counts as silence (F74)', async () => {
  const errors = [
    new PspError('unavailable', 'The terminal is busy.', { answered: true }),
    new PspError('refused', 'no'),
    new PspError('unavailable', 'away'),
    new PspError('unknown-outcome', 'lost'),
  ]
  const heard: boolean[] = []
  for (const error of errors) {
    const { kind, parts } = await setUp({ psp: (psp) => ({ ...psp, authorize: () => Promise.reject(error) }) })
    Object.assign(parts, { onPsp: (_account: string | undefined, answered: boolean) => heard.push(answered) })
    const entity = paymentIn('authorizing')
    await kind.run({ do: 'authorize' }, { entity, attempt: 1, key: 'k', dueAt: T0 }).catch(() => undefined)
  }
  expect(heard).toEqual([true, true, false, false])
})

test('after a pause no new hold is taken: an old authorization is only looked for (F02)', async () => {
  const { run, booked } = await setUp({ now: T0 + 61_000 })
  const event = await run({ do: 'authorize' }, paymentIn('authorizing'), 2)
  expect(event).toMatchObject({ type: 'authorization-lost' })
  expect(booked()).toEqual([])
})

test('a pause that a CPO asked for when its CDRs were looked for keeps back no last look, which decides about a hold (F08)', async () => {
  const { kind } = await setUp()
  const lanes = [{ do: 'pull-cdr' }, { do: 'find-session', last: false }, { do: 'find-session', last: true }] as const
  expect(lanes.map((order) => kind.lane(order, paymentIn('awaiting-session')))).toEqual([
    'cpo:peer-1:search',
    'cpo:peer-1:search',
    'cpo:peer-1:last-look',
  ])
})

test('START_SESSION that could not leave while the driver waited is not sent (F12)', async () => {
  const { run, calls } = await setUp({ now: T0 + 61_000 })
  const event = await run({ do: 'start-session' }, paymentIn('starting'))
  expect(event).toMatchObject({ type: 'start-answered', accepted: false })
  expect(calls()).toBe(0)
})

test('START_SESSION says until when it is wanted: a minute after the tap, wherever it waits (F12, F76)', async () => {
  const { kind, parts } = await setUp()
  const asked: unknown[] = []
  const startSession = async (_input: unknown, options: unknown) => {
    asked.push(options)
    return { data: { result: 'ACCEPTED', timeout: 30 } }
  }
  Object.assign(parts, { client: { of: () => ({ startSession }) } })
  const entity = paymentIn('starting', { createdAt: T0 })
  await kind.run({ do: 'start-session' }, { entity, attempt: 1, key: 'k', dueAt: T0 })
  expect(asked).toEqual([{ reference: entity.id, notAfter: T0 + 60_000 }])
})

test('a hold that appeared after the decline is told; nothing is said twice', async () => {
  const { run, hold } = await setUp()
  const payment = await hold()
  expect(await run({ do: 'query-authorization' }, { ...payment, state: 'declined' })).toMatchObject({
    type: 'authorized',
  })
  const other = paymentIn('declined', { id: 'nobody' })
  expect(await run({ do: 'query-authorization' }, other)).toBeUndefined()
})

const cdr = {
  country_code: 'NL',
  party_id: 'CPO',
  id: 'CDR-9',
  session_id: 'S9',
  cdr_token: { uid: 'OTHER' },
  currency: 'EUR',
  start_date_time: '2030-01-01T12:00:00Z',
  end_date_time: '2030-01-01T13:00:00Z',
  charging_periods: [{ start_date_time: '2030-01-01T12:00:00Z', dimensions: [{ type: 'ENERGY', volume: 20 }] }],
  cdr_location: {},
  total_energy: 20,
  total_time: 1,
  total_cost: { before_taxes: 10, taxes: [] },
  last_updated: '2030-01-01T13:00:00Z',
} as unknown as CdrReceived

test('a CDR that belonged to nobody moves its money once its payment is known (F54)', async () => {
  const { store, parts } = await setUp()
  let known: Payment | undefined
  const applied: string[] = []
  const payments = {
    find: async () => known,
    apply: async (_id: string, event: PaymentEvent) => ({ verdict: { to: applied.push(event.type) } }),
  } as unknown as PaymentDesk
  const intake = createIntake({ ...parts, payments })
  expect(await intake.cdr('peer-1', cdr)).toEqual({ created: true })
  known = paymentIn('awaiting-cdr')
  expect(await intake.cdr('peer-1', cdr)).toEqual({ created: false, reference: known.id })
  known = paymentIn('captured')
  await intake.cdr('peer-1', cdr)
  expect(applied).toEqual(['cdr-received'])
  await store.close()
})

test('polls that could not be asked yet wait as one, and the last look behind that one, not behind all of them', async () => {
  const { store, parts, kind } = await setUp()
  const engine = createEngine({ store, clock: parts.clock, random: () => 0.5, kinds: [kind], node: 'rig' })
  const payments = engine.of(kind)
  const id = 'behind-a-slow-partner'
  const at = T0 + 10_000
  await payments.create(paymentIn('authorizing', { id }), { type: 'tapped', at })
  const held = { held: { amountMinor: 5000, currency: 'EUR' }, pspReference: 'P', captureBefore: T0 + 9e8, eftData: [] }
  await payments.apply(id, { type: 'authorized', ...held, at })
  await payments.apply(id, { type: 'start-unanswered', reason: 'silence', at })
  for (let poll = 1; poll <= 5; poll++) await payments.apply(id, { type: 'session-poll-due', stopCommandId: 's', at })
  await payments.apply(id, { type: 'start-deadline-passed', at })
  const bodies = (await engine.pending('payment', id)).map(({ body }) => JSON.parse(body) as PaymentOrder)
  expect(bodies.filter((order) => order.do === 'find-session')).toEqual([
    { do: 'find-session', last: false },
    { do: 'find-session', last: true },
  ])
  await store.close()
})
