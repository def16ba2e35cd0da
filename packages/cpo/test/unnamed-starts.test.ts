/** Stations of OCPP 2.0.1 that begin without a token, before and after a restart of the CPO; and what such a station tells of itself. */
import { expect, test } from 'vitest'
import { fakeCharger } from './fake-charger.ts'
import { stage, start } from './stage.ts'

type Events = 'Started' | 'Updated' | 'Ended'

async function station(options: Parameters<typeof stage>[0] = {}) {
  const world = await stage(options)
  const charger = fakeCharger('PLG-AC-1')
  const connect = (cpo = world.cpo) => cpo.chargers.accept({ ...charger.link, protocol: 'ocpp2.0.1' })
  connect()
  const status = () =>
    charger.say('StatusNotification', {
      ...{ evseId: 1, connectorId: 1, connectorStatus: 'Available', timestamp: world.now() },
    })
  await status()
  await world.settle()
  const tell = (eventType: Events, more: object, info: object = {}) =>
    charger.say('TransactionEvent', {
      ...{ eventType, timestamp: world.now(), triggerReason: 'MeterValuePeriodic', seqNo: 1, evse: { id: 1 } },
      transactionInfo: { transactionId: 'tx-1', ...info },
      ...more,
    })
  const meter = (wh: number) => ({ meterValue: [{ timestamp: world.now(), sampledValue: [{ value: wh }] }] })
  const commanded = async () => {
    expect((await start(world.ptp)).data.result).toBe('ACCEPTED')
    await world.pass(1000)
    return charger.got.findLast(({ action }) => action === 'RequestStartTransaction')!.payload
  }
  return { ...world, charger, connect, status, tell, meter, commanded }
}

/** What a station says of a start beside its own name for the transaction; the session begins in every case. */
test.each<[string, object, (remoteStartId: unknown) => object]>([
  ['the number of the command', { triggerReason: 'RemoteStart' }, (remoteStartId) => ({ remoteStartId })],
  ['only that it was started from afar', { triggerReason: 'RemoteStart' }, () => ({})],
  ['only that energy flows', { triggerReason: 'ChargingStateChanged' }, () => ({ chargingState: 'Charging' })],
])(
  'a start that says %s is that of the session which waits at its EVSE, also after a restart',
  async (_, event, info) => {
    for (const restarts of [false, true]) {
      const world = await station()
      const { remoteStartId } = await world.commanded()
      let cpo = world.cpo
      if (restarts) {
        await world.cpo.stop()
        cpo = world.again()
        await cpo.start()
        world.connect(cpo)
      }
      expect(await world.tell('Started', { ...event, ...world.meter(5000) }, info(remoteStartId))).toEqual({})
      await world.passWith(cpo, 10 * 60_000)
      await world.tell('Updated', world.meter(7000), { chargingState: 'Charging' })
      await world.tell('Ended', world.meter(7000))
      await world.passWith(cpo, 1000)
      expect(world.ptp.told.filter(({ what }) => what === 'cdr').map(({ body }) => body['total_energy'])).toEqual([2])
      expect(world.faults).toEqual([])
      await cpo.stop()
    }
  },
)

test('energy that nobody has paid for is nobody’s session, and does not become the next driver’s', async () => {
  const world = await station()
  await world.tell('Started', world.meter(5000), { chargingState: 'Charging' })
  await world.pass(10 * 60_000)
  await world.tell('Ended', world.meter(8000))
  await world.pass(1000)
  expect(world.ptp.told.filter(({ what }) => what === 'cdr' || what === 'putSession')).toEqual([])
})

test('a start under the number of another command is not taken for the one that waits', async () => {
  const world = await station()
  const { remoteStartId } = await world.commanded()
  await world.tell('Started', { triggerReason: 'RemoteStart' }, { remoteStartId: Number(remoteStartId) + 1 })
  await world.pass(1000)
  expect(world.ptp.heard()).not.toContain('putSession ACTIVE')
})

const pageOf = (requestId: unknown, seqNo: number, more: { tbc: boolean; data: readonly object[] }) => ({
  ...{ requestId, seqNo, tbc: more.tbc, generatedAt: '2030-01-15T10:00:00Z', reportData: more.data },
})
const variable = (component: object, name: string, value: string, mutability = 'ReadWrite') => ({
  component,
  variable: { name },
  variableAttribute: [
    { type: 'Target', value: 'other' },
    { value, mutability },
  ],
})

test('all settings of a station come in pages, in whatever order, and are named so that each can be asked for again', async () => {
  const world = await station()
  const asking = world.admin('GET', '/chargers/PLG-AC-1/configuration')
  await world.settle()
  const { action, payload } = world.charger.got.at(-1)!
  expect([action, payload]).toEqual(['GetBaseReport', { requestId: expect.any(Number), reportBase: 'FullInventory' }])
  const { requestId } = payload
  const alien = pageOf(Number(requestId) + 1, 0, { tbc: false, data: [variable({ name: 'X' }, 'Y', 'z')] })
  expect(await world.charger.say('NotifyReport', alien)).toEqual({})
  const last = variable({ name: 'Connector', evse: { id: 1, connectorId: 2 } }, 'ConnectorType', 'sType2', 'ReadOnly')
  await world.charger.say('NotifyReport', pageOf(requestId, 1, { tbc: false, data: [last] }))
  const first = [
    variable({ name: 'SampledDataCtrlr' }, 'TxUpdatedInterval', '60'),
    variable({ name: 'EVSE', instance: 'left', evse: { id: 1 } }, 'Power', '22000', 'ReadOnly'),
  ]
  await world.charger.say('NotifyReport', pageOf(requestId, 0, { tbc: true, data: first }))
  expect((await asking).body).toEqual({
    outcome: 'accepted',
    unknown: [],
    settings: [
      { name: 'SampledDataCtrlr.TxUpdatedInterval', value: '60', readonly: false },
      { name: 'EVSE[left]@1.Power', value: '22000', readonly: true },
      { name: 'Connector@1:2.ConnectorType', value: 'sType2', readonly: true },
    ],
  })

  void world.admin('GET', '/chargers/PLG-AC-1/configuration?names=Connector@1:2.ConnectorType,EVSE[left]@1.Power')
  await world.settle()
  expect(world.charger.got.at(-1)!.payload).toEqual({
    getVariableData: [
      { component: { name: 'Connector', evse: { id: 1, connectorId: 2 } }, variable: { name: 'ConnectorType' } },
      { component: { name: 'EVSE', instance: 'left', evse: { id: 1 } }, variable: { name: 'Power' } },
    ],
  })
})

test('a station that stops telling its settings in the middle is waited for once', async () => {
  const world = await station()
  const asking = world.admin('GET', '/chargers/PLG-AC-1/configuration')
  await world.settle()
  const { requestId } = world.charger.got.at(-1)!.payload
  const data = [variable({ name: 'A' }, 'B', 'c')]
  await world.charger.say('NotifyReport', pageOf(requestId, 0, { tbc: true, data }))
  await world.pass(31_000)
  expect((await asking).body).toEqual({
    ...{ outcome: 'timeout', unknown: [] },
    settings: [{ name: 'A.B', value: 'c', readonly: false }],
  })
  world.charger.answers = { GetBaseReport: 'Rejected' }
  expect((await world.admin('GET', '/chargers/PLG-AC-1/configuration')).body).toMatchObject({ outcome: 'rejected' })
})
