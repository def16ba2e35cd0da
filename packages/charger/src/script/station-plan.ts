/** What a script says of its stations, in the words of the simulator. */
import { type Behaviour, usualBehaviour } from '../behaviour.ts'
import { cars } from '../car.ts'
import type { ConfigurationName } from '../configuration.ts'
import type { OcppProtocol } from '../link.ts'
import type { ConnectorSetup, StationParts } from '../station.ts'
import { msOf, msOrNever } from './duration.ts'
import type { Script, ScriptBehaviour, ScriptCar, ScriptStation, ScriptStep } from './schema.ts'

export interface StationPlan {
  readonly id: string
  readonly protocol: OcppProtocol
  readonly password: string | undefined
  readonly parts: Omit<StationParts, 'id' | 'link' | 'clock' | 'random' | 'onEvent'>
  readonly steps: readonly ScriptStep[]
  readonly repeat: boolean
}

const usualConnector: Omit<ConnectorSetup, 'connectorId'> = { kind: 'AC', maxPowerKw: 22 }

/** One plan per station; throws RangeError when two have the same identity. */
export function plansOf({ stations }: Script): readonly StationPlan[] {
  const plans = stations.flatMap((station) =>
    Array.from({ length: station.count ?? 1 }, (_, index) => planOf(station, idOf(station, index + 1))),
  )
  const seen = new Set<string>()
  for (const { id } of plans) {
    if (seen.has(id.toLowerCase()))
      throw new RangeError(`Two stations are called "${id}". Give each its own id, with {n} where there are several.`)
    seen.add(id.toLowerCase())
  }
  return plans
}

function idOf({ id, count = 1 }: ScriptStation, number: number): string {
  const digits = String(number).padStart(4, '0')
  if (id.includes('{n}')) return id.replace('{n}', digits)
  return count === 1 ? id : `${id}-${digits}`
}

function planOf(station: ScriptStation, id: string): StationPlan {
  const { connectors = [] } = station
  const given: readonly Omit<ConnectorSetup, 'connectorId'>[] = connectors.map((connector) => ({
    kind: connector.kind,
    maxPowerKw: connector.max_power_kw,
    ...(connector.phases !== undefined && { phases: connector.phases as 1 | 3 }),
    ...(connector.rotation !== undefined && { rotation: connector.rotation }),
    ...(connector.register_wh !== undefined && { registerWh: connector.register_wh }),
  }))
  const outlets = given.length === 0 ? [usualConnector] : given
  return {
    id,
    protocol: station.ocpp === '2.0.1' ? 'ocpp2.0.1' : 'ocpp1.6',
    password: station.password,
    parts: {
      vendor: station.vendor ?? 'Plugtill',
      model: station.model ?? (outlets.some(({ kind }) => kind === 'DC') ? 'Simulated DC' : 'Simulated AC'),
      ...(station.firmware !== undefined && { firmware: station.firmware }),
      connectors: outlets.map((outlet, index) => ({ ...outlet, connectorId: index + 1 })),
      ...(station.shared_power_kw !== undefined && { sharedPowerKw: station.shared_power_kw }),
      ...(station.signed_meters !== undefined && { signedMeters: station.signed_meters }),
      ...(station.speed !== undefined && { speed: station.speed }),
      configuration: (station.configuration ?? {}) as Partial<Record<ConfigurationName, string>>,
      behaviour: { ...behaviourOf(station.behaviour ?? {}), ...carOf(station.car ?? {}) },
    },
    steps: station.steps ?? [],
    repeat: station.repeat ?? false,
  }
}

export function behaviourOf(wanted: ScriptBehaviour): Partial<Behaviour> {
  const translated: { readonly [name in keyof Behaviour]?: Behaviour[name] | undefined } = {
    remoteStart: wanted.remote_start,
    remoteStop: wanted.remote_stop,
    unlock: wanted.unlock,
    silentOn: wanted.silent_on,
    answerAfterMs: maybe(msOf, wanted.answer_after),
    clockSkewMs: maybe(msOf, wanted.clock_skew),
    meterValuesLateMs: maybe(msOf, wanted.meter_values_late),
    transactionIds: wanted.transaction_ids,
    faultAfterMs: maybe(msOrNever, wanted.fault_after),
    faultCode: wanted.fault_code,
    linkDropsAfterMs: maybe(msOrNever, wanted.link_drops_after),
    linkDropsForMs: maybe(msOf, wanted.link_drops_for),
  }
  return Object.fromEntries(Object.entries(translated).filter(([, value]) => value !== undefined))
}

const maybe = <T>(read: (text: string) => T, text: string | undefined): T | undefined =>
  text === undefined ? undefined : read(text)

function carOf(car: ScriptCar): Pick<Behaviour, 'car' | 'plan'> {
  const model = cars[car.model ?? 'family']
  const { plan } = usualBehaviour
  const orUsual = (text: string | undefined, usual: number | 'never') => (text === undefined ? usual : msOrNever(text))
  return {
    car: car.soc === undefined ? model : { ...model, soc: car.soc },
    plan: {
      after: orUsual(car.comes_after, plan.after),
      stopAtSoc: car.stop_at_soc ?? plan.stopAtSoc,
      unplugAfterFullMs: orUsual(car.leaves_after_full, plan.unplugAfterFullMs),
      leaveAfterMs: orUsual(car.leaves_after, plan.leaveAfterMs),
      unplugAfterStopMs: orUsual(car.leaves_after_stop, plan.unplugAfterStopMs),
    },
  }
}
