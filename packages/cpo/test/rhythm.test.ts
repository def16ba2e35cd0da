/** When a partner hears of a running session, and when the session is stopped although nothing new is heard. */
import { expect, test } from 'vitest'
import { charge, plugIn, read, type Stage, stage, start, stopTransaction } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

async function charging(world: Stage, meterStart = 0): Promise<number> {
  await start(world.ptp)
  await world.pass(1000)
  const transaction = await plugIn(world, meterStart)
  await world.pass(1000)
  world.ptp.told.length = 0
  return transaction
}

const status = async ({ ac, now, settle }: Stage, name: string) => {
  await ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: name, timestamp: now() })
  await settle()
}
const stopsOf = ({ ac }: Stage) => ac.got.filter(({ action }) => action === 'RemoteStopTransaction').length

test('an update is told after sessionUpdateS, or as soon as sessionUpdateWh have come', async () => {
  const world = await stage({ settings: { sessionUpdateS: 600, sessionUpdateWh: 1000 } })
  const transaction = await charging(world)
  await world.pass(MINUTE)
  await read(world, transaction, 300)
  await world.pass(1000)
  expect(world.ptp.heard()).toEqual([])
  await world.pass(3 * MINUTE)
  await read(world, transaction, 1300)
  await world.pass(1000)
  expect(world.ptp.heard()).toEqual(['patchSession ACTIVE'])
  await world.pass(7 * MINUTE)
  await read(world, transaction, 1400)
  await world.pass(1000)
  expect(world.ptp.heard()).toEqual(['patchSession ACTIVE'])
  await world.pass(4 * MINUTE)
  await read(world, transaction, 1500)
  await world.pass(1000)
  expect(world.ptp.heard()).toEqual(['patchSession ACTIVE', 'patchSession ACTIVE'])
})

test('when the price changes the whole session is told, with its periods (C-503, C-509)', async () => {
  const world = await stage({ settings: { sessionUpdateS: 6000, sessionUpdateWh: 100_000 } })
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  await read(world, transaction, 3000)
  await status(world, 'SuspendedEV')
  await world.pass(30_000)
  await read(world, transaction, 3000)
  await world.pass(1000)
  expect(world.ptp.heard()).toEqual(['putSession ACTIVE'])
  expect(world.ptp.last('putSession')).toMatchObject({ kwh: 3, charging_periods: [{}, {}] })
})

test('a car that only stands there is told of minute by minute, with what it costs, though its meter is silent', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  await read(world, transaction, 3000)
  await status(world, 'SuspendedEV')
  await world.pass(HOUR)
  // 3 kWh at 0.40, 0.50 for the start; the hour stands at 2.00, told to within the last looks.
  const cost = Number((world.ptp.last('patchSession')!['total_cost'] as { before_taxes: number }).before_taxes)
  expect(cost).toBeGreaterThan(3.6)
  expect(cost).toBeLessThanOrEqual(3.7)
  await stopTransaction(world, transaction, 3000)
  expect(world.ptp.last('cdr')).toMatchObject({ total_parking_time: 1, total_cost: { before_taxes: 3.7 } })
})

test('standing alone can use up the hold: the session is stopped before it does', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await charge(world, transaction, { from: 0, to: 90_000 })
  await status(world, 'SuspendedEV')
  // 36.50 so far; 2.42 an hour with tax until 49.00 of the 50.00 that are held.
  await world.pass(HOUR)
  expect(stopsOf(world)).toBe(0)
  await world.pass(2 * HOUR)
  expect(stopsOf(world)).toBeGreaterThan(0)
})

test('a charger that meters nothing is stopped when its connector could have given what is held', async () => {
  const world = await stage()
  await charging(world)
  await world.pass(4 * HOUR)
  expect(stopsOf(world)).toBe(0)
  await world.pass(HOUR)
  expect(stopsOf(world)).toBeGreaterThan(0)
})
