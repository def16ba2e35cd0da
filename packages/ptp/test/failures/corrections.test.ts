/** Bills, corrected bills and credits in any order, and bills of holds whose void went wrong. (I12, F46, F49, F51, F52) */
import { type Psp, PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import type { Terms } from '../../src/payment/terms.ts'
import { charged, type Rig, rig } from '../rig.ts'
import { cdrFor, creditFor, HOUR, MINUTE, REFERENCE, refusal, sessionAt } from '../scripted-cpo.ts'

const AUTHORIZED = 'authorize 5000 approved'
const bill = cdrFor(10)
const doubted = cdrFor(10, { total_cost: { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4.2 }] } })
const nothing = cdrFor(0, { total_cost: { before_taxes: 0, taxes: [] } })

const refusing = (psp: Psp): Psp => ({ ...psp, capture: () => Promise.reject(new PspError('refused', 'no')) })
/** Of lines as `capture 605 done`: what is left of the driver's money. */
const netBooked = (booked: readonly string[]) =>
  booked.reduce((all, line) => {
    const [operation, amount] = line.split(' ')
    return all + (operation === 'capture' ? Number(amount) : operation === 'refund' ? -Number(amount) : 0)
  }, 0)
const told = ({ cpo }: Rig) => cpo.advices.map((one) => [one.capture_status_code, one.total_costs.before_taxes])

/** A provider whose voids come to nothing, and say nothing, until it is said to work. */
function losingVoids() {
  const bank = {
    works: false,
    psp: (psp: Psp): Psp => ({
      ...psp,
      void: (o) => (bank.works ? psp.void(o) : Promise.reject(new PspError('unknown-outcome', 'silent'))),
      query: (o) => (bank.works ? psp.query(o) : Promise.reject(new PspError('unavailable', 'away'))),
    }),
  }
  return bank
}

const giveUp = (one: Rig) =>
  one.payments.apply(REFERENCE, { type: 'void-given-up', reason: 'silent', at: one.clock.now() })

test.each<[what: string, first: typeof bill, terms: Partial<Terms>, booked: string[]]>([
  ['a captured bill', bill, {}, ['capture 605 done', 'refund 121 done']],
  [
    'a captured bill whose refunds an operator decides',
    bill,
    { refunds: 'operator' },
    ['capture 605 done', 'refund 121 done'],
  ],
  ['a doubted bill', doubted, {}, ['capture 484 done']],
])(
  '%s, its corrected bill and its credit come to the same in any order (I12, F46, F51)',
  async (_what, first, terms, booked) => {
    const corrected = cdrFor(8, { id: 'CDR2' })
    for (const sent of [
      [first, creditFor(first), corrected],
      [first, corrected, creditFor(first)],
    ]) {
      const one = await charged({ terms })
      for (const cdr of sent) await one.bill(cdr)
      await one.pass(HOUR)
      expect(one.booked()).toEqual([AUTHORIZED, ...booked])
      expect(await one.payment()).toMatchObject({
        state: 'captured',
        cdr: { id: 'CDR2' },
        advice: { amount: { amountMinor: 484 } },
      })
      expect((await one.payment()).replacement).toBeUndefined()
      await one.close()
    }
  },
)

test('a bill that was taken back while it waited behind its corrected one is never billed: both taken back, all goes back, in any order (I3, I12, F46)', async () => {
  const corrected = cdrFor(8, { id: 'CDR2' })
  const [creditOfBill, creditOfCorrected] = [creditFor(bill), creditFor(corrected)]
  for (const sent of [
    [corrected, bill, creditOfBill, creditOfCorrected],
    [corrected, creditOfBill, bill, creditOfCorrected],
    [bill, creditOfBill, corrected, creditOfCorrected],
  ]) {
    const one = await charged()
    for (const cdr of sent) await one.bill(cdr)
    await one.pass(24 * HOUR)
    const booked = one.booked()
    expect({ sent: sent.map(({ id }) => id), booked, net: netBooked(booked) }).toMatchObject({ net: 0 })
    expect((await one.payment()).replacement).toBeUndefined()
    expect(told(one).at(-1)).toEqual(['SUCCESS', 0])
    await one.close()
  }
})

/** The CPO said no and charged all the same; whether the hold was given back meanwhile nobody knows. */
async function chargedAfterRefusal(one: Rig) {
  await one.tap()
  await one.result('REJECTED')
  await one.push(sessionAt(2))
  await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
  await one.pass(HOUR)
}

test('a bill that waits to hear of its void and is corrected is billed by the corrected one, whether that or the credit comes first (I12, F79)', async () => {
  for (const sent of [
    [bill, creditFor(bill), cdrFor(8, { id: 'CDR2' })],
    [bill, cdrFor(8, { id: 'CDR2' }), creditFor(bill)],
  ]) {
    const bank = losingVoids()
    const one = await rig({ psp: bank.psp })
    await chargedAfterRefusal(one)
    for (const cdr of sent) await one.bill(cdr)
    expect((await one.payment()).state).toBe('void-unknown')
    bank.works = true
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 484 done'])
    await one.close()
  }
})

test('bills that wait to hear of their void and are all taken back bill nothing, whichever credit comes first (I12, F79)', async () => {
  const corrected = cdrFor(8, { id: 'CDR2' })
  for (const credits of [
    [corrected, bill],
    [bill, corrected],
  ]) {
    const bank = losingVoids()
    const one = await rig({ psp: bank.psp })
    await chargedAfterRefusal(one)
    for (const cdr of [bill, corrected, ...credits.map(creditFor)]) await one.bill(cdr)
    expect((await one.payment()).state).toBe('void-unknown')
    bank.works = true
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    await one.close()
  }
})

test('each further bill is told to the operator once, and takes nothing as long as the first one stands (F46)', async () => {
  const one = await charged()
  await one.bill(bill)
  for (let look = 0; look < 3; look++) await one.bill(cdrFor(8, { id: 'CDR2' }))
  await one.bill(cdrFor(7, { id: 'CDR3' }))
  await one.pass(24 * HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  expect((await one.codes()).filter((code) => code === 'CDR_SECOND')).toHaveLength(2)
  await one.close()
})

test('a session that was declared invalid is not billed, whether its void is not known or was given up (C-506, I12)', async () => {
  for (const givenUp of [false, true]) {
    const bank = losingVoids()
    const one = await rig({ psp: bank.psp })
    await one.tap()
    await one.result('ACCEPTED')
    await one.push(sessionAt(2))
    await one.pass(60 * MINUTE)
    await one.push(sessionAt(60, { kwh: 10, status: 'INVALID' }))
    if (givenUp) await giveUp(one)
    expect((await one.payment()).state).toBe(givenUp ? 'stuck' : 'void-unknown')
    await one.bill(bill)
    bank.works = true
    if (givenUp) await one.decide('retry')
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    expect(told(one)).toEqual([['FAILED', 0]])
    await one.close()
  }
})

test('a bill that came before the void was given up is taken when an operator has it tried again (F79)', async () => {
  const bank = losingVoids()
  const one = await rig({ psp: bank.psp })
  await chargedAfterRefusal(one)
  await one.bill(bill)
  await giveUp(one)
  expect((await one.payment()).state).toBe('stuck')
  bank.works = true
  await one.decide('retry')
  await one.pass(MINUTE)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  expect((await one.payment()).meanwhile).toBeUndefined()
  await one.close()
})

test('a credit of a refused capture gives the hold back, also where refunds are left to an operator: there is nothing to pay back (F52)', async () => {
  for (const refunds of ['automatic', 'operator'] as const) {
    const one = await charged({ terms: { refunds }, psp: refusing })
    await one.bill(bill)
    await one.bill(creditFor(bill))
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    await one.close()
  }
})

test('a bill and its credit that come while the car charges leave it charging, and looked for; the wait begins at its end (F43, F52)', async () => {
  const one = await rig()
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  await one.bill(creditFor(cdrFor(1)))
  await one.bill(cdrFor(1))
  expect((await one.payment()).state).toBe('charging')
  one.cpo.sessions = [sessionAt(20, { kwh: 4 })]
  await one.pass(60 * MINUTE)
  expect(await one.payment()).toMatchObject({ state: 'charging', session: { kwh: 4 } })
  await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 6 }))
  await one.pass(14 * MINUTE)
  expect((await one.payment()).state).toBe('awaiting-cdr')
  await one.bill(cdrFor(6, { id: 'CDR2' }))
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 363 done'])
  await one.close()
})

test.each(['after', 'during'])(
  'a bill of zero that comes %s the void is confirmed with SUCCESS 0, once (D-F16, F49)',
  async (when) => {
    let isAway = when === 'during'
    const away = new PspError('unavailable', 'away')
    const one = await rig({
      terms: { invoiceCreator: 'CPO' },
      psp: (psp) => ({ ...psp, void: (o) => (isAway ? Promise.reject(away) : psp.void(o)) }),
    })
    await one.tap()
    await one.result('REJECTED')
    for (let look = 0; look < 3; look++) await one.bill(nothing)
    isAway = false
    await one.pass(HOUR)
    for (let look = 0; look < 3; look++) await one.bill(nothing)
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    expect(told(one)).toEqual([['SUCCESS', 0]])
    expect((await one.codes()).filter((code) => code === 'INVOICE_DISAGREES')).toHaveLength(1)
    await one.close()
  },
)

test('a bill that an operator has to look at stands in the list of faults: another currency, a refused capture (D-F14, F65)', async () => {
  const foreign = await charged()
  await foreign.bill(cdrFor(10, { currency: 'SEK' }))
  expect(await foreign.codes()).toEqual(['CDR_DISPUTED'])
  await foreign.close()
  const refused = await charged({ psp: refusing })
  await refused.bill(bill)
  expect(await refused.codes()).toEqual(['CAPTURE_REFUSED'])
  await refused.close()
})

test('an advice that arrives while a corrected bill is waited for is known to have arrived (I8)', async () => {
  const one = await charged()
  one.cpo.advice = refusal(503)
  const foreign = cdrFor(10, { currency: 'SEK' })
  await one.bill(foreign)
  await one.bill(creditFor(foreign))
  one.cpo.advice = undefined
  await one.pass(10 * MINUTE)
  const { state, advice } = await one.payment()
  expect([state, typeof advice?.deliveredAt]).toEqual(['awaiting-cdr', 'number'])
  await one.close()
})

test('a bill that was changed after it was sent is told once for each content, however often it is read (F45)', async () => {
  const one = await charged()
  await one.bill(bill)
  for (const kwh of [9, 9, 8, 9, 8]) await expect(one.bill(cdrFor(kwh))).rejects.toMatchObject({ statusCode: 2001 })
  expect((await one.codes()).filter((code) => code === 'CDR_CHANGED')).toHaveLength(2)
  await one.close()
})
