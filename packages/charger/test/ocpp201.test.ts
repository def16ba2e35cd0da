import { expect, test } from 'vitest'
import { behaviours } from '../src/behaviour.ts'
import { usualPlan } from '../src/car.ts'
import type { Payload } from '../src/link.ts'
import { type RigOptions, started } from './rig.ts'

const second = 1_000
const minute = 60 * second
const token = { idToken: 'AD0C0001', type: 'Central' }
const start = { evseId: 1, remoteStartId: 77, idToken: token }
const stay = { ...usualPlan, unplugAfterStopMs: 'never' } as const
const station = (options: RigOptions = {}) => started({ protocol: 'ocpp2.0.1', ...options })

interface Event {
  readonly eventType: string
  readonly triggerReason: string
  readonly seqNo: number
  readonly transactionInfo: {
    readonly transactionId: string
    readonly chargingState: string
    readonly stoppedReason?: string
    readonly remoteStartId?: number
  }
  readonly idToken?: Payload
  readonly offline?: boolean
  readonly meterValue?: readonly { readonly timestamp: string; readonly sampledValue: readonly Payload[] }[]
}

const eventsOf = (said: readonly { readonly action: string; readonly payload: Payload }[]) =>
  said.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => payload as unknown as Event)

/** Started RemoteStart Charging, and so on. */
const storyOf = (events: readonly Event[]) =>
  events
    .filter(({ triggerReason }) => triggerReason !== 'MeterValuePeriodic')
    .map(({ eventType, triggerReason, transactionInfo: { chargingState, stoppedReason } }) =>
      [eventType, triggerReason, chargingState, stoppedReason].filter((word) => word !== undefined).join(' '),
    )

test('a station boots in 2.0.1, tells every EVSE and sends heartbeats', async () => {
  const { said, of, clock } = await station()
  expect(said.map(({ action }) => action)).toEqual(['BootNotification', 'StatusNotification', 'StatusNotification'])
  expect(of('BootNotification')[0]?.payload).toMatchObject({
    reason: 'PowerUp',
    chargingStation: { vendorName: 'Plugtill', serialNumber: 'CP1' },
  })
  expect(of('StatusNotification').map(({ payload }) => [payload['evseId'], payload['connectorStatus']])).toEqual([
    [1, 'Available'],
    [2, 'Available'],
  ])
  await clock.advance(601 * second)
  expect(of('Heartbeat')).toHaveLength(2)
})

test('a remotely started transaction begins with energy, names its start, meters and stops from remote', async () => {
  const { ask, clock, said, of } = await station()
  const asked = ask('RequestStartTransaction', start)
  await clock.advance(5 * minute)
  expect(await asked).toEqual({ status: 'Accepted' })
  const [first] = eventsOf(said)
  expect(first?.transactionInfo.remoteStartId).toBe(77)
  expect(first?.idToken).toEqual(token)
  const id = String(first?.transactionInfo.transactionId)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)

  const stopped = ask('RequestStopTransaction', { transactionId: id })
  await clock.advance(minute)
  expect(await stopped).toEqual({ status: 'Accepted' })
  const events = eventsOf(said)
  expect(storyOf(events)).toEqual(['Started RemoteStart Charging', 'Ended RemoteStop EVConnected Remote'])
  expect(events.map(({ seqNo }) => seqNo)).toEqual(events.map((_, index) => index))
  expect(new Set(events.map(({ transactionInfo }) => transactionInfo.transactionId)).size).toBe(1)
  const registers = events.flatMap(({ meterValue = [] }) =>
    meterValue.flatMap(({ sampledValue }) =>
      sampledValue.filter(({ measurand }) => measurand === 'Energy.Active.Import.Register').map(({ value }) => value),
    ),
  )
  expect(registers.length).toBeGreaterThan(10)
  expect(registers).toEqual([...registers].sort((a, b) => Number(a) - Number(b)))
  expect(
    of('StatusNotification')
      .slice(2)
      .map(({ payload }) => payload['connectorStatus']),
  ).toEqual(['Occupied', 'Available'])
})

test.each([
  [
    'Authorized',
    'Authorized',
    [
      'Started RemoteStart Idle',
      'Updated CablePluggedIn EVConnected',
      'Updated ChargingStateChanged Charging',
      'Ended RemoteStop EVConnected Remote',
    ],
  ],
  [
    'EVConnected',
    'EVConnected',
    [
      'Started CablePluggedIn EVConnected',
      'Updated ChargingStateChanged Charging',
      'Updated RemoteStop EVConnected',
      'Ended EVCommunicationLost Idle Remote',
    ],
  ],
])('with TxStartPoint %s and TxStopPoint %s a transaction is as long as they say', async (from, to, story) => {
  const { ask, clock, said, station: device } = await station({ behaviour: { plan: stay } })
  const set = (variable: string, attributeValue: string) =>
    ask('SetVariables', {
      setVariableData: [{ component: { name: 'TxCtrlr' }, variable: { name: variable }, attributeValue }],
    })
  void set('TxStartPoint', from)
  void set('TxStopPoint', to)
  await clock.advance(second)
  void ask('RequestStartTransaction', start)
  await clock.advance(minute)
  void ask('RequestStopTransaction', { transactionId: eventsOf(said)[0]?.transactionInfo.transactionId })
  await clock.advance(second)
  device.unplug(1)
  await clock.advance(second)
  expect(storyOf(eventsOf(said))).toEqual(story)
})

test('without a car a transaction that began with the authorisation times out', async () => {
  const { ask, clock, said } = await station({
    behaviour: behaviours['car-never-comes'],
    configuration: { TxStartPoint: 'Authorized' },
  })
  void ask('RequestStartTransaction', start)
  await clock.advance(3 * minute)
  expect(storyOf(eventsOf(said))).toEqual(['Started RemoteStart Idle', 'Ended EVConnectTimeout Idle Timeout'])
})

test('a token that is not accepted ends its transaction as DeAuthorized', async () => {
  const { ask, clock, said } = await station({
    answers: { TransactionEvent: ({ idToken }) => (idToken ? { idTokenInfo: { status: 'Blocked' } } : {}) },
  })
  void ask('RequestStartTransaction', start)
  await clock.advance(minute)
  expect(storyOf(eventsOf(said))).toEqual([
    'Started RemoteStart Charging',
    'Ended Deauthorized EVConnected DeAuthorized',
  ])
})

test('what happened offline is told in order afterwards and says so', async () => {
  const { ask, clock, said, memory, network, station: device } = await station()
  void ask('RequestStartTransaction', start)
  await clock.advance(minute)
  network.up = false
  memory.cut()
  await clock.advance(5 * minute)
  device.stopCharging(1)
  network.up = true
  await clock.advance(3 * minute)
  const events = eventsOf(said)
  expect(events.map(({ seqNo }) => seqNo)).toEqual(events.map((_, index) => index))
  expect(events.at(-1)).toMatchObject({ eventType: 'Ended', triggerReason: 'StopAuthorized', offline: true })
})

test('a ground fault ends the transaction with its reason and shows as Faulted', async () => {
  const { ask, clock, said, of } = await station({ behaviour: behaviours['faults-mid-charge'] })
  void ask('RequestStartTransaction', start)
  await clock.advance(minute)
  expect(storyOf(eventsOf(said)).at(-1)).toBe('Ended AbnormalCondition EVConnected GroundFault')
  expect(of('StatusNotification').at(-1)?.payload['connectorStatus']).toBe('Faulted')
})

test('a plug is not unlocked while its driver charges', async () => {
  const { ask, clock } = await station()
  void ask('RequestStartTransaction', start)
  await clock.advance(minute)
  const answers = Promise.all([
    ask('UnlockConnector', { evseId: 1, connectorId: 1 }),
    ask('UnlockConnector', { evseId: 2, connectorId: 1 }),
    ask('UnlockConnector', { evseId: 9, connectorId: 1 }),
  ])
  await clock.advance(second)
  expect(await answers).toEqual([
    { status: 'OngoingAuthorizedTransaction' },
    { status: 'Unlocked' },
    { status: 'UnknownConnector' },
  ])
})

test('a reset waits for the last transaction when it may, and boots as RemoteReset', async () => {
  const { ask, clock, of, station: device } = await station()
  void ask('RequestStartTransaction', start)
  await clock.advance(minute)
  const asked = ask('Reset', { type: 'OnIdle' })
  await clock.advance(minute)
  expect(await asked).toEqual({ status: 'Scheduled' })
  expect(of('BootNotification')).toHaveLength(1)
  device.stopCharging(1)
  await clock.advance(minute)
  expect(of('BootNotification').map(({ payload }) => payload['reason'])).toEqual(['PowerUp', 'RemoteReset'])
})

test('variables are read, set and refused by what they are', async () => {
  const { ask, clock } = await station()
  const asked = ask('GetVariables', {
    getVariableData: [
      { component: { name: 'TxCtrlr' }, variable: { name: 'EVConnectionTimeOut' } },
      { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'MessageAttempts', instance: 'TransactionEvent' } },
      { component: { name: 'EVSE', evse: { id: 2 } }, variable: { name: 'Power' } },
      { component: { name: 'TxCtrlr' }, variable: { name: 'Colour' } },
      { component: { name: 'Kettle' }, variable: { name: 'Temperature' } },
      { component: { name: 'TxCtrlr' }, variable: { name: 'TxStartPoint' }, attributeType: 'MaxSet' },
    ],
  })
  const set = ask('SetVariables', {
    setVariableData: [
      { component: { name: 'TxCtrlr' }, variable: { name: 'TxStartPoint' }, attributeValue: 'Midnight' },
      { component: { name: 'ChargingStation' }, variable: { name: 'Model' }, attributeValue: 'Other' },
      { component: { name: 'TxCtrlr' }, variable: { name: 'TxStopPoint' }, attributeValue: 'PowerPathClosed' },
    ],
  })
  await clock.advance(second)
  const { getVariableResult: got } = (await asked) as { readonly getVariableResult: readonly Payload[] }
  expect(got.map((one) => one['attributeValue'] ?? one['attributeStatus'])).toEqual([
    '120',
    '3',
    '150000',
    'UnknownVariable',
    'UnknownComponent',
    'NotSupportedAttributeType',
  ])
  const { setVariableResult: done } = (await set) as { readonly setVariableResult: readonly Payload[] }
  expect(done.map((one) => one['attributeStatus'])).toEqual(['Rejected', 'Rejected', 'Accepted'])
})

test('a base report comes in pages, and the last one says so', async () => {
  const { ask, clock, of } = await station()
  const asked = ask('GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })
  await clock.advance(second)
  expect(await asked).toEqual({ status: 'Accepted' })
  const pages = of('NotifyReport').map(({ payload }) => [payload['requestId'], payload['seqNo'], payload['tbc']])
  expect(pages.length).toBeGreaterThan(1)
  expect(pages.at(0)).toEqual([5, 0, true])
  expect(pages.at(-1)).toEqual([5, pages.length - 1, false])
})

test('a reservation keeps others out, lets its own token in and is told when it is over', async () => {
  const { ask, clock, of } = await station()
  const until = (ms: number) => new Date(Date.parse('2026-03-01T12:00:00Z') + ms).toISOString()
  const answers = Promise.all([
    ask('ReserveNow', { id: 4, evseId: 1, idToken: token, expiryDateTime: until(10 * minute) }),
    ask('RequestStartTransaction', { ...start, idToken: { idToken: 'OTHER', type: 'Central' } }),
    ask('ReserveNow', { id: 5, evseId: 2, idToken: token, expiryDateTime: until(minute) }),
  ])
  await clock.advance(second)
  expect(await answers).toEqual([{ status: 'Accepted' }, { status: 'Rejected' }, { status: 'Accepted' }])
  await clock.advance(2 * minute)
  expect(of('ReservationStatusUpdate')[0]?.payload).toEqual({ reservationId: 5, reservationUpdateStatus: 'Expired' })
  const asked = ask('RequestStartTransaction', start)
  await clock.advance(minute)
  expect(await asked).toEqual({ status: 'Accepted' })
  expect(of('TransactionEvent')[0]?.payload['reservationId']).toBe(4)
})

test('an action the station does not know is NotImplemented', async () => {
  const { ask, clock } = await station()
  const asked = expect(ask('ClearDisplayMessage', { id: 1 })).rejects.toMatchObject({ code: 'NotImplemented' })
  await clock.advance(second)
  await asked
})
