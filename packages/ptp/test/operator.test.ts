/** What an operator may decide, in which state, and what comes of it. */
import type { Psp } from '@plugtill/psp/psp'
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { charged, failingCaptures, rig } from './rig.ts'
import { eur, events, on, session, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE, REFERENCE } from './scripted-cpo.ts'

const over = cdrFor(10, { total_cost: { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4.2 }] } })
const AUTHORIZED = 'authorize 5000 approved'

test.each([
  ['accept-cdr', 'captured', ['capture 2420 done'], 'SUCCESS'],
  ['capture-session', 'captured', ['capture 605 done'], 'PARTIAL_SUCCESS'],
  ['void', 'voided', ['void 5000 done'], 'FAILED'],
] as const)('a doubted CDR: %s ends %s, and the CPO is told %s', async (decision, state, booked, status) => {
  const one = await charged()
  await one.bill(over)
  expect(await one.decide(decision)).toHaveProperty('to')
  expect(await one.payment()).toMatchObject({ state, advice: { status } })
  expect(one.booked()).toEqual([AUTHORIZED, ...booked])
  // The deadline comes too late now, and nothing moves twice.
  await one.pass(30 * HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, ...booked])
  await one.close()
})

test('what the CDR asks is not exceeded by a capture of what the session cost, and one of zero takes nothing (I10)', () => {
  const capture = { ...events['operator-decided'], decision: 'capture-session' as const }
  const ended = { session: session({ status: 'COMPLETED', verified: eur(242) }), outcome: 'capture-failed' as const }
  const cdr = (due: number, currency = 'EUR') => ({ id: 'CDR1', hash: 'h', due: { amountMinor: due, currency } })
  const taken = (change: object) => on('stuck', capture, { ...ended, ...change }).effects
  expect(taken({ cdr: cdr(200) })).toEqual([{ do: 'capture', amount: eur(200) }])
  expect(taken({ cdr: cdr(300) })).toEqual([{ do: 'capture', amount: eur(242) }])
  expect(taken({ cdr: cdr(1, 'HUF') })).toEqual([{ do: 'capture', amount: eur(242) }])
  expect(on('stuck', capture, { ...ended, cdr: cdr(0) }).verdict).toHaveProperty('refuse')
  // One that was taken back asks for nothing any more.
  const credit = { id: 'CREDIT1', amount: eur(100), at: T0 }
  expect(taken({ cdr: cdr(100), credit })).toEqual([{ do: 'capture', amount: eur(242) }])
})

test.each(['retry', 'refund'] as const)('a doubted CDR: %s decides nothing and says what would', async (decision) => {
  const one = await charged()
  await one.bill(over)
  expect(await one.decide(decision)).toHaveProperty('refuse')
  expect((await one.payment()).state).toBe('stuck')
  await one.close()
})

test('while the payment goes on by itself nothing can be decided', async () => {
  const one = await charged()
  for (const decision of ['retry', 'void', 'capture-session', 'accept-cdr', 'refund'] as const)
    expect(await one.decide(decision)).toHaveProperty('refuse')
  expect(one.booked()).toEqual([AUTHORIZED])
  await one.close()
})

test('captured: a refund of a part, of the rest, and no cent more (I3)', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  expect(await one.decide('refund', 606)).toHaveProperty('refuse')
  expect(await one.decide('refund', 200)).toHaveProperty('to')
  expect(await one.decide('refund')).toHaveProperty('to')
  expect(await one.decide('refund')).toHaveProperty('refuse')
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 200 done', 'refund 405 done'])
  expect(one.cpo.advices.map(({ total_costs }) => total_costs.before_taxes)).toEqual([5, 3.35, 0])
  await one.close()
})

test('a refund whose answer is lost is paid once: the books are read before it is asked for again', async () => {
  let lost = 1
  const deaf = (psp: Psp): Psp => ({
    ...psp,
    refund: async (o) => {
      const answer = await psp.refund(o)
      if (lost-- > 0) throw new PspError('unknown-outcome', 'no answer')
      return answer
    },
  })
  const one = await charged({ psp: deaf })
  await one.bill(cdrFor(10))
  await one.decide('refund', 100)
  await one.pass(MINUTE)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 100 done'])
  expect((await one.payment()).refunds).toMatchObject([{ status: 'done' }])
  await one.close()
})

test('nobody knows whether there is a hold: the provider is asked first, then it is given back', async () => {
  let away = true
  const one = await rig({
    card: 'timeout',
    psp: (psp) => ({
      ...psp,
      query: async (o) => {
        if (away) throw new PspError('unavailable', 'away')
        return psp.query(o)
      },
    }),
  })
  await one.tap()
  await one.payments.apply(REFERENCE, { type: 'authorization-lost', reason: 'given up', at: one.clock.now() })
  expect((await one.payment()).state).toBe('stuck')
  expect(await one.decide('void')).toHaveProperty('refuse')
  away = false
  await one.pass(2 * MINUTE)
  expect(await one.decide('retry')).toHaveProperty('to')
  await one.pass(2 * MINUTE)
  expect((await one.payment()).state).toBe('voided')
  await one.close()
})

test('a capture that was refused and is decided otherwise looks at the record first, and uses a key of its own (I1)', async () => {
  const one = await charged({ card: 'capture-fails' })
  await one.bill(cdrFor(10))
  expect(await one.decide('capture-session')).toHaveProperty('to')
  const keys = new Set(
    one.ledger
      .entries()
      .filter(({ operation }) => operation === 'capture')
      .map(({ key }) => key),
  )
  expect(keys.size).toBe(2)
  expect(await one.payment()).toMatchObject({ state: 'stuck', captureRound: 2, basis: { due: eur(605) } })
  await one.close()
})

test('a hold whose capture was refused, and that nobody decides about, is given back within the day (F65, I7)', async () => {
  const one = await charged({ card: 'capture-fails' })
  await one.bill(cdrFor(10))
  await one.pass(22 * HOUR)
  expect((await one.payment()).state).toBe('stuck')
  await one.pass(2 * HOUR)
  expect(await one.payment()).toMatchObject({ state: 'voided', advice: { status: 'FAILED', amount: eur(0) } })
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 refused', 'void 5000 done'])
  expect(one.cpo.advices).toHaveLength(1)
  await one.close()
})

test('a bill that came late is decided about within the day of the end, not 20 hours after it came (F57, I7)', async () => {
  const one = await charged({ terms: { cdrChaseForMs: 23 * HOUR } })
  await one.pass(15 * HOUR)
  await one.bill(over)
  await one.pass(4 * HOUR)
  expect((await one.payment()).state).toBe('stuck')
  await one.pass(HOUR)
  expect((await one.payment()).state).toBe('voided')
  await one.close()
})

test('how long an operator may decide about a bill is a setting of the contract', async () => {
  const one = await charged({ terms: { decideWithinMs: 2 * HOUR } })
  await one.bill(over)
  await one.pass(HOUR)
  expect((await one.payment()).state).toBe('stuck')
  await one.pass(HOUR)
  expect((await one.payment()).state).toBe('voided')
  await one.close()
})

const deafTo = (card: 'capture-fails' | 'approved', away: () => boolean) => ({
  card,
  psp: (psp: Psp): Psp => ({
    ...psp,
    void: async (o) => {
      if (away()) throw new PspError('refused', 'never')
      return psp.void(o)
    },
  }),
})

test('a hold that cannot be given back runs out, and that is noted (I4)', async () => {
  const one = await charged(deafTo('capture-fails', () => true))
  await one.bill(cdrFor(10))
  await one.pass(5 * 24 * HOUR + HOUR)
  expect(await one.payment()).toMatchObject({ state: 'voided', expired: true })
  expect(await one.codes()).toContain('HOLD_EXPIRED')
  await one.close()
})

test('a refused capture whose bill is taken back is not tried again, and its hold goes back; a corrected bill is taken (F52, F65)', async () => {
  for (const corrected of [false, true]) {
    const bank = failingCaptures(new PspError('refused', 'not today'))
    const one = await charged({ psp: bank.psp })
    await one.bill(cdrFor(10))
    await one.bill(creditFor(cdrFor(10)))
    bank.works = true
    expect(await one.decide('retry')).toHaveProperty('refuse')
    if (corrected) await one.bill(cdrFor(8, { id: 'CDR2' }))
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, corrected ? 'capture 484 done' : 'void 5000 done'])
    if (!corrected) expect((await one.payment()).reason).toMatch(/took its bill back/)
    await one.close()
  }
})
