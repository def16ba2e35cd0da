/** F51 to F54: bills that are taken back, and bills that cannot be taken. */

import { openSqlite } from '@plugtill/engine/sqlite'
import type { CdrReceived } from '@plugtill/ocpi/modules/cdrs'
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { charged, failingCaptures, rig } from '../rig.ts'
import { eur } from '../samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

const gross = (before_taxes: number, amount: number) => ({
  before_taxes,
  taxes: [{ name: 'VAT', percentage: 21, amount }],
})
const AUTHORIZED = 'authorize 5000 approved'
const away = new PspError('unavailable', 'away')

row(
  'F51',
  'a credit CDR after the capture: paid back, told with a new advice; a replacement that comes in time pays only the difference',
  async () => {
    const one = await charged()
    await one.bill(cdrFor(10))
    await one.bill(creditFor(cdrFor(10)))
    await one.pass(14 * MINUTE)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    await one.pass(2 * MINUTE)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 605 done'])
    expect(
      one.cpo.advices.map(({ capture_status_code, total_costs }) => [capture_status_code, total_costs.before_taxes]),
    ).toEqual([
      ['SUCCESS', 5],
      ['SUCCESS', 0],
    ])
    expect(new Set(one.cpo.advices.map(({ id }) => id)).size).toBe(2)
    await one.bill({ ...creditFor(cdrFor(10)), id: 'SECOND-CREDIT' })
    await one.pass(HOUR)
    expect(one.booked().filter((line) => line.startsWith('refund'))).toHaveLength(1)
    await one.close()

    const corrected = await charged()
    await corrected.bill(cdrFor(10))
    await corrected.bill(creditFor(cdrFor(10)))
    await corrected.bill(cdrFor(8, { id: 'CDR2' }))
    await corrected.pass(HOUR)
    expect(corrected.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 121 done'])
    expect(await corrected.payment()).toMatchObject({
      cdr: { id: 'CDR2' },
      advice: { status: 'SUCCESS', amount: eur(484) },
    })
    await corrected.close()

    const capped = await charged({ payment: { asked: eur(500), minimumHold: eur(100) } })
    await capped.bill(cdrFor(10))
    await capped.bill(creditFor(cdrFor(10)))
    await capped.pass(HOUR)
    expect(capped.booked()).toEqual(['authorize 500 approved', 'capture 500 done', 'refund 500 done'])
    await capped.close()
  },
)

test('a replacement that comes while the capture of what it replaces is still under way pays only the difference', async () => {
  const bank = failingCaptures(away)
  const one = await charged({ psp: bank.psp })
  await one.bill(cdrFor(10))
  await one.bill(creditFor(cdrFor(10)))
  await one.bill(cdrFor(8, { id: 'CDR2' }))
  await one.pass(20 * MINUTE)
  bank.works = true
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 121 done'])
  expect(await one.payment()).toMatchObject({ cdr: { id: 'CDR2' }, advice: { status: 'SUCCESS', amount: eur(484) } })
  await one.close()
})

test('a replacement that came while the capture was under way needs no reminder of the credit: its contract leaves those to an operator', async () => {
  const bank = failingCaptures(away)
  const one = await charged({
    terms: { refunds: 'operator' },
    psp: bank.psp,
  })
  await one.bill(cdrFor(10))
  await one.bill(creditFor(cdrFor(10)))
  await one.bill(cdrFor(8, { id: 'CDR2' }))
  bank.works = true
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 121 done'])
  expect(await one.payment()).toMatchObject({ cdr: { id: 'CDR2' }, advice: { amount: eur(484) } })
  await one.close()
})

test('F39: the first CDR, while what the session cost is being captured, is no second one: what is too much is paid back', async () => {
  const bank = failingCaptures(away)
  const one = await charged({
    terms: { noCdr: 'session-cost' },
    psp: bank.psp,
  })
  for (let hours = 0; hours < 22 && (await one.payment()).state === 'awaiting-cdr'; hours++) await one.pass(HOUR)
  await one.bill(cdrFor(4))
  expect(one.booked()).toEqual([AUTHORIZED])
  bank.works = true
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 363 done'])
  const { cdr, advice, basis } = await one.payment()
  expect([cdr?.due, advice?.status, advice?.amount, basis]).toEqual([eur(242), 'SUCCESS', eur(242), undefined])
  await one.close()
})

row('F52', 'a credit CDR before the capture: net zero, the hold is given back', async () => {
  const doubted = await charged()
  const over = cdrFor(10, { total_cost: gross(20, 4.2) })
  await doubted.pass(14 * MINUTE)
  await doubted.bill(over)
  await doubted.bill(creditFor(over))
  // The look for a CDR that was planned before does not cut the wait short.
  await doubted.pass(10 * MINUTE)
  expect((await doubted.payment()).state).toBe('awaiting-cdr')
  await doubted.pass(6 * MINUTE)
  expect(doubted.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  expect(doubted.cpo.advices).toMatchObject([{ capture_status_code: 'SUCCESS', total_costs: { before_taxes: 0 } }])
  await doubted.close()

  const early = await charged()
  await early.bill(creditFor(cdrFor(10)))
  await early.bill(cdrFor(10))
  await early.pass(16 * MINUTE)
  expect(early.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  await early.close()

  const replaced = await charged()
  await replaced.bill(over)
  await replaced.bill(creditFor(over))
  await replaced.bill(cdrFor(10, { id: 'CDR2' }))
  expect(replaced.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await replaced.close()
})

test('F51: a credit that crosses its bill, neither seeing the other, is taken when it comes again; its money goes back once', async () => {
  const store = await openSqlite({ file: ':memory:' })
  let meanwhile: (() => Promise<unknown>) | undefined
  const one = await charged({
    store: {
      ...store,
      transaction: async (work) => {
        const task = meanwhile
        meanwhile = undefined
        await task?.()
        return store.transaction(work)
      },
    },
  })
  meanwhile = () => one.intake.cdr('peer-1', creditFor(cdrFor(10)))
  await one.bill(cdrFor(10))
  expect(meanwhile).toBeUndefined()
  await one.pass(15 * MINUTE)
  // As every look at the list of the CPO shows it.
  for (let look = 0; look < 3; look++) await one.bill(creditFor(cdrFor(10)))
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done', 'refund 605 done'])
  expect(one.faults.filter((fault) => /CDR_CREDIT/.test(fault))).toEqual([])
  await one.close()
})

test('F51, F54: a bill that found no payment, was taken back, and then finds one moves no money', async () => {
  const one = await rig()
  await one.bill(cdrFor(10))
  await one.bill(creditFor(cdrFor(10)))
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
  await one.bill(cdrFor(10))
  await one.pass(HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  await one.close()
})

test.each([
  ['after it', (cdr: CdrReceived) => [cdr, creditFor(cdr)]],
  ['before it', (cdr: CdrReceived) => [creditFor(cdr), cdr]],
])(
  'F52 F79: a bill that waits to hear of the void, and whose credit comes %s, takes nothing from the hold that stands',
  async (_, sent) => {
    let isAway = true
    const silent = async () => {
      throw new PspError(isAway ? 'unknown-outcome' : 'unavailable', 'no answer')
    }
    const one = await rig({
      psp: (psp) => ({
        ...psp,
        void: (o) => (isAway ? silent() : psp.void(o)),
        query: (o) => (isAway ? silent() : psp.query(o)),
      }),
    })
    await one.tap()
    await one.result('REJECTED')
    await one.push(sessionAt(2))
    await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
    for (const cdr of sent(cdrFor(10))) await one.bill(cdr)
    expect((await one.payment()).state).toBe('void-unknown')
    isAway = false
    await one.pass(2 * HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    expect(one.cpo.advices.map((told) => [told.capture_status_code, told.total_costs.before_taxes])).toEqual([
      ['SUCCESS', 0],
    ])
    await one.close()
  },
)

row(
  'F53',
  'another currency, or a cost that cannot be read: nothing is guessed, and the deadline still runs',
  async () => {
    const foreign = await charged()
    await foreign.bill(cdrFor(10, { currency: 'HUF' }))
    expect((await foreign.payment()).state).toBe('stuck')
    await foreign.pass(21 * HOUR)
    expect(foreign.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    await foreign.close()

    const endless = await charged()
    await expect(
      endless.bill(cdrFor(10, { total_cost: { before_taxes: Number.POSITIVE_INFINITY } })),
    ).rejects.toMatchObject({ statusCode: 2001 })
    await endless.pass(21 * HOUR)
    expect(endless.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    await endless.close()
  },
)

row('F54', 'a CDR of an unknown reference is kept and moves no money', async () => {
  const one = await charged()
  const stranger = {
    authorization_reference: 'nobody',
    session_id: 'S-X',
    cdr_token: { ...cdrFor(1).cdr_token, uid: 'NOBODY' },
  }
  expect(await one.bill(cdrFor(10, { id: 'CDR9', ...stranger }))).toEqual({ created: true })
  expect(await one.codes('nobody')).toEqual(['CDR_UNMATCHED'])
  expect(one.booked()).toEqual([AUTHORIZED])
  await one.close()
})

test('F55, T24: a CDR that ended days before the tap is decided by somebody, not captured', async () => {
  const one = await charged()
  const day = (at: string) => new Date(Date.parse(at) - 72 * HOUR).toISOString()
  const { start_date_time, end_date_time, charging_periods } = cdrFor(10)
  const old = {
    start_date_time: day(start_date_time),
    end_date_time: day(end_date_time),
    charging_periods: charging_periods.map((one) => ({ ...one, start_date_time: day(one.start_date_time) })),
  }
  await one.bill(cdrFor(10, old))
  expect([one.booked(), await one.codes(), (await one.payment()).state]).toEqual([
    [AUTHORIZED],
    ['CDR_DISPUTED'],
    'stuck',
  ])
  await one.pass(21 * HOUR)
  expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  await one.close()
})
