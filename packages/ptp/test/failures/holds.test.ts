/** F33 to F37: holds that grow, and holds that end. */
import { expect, test } from 'vitest'
import { type RigParts, rig } from '../rig.ts'
import { eur } from '../samples.ts'
import { HOUR, MINUTE, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

const grows = { raise: { stepMinor: 1000, maxMinor: 5000, times: 10 }, canRaise: true } as const
const small = { terms: grows, payment: { asked: eur(1000), minimumHold: eur(100) } } as const

async function charging(parts: RigParts = {}) {
  const one = await rig(parts)
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  return one
}
const _stops = (one: Awaited<ReturnType<typeof rig>>) => one.cpo.calls.filter((call) => call === 'stop').length

row('F33', 'an increment is refused: the old hold stays the limit, and charging stops before it', async () => {
  const one = await charging({ ...small, card: 'increment-declined' })
  expect((await one.push(sessionAt(30, { kwh: 9 }))).state).toBe('charging')
  await one.pass(1_000)
  expect(await one.payment()).toMatchObject({ held: eur(1000), raise: { status: 'refused' } })
  expect((await one.push(sessionAt(60, { kwh: 16.3 }))).state).toBe('stopping')
  await one.close()
})

test('a raise that will not cover what has been charged is asked for, and charging does not wait for it', async () => {
  const one = await charging({ ...small, payment: { ...small.payment, asked: eur(4000) } })
  // 90 kWh cost more than the 50 EUR that may ever be held.
  expect((await one.push(sessionAt(60, { kwh: 90 }))).state).toBe('stopping')
  await one.pass(1_000)
  expect(await one.payment()).toMatchObject({ state: 'stopping', held: eur(5000), raise: { status: 'granted' } })
  expect(one.cpo.calls.filter((call) => call === 'stop')).toHaveLength(1)
  await one.close()
})

row('F34', 'the answer to an increment is lost: the lower sum is the limit, the record decides', async () => {
  const one = await charging({ ...small, card: 'increment-timeout' })
  await one.push(sessionAt(30, { kwh: 9 }))
  await one.pass(MINUTE)
  expect(await one.payment()).toMatchObject({ state: 'charging', held: eur(2000), raise: { status: 'granted' } })
  expect(one.booked().filter((line) => line.startsWith('increment'))).toEqual(['increment 2000 done'])
  await one.close()
})

row('F35', 'increments are totals: three raises never hold more than the last total', async () => {
  const one = await charging(small)
  for (const [minute, kwh] of [
    [20, 9],
    [40, 25],
    [60, 42],
  ] as const) {
    await one.pass(20 * MINUTE)
    await one.push(sessionAt(minute, { kwh }))
  }
  expect(one.booked()).toEqual([
    'authorize 1000 approved',
    'increment 2000 done',
    'increment 3000 done',
    'increment 4000 done',
  ])
  expect((await one.payment()).held).toEqual(eur(4000))
  await one.close()
})

row('F36', 'a hold that ends during the session: charging stops twelve hours before', async () => {
  const one = await charging({ card: 'approved-mastercard', payment: { maxPowerKw: 0.1 } })
  await one.pass(35 * HOUR)
  expect((await one.payment()).state).toBe('charging')
  await one.pass(HOUR + MINUTE)
  expect((await one.payment()).state).toBe('stopping')
  await one.close()
})

row('F37', 'the charger falls silent for good: the deadline of the hold gives the money back', async () => {
  const one = await charging({ card: 'approved-mastercard', payment: { maxPowerKw: 0.1 } })
  await one.pass(48 * HOUR)
  expect(await one.payment()).toMatchObject({ state: 'voided', outcome: 'no-cdr' })
  await one.close()
})
