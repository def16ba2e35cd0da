/** What people do at the station: cards, plugs, locks; and how the station may be set to misbehave. */
import { expect, test } from 'vitest'
import { usualPlan } from '../src/car.ts'
import { started } from './rig.ts'

const second = 1_000
const minute = 60 * second
const start = { connectorId: 1, idTag: 'AD0C0001' }
const card = { idTag: '04A2B3C4' }

test('a card begins a transaction when the central system lets it, and the same card ends it', async () => {
  const { clock, of, statuses, station } = await started()
  station.presentCard(1, card)
  await clock.advance(second)
  expect(of('Authorize')[0]?.payload).toEqual(card)
  station.plugIn(1)
  await clock.advance(minute)
  expect(of('StartTransaction')[0]?.payload).toMatchObject({ connectorId: 1, ...card })
  station.presentCard(1, card)
  await clock.advance(second)
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ reason: 'Local', ...card })
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Charging', 'Finishing'])
})

test('a card that is not accepted begins nothing', async () => {
  const { clock, of, station } = await started({ answers: { Authorize: () => ({ idTagInfo: { status: 'Blocked' } }) } })
  station.plugIn(1)
  station.presentCard(1, card)
  await clock.advance(minute)
  expect(of('StartTransaction')).toHaveLength(0)
  expect(station.state().connectors[0]?.status).toBe('Preparing')
})

test('another card is told that the connector is in use', async () => {
  const { clock, station } = await started()
  station.plugIn(1)
  station.presentCard(1, card)
  await clock.advance(second)
  expect(() => station.presentCard(1, { idTag: 'OTHER' })).toThrow(
    'Connector 1 takes no card now: it is Charging. End that first.',
  )
})

test('a listed card charges offline when the settings say so, an unknown one does not', async () => {
  const { ask, clock, station, memory, network } = await started({
    configuration: { LocalAuthorizeOffline: 'true' },
  })
  const listed = { idTag: card.idTag, idTagInfo: { status: 'Accepted' } }
  const sent = ask('SendLocalList', { listVersion: 3, updateType: 'Full', localAuthorizationList: [listed] })
  const version = ask('GetLocalListVersion', {})
  await clock.advance(second)
  expect(await sent).toEqual({ status: 'Accepted' })
  expect(await version).toEqual({ listVersion: 3 })
  network.up = false
  memory.cut()
  for (const connectorId of [1, 2]) station.plugIn(connectorId)
  station.presentCard(1, card)
  station.presentCard(2, { idTag: 'STRANGER' })
  await clock.advance(second)
  expect(station.state().connectors.map(({ status }) => status)).toEqual(['Charging', 'Preparing'])
})

test('a reservation of 1.6 lets only its tag in and can be taken back', async () => {
  const { ask, clock, statuses, of } = await started()
  const expiryDate = '2026-03-01T13:00:00Z'
  const answers = Promise.all([
    ask('ReserveNow', { connectorId: 1, expiryDate, idTag: 'MINE', reservationId: 9 }),
    ask('RemoteStartTransaction', start),
    ask('RemoteStartTransaction', { connectorId: 1, idTag: 'MINE' }),
    ask('ReserveNow', { connectorId: 2, expiryDate, idTag: 'MINE', reservationId: 10 }),
    ask('CancelReservation', { reservationId: 10 }),
    ask('CancelReservation', { reservationId: 11 }),
  ])
  await clock.advance(minute)
  expect((await answers).map(({ status }) => status)).toEqual([
    'Accepted',
    'Rejected',
    'Accepted',
    'Accepted',
    'Accepted',
    'Rejected',
  ])
  expect(statuses(1)).toContain('Reserved')
  expect(of('StartTransaction')[0]?.payload).toMatchObject({ reservationId: 9, idTag: 'MINE' })
})

test('a jammed lock keeps the plug: unlocking fails and nobody can pull it until it is freed', async () => {
  const { ask, clock, station } = await started({ behaviour: { plan: { ...usualPlan, unplugAfterStopMs: second } } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  station.jamLock(1, true)
  const unlock = ask('UnlockConnector', { connectorId: 1 })
  await clock.advance(second)
  expect(await unlock).toEqual({ status: 'UnlockFailed' })
  station.stopCharging(1)
  await clock.advance(minute)
  expect(station.state().connectors[0]).toMatchObject({ status: 'Finishing', locked: true, jammed: true })
  expect(() => station.unplug(1)).toThrow('jammed')
  station.jamLock(1, false)
  expect(station.state().connectors[0]).toMatchObject({ status: 'Available', locked: false, jammed: false })
})

test('a slow station answers late, and one that is silent on an action never does', async () => {
  const { ask, clock } = await started({ behaviour: { answerAfterMs: 5_000, silentOn: ['ClearCache'] } })
  let answered = 0
  const slow = ask('GetConfiguration', {}).then(() => {
    answered = clock.now()
  })
  const began = clock.now()
  await clock.advance(10 * second)
  await slow
  expect(answered - began).toBe(5_000)
  const silent = expect(ask('ClearCache', {})).rejects.toMatchObject({ kind: 'timeout' })
  await clock.advance(minute)
  await silent
})

test('with wrong transaction ids samples and the end name a transaction nobody began', async () => {
  const { ask, clock, of, station } = await started({ behaviour: { transactionIds: 'wrong' } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  station.stopCharging(1)
  await clock.advance(second)
  expect(of('MeterValues')[0]?.payload['transactionId']).toBe(1_000_001)
  expect(of('StopTransaction')[0]?.payload['transactionId']).toBe(1_000_001)
})

test('a clock that is ahead shows in every timestamp', async () => {
  const { ask, clock, of } = await started({ behaviour: { clockSkewMs: 3_600_000 } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  expect(String(of('StartTransaction')[0]?.payload['timestamp'])).toMatch(/^2026-03-01T13:00:0/)
  expect(String(of('StatusNotification').at(-1)?.payload['timestamp'])).toMatch(/^2026-03-01T13:/)
})

test('late samples arrive after the end of their transaction, with the time they were taken', async () => {
  const { ask, clock, of, said, station } = await started({ behaviour: { meterValuesLateMs: 5 * minute } })
  void ask('RemoteStartTransaction', start)
  await clock.advance(2 * minute)
  station.stopCharging(1)
  await clock.advance(10 * minute)
  const late = of('MeterValues')
  expect(late.length).toBeGreaterThan(2)
  const order = said.map(({ action }) => action)
  expect(order.indexOf('StopTransaction')).toBeLessThan(order.indexOf('MeterValues'))
  const [value] = late[0]!.payload['meterValue'] as readonly { readonly timestamp: string }[]
  expect(value?.timestamp).toBe('2026-03-01T12:00:34.000Z')
})

test('clock-aligned readings come at round times, in a transaction and without', async () => {
  const { clock, said, of } = await started({
    configuration: { ClockAlignedDataInterval: '300', MeterValuesAlignedData: 'Energy.Active.Import.Register' },
  })
  await clock.advance(5 * minute)
  expect(of('MeterValues')).toHaveLength(2)
  expect(said.find(({ action }) => action === 'MeterValues')?.payload).toMatchObject({
    connectorId: 1,
    meterValue: [{ timestamp: '2026-03-01T12:05:00.000Z', sampledValue: [{ context: 'Sample.Clock' }] }],
  })
})

test('a meter that is shifted jumps, and one that is shifted down runs backwards', async () => {
  const { ask, clock, of, station } = await started()
  void ask('RemoteStartTransaction', start)
  await clock.advance(minute)
  station.shiftMeter(1, -900)
  station.stopCharging(1)
  await clock.advance(second)
  expect(Number(of('StopTransaction')[0]?.payload['meterStop'])).toBeLessThan(1_000)
})

test('a measurand the meter does not have is refused as a setting', async () => {
  const { ask, clock } = await started()
  const asked = ask('ChangeConfiguration', {
    key: 'MeterValuesSampledData',
    value: 'Energy.Active.Import.Register,Mood',
  })
  await clock.advance(second)
  expect(await asked).toEqual({ status: 'Rejected' })
})
