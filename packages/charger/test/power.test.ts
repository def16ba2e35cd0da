import { expect, test } from 'vitest'
import { cars } from '../src/car.ts'
import type { Payload } from '../src/link.ts'
import { started } from './rig.ts'

const second = 1_000
const minute = 60 * second
const T0 = Date.parse('2026-03-01T12:00:00Z')
const at = (ms: number) => new Date(T0 + ms).toISOString()
const twoOutlets = [
  { connectorId: 1, kind: 'AC', maxPowerKw: 22, registerWh: 0 },
  { connectorId: 2, kind: 'AC', maxPowerKw: 22, registerWh: 0 },
] as const
const start = (connectorId: number) => ({ connectorId, idTag: `AD0C000${connectorId}` })
const limit = (amps: number, more: Payload = {}) => ({
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Absolute',
  chargingSchedule: {
    startSchedule: at(0),
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [{ startPeriod: 0, limit: amps }],
  },
  ...more,
})

test('two cars share what the station may draw, and who stays alone gets all of it', async () => {
  const { ask, clock, station } = await started({ connectors: twoOutlets, sharedPowerKw: 11 })
  const powers = () => station.state().connectors.map(({ powerW }) => powerW)
  void ask('RemoteStartTransaction', start(1))
  await clock.advance(minute)
  expect(powers()).toEqual([11_000, 0])
  void ask('RemoteStartTransaction', start(2))
  await clock.advance(2 * minute)
  expect(powers()).toEqual([5_500, 5_500])
  station.stopCharging(1)
  await clock.advance(minute)
  expect(powers()).toEqual([0, 11_000])
})

test('energy is what the shares allowed, minute by minute', async () => {
  const { ask, clock, of, station } = await started({ connectors: twoOutlets, sharedPowerKw: 11 })
  void ask('RemoteStartTransaction', start(1))
  void ask('RemoteStartTransaction', start(2))
  await clock.advance(61 * minute)
  station.stopCharging(1)
  station.stopCharging(2)
  await clock.advance(second)
  const drawn = of('StopTransaction').map(({ payload }) => Number(payload['meterStop']))
  expect(drawn[0]).toBeGreaterThan(5_450)
  expect((drawn[0] ?? 0) + (drawn[1] ?? 0)).toBeLessThan(11_200)
})

test('a charging profile limits a connector, and clearing it sets it free', async () => {
  const { ask, clock, station } = await started({ connectors: twoOutlets })
  const power = () => station.state().connectors[0]?.powerW
  void ask('RemoteStartTransaction', start(1))
  await clock.advance(minute)
  expect(power()).toBe(11_040)
  const set = ask('SetChargingProfile', { connectorId: 1, csChargingProfiles: limit(10) })
  await clock.advance(second)
  expect(await set).toEqual({ status: 'Accepted' })
  expect(power()).toBe(10 * 230 * 3)
  const cleared = ask('ClearChargingProfile', { id: 1 })
  await clock.advance(second)
  expect(await cleared).toEqual({ status: 'Accepted' })
  expect(power()).toBe(11_040)
})

test('below 6 A an AC car has to pause: SuspendedEVSE until there is more', async () => {
  const { ask, clock, statuses } = await started({ connectors: twoOutlets })
  void ask('RemoteStartTransaction', start(1))
  await clock.advance(minute)
  const schedule = {
    startSchedule: at(0),
    chargingRateUnit: 'A',
    chargingSchedulePeriod: [
      { startPeriod: 0, limit: 5 },
      { startPeriod: 300, limit: 16 },
    ],
  }
  void ask('SetChargingProfile', { connectorId: 0, csChargingProfiles: limit(0, { chargingSchedule: schedule }) })
  await clock.advance(10 * minute)
  expect(statuses(1)).toEqual(['Available', 'Preparing', 'Charging', 'SuspendedEVSE', 'Charging'])
})

test('the profile of one transaction ends with it, and is refused where none runs', async () => {
  const { ask, clock, station } = await started({ connectors: twoOutlets })
  const ofTransaction = limit(8, { chargingProfilePurpose: 'TxProfile', chargingProfileKind: 'Relative' })
  const early = ask('SetChargingProfile', { connectorId: 1, csChargingProfiles: ofTransaction })
  void ask('RemoteStartTransaction', { ...start(1), chargingProfile: ofTransaction })
  await clock.advance(minute)
  expect(await early).toEqual({ status: 'Rejected' })
  expect(station.state().connectors[0]?.powerW).toBe(8 * 230 * 3)
  station.stopCharging(1)
  await clock.advance(minute)
  void ask('RemoteStartTransaction', start(1))
  await clock.advance(minute)
  expect(station.state().connectors[0]?.powerW).toBe(11_040)
})

test('a composite schedule says what will be allowed', async () => {
  const { ask, clock } = await started({ connectors: twoOutlets, sharedPowerKw: 30 })
  const schedule = {
    startSchedule: at(0),
    duration: 600,
    chargingRateUnit: 'W',
    chargingSchedulePeriod: [
      { startPeriod: 0, limit: 11_000 },
      { startPeriod: 120, limit: 4_000 },
    ],
  }
  const profile = limit(0, { chargingProfilePurpose: 'ChargePointMaxProfile', chargingSchedule: schedule })
  void ask('SetChargingProfile', { connectorId: 0, csChargingProfiles: profile })
  void ask('RemoteStartTransaction', start(1))
  await clock.advance(59 * second)
  const asked = ask('GetCompositeSchedule', { connectorId: 1, duration: 900, chargingRateUnit: 'W' })
  await clock.advance(second)
  const { chargingSchedule } = (await asked) as { readonly chargingSchedule: Payload }
  expect(chargingSchedule['chargingSchedulePeriod']).toEqual([
    { startPeriod: 0, limit: 11_000 },
    { startPeriod: 60, limit: 4_000 },
    { startPeriod: 540, limit: 22_000 },
  ])
})

test('phases carry what the car and the wiring of the connector make of them', async () => {
  const { ask, clock, of } = await started({
    connectors: [{ connectorId: 1, kind: 'AC', maxPowerKw: 22, registerWh: 0, rotation: 'STR' }],
    behaviour: { car: cars.city },
    configuration: { MeterValuesSampledData: 'Current.Import.L1,Current.Import.L2,Voltage.L2-N' },
  })
  void ask('RemoteStartTransaction', start(1))
  await clock.advance(2 * minute)
  const [value] = of('MeterValues').at(-1)!.payload['meterValue'] as readonly { readonly sampledValue: unknown }[]
  expect(value?.sampledValue).toEqual([
    { value: '0', context: 'Sample.Periodic', measurand: 'Current.Import', unit: 'A', phase: 'L1' },
    { value: '31.9', context: 'Sample.Periodic', measurand: 'Current.Import', unit: 'A', phase: 'L2' },
    { value: '230', context: 'Sample.Periodic', measurand: 'Voltage', unit: 'V', phase: 'L2-N' },
  ])
})

test('in 2.0.1 a limit is kept as well', async () => {
  const { ask, clock, station } = await started({ protocol: 'ocpp2.0.1', connectors: twoOutlets })
  const profile = {
    id: 3,
    stackLevel: 1,
    chargingProfilePurpose: 'ChargingStationMaxProfile',
    chargingProfileKind: 'Absolute',
    chargingSchedule: [
      {
        id: 1,
        chargingRateUnit: 'W',
        startSchedule: at(0),
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 7_000 }],
      },
    ],
  }
  const set = ask('SetChargingProfile', { evseId: 0, chargingProfile: profile })
  void ask('RequestStartTransaction', { evseId: 1, remoteStartId: 1, idToken: { idToken: 'A', type: 'Central' } })
  await clock.advance(minute)
  expect(await set).toEqual({ status: 'Accepted' })
  expect(station.state().connectors[0]?.powerW).toBe(7_000)
})
