/** F43 to F60: the CDR, and what else may come instead of it. */
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { charged, rig } from '../rig.ts'
import { eur } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

const gross = (before_taxes: number, amount: number) => ({
  before_taxes,
  taxes: [{ name: 'VAT', percentage: 21, amount }],
})
const AUTHORIZED = 'authorize 5000 approved'

row('F43', 'the CDR comes before COMPLETED: it is the billing object', async () => {
  const one = await rig()
  await one.tap()
  await one.push(sessionAt(2))
  await one.pass(61 * MINUTE)
  await one.bill(cdrFor(10))
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  expect((await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))).state).toBe('captured')
  await one.close()
})

row('F44', 'the same CDR again: the same answer, one capture', async () => {
  const one = await charged()
  expect(await one.bill(cdrFor(10))).toMatchObject({ created: true })
  expect(await one.bill(cdrFor(10))).toMatchObject({ created: false })
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await one.close()
})

row('F45', 'the same id with other content: refused, kept as a fault, no money', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  await expect(one.bill(cdrFor(10, { total_cost: gross(9, 1.89) }))).rejects.toMatchObject({ statusCode: 2001 })
  expect(await one.codes()).toContain('CDR_CHANGED')
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await one.close()
})

row('F46', 'two CDRs for one reference, in any order and twice: the first is captured once', async () => {
  const [first, other] = [cdrFor(10), cdrFor(9, { id: 'CDR2' })]
  for (const order of [
    [first, other, first],
    [first, first, other],
    [other, first, other],
  ]) {
    const one = await charged()
    for (const cdr of order) await one.bill(cdr)
    const amount = order[0] === first ? 605 : 545
    expect(one.booked()).toEqual([AUTHORIZED, `capture ${amount} done`])
    expect(await one.documents.get('cdrs', 'peer-1/nl/cpo/cdr2')).toBeDefined()
    await one.close()
  }
})

row('F47', 'below the hold: exactly what is due is captured, the rest is released', async () => {
  const one = await charged()
  await one.bill(cdrFor(10))
  expect(await one.psp.query({ reference: (await one.payment()).id })).toMatchObject({
    held: eur(0),
    captured: eur(605),
  })
  await one.close()
})

row(
  'F48',
  'above the hold: a contract may have the rest asked for, up to what the driver accepted; else the hold is captured and told as partial',
  async () => {
    const low = { payment: { asked: eur(500), minimumHold: eur(100) } }
    const capped = await charged(low)
    await capped.bill(cdrFor(10))
    expect(capped.booked()).toEqual(['authorize 500 approved', 'capture 500 done'])
    expect((await capped.payment()).advice?.status).toBe('PARTIAL_SUCCESS')
    await capped.close()

    const raised = await charged({ ...low, terms: { overHold: 'raise', canRaise: true } })
    await raised.bill(cdrFor(10))
    expect(raised.booked()).toEqual(['authorize 500 approved', 'increment 605 done', 'capture 605 done'])
    expect((await raised.payment()).advice?.status).toBe('SUCCESS')
    await raised.close()

    const promised = await charged({ ...low, terms: { overHold: 'raise', canRaise: true, mostHeldMinor: 550 } })
    await promised.bill(cdrFor(10))
    expect(promised.booked()).toEqual(['authorize 500 approved', 'increment 550 done', 'capture 550 done'])
    expect((await promised.payment()).advice?.status).toBe('PARTIAL_SUCCESS')
    await promised.close()

    const refused = await charged({ ...low, terms: { overHold: 'raise', canRaise: true }, card: 'increment-declined' })
    await refused.bill(cdrFor(10))
    expect(refused.booked()).toContain('capture 500 done')
    await refused.close()
  },
)

row('F49', 'a CDR of zero: void, advice SUCCESS with 0', async () => {
  const one = await charged()
  await one.bill(cdrFor(0, { total_cost: { before_taxes: 0, taxes: [] } }))
  expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  expect(one.cpo.advices).toMatchObject([{ capture_status_code: 'SUCCESS', total_costs: { before_taxes: 0 } }])
  await one.close()
})

test('F49: a CDR of zero whose void is known late is confirmed with SUCCESS 0 all the same', async () => {
  let lost = true
  const one = await charged({
    psp: (psp) => ({
      ...psp,
      void: async (request) => {
        const done = await psp.void(request)
        if (!lost) return done
        lost = false
        throw new PspError('unknown-outcome', 'No answer to void.')
      },
    }),
  })
  await one.bill(cdrFor(0, { total_cost: { before_taxes: 0, taxes: [] } }))
  expect((await one.payment()).state).toBe('void-unknown')
  await one.pass(MINUTE)
  expect((await one.payment()).state).toBe('voided')
  expect(one.cpo.advices).toMatchObject([{ capture_status_code: 'SUCCESS', total_costs: { before_taxes: 0 } }])
  await one.close()
})

test('F55: a doubted CDR that nobody confirmed is not taken when the void of its hold gets lost', async () => {
  let lost = true
  const one = await charged({
    terms: { noCdr: 'void' },
    psp: (psp) => ({
      ...psp,
      void: async (request) => {
        if (!lost) return psp.void(request)
        lost = false
        throw new PspError('unknown-outcome', 'No answer to void, and no effect.')
      },
    }),
  })
  await one.bill(cdrFor(10, { total_cost: { before_taxes: 40, taxes: [] } }))
  expect((await one.payment()).state).toBe('stuck')
  for (let hours = 0; hours < 21 && lost; hours++) await one.pass(HOUR)
  expect((await one.payment()).state).toBe('void-unknown')
  await one.pass(MINUTE)
  expect((await one.payment()).state).toBe('voided')
  expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  await one.close()
})

test('F55: a doubted CDR that comes while nobody knows whether the hold stands is doubted when it does', async () => {
  let lost = true
  const one = await rig({
    psp: (psp) => ({
      ...psp,
      void: async (request) => {
        if (!lost) return psp.void(request)
        lost = false
        throw new PspError('unknown-outcome', 'No answer to void, and no effect.')
      },
    }),
  })
  await one.tap()
  await one.result('FAILED')
  expect((await one.payment()).state).toBe('void-unknown')
  await one.bill(cdrFor(10, { total_cost: { before_taxes: 40, taxes: [] } }))
  await one.pass(MINUTE)
  expect(await one.payment()).toMatchObject({ state: 'stuck', dispute: { reason: expect.any(String) as unknown } })
  expect(one.booked()).toEqual([AUTHORIZED])
  await one.close()
})

row('F50', "below the provider's minimum: void, and an advice that says so", async () => {
  const one = await charged({ terms: { minCaptureMinor: 50 } }, 0.5)
  await one.bill(cdrFor(0.5))
  expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  expect(one.cpo.advices).toMatchObject([
    {
      capture_status_code: 'FAILED',
      total_costs: { before_taxes: 0 },
      capture_status_message: expect.stringContaining('50') as unknown,
    },
  ])
  await one.close()
})

row(
  'F55',
  'over-claimed beyond the tolerance: it waits for an operator; under-claimed: captured and told',
  async () => {
    const tolerated = await charged()
    await tolerated.bill(cdrFor(10, { total_cost: gross(5.02, 1.05) }))
    expect(tolerated.booked()).toEqual([AUTHORIZED, 'capture 607 done'])
    await tolerated.close()

    const over = await charged()
    await over.bill(cdrFor(10, { total_cost: gross(6, 1.26) }))
    expect(await over.payment()).toMatchObject({ state: 'stuck', dispute: { expected: eur(605) } })
    expect((await over.payment()).reason).toMatch(/7\.26 EUR.*6\.05 EUR/)
    expect(over.cpo.advices).toEqual([])
    expect(await over.codes()).toEqual(['CDR_DISPUTED'])
    await over.close()

    const under = await charged()
    await under.bill(cdrFor(10, { total_cost: gross(4, 0.84) }))
    expect(under.booked()).toEqual([AUTHORIZED, 'capture 484 done'])
    expect(await under.codes()).toEqual(['CDR_UNDER'])
    await under.close()

    const more = await charged()
    await more.bill(cdrFor(11))
    expect(await more.payment()).toMatchObject({ state: 'stuck', reason: expect.stringContaining('11 kWh') as unknown })
    await more.close()
  },
)

row('F56', 'a CDR after the void: no capture, advice FAILED', async () => {
  const one = await rig()
  await one.tap()
  await one.result('REJECTED')
  await one.pass(61 * MINUTE)
  await one.bill(cdrFor(10))
  expect(one.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
  expect(one.cpo.advices).toMatchObject([{ capture_status_code: 'FAILED' }])
  await one.close()
})

row('F57', 'the CDR never comes: pulled, alarms after 2 and 12 h, decided after 20 h by the contract', async () => {
  const void_ = await charged()
  await void_.pass(2 * HOUR - MINUTE)
  expect(await void_.codes()).toEqual([])
  await void_.pass(2 * MINUTE)
  expect(await void_.codes()).toEqual(['CDR_OVERDUE'])
  await void_.pass(10 * HOUR)
  expect(await void_.codes()).toEqual(['CDR_OVERDUE', 'CDR_OVERDUE'])
  await void_.pass(9 * HOUR)
  expect(await void_.payment()).toMatchObject({ state: 'voided', outcome: 'no-cdr' })
  expect(void_.cpo.calls.filter((call) => call === 'cdrs').length).toBeGreaterThanOrEqual(80)
  await void_.close()

  const taken = await charged({ terms: { noCdr: 'session-cost' } })
  await taken.pass(21 * HOUR)
  expect(taken.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  expect(await taken.payment()).toMatchObject({ state: 'captured', basis: { by: 'session' } })
  // What comes after all is compared: less is paid back, more stays with the CPO.
  await taken.bill(cdrFor(8))
  expect(taken.booked()).toContain('refund 121 done')
  await taken.close()
})

row('F58', 'a session that is ACTIVE for ever: stopped before the hold ends, then given back', async () => {
  const one = await rig({ card: 'approved-mastercard', payment: { maxPowerKw: 0.1 } })
  await one.tap()
  await one.push(sessionAt(2))
  await one.pass(36 * HOUR + MINUTE)
  expect((await one.payment()).state).toBe('stopping')
  await one.pass(12 * HOUR)
  expect((await one.payment()).state).toBe('voided')
  await one.close()
})

row('F59', 'a push that hit our error is pulled: within 15 minutes of the end of the session', async () => {
  const one = await charged()
  one.cpo.cdrs = [cdrFor(10)]
  await one.pass(15 * MINUTE + 1_000)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await one.close()
})

row(
  'F60',
  'pages that shift while they are read: the next look finds what the last one missed, nothing counts twice',
  async () => {
    const one = await charged()
    one.cpo.cdrs = []
    await one.pass(16 * MINUTE)
    const stranger = {
      id: 'X',
      authorization_reference: 'other',
      session_id: 'SX',
      cdr_token: { ...cdrFor(1).cdr_token, uid: 'OTHER' },
    }
    one.cpo.cdrs = [cdrFor(1, stranger), cdrFor(10), cdrFor(10)]
    await one.pass(31 * MINUTE)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    await one.close()
  },
)
