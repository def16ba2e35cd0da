/** F26 to F42: energy flows, and the hold has to be enough. */
import { expect, test } from 'vitest'
import { charged, type RigParts, rig } from '../rig.ts'
import { eur, T0 } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, refusal, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

const grows = { raise: { stepMinor: 1000, maxMinor: 5000, times: 10 }, canRaise: true } as const
const _small = { terms: grows, payment: { asked: eur(1000), minimumHold: eur(100) } } as const

async function charging(parts: RigParts = {}) {
  const one = await rig(parts)
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  return one
}
const stops = (one: Awaited<ReturnType<typeof rig>>) => one.cpo.calls.filter((call) => call === 'stop').length

row(
  'F26',
  'no word from a session: it is looked for every five minutes, and stopped before it can pass the hold',
  async () => {
    // 11 kW at 0.605 EUR per kWh: 10 EUR last some 90 minutes.
    const one = await charging({ payment: { asked: eur(1000), minimumHold: eur(100) } })
    await one.pass(60 * MINUTE)
    expect((await one.payment()).state).toBe('charging')
    expect(one.cpo.calls.filter((call) => call === 'sessions').length).toBeGreaterThanOrEqual(12)
    await one.pass(25 * MINUTE)
    expect(await one.payment()).toMatchObject({ state: 'stopping', stop: { by: 'limit' } })
    await one.close()
  },
)

test('F26 fast power and a CPO that falls silent, or says little: stopped before the hold is passed', async () => {
  const kw = 150
  const kwhAt = (minute: number) => ((minute - 1) * kw) / 60
  const costs = (minute: number) => kwhAt(minute) * 60.5
  for (const every of [0.5, 4]) {
    const one = await rig({ payment: { maxPowerKw: kw } })
    await one.tap()
    await one.result('ACCEPTED')
    let minute = 1
    for (; minute < 60 && (await one.payment()).stop === undefined; minute += 0.5) {
      await one.pass(T0 + minute * MINUTE - one.clock.now())
      if (((minute - 1) % every === 0 && costs(minute) < 4750) || minute === 1)
        await one.push(sessionAt(minute, { kwh: kwhAt(minute) }))
    }
    expect(await one.payment()).toMatchObject({ state: 'stopping', stop: { by: 'limit' } })
    // The charger gets 15 seconds to obey, and nearly all of the hold could be used.
    expect(costs(minute - 0.5 + 0.25)).toBeLessThanOrEqual(5000)
    expect(costs(minute - 0.5)).toBeGreaterThan(4700)
    await one.close()
  }
})

row('F27', 'an older update after a newer one changes nothing', async () => {
  const one = await charging()
  await one.push(sessionAt(20, { kwh: 4 }))
  expect((await one.push(sessionAt(10, { kwh: 3 }))).session?.kwh).toBe(4)
  await one.close()
})

row('F28', 'cost that goes down never lowers the ceiling', async () => {
  const one = await charging()
  await one.push(sessionAt(20, { kwh: 8 }))
  const after = await one.push(sessionAt(30, { kwh: 1 }))
  expect(after.session?.cost).toEqual(eur(484))
  await one.close()
})

row(
  'F29',
  'the ceiling is reached and the stop is lost: it is sent again until it is obeyed, and the capture is capped',
  async () => {
    const one = await charging({ payment: { asked: eur(500), minimumHold: eur(100) } })
    one.cpo.stop = refusal(503)
    expect((await one.push(sessionAt(30, { kwh: 8.2 }))).state).toBe('stopping')
    await one.pass(2 * MINUTE)
    expect(stops(one)).toBeGreaterThanOrEqual(3)
    await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
    await one.pass(HOUR)
    await one.bill(cdrFor(10))
    expect(one.booked()).toEqual(['authorize 500 approved', 'capture 500 done'])
    expect((await one.payment()).advice?.status).toBe('PARTIAL_SUCCESS')
    await one.close()
  },
)

test('F29: a stop that a hub or a server answers with its own trouble was heard by nobody: it is sent on beyond the five (A-47)', async () => {
  const one = await charging({ payment: { asked: eur(500), minimumHold: eur(100) } })
  one.cpo.stop = refusal(200, 4003)
  expect((await one.push(sessionAt(30, { kwh: 8.2 }))).state).toBe('stopping')
  await one.pass(HOUR)
  expect(stops(one)).toBeGreaterThan(5)
  expect(await one.codes()).not.toContain('SESSION_NOT_STOPPED')
  await one.close()
})

row(
  'F30',
  'a stop without a Session: nothing can be ordered; it is looked for, and the hold is the most that can be lost',
  async () => {
    const one = await rig()
    await one.tap()
    await one.result('ACCEPTED')
    const event = { type: 'stop-requested', by: 'driver', stopCommandId: 'stop-1', at: one.clock.now() } as const
    await one.payments.apply((await one.payment()).id, event)
    await one.pass(0)
    expect(one.cpo.calls).toContain('sessions')
    expect((await one.payment()).state).toBe('voided')
    await one.close()
  },
)

row('F31', 'accepted, and still it runs: five orders, then a word for the operator', async () => {
  const one = await charging()
  const event = { type: 'stop-requested', by: 'driver', stopCommandId: 'stop-1', at: one.clock.now() } as const
  await one.payments.apply((await one.payment()).id, event)
  await one.pass(40 * MINUTE)
  expect(stops(one)).toBe(5)
  expect((await one.payment()).reason).toMatch(/does not stop/)
  await one.close()
})

test('F31: a session that the CPO lists as running after five orders, and has billed, is captured by its bill (I7)', async () => {
  const one = await charging()
  one.cpo.cdrs = [cdrFor(1)]
  await one.pass(61 * MINUTE)
  const event = { type: 'stop-requested', by: 'driver', stopCommandId: 'stop-1', at: one.clock.now() } as const
  await one.payments.apply((await one.payment()).id, event)
  await one.pass(40 * MINUTE)
  expect(stops(one)).toBe(5)
  expect(one.booked()).toContain('capture 61 done')
  await one.close()
})

test('F21 F30: a driver who wants to stop is obeyed where the car charges at another connector of the same price', async () => {
  const one = await rig({ sameTariff: true })
  await one.tap()
  await one.result('ACCEPTED')
  one.cpo.sessions = [sessionAt(2, { evse_uid: 'E2' })]
  const event = { type: 'stop-requested', by: 'driver', stopCommandId: 'stop-1', at: one.clock.now() } as const
  await one.payments.apply((await one.payment()).id, event)
  await one.pass(1_000)
  expect(stops(one)).toBe(1)
  expect((await one.payment()).state).toBe('stopping')
  expect(await one.codes()).toEqual(['SESSION_ELSEWHERE'])
  await one.close()
})

row('F32', 'the CPO knows no such session: it is looked for, and its CDR too', async () => {
  const one = await charging()
  one.cpo.stop = { result: 'UNKNOWN_SESSION', timeout: 0 }
  one.cpo.cdrs = [cdrFor(1)]
  await one.pass(61 * MINUTE)
  const event = { type: 'stop-requested', by: 'driver', stopCommandId: 'stop-1', at: one.clock.now() } as const
  await one.payments.apply((await one.payment()).id, event)
  await one.pass(1_000)
  expect(one.booked()).toContain('capture 61 done')
  await one.close()
})

row('F38', 'a tariff that changes in mid-session: the CDR is checked by the one that was accepted', async () => {
  const one = await charged()
  const dear = {
    ...cdrFor(10),
    tariffs: [
      {
        ...(await one.payment()).tariff,
        elements: [{ price_components: [{ type: 'ENERGY', price: 1, vat: 21, step_size: 1 }] }],
      },
    ],
  }
  await one.bill({
    ...dear,
    total_cost: { before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2.1 }] },
  } as never)
  expect(await one.payment()).toMatchObject({ state: 'stuck', dispute: { expected: eur(605) } })
  expect(one.booked()).toEqual(['authorize 5000 approved'])
  await one.close()
})

row('F39', 'away for half an hour: on its return the platform looks for what it has missed', async () => {
  const dead = await charging()
  await dead.engine.stop()
  const idle = await rig()
  dead.follow(idle.engine)
  await dead.clock.advanceBy(61 * MINUTE)
  dead.cpo.sessions = [sessionAt(61, { status: 'COMPLETED', kwh: 10 })]
  dead.cpo.cdrs = [cdrFor(10)]
  const next = await rig({ after: dead })
  await next.pass(20 * MINUTE)
  expect(next.booked()).toEqual(['authorize 5000 approved', 'capture 605 done'])
  await next.close()
  await idle.close()
})

row('F40', 'a lost commit: the provider is asked about every payment whose outcome is open', async () => {
  const dead = await charged({
    psp: (psp) => ({
      ...psp,
      capture: async (o) => {
        await psp.capture(o)
        return new Promise(() => undefined)
      },
    }),
  })
  void dead.bill(cdrFor(10))
  await new Promise((done) => setTimeout(done, 20))
  const next = await rig({ after: dead })
  await next.pass(20_000)
  expect((await next.payment()).state).toBe('captured')
  expect(next.booked()).toEqual(['authorize 5000 approved', 'capture 605 done'])
  await next.close()
})

row('F41', "a partner's clock decides nothing: what it calls a week of charging is measured by ours", async () => {
  const one = await charged()
  await one.bill(cdrFor(10, { start_date_time: '2029-12-25T12:00:00Z' }))
  expect(await one.payment()).toMatchObject({ state: 'stuck', reason: expect.stringContaining('minutes') as unknown })
  await one.close()
})

test('F41: a session whose word was dated with a time to come ends with the word that it has ended (I6, I17)', async () => {
  const one = await rig()
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2, { kwh: 0, last_updated: '2036-01-01T00:00:00Z' }))
  await one.pass(5 * MINUTE)
  expect((await one.push(sessionAt(5, { kwh: 0, status: 'COMPLETED' }))).state).toBe('awaiting-cdr')
  await one.pass(24 * HOUR)
  expect(one.booked()).toEqual(['authorize 5000 approved', 'void 5000 done'])
  await one.close()
})
