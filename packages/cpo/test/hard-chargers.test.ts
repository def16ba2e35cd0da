/** Chargers as they are in the field: wrong clocks, lost transactions, readings that cannot be. */
import { expect, test } from 'vitest'
import { charge, plugIn, read, type Stage, stage, start, stopTransaction } from './stage.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

async function charging(world: Stage, meterStart = 1000): Promise<number> {
  await start(world.ptp)
  await world.pass(1000)
  return plugIn(world, meterStart)
}

const tagOf = ({ ac }: Stage) =>
  String(ac.got.findLast(({ action }) => action === 'RemoteStartTransaction')!.payload['idTag'])
const stopsOf = ({ ac }: Stage) => ac.got.filter(({ action }) => action === 'RemoteStopTransaction').length
const sample = (transactionId: number, timestamp: string, value: string) => ({
  connectorId: 1,
  transactionId,
  meterValue: [{ timestamp, sampledValue: [{ value, unit: 'Wh' }] }],
})

test('a second transaction under the tag of a running session gets a number of its own and is refused', async () => {
  const world = await stage()
  const first = await charging(world)
  const other = { connectorId: 1, idTag: tagOf(world), meterStart: 70_000, timestamp: world.now() }

  const answer = await world.ac.say('StartTransaction', other)
  expect(answer).toMatchObject({ idTagInfo: { status: 'ConcurrentTx' } })
  const second = Number(answer['transactionId'])
  expect(second).not.toBe(first)
  await world.ac.say('StopTransaction', { transactionId: second, meterStop: 90_000, timestamp: world.now() })
  await world.pass(10 * MINUTE)
  await stopTransaction(world, first, 6000)

  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 5 })
})

test('a transaction that begins at another connector than the paid one is refused', async () => {
  const world = await stage()
  await start(world.ptp)
  await world.pass(1000)
  const elsewhere = { connectorId: 2, idTag: tagOf(world), meterStart: 0, timestamp: world.now() }

  expect(await world.ac.say('StartTransaction', elsewhere)).toMatchObject({ idTagInfo: { status: 'Invalid' } })
  const transaction = await plugIn(world)
  await world.pass(10 * MINUTE)
  await stopTransaction(world, transaction, 6000)

  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 5, cdr_location: { evse_uid: 'NLPLGE101' } })
})

test('the time of a charger whose clock is wrong is not billed: neither years back nor years ahead', async () => {
  for (const wrong of ['1970-01-01T00:01:00Z', '2099-01-01T00:00:00Z']) {
    const world = await stage()
    await start(world.ptp)
    await world.pass(1000)
    const begun = world.now()
    const answer = await world.ac.say('StartTransaction', {
      connectorId: 1,
      idTag: tagOf(world),
      meterStart: 1000,
      timestamp: wrong,
    })
    const transactionId = Number(answer['transactionId'])
    await world.pass(30 * MINUTE)
    await world.ac.say('MeterValues', sample(transactionId, wrong, '3000'))
    await world.pass(30 * MINUTE)
    await world.ac.say('StopTransaction', { transactionId, meterStop: 6000, timestamp: wrong })
    await world.pass(MINUTE)

    const cdr = world.ptp.last('cdr')!
    expect(cdr).toMatchObject({ total_energy: 5, start_date_time: begun, total_time: 1 })
  }
})

test('one sample from the future does not hide those that follow', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  await world.ac.say('MeterValues', sample(transaction, '2099-01-01T00:00:00Z', '2000'))
  await world.pass(10 * MINUTE)
  await read(world, transaction, 4000)
  await world.pass(MINUTE)

  expect(world.ptp.last('patchSession')).toMatchObject({ kwh: 3 })
})

test('a reading no meter can show is passed over', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  for (const value of ['1e300', '-5000', '9007199254740993'])
    await world.ac.say('MeterValues', sample(transaction, world.now(), value))
  await world.pass(10 * MINUTE)
  await stopTransaction(world, transaction, 6000)

  expect(stopsOf(world)).toBe(0)
  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 5 })
})

test('a session at its limit is still stopped when the charger was away for longer than the tries', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await charge(world, transaction, { from: 1000, to: 99_000 })
  world.ac.answers = { RemoteStopTransaction: 'silent' }
  await world.pass(10 * MINUTE)
  await read(world, transaction, 102_000)
  world.ac.drop()
  await world.pass(30 * MINUTE)
  const before = stopsOf(world)
  await world.back()
  for (let minute = 0; minute < 3; minute++) {
    await read(world, transaction, 103_000 + minute * 300)
    await world.pass(MINUTE)
  }

  expect(stopsOf(world)).toBeGreaterThan(before)
})

test('a charger that comes back after its session was ended for silence is told to stop', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  await read(world, transaction, 6000)
  world.ac.drop()
  await world.pass(7 * HOUR)
  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 5 })
  await world.back()

  await read(world, transaction, 40_000)
  await world.pass(MINUTE)

  expect(stopsOf(world)).toBe(1)
  expect(world.ptp.heard().filter((what) => what === 'cdr')).toHaveLength(1)
})

test('silence while this platform was down is not the silence of the charger', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  await world.cpo.stop()
  await world.clock.advanceBy(8 * HOUR)
  const next = world.again()
  await next.start()
  await world.back(next)
  await world.passWith(next, MINUTE)
  await world.ac.say('StopTransaction', { transactionId: transaction, meterStop: 31_000, timestamp: world.now() })
  await world.passWith(next, MINUTE)

  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 30 })
})

test('a charger is found however it spells its name', async () => {
  const world = await stage()
  world.ac.drop()
  await world.plug('plg-ac-1')
  await world.pass(10_000)

  expect((await start(world.ptp)).data).toMatchObject({ result: 'ACCEPTED' })
  await world.pass(1000)
  expect(world.ptp.heard()).toContain('result ACCEPTED')
})

test.each(['Available', 'Preparing'])(
  'a connector that is %s again ends a session whose transaction the charger has forgotten',
  async (status) => {
    const world = await stage()
    const transaction = await charging(world)
    await world.pass(10 * MINUTE)
    await read(world, transaction, 6000)
    await world.pass(1000)
    await world.ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status })
    await world.pass(5 * MINUTE)
    expect(world.ptp.last('cdr')).toBeUndefined()
    await world.pass(20 * MINUTE)

    expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 5, total_time: 0.1666 })
  },
)

test('a status that comes before the StopTransaction of an outage ends nothing', async () => {
  const world = await stage()
  const transaction = await charging(world)
  await world.pass(10 * MINUTE)
  await read(world, transaction, 6000)
  world.ac.drop()
  await world.pass(HOUR)
  await world.back()
  await world.ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
  await world.pass(MINUTE)
  await stopTransaction(world, transaction, 16_000)
  await world.pass(HOUR)

  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 15 })
  expect(world.ptp.heard().filter((what) => what === 'cdr')).toHaveLength(1)
  expect(world.faults).toEqual([])
})

test('a charger that is slow to say Charging goes on', async () => {
  const world = await stage()
  const transaction = await charging(world)
  for (const status of ['Preparing', 'Charging'])
    await world.ac.say('StatusNotification', { connectorId: 1, errorCode: 'NoError', status })
  await world.pass(HOUR)
  expect(world.ptp.last('cdr')).toBeUndefined()
  await stopTransaction(world, transaction, 16_000)

  expect(world.ptp.last('cdr')).toMatchObject({ total_energy: 15 })
})
