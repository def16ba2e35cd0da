import { alignedData } from './aligned-data.ts'
import { type Behaviour, type FaultCode, usualBehaviour } from './behaviour.ts'
import { type CarModel, type CarPlan, cars } from './car.ts'
import type { Clock } from './clock.ts'
import { type Configuration, type ConfigurationName, createConfiguration } from './configuration.ts'
import { Connector } from './connector.ts'
import type { ConnectorParts } from './connector-parts.ts'
import type { IdTag } from './dialect.ts'
import { createDialect } from './dialect-choice.ts'
import type { DialectParts } from './dialect-parts.ts'
import type { OcppLink } from './link.ts'
import { LocalList } from './local-list.ts'
import type { Outlet } from './meter.ts'
import type { Rotation } from './metering.ts'
import { Outbox } from './outbox.ts'
import { allowed } from './permission.ts'
import { Power } from './power.ts'
import { Presence } from './presence.ts'
import { meterSerial, Signer } from './signer.ts'
import { meterKeyOf } from './signing.ts'
import { type Inside, type StationState, stateOf } from './station-state.ts'

export interface StationParts {
  readonly id: string
  /** What it speaks is the station's version of OCPP. */
  readonly link: OcppLink
  readonly clock: Clock
  readonly random: () => number
  readonly vendor: string
  readonly model: string
  readonly firmware?: string
  readonly connectors: readonly ConnectorSetup[]
  /** What all connectors together may draw; each its own when left out. */
  readonly sharedPowerKw?: number
  /** The meters sign the first and the last reading of a transaction. */
  readonly signedMeters?: boolean
  /** Energy flows this many times faster than it would; timestamps stay real, the meter interval shrinks with it. Default 1. */
  readonly speed?: number
  readonly behaviour?: Partial<Behaviour>
  readonly configuration?: Partial<Readonly<Record<ConfigurationName, string>>>
  /** Told after every change of a connector's status, of its transaction and of the link. */
  readonly onEvent?: (state: StationState) => void
}

export interface ConnectorSetup extends Outlet {
  /** From 1 on without gaps; in 2.0.1 the id of an EVSE with one connector. */
  readonly connectorId: number
  /** What the meter shows on day one; by chance when left out, as a real one never starts at 0. */
  readonly registerWh?: number
  readonly rotation?: Rotation
}

export interface Station {
  readonly id: string
  start(): void
  /** Ends the simulation: the link closes and nothing more happens by itself. */
  stop(): Promise<void>
  plugIn(connectorId: number, car?: { readonly model?: CarModel; readonly plan?: Partial<CarPlan> }): void
  unplug(connectorId: number): void
  /** A driver holds a card to the station: it begins a transaction, or ends the one it began. */
  presentCard(connectorId: number, tag: IdTag): void
  /** The driver ends the transaction at the station. */
  stopCharging(connectorId: number): void
  fault(connectorId: number, code?: FaultCode): void
  clearFault(connectorId: number): void
  /** The cable lock does not open any more, or does again. */
  jamLock(connectorId: number, jammed: boolean): void
  /** The meter jumps by so much; with less than nothing it runs backwards. */
  shiftMeter(connectorId: number, wh: number): void
  /** The link breaks and stays away for `ms`. */
  dropLink(ms: number): void
  /** Power is gone for `ms`: what runs ends, and the station boots again afterwards. */
  cutPower(ms: number): void
  /** Takes effect for what comes next; what runs keeps its plan. */
  behave(change: Partial<Behaviour>): void
  state(): StationState
}

/** A charging station that speaks OCPP 1.6J or 2.0.1. It has no timers, ids or network of its own: clock, chance and link are given. */
export function createStation(parts: StationParts): Station {
  let behaviour: Behaviour = { ...usualBehaviour, ...parts.behaviour }
  const inside = assemble(parts, () => behaviour)
  const { presence, outbox, connectors, power, alignedData } = inside
  const at = (connectorId: number) => connectorAt(parts.id, connectors, connectorId)

  return {
    id: parts.id,
    start: () => {
      presence.start()
      alignedData.start()
    },
    stop: () => {
      for (const connector of connectors) connector.rest()
      outbox.rest()
      power.rest()
      alignedData.rest()
      return presence.stop()
    },
    plugIn: (connectorId, car = {}) =>
      at(connectorId).plugIn(car.model ?? cars.family, { ...behaviour.plan, ...car.plan }),
    unplug: (connectorId) => {
      const connector = at(connectorId)
      if (connector.lock.holds)
        throw new RangeError(`The cable lock of connector ${connectorId} is jammed and holds the plug. Free it first.`)
      connector.unplug()
    },
    presentCard: (connectorId, tag) => at(connectorId).present(tag),
    stopCharging: (connectorId) => at(connectorId).stop('Local'),
    fault: (connectorId, code = 'InternalError') => at(connectorId).fail(code),
    clearFault: (connectorId) => at(connectorId).recover(),
    jamLock: (connectorId, jammed) => (jammed ? at(connectorId).lock.jam() : at(connectorId).freeLock()),
    shiftMeter: (connectorId, wh) => at(connectorId).metering.shift(wh),
    dropLink: (ms) => presence.stayAway(ms),
    cutPower: (ms) => {
      for (const connector of connectors) connector.halt('PowerLoss')
      presence.reboot(ms)
    },
    behave: (change) => {
      behaviour = { ...behaviour, ...change }
    },
    state: () => stateOf(parts, inside),
  }
}

function assemble(parts: StationParts, behaviour: () => Behaviour): Inside {
  const { link, clock, random } = parts
  const configuration = configurationOf(parts)
  const identity = { ...parts, firmware: parts.firmware ?? '1.0.0' }
  const changed = () => parts.onEvent?.(stateOf(parts, inside))
  const localList = new LocalList()

  const outbox = new Outbox({
    clock,
    call: (action, payload) => link.call(action, payload),
    ready: () => presence.ready,
    attempts: () => configuration.number('TransactionMessageAttempts'),
    retryMs: () => configuration.number('TransactionMessageRetryInterval') * 1_000,
  })
  const presence: Presence = new Presence({
    link,
    clock,
    random,
    configuration,
    boot: () => dialect.boot(),
    onReady: () => {
      outbox.resume()
      dialect.everything()
      changed()
    },
    onLost: () => {
      outbox.linkLost()
      changed()
    },
  })
  const power: Power = new Power({
    clock,
    connectors: () => connectors,
    ...(parts.sharedPowerKw !== undefined && { sharedPowerKw: parts.sharedPowerKw }),
  })
  const connectors: readonly Connector[] = connectorsOf(parts, {
    configuration,
    behaviour,
    dialect: () => dialect,
    power,
    allowed: (tag) => allowed({ tag, presence, configuration, localList, clock, ask: dialect.authorize }),
    dropLink: (ms) => presence.stayAway(ms),
    onChange: changed,
  })
  const speaking: DialectParts = {
    identity,
    link,
    clock,
    random,
    outbox,
    configuration,
    connectors: () => connectors,
    behaviour,
    signer: new Signer({ station: parts.id, firmware: identity.firmware, configuration, behaviour }),
    onChange: changed,
  }
  const dialect = createDialect({ ...speaking, presence, power, localList })
  const inside: Inside = { presence, outbox, connectors, power, dialect, alignedData: alignedData(speaking) }
  return inside
}

function connectorsOf(
  { connectors, random, clock, speed = 1 }: StationParts,
  shared: Omit<ConnectorParts, 'connectorId' | 'outlet' | 'registerWh' | 'clock' | 'speed'>,
): readonly Connector[] {
  return connectors.map(
    (setup) =>
      new Connector({
        ...shared,
        connectorId: setup.connectorId,
        outlet: setup,
        registerWh: setup.registerWh ?? Math.floor(random() * 1_000_000),
        clock,
        speed,
      }),
  )
}

function configurationOf(parts: StationParts): Configuration {
  const publicKeys = parts.signedMeters
    ? parts.connectors.map(({ connectorId }) => [
        `MeterPublicKey${connectorId}`,
        meterKeyOf(meterSerial(parts.id, connectorId)).publicKeyHex,
      ])
    : []
  return createConfiguration(
    {
      ...(parts.signedMeters && { SampledDataSignReadings: 'true' }),
      ...parts.configuration,
      NumberOfConnectors: String(parts.connectors.length),
    },
    { more: Object.fromEntries(publicKeys) as Record<string, string> },
  )
}

function connectorAt(stationId: string, connectors: readonly Connector[], connectorId: number): Connector {
  const found = connectors.find(({ parts }) => parts.connectorId === connectorId)
  if (found) return found
  const known = connectors.map(({ parts }) => parts.connectorId).join(', ')
  throw new RangeError(`Charger ${stationId} has no connector ${connectorId}. Use one of: ${known}.`)
}
