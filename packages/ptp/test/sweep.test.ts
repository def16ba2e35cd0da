/** What a sweep could not do is done soon after, and keeps nothing else waiting. (F04, F64, F74, F75) */
import { virtualClock } from '@plugtill/engine/virtual-clock'
import { type Psp, PspError, type PspPayment } from '@plugtill/psp/psp'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { expect, test } from 'vitest'
import { differenceOf } from '../src/sweep-difference.ts'
import { charged, type Rig, rig } from './rig.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE, sessionAt } from './scripted-cpo.ts'

const away = () => Promise.reject(new PspError('unavailable', 'away'))

/** A hold that no book of ours knows. */
const orphanAt = (psp: Psp) =>
  psp.authorize({ key: 'lost', reference: 'lost', terminalId: 'T-1', card: 'approved', amount: eur(700) })

/** Time passes while the sweeps come by themselves. */
async function sweeping(one: Rig, minutes: number) {
  for (let minute = 0; minute < minutes; minute++) {
    await one.pass(MINUTE)
    await one.sweep.idle()
  }
}

test('a hold of a payment that is not known, and that could not be given back, is given back when the provider is there again', async () => {
  let voids = 0
  const one = await rig({ psp: (psp) => ({ ...psp, void: (o) => (++voids <= 12 ? away() : psp.void(o)) }) })
  await orphanAt(one.psp)
  await one.pass(12 * MINUTE)
  one.sweep.start()
  await sweeping(one, 10)
  expect(voids).toBe(4)
  await sweeping(one, 12 * 60)
  expect(await one.psp.query({ reference: 'lost' })).toMatchObject({ state: 'voided' })
  expect(voids).toBe(13)
  one.sweep.stop()
  await one.close()
})

test('an account whose books cannot be read keeps those of the others not waiting, and is read minutes later', async () => {
  const clock = virtualClock(T0)
  const second = createSimulatedPsp({ clock, ledger: openLedger(), random: () => 0.5 })
  await orphanAt(second)
  let reads = 0
  const one = await rig({
    psp: (psp) => ({ ...psp, list: (o) => (++reads <= 2 ? away() : psp.list(o)) }),
    pspAccounts: { second },
  })
  await orphanAt(one.psp)
  await one.pass(12 * MINUTE)
  await one.sweep.once()
  expect(await second.query({ reference: 'lost' })).toMatchObject({ state: 'voided' })
  expect(await one.psp.query({ reference: 'lost' })).toMatchObject({ state: 'authorized' })
  one.sweep.start()
  await sweeping(one, 5)
  expect(await one.psp.query({ reference: 'lost' })).toMatchObject({ state: 'voided' })
  one.sweep.stop()
  await one.close()
})

test('others have their turn while many payments are compared, and none is overlooked', async () => {
  const one = await rig()
  for (let n = 1; n <= 501; n++)
    await one.psp.authorize({ key: `k${n}`, reference: `r${n}`, terminalId: 'T-1', card: 'approved', amount: eur(700) })
  await one.pass(12 * MINUTE)
  let done = false
  const running = one.sweep.once().then(() => {
    done = true
  })
  // Nobody else has had a turn since: time stands.
  await new Promise((turn) => setImmediate(turn))
  expect(done).toBe(false)
  await one.pass(MINUTE)
  await running
  const states = (await one.psp.list({ since: T0 })).map(({ state }) => state)
  expect(states).toEqual(Array.from({ length: 501 }, () => 'voided'))
  await one.close()
})

test('a hold that is given back while the books are compared is not said to be held', async () => {
  const one = await rig({
    psp: (psp) => ({
      ...psp,
      list: async (o) => {
        const listed = await psp.list(o)
        return listed.map((booked) => ({ ...booked, state: 'authorized' as const }))
      },
    }),
  })
  await one.tap()
  await one.result('REJECTED')
  await one.pass(12 * MINUTE)
  expect(await one.payment()).toMatchObject({ state: 'voided' })
  await one.sweep.once()
  expect(await one.payment()).toMatchObject({ state: 'voided' })
  expect(await one.codes()).not.toContain('PSP_DIFFERS')
  await one.close()
})

test('F64: two messages about the same second capture, read side by side, pay it back once', async () => {
  const one = await charged({ card: 'capture-twice' })
  await one.bill(cdrFor(10))
  await one.pass(MINUTE)
  const payment = await one.payment()
  await Promise.all([one.sweep.look(payment), one.sweep.look(payment)])
  await one.pass(MINUTE)
  expect(await one.psp.query({ reference: REFERENCE })).toMatchObject({ captured: eur(1210), refunded: eur(605) })
  await one.pass(HOUR)
  expect(one.booked().filter((line) => line.startsWith('refund'))).toEqual(['refund 605 done'])
  await one.close()
})

test('F79: a hold of which the provider says late that it gave it back is not stuck any more', async () => {
  let [answers, isLate] = [0, true]
  const one = await rig({
    psp: (psp) => ({
      ...psp,
      void: async (o) => {
        answers++
        await psp.void(o)
        throw new PspError('unknown-outcome', 'no answer')
      },
      query: async (o) => {
        const found = await psp.query(o)
        return found && answers > 0 && isLate ? { ...found, state: 'authorized' } : found
      },
    }),
  })
  await one.tap()
  await one.result('REJECTED')
  await one.pass(12 * HOUR)
  expect(await one.payment()).toMatchObject({ state: 'stuck', outcome: 'void-failed' })
  isLate = false
  await one.sweep.once()
  await one.pass(MINUTE)
  expect((await one.payment()).state).toBe('voided')
  await one.close()
})

test.each([
  ['charges', sessionAt(2)],
  ['has not come yet', sessionAt(1, { status: 'PENDING', kwh: 0 })],
])(
  'a hold that was given back at the provider while the car %s ends the payment, and the session is stopped (I5, F20)',
  async (_car, word) => {
    const one = await rig({ payment: { timers: { ...paymentIn('starting').timers, plugInWindowMs: HOUR } } })
    await one.tap()
    await one.result('ACCEPTED')
    await one.push(word)
    await one.pass(12 * MINUTE)
    const { pspReference = '' } = await one.payment()
    await one.psp.void({ key: 'by hand', pspReference, reason: 'by hand' })
    await one.sweep.once()
    await one.pass(1)
    expect((await one.payment()).state).toBe('voided')
    expect(one.cpo.calls.filter((call) => call === 'stop')).toHaveLength(1)
    expect(await one.codes()).toEqual(['PSP_DIFFERS', 'SESSION_UNPAID'])
    await one.bill(cdrFor(1))
    expect(one.cpo.advices).toMatchObject([{ capture_status_code: 'FAILED' }])
    await one.close()
  },
)

test('a hold that ran out early at the provider while the car charges is told as such (I4)', () => {
  const booked = { pspReference: 'psp-1', reference: REFERENCE, state: 'expired' } as unknown as PspPayment
  const told = (change: object) =>
    differenceOf(paymentIn('charging'), { ...booked, ...change }, { clock: { now: () => T0 }, ids: () => 'A2' })
  expect(told({})?.event).toEqual({ type: 'voided', adviceId: 'A2', expired: true, at: T0 })
  expect(told({ pspReference: 'psp-2' })).toBeUndefined()
})

test('a refund that the bank sends back days later is no longer called paid, and an operator can pay it once more (D-F17)', async () => {
  let sentBack = false
  const less = (booked: PspPayment): PspPayment => (sentBack ? { ...booked, refunded: eur(0) } : booked)
  const one = await charged({
    psp: (psp) => ({
      ...psp,
      query: async (o) => {
        const booked = await psp.query(o)
        return booked && less(booked)
      },
      list: async (o) => (await psp.list(o)).map(less),
    }),
  })
  await one.bill(cdrFor(10))
  await one.decide('refund', 205)
  expect((await one.payment()).advice?.amount).toEqual(eur(400))
  sentBack = true
  // A moment later its books may not have it yet.
  await one.sweep.once()
  expect((await one.payment()).refunds).toMatchObject([{ status: 'done' }])
  await one.pass(HOUR)
  await one.sweep.once()
  expect(await one.payment()).toMatchObject({ refunds: [{ status: 'refused' }], advice: { amount: eur(605) } })
  expect(await one.codes()).toEqual(['PSP_DIFFERS', 'REFUND_REFUSED'])
  sentBack = false
  expect(await one.decide('refund', 205)).toHaveProperty('to')
  await one.pass(MINUTE)
  expect((await one.payment()).refunds).toMatchObject([{ status: 'refused' }, { status: 'done' }])
  await one.close()
})

test('a refund that is done while the provider is asked about its payment is no refund that came back (D-F17)', async () => {
  let isAway = true
  let answer: (() => void) | undefined
  const waits = { next: false }
  const one = await charged({
    psp: (psp) => ({
      ...psp,
      refund: (o) => (isAway ? away() : psp.refund(o)),
      query: async (o) => {
        const found = await psp.query(o)
        if (waits.next) {
          waits.next = false
          await new Promise<void>((done) => {
            answer = done
          })
        }
        return found
      },
    }),
  })
  await one.bill(cdrFor(10))
  await one.decide('refund', 200)
  await one.pass(20 * MINUTE)
  waits.next = true
  const looking = one.sweep.look(await one.payment())
  await one.pass(0)
  isAway = false
  await one.pass(2 * MINUTE)
  answer?.()
  await looking
  expect((await one.payment()).refunds).toMatchObject([{ status: 'done' }])
  expect(await one.codes()).not.toContain('PSP_DIFFERS')
  await one.close()
})
