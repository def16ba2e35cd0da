import { type Behaviour, type FaultCode, usualBehaviour } from './behaviour.ts'
import { type CarModel, type CarPlan, cars } from './car.ts'
import type { Clock } from './clock.ts'
import { answerCommands, authorize } from './commands.ts'
import { type ConfigurationName, createConfiguration } from './configuration.ts'
import { Connector, type ConnectorStatus } from './connector.ts'
import type { OcppLink } from './link.ts'
import type { Outlet } from './meter.ts'
import { Outbox } from './outbox.ts'
import { Presence } from './presence.ts'

export interface StationParts {
  readonly id: string
  readonly link: OcppLink
  readonly clock: Clock
  readonly random: () => number
  readonly vendor: string
  readonly model: string
  readonly firmware?: string
  readonly connectors: readonly ConnectorSetup[]
  /** Energy flows this many times faster than it would; timestamps stay real, the meter interval shrinks with it. Default 1. */
  readonly speed?: number
  readonly behaviour?: Partial<Behaviour>
  readonly configuration?: Partial<Readonly<Record<ConfigurationName, string>>>
  /** Told after every change of a connector's status, of its transaction and of the link. */
  readonly onEvent?: (state: StationState) => void
}

export interface ConnectorSetup extends Outlet {
  readonly connectorId: number
  /** What the meter shows on day one; by chance when left out, as a real one never starts at 0. */
  readonly registerWh?: number
}

export interface StationState {
  readonly id: string
  readonly connected: boolean
  /** The central system accepted the boot. */
  readonly accepted: boolean
  /** Messages that wait to be delivered. */
  readonly queued: number
  readonly connectors: readonly ConnectorState[]
}

export interface ConnectorState {
  readonly connectorId: number
  readonly status: ConnectorStatus
  readonly errorCode: string
  readonly registerWh: number
  readonly powerW: number
  readonly car?: string
  /** Percent. */
  readonly soc?: number
  readonly idTag?: string
  readonly transactionId?: number
}

export interface Station {
  readonly id: string
  start(): void
  /** Ends the simulation: the link closes and nothing more happens by itself. */
  stop(): Promise<void>
  plugIn(connectorId: number, car?: { readonly model?: CarModel; readonly plan?: Partial<CarPlan> }): void
  unplug(connectorId: number): void
  /** The driver ends the transaction at the station. */
  stopCharging(connectorId: number): void
  fault(connectorId: number, code?: FaultCode): void
  clearFault(connectorId: number): void
  /** The link breaks and stays away for `ms`. */
  dropLink(ms: number): void
  /** Takes effect for what comes next; what runs keeps its plan. */
  behave(change: Partial<Behaviour>): void
  state(): StationState
}

/** A charging station that speaks OCPP 1.6J. It has no timers, ids or network of its own: clock, chance and link are given. */
export function createStation(parts: StationParts): Station {
  let behaviour: Behaviour = { ...usualBehaviour, ...parts.behaviour }
  const inside = assemble(parts, () => behaviour)
  const { presence, outbox, connectors } = inside
  const at = (connectorId: number) => connectorAt(parts.id, connectors, connectorId)

  return {
    id: parts.id,
    start: () => presence.start(),
    stop: () => {
      for (const connector of connectors) connector.rest()
      outbox.rest()
      return presence.stop()
    },
    plugIn: (connectorId, car = {}) =>
      at(connectorId).plugIn(car.model ?? cars.family, { ...behaviour.plan, ...car.plan }),
    unplug: (connectorId) => at(connectorId).unplug(),
    stopCharging: (connectorId) => at(connectorId).stop('Local'),
    fault: (connectorId, code = 'InternalError') => at(connectorId).fail(code),
    clearFault: (connectorId) => at(connectorId).recover(),
    dropLink: (ms) => presence.stayAway(ms),
    behave: (change) => {
      behaviour = { ...behaviour, ...change }
    },
    state: () => stateOf(parts, inside),
  }
}

interface Inside {
  readonly presence: Presence
  readonly outbox: Outbox
  readonly connectors: readonly Connector[]
}

function assemble(parts: StationParts, behaviour: () => Behaviour): Inside {
  const { link, clock } = parts
  const configuration = createConfiguration({
    ...parts.configuration,
    NumberOfConnectors: String(parts.connectors.length),
  })
  const changed = () => parts.onEvent?.(stateOf(parts, { presence, outbox, connectors }))
  const reportAll = () => tellAll(outbox, connectors, clock.now())

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
    random: parts.random,
    configuration,
    boot: bootOf(parts),
    onReady: () => {
      outbox.resume()
      reportAll()
      changed()
    },
    onLost: () => {
      outbox.linkLost()
      changed()
    },
  })
  const connectors = parts.connectors.map(
    (setup) =>
      new Connector({
        connectorId: setup.connectorId,
        outlet: setup,
        registerWh: setup.registerWh ?? Math.floor(parts.random() * 1_000_000),
        clock,
        speed: parts.speed ?? 1,
        configuration,
        behaviour,
        outbox,
        authorize: (idTag) => authorize(link, idTag),
        dropLink: (ms) => presence.stayAway(ms),
        onChange: changed,
      }),
  )
  answerCommands({ link, clock, connectors, configuration, presence, behaviour, reportAll })
  return { presence, outbox, connectors }
}

/** The station as a whole (connector 0) and each connector. (OCPP 1.6, 4.9) */
function tellAll(outbox: Outbox, connectors: readonly Connector[], now: number): void {
  const status = connectors.every((connector) => connector.status === 'Unavailable') ? 'Unavailable' : 'Available'
  const payload = { connectorId: 0, errorCode: 'NoError', status, timestamp: new Date(now).toISOString() }
  outbox.push({ action: 'StatusNotification', importance: 'news', make: () => payload })
  for (const connector of connectors) connector.report({ always: true })
}

function bootOf({ id, vendor, model, firmware }: StationParts) {
  return {
    chargePointVendor: vendor.slice(0, 20),
    chargePointModel: model.slice(0, 20),
    chargePointSerialNumber: id.slice(0, 25),
    firmwareVersion: (firmware ?? '1.0.0').slice(0, 50),
  }
}

function connectorAt(stationId: string, connectors: readonly Connector[], connectorId: number): Connector {
  const found = connectors.find(({ parts }) => parts.connectorId === connectorId)
  if (found) return found
  const known = connectors.map(({ parts }) => parts.connectorId).join(', ')
  throw new RangeError(`Charger ${stationId} has no connector ${connectorId}. Use one of: ${known}.`)
}

function stateOf({ id, link }: StationParts, { presence, outbox, connectors }: Inside): StationState {
  return {
    id,
    connected: link.connected,
    accepted: presence.accepted,
    queued: outbox.size,
    connectors: connectors.map((connector) => {
      const { registerWh, powerW, soc } = connector.snapshot()
      return {
        connectorId: connector.parts.connectorId,
        status: connector.status,
        errorCode: connector.errorCode,
        registerWh: Math.floor(registerWh),
        powerW: Math.round(powerW),
        car: connector.pluggedCar?.name,
        soc: soc === undefined ? undefined : Math.floor(soc),
        idTag: connector.charging?.idTag,
        transactionId: connector.charging?.id,
      }
    }),
  }
}
