import { expect, test } from 'vitest'
import { receiptOf } from '../../src/payment/receipt.ts'
import { usualTerms } from '../../src/payment/terms.ts'
import { takePspHint } from '../../src/psp-messages.ts'
import { charged, rig } from '../rig.ts'
import { eur, paymentIn } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE, refusal, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

const AUTHORIZED = 'authorize 5000 approved'
const later = () => new Promise((done) => setTimeout(done, 30))
const OTHER = '22222222-2222-4222-8222-222222222222'

row('F66', 'captured, and taken back days later: a new advice with a new id says FAILED', async () => {
  const one = await charged({ card: 'capture-fails-afterwards' })
  await one.bill(cdrFor(10))
  expect((await one.payment()).state).toBe('captured')
  await one.pass(24 * HOUR)
  // The provider's message is enough; nobody waits for the hourly comparison.
  expect(await takePspHint(one)({ eventId: 'ev-1', reference: REFERENCE })).toBe(true)
  await one.pass(0)
  expect(await one.payment()).toMatchObject({ state: 'stuck', advice: { status: 'FAILED' } })
  expect(one.cpo.advices.map(({ capture_status_code }) => capture_status_code)).toEqual(['SUCCESS', 'FAILED'])
  expect(new Set(one.cpo.advices.map(({ id }) => id)).size).toBe(2)
  await one.close()
})

row(
  'F67',
  'a crash between the answer of the capture and the row of its advice: both or neither, captured once',
  async () => {
    const one = await charged()
    // The database refuses the advice's row, as if the process had died just there.
    const crash =
      "CREATE TRIGGER crash BEFORE INSERT ON effect WHEN NEW.name = 'advise' BEGIN SELECT RAISE(ABORT, 'crash'); END"
    await one.store.query(crash, [])
    await one.bill(cdrFor(10))
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    const torn = await one.payment()
    expect([torn.state, torn.captured, torn.advice]).toEqual(['capturing', undefined, undefined])
    expect((await one.payments.history(REFERENCE)).map(({ type }) => type)).not.toContain('captured')

    const next = await rig({ after: one })
    await next.store.query('DROP TRIGGER crash', [])
    await next.pass(MINUTE)
    expect(await next.payment()).toMatchObject({ state: 'captured', captured: eur(605), advice: { amount: eur(605) } })
    expect(next.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    expect(next.cpo.advices).toHaveLength(1)
    await next.close()
  },
)

row('F68', 'a CPO that takes no advice for days gets it when it is back, byte for byte', async () => {
  const one = await charged()
  one.cpo.advice = refusal(503)
  await one.bill(cdrFor(10))
  for (let hour = 0; hour < 26; hour++) {
    await one.pass(HOUR)
    await one.sweep.once()
  }
  expect((await one.codes()).filter((code) => code === 'ADVICE_OVERDUE')).toHaveLength(2)
  await one.pass(6 * 24 * HOUR)
  expect(one.cpo.advices).toEqual([])
  one.cpo.advice = undefined
  await one.pass(HOUR)
  expect(one.cpo.advices).toHaveLength(1)
  expect(new Set(one.cpo.advicesTried).size).toBe(1)
  expect(await one.documents.get('advices', `peer-1/${one.cpo.advices[0]?.id}`)).toBeDefined()
  await one.close()
})

row('F69', 'stored over there and the answer lost: the copy is compared, it counts as delivered', async () => {
  const one = await charged()
  const post = one.cpo.advices
  one.cpo.advice = refusal(200, 2001)
  await one.bill(cdrFor(10))
  const [tried] = one.cpo.advicesTried
  expect((await one.payment()).advice?.deliveredAt).toBeUndefined()
  post.push(JSON.parse(tried ?? '{}') as (typeof post)[number])
  await one.engine.retryNow()
  await one.close()
  const again = await charged()
  again.cpo.advice = new Error('answer lost')
  await again.bill(cdrFor(10))
  again.cpo.advices.push(JSON.parse(again.cpo.advicesTried[0] ?? '{}') as (typeof post)[number])
  again.cpo.advice = refusal(200, 2001)
  await again.pass(HOUR)
  expect((await again.payment()).advice?.deliveredAt).toBeTypeOf('number')
  await again.close()
})

row(
  'F70',
  'HTTP 200 with an OCPI error is not delivered: 3xxx is sent again, 2xxx is parked for an operator',
  async () => {
    const again = await charged()
    again.cpo.advice = refusal(200, 3000)
    await again.bill(cdrFor(10))
    await again.pass(10 * MINUTE)
    expect(again.cpo.advicesTried.length).toBeGreaterThan(3)
    await again.close()
    const parked = await charged()
    parked.cpo.advice = refusal(200, 2001)
    await parked.bill(cdrFor(10))
    await parked.pass(HOUR)
    expect((await parked.payment()).advice?.deliveredAt).toBeUndefined()
    expect(await parked.engine.effects({ status: 'parked', limit: 10 })).toHaveLength(1)
    await parked.close()
  },
)

test('F68 F70: an outage uses up none of the refusals after which an advice is parked: only a CPO that goes on refusing means it', async () => {
  const one = await charged()
  const refusalsOf = async () => (await one.documents.all('advice-refusals')).map(({ body }) => body)
  one.cpo.advice = refusal(503)
  await one.bill(cdrFor(10))
  await one.pass(10 * HOUR)
  one.cpo.advice = refusal(200, 2001)
  await one.pass(HOUR)
  expect(one.cpo.advicesTried.length).toBeGreaterThan(20)
  expect(await one.engine.effects({ status: 'parked', limit: 10 })).toEqual([])
  expect(await refusalsOf()).toEqual(['1'])
  one.cpo.advice = refusal(503)
  await one.pass(10 * HOUR)
  one.cpo.advice = refusal(200, 2001)
  await one.pass(10 * HOUR)
  expect(await one.engine.effects({ status: 'parked', limit: 10 })).toHaveLength(1)
  await one.close()
  const taken = await charged()
  taken.cpo.advice = refusal(200, 2001)
  await taken.bill(cdrFor(10))
  taken.cpo.advice = undefined
  await taken.pass(HOUR)
  expect(taken.cpo.advices).toHaveLength(1)
  expect(await taken.documents.all('advice-refusals')).toEqual([])
  await taken.close()
})

row(
  'F71',
  'a CPO that never answers delays nobody else: the money and the advices of another one go through at once',
  async () => {
    const one = await charged()
    one.cpo.silent = 'peer-1'
    // Time stands still from here on, so that nothing is due because a wait has ended.
    void one.bill(cdrFor(10))
    await later()
    const terms = { ...usualTerms, cdrCheck: 'flag' } as const
    const names = { tapId: 'tap-2', tokenUid: 'OTHER', evseUid: 'E2', startCommandId: 'cmd-2' }
    const at = one.clock.now()
    const second = paymentIn('authorizing', { id: OTHER, peerId: 'peer-2', createdAt: at, terms, ...names })
    await one.payments.create(second, { type: 'tapped', at })
    await later()
    const own = { authorization_reference: OTHER, evse_uid: 'E2' }
    await one.intake.session('peer-2', sessionAt(70, { ...own, id: 'S2' }))
    await later()
    await one.intake.cdr('peer-2', cdrFor(1, { ...own, id: 'CDR-2', session_id: 'S2' }))
    await later()
    expect(await one.payments.find(OTHER)).toMatchObject({ state: 'captured', advice: { deliveredAt: at } })
    expect(one.cpo.advices).toHaveLength(1)
    // Its own money does not wait for the silent one either, only what it has to be told.
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    const waiting = await one.engine.pending('payment', REFERENCE)
    expect(waiting.filter(({ name }) => name === 'advise').map(({ lane }) => lane)).toEqual(['cpo:peer-1:advices'])
    await one.store.close()
  },
)

row('F72', 'a receipt before the capture says pending; afterwards it says what was really taken', async () => {
  const one = await charged()
  const parts = { merchant: 'M', locationName: 'L', label: '1' }
  expect(receiptOf(await one.payment(), parts)).toMatchObject({ status: 'pending', total: eur(0) })
  await one.bill(cdrFor(10))
  expect(receiptOf(await one.payment(), parts)).toMatchObject({ status: 'captured', total: eur(605) })
  await one.close()
})

row('F73', 'who makes the invoice stands fixed at the tap', async () => {
  const one = await rig({ terms: { invoiceCreator: 'PTP', invoiceBaseUrl: 'https://cpo.example/i' } })
  const payment = await one.tap()
  expect(payment.terms).toMatchObject({ invoiceCreator: 'PTP', invoiceBaseUrl: 'https://cpo.example/i' })
  await one.close()
})

test('F24 F75: an advice that is refused for its token is kept until the partner knows us again, however long that takes', async () => {
  const one = await charged()
  one.cpo.advice = refusal(401, 2001)
  await one.bill(cdrFor(10))
  await one.pass(26 * HOUR)
  expect((await one.payment()).advice).not.toHaveProperty('deliveredAt')
  one.cpo.advice = undefined
  await one.pass(HOUR)
  expect(one.cpo.advices).toHaveLength(1)
  expect(new Set(one.cpo.advicesTried).size).toBe(1)
  await one.close()
})
