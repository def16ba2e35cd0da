import { expect, test } from 'vitest'
import { behaviours } from '../src/behaviour.ts'
import { cars, usualPlan } from '../src/car.ts'
import type { Payload } from '../src/link.ts'
import { started } from './rig.ts'

const second = 1_000
const minute = 60 * second
const start = { connectorId: 1, idTag: 'AD0C0001' }

function energies(meterValues: readonly { readonly payload: Payload }[]): readonly number[] {
  return meterValues.map(({ payload }) => {
    const [value] = payload['meterValue'] as readonly {
      sampledValue: readonly { measurand: string; value: string }[]
    }[]
    return Number(value?.sampledValue.find(({ measurand }) => measurand === 'Energy.Active.Import.Register')?.value)
  })
}

test('a station boots, tells every connector and sends heartbeats at the interval it was given', async () => {
  const { said, of, clock } = await started()
  expect(said.map(({ action }) => action)).toEqual([
    'BootNotification',
    'StatusNotification',
    'StatusNotification',
    'StatusNotification',
  ])
  await clock.advance(601 * second)
  expect(of('Heartbeat')).toHaveLength(2)
})

test('Pending and Rejected are asked again after the interval, and nothing else is said before', async () => {
  const verdicts = ['Pending', 'Rejected', 'Accepted']
  const { said, clock } = await started({
    answers: {
      BootNotification: () => ({
        status: verdicts.shift() ?? 'Accepted',
        currentTime: '2026-03-01T12:00:00Z',
        interval: 10,
      }),
    },
  })
  await clock.advance(15 * second)
  expect(said.map(({ action }) => action)).toEqual(['BootNotification', 'BootNotification'])
  await clock.advance(6 * second)
  expect(said.slice(2, 4).map(({ action }) => action)).toEqual(['BootNotification', 'StatusNotification'])
})

test('a remote start is refused until the boot was accepted', async () => {
  const { ask, clock } = await started({
    answers: { BootNotification: () => ({ status: 'Pending', currentTime: '2026-03-01T12:00:00Z', interval: 60 }) },
  })
  const asked = ask('RemoteStartTransaction', start)
  await clock.advance(second)
  expect(await asked).toEqual({ status: 'Rejected' })
})

test('a remote start waits for the car, meters what it takes and stops from remote', async () => {
  const { ask, clock, of, said, statuses } = await started()
  const asked = ask('RemoteStartTransaction', start)
  await clock.advance(10 * minute)
  expect(await asked).toEqual({ status: 'Accepted' })
  const stopped = ask('RemoteStopTransaction', { transactionId: 1 })
  await clock.advance(minute)
  expect(await stopped).toEqual({ status: 'Accepted' })

  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Charging', 'Finishing', 'Available'])
  const order = said.map(({ action, payload }) => payload['status'] ?? action).filter((word) => word !== 'MeterValues')
  expect(order.slice(4, 9)).toEqual(['Preparing', 'StartTransaction', 'Charging', 'Heartbeat', 'Heartbeat'])
  expect(of('StartTransaction')[0]?.payload).toMatchObject({ ...start, meterStart: 1_000 })
  expect(energies(of('MeterValues'))).toEqual([...energies(of('MeterValues'))].sort((a, b) => a - b))
  const { meterStop, reason } = of('StopTransaction')[0]!.payload
  expect(reason).toBe('Remote')
  expect(meterStop).toBeGreaterThan(2_700)
  expect(meterStop).toBeLessThan(2_850)
})

test('without a car the connector is given back after ConnectionTimeOut, and no transaction was made', async () => {
  const { ask, clock, of, statuses } = await started({ behaviour: behaviours['car-never-comes'] })
  void ask('RemoteStartTransaction', start)
  await clock.advance(119 * second)
  expect(statuses(1)).toEqual(['Available', 'Preparing'])
  await clock.advance(2 * second)
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Available'])
  expect(of('StartTransaction')).toHaveLength(0)
})

test('a car that comes too late finds nothing and makes room', async () => {
  const { ask, clock, of, statuses } = await started({ behaviour: { plan: { ...usualPlan, after: 3 * minute } } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Available', 'Preparing', 'Available'])
  expect(of('StartTransaction')).toHaveLength(0)
})

test('a driver may plug in first and pay then', async () => {
  const { ask, clock, statuses, station } = await started()
  station.plugIn(1)
  await clock.advance(second)
  expect(statuses(1)).toEqual(['Available', 'Preparing'])
  void ask('RemoteStartTransaction', start)
  await clock.advance(second)
  expect(statuses(1).at(-1)).toBe('Charging')
})

test('a second remote start on a claimed connector is refused', async () => {
  const { ask, clock } = await started()
  void ask('RemoteStartTransaction', start)
  const second_ = ask('RemoteStartTransaction', { ...start, idTag: 'AD0C0002' })
  await clock.advance(second)
  expect(await second_).toEqual({ status: 'Rejected' })
})

test('a remotely started tag is asked about first when AuthorizeRemoteTxRequests is set', async () => {
  const { ask, clock, of, statuses } = await started({
    configuration: { AuthorizeRemoteTxRequests: 'true' },
    answers: { Authorize: () => ({ idTagInfo: { status: 'Blocked' } }) },
  })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  expect(of('Authorize')).toHaveLength(1)
  expect(of('StartTransaction')).toHaveLength(0)
  expect(statuses(1)).toEqual(['Available'])
})

test('a tag the central system does not accept ends its transaction as DeAuthorized', async () => {
  const { ask, clock, of } = await started({
    answers: { StartTransaction: () => ({ transactionId: 7, idTagInfo: { status: 'Invalid' } }) },
  })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 7, reason: 'DeAuthorized' })
})

test('a full car is SuspendedEV, waits and unplugs', async () => {
  const nearlyFull = { ...cars.family, soc: 99 }
  const { ask, clock, of, statuses } = await started({ behaviour: { car: nearlyFull } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(20 * minute)
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Charging', 'SuspendedEV', 'Available'])
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ reason: 'EVDisconnected', meterStop: 1_666 })
})

test('a car that arrives full leaves as well', async () => {
  const { ask, clock, statuses } = await started({ behaviour: { car: { ...cars.family, soc: 100 } } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'SuspendedEV', 'Available'])
})

test('speed multiplies energy, leaves timestamps alone and makes power agree with both', async () => {
  const { ask, clock, of } = await started({
    speed: 60,
    behaviour: { plan: { ...usualPlan, leaveAfterMs: 30 * minute } },
  })
  void ask('RemoteStartTransaction', start)
  await clock.advance(2 * minute)
  const [opened, stopped] = [of('StartTransaction')[0]!, of('StopTransaction')[0]!]
  expect(Date.parse(String(stopped.payload['timestamp'])) - Date.parse(String(opened.payload['timestamp']))).toBe(
    30 * second,
  )
  expect(stopped.payload['meterStop']).toBeGreaterThan(6_400)
  expect(stopped.payload['meterStop']).toBeLessThan(6_520)
  expect(of('MeterValues').length).toBeGreaterThan(25)
  expect(JSON.stringify(of('MeterValues')[5]?.payload)).toContain('"value":"662400"')
})

test.each([
  ['rejects-start', 'Rejected'],
  ['usual', 'Accepted'],
] as const)('behaviour %s answers a remote start with %s', async (name, status) => {
  const { ask, clock } = await started({ behaviour: behaviours[name] })
  const asked = ask('RemoteStartTransaction', start)
  await clock.advance(second)
  expect(await asked).toEqual({ status })
})

test('a silent station gives no answer at all', async () => {
  const { ask, clock } = await started({ behaviour: behaviours['silent-on-start'] })
  const asked = expect(ask('RemoteStartTransaction', start)).rejects.toMatchObject({ kind: 'timeout' })
  await clock.advance(minute)
  await asked
})

test('a fault in mid-charge ends the transaction and stays until it is cleared', async () => {
  const { ask, clock, of, statuses, station } = await started({ behaviour: behaviours['faults-mid-charge'] })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  expect(of('StopTransaction')[0]?.payload['reason']).toBe('Other')
  expect(of('StatusNotification').at(-1)?.payload).toMatchObject({ status: 'Faulted', errorCode: 'GroundFailure' })
  station.clearFault(1)
  await clock.advance(second)
  expect(statuses(1).at(-1)).toBe('Available')
})

test('a station that refuses a remote stop goes on charging', async () => {
  const { ask, clock, of } = await started({ behaviour: behaviours['rejects-stop'] })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  const asked = ask('RemoteStopTransaction', { transactionId: 1 })
  await clock.advance(minute)
  expect(await asked).toEqual({ status: 'Rejected' })
  expect(of('StopTransaction')).toHaveLength(0)
})

test('unlocking ends the transaction', async () => {
  const { ask, clock, of } = await started()
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  const asked = ask('UnlockConnector', { connectorId: 1 })
  await clock.advance(second)
  expect(await asked).toEqual({ status: 'Unlocked' })
  expect(of('StopTransaction')[0]?.payload['reason']).toBe('UnlockCommand')
})

test('a connector in use becomes unavailable when its transaction ends', async () => {
  const { ask, clock, statuses, station } = await started()
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  const asked = ask('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })
  await clock.advance(second)
  expect(await asked).toEqual({ status: 'Scheduled' })
  station.stopCharging(1)
  await clock.advance(second)
  expect(statuses(1).at(-1)).toBe('Unavailable')
})

test('a reset ends what runs, boots again and still delivers the end', async () => {
  const { ask, clock, of } = await started()
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  void ask('Reset', { type: 'Hard' })
  await clock.advance(10 * second)
  expect(of('BootNotification')).toHaveLength(2)
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ reason: 'HardReset', transactionId: 1 })
})

test('configuration is read, changed and refused by the rules of its keys', async () => {
  const { ask, clock } = await started()
  const answers = Promise.all([
    ask('ChangeConfiguration', { key: 'ConnectionTimeOut', value: '30' }),
    ask('ChangeConfiguration', { key: 'ConnectionTimeOut', value: 'soon' }),
    ask('ChangeConfiguration', { key: 'NumberOfConnectors', value: '9' }),
    ask('ChangeConfiguration', { key: 'Colour', value: 'red' }),
    ask('GetConfiguration', { key: ['ConnectionTimeOut', 'Colour'] }),
  ])
  await clock.advance(second)
  expect(await answers).toEqual([
    { status: 'Accepted' },
    { status: 'Rejected' },
    { status: 'Rejected' },
    { status: 'NotSupported' },
    { configurationKey: [{ key: 'ConnectionTimeOut', readonly: false, value: '30' }], unknownKey: ['Colour'] },
  ])
})

test('StopTxnSampledData puts the first and last reading into StopTransaction', async () => {
  const { ask, clock, of, station } = await started({
    configuration: { StopTxnSampledData: 'Energy.Active.Import.Register' },
  })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  station.stopCharging(1)
  await clock.advance(second)
  expect(of('StopTransaction')[0]?.payload['transactionData']).toHaveLength(2)
})

test('triggered messages follow their answer', async () => {
  const { ask, clock, of } = await started()
  const asked = ask('TriggerMessage', { requestedMessage: 'StatusNotification', connectorId: 2 })
  await clock.advance(second)
  expect(await asked).toEqual({ status: 'Accepted' })
  expect(of('StatusNotification').at(-1)?.payload['connectorId']).toBe(2)
})

test('a stopped station leaves no timer behind that does anything', async () => {
  const { ask, clock, said, station } = await started()
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  await station.stop()
  const before = said.length
  await clock.advance(60 * minute)
  expect(said).toHaveLength(before)
  expect(station.state().connected).toBe(false)
})
