/** Simulated stations in this process against any central system, what can be said of them as it happens, and their live control. */
import { createFleet, type Fleet } from '@plugtill/charger/fleet'
import type { OcppLink } from '@plugtill/charger/link'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import type { StationPlan } from '@plugtill/charger/script/station-plan'
import type { StationState } from '@plugtill/charger/station-state'
import { wallClock } from '@plugtill/engine/clock'
import { type Control, serveControl } from './control.ts'

export interface Chargers {
  readonly endpoint: string
  readonly plans: readonly StationPlan[]
  /** For all that have none of their own. */
  readonly password: string | undefined
  readonly rampMs: number
  /** Port of the live control. */
  readonly listen: number | undefined
  readonly apiKey: string | undefined
}

export interface ChargerEvent {
  readonly at: string
  readonly event: string
  readonly [field: string]: string | number | boolean
}

/** Of more stations than this only the sums are told. */
const MOST_TOLD = 20
const SUMS_MS = 5_000

/** Runs until the signal fires. */
export async function runChargers(
  chargers: Chargers,
  stopped: AbortSignal,
  tell: (event: ChargerEvent) => void,
): Promise<void> {
  const { plans, endpoint } = chargers
  const told = (event: Told) => tell({ at: new Date().toISOString(), ...event })
  const each = plans.length <= MOST_TOLD
  const before = new Map<string, StationState>()
  const fleet = createFleet({
    plans,
    clock: wallClock,
    random: Math.random,
    rampMs: chargers.rampMs,
    link: (plan) => linkOf(chargers, plan, (reason) => each && told({ event: 'no-connection', id: plan.id, reason })),
    onStep: (id, { name, problem }) => {
      if (problem !== undefined) told({ event: 'step-failed', id, step: name, problem })
      else if (each) told({ event: 'step', id, step: name })
    },
    ...(each && {
      onEvent: (state: StationState) => {
        for (const event of differences(before.get(state.id), state)) told({ ...event, id: state.id })
        before.set(state.id, state)
      },
    }),
  })
  const control = await controlOf(chargers, fleet)
  if (control) told({ event: 'control', url: control.url })
  const [first] = plans
  told({
    event: 'connecting',
    central_system: endpoint,
    ...(plans.length === 1 && first ? { id: first.id } : { stations: plans.length }),
  })
  fleet.start()
  const sums = each ? undefined : setInterval(() => told(sumsOf(fleet)), SUMS_MS)
  if (!stopped.aborted) await new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve()))
  clearInterval(sums)
  await fleet.stop()
  await control?.close()
}

async function controlOf({ listen, apiKey }: Chargers, { stations }: Fleet): Promise<Control | undefined> {
  return listen === undefined ? undefined : serveControl({ port: listen, apiKey, stations })
}

function linkOf({ endpoint, password }: Chargers, plan: StationPlan, failed: (reason: string) => void): OcppLink {
  const secret = plan.password ?? password
  return telling(
    createWebSocketLink({
      id: plan.id,
      endpoint,
      protocol: plan.protocol,
      ...(secret !== undefined && { password: secret }),
    }),
    failed,
  )
}

/** The station tries again by itself; who runs it wants to know why it has to. */
function telling(link: OcppLink, failed: (reason: string) => void): OcppLink {
  return {
    protocol: link.protocol,
    get connected() {
      return link.connected
    },
    connect: () =>
      link.connect().catch((error: Error) => {
        failed(error.message)
        throw error
      }),
    close: () => link.close(),
    call: (action, payload, options) => link.call(action, payload, options),
    handle: (action, answer) => link.handle(action, answer),
    onOpen: (listener) => link.onOpen(listener),
    onClose: (listener) => link.onClose(listener),
  }
}

type Told = Omit<ChargerEvent, 'at'> & { readonly event: string }

/** How many stations and connectors are how. */
function sumsOf({ stations }: Fleet): Told {
  const states = [...stations.values()].map((station) => station.state())
  const connectors = states.flatMap((state) => state.connectors)
  const count = (status: string) => connectors.filter((connector) => connector.status === status).length
  return {
    event: 'fleet',
    stations: states.length,
    connected: states.filter(({ connected }) => connected).length,
    accepted: states.filter(({ accepted }) => accepted).length,
    charging: count('Charging') + count('SuspendedEV') + count('SuspendedEVSE'),
    faulted: count('Faulted'),
    queued: states.reduce((sum, { queued }) => sum + queued, 0),
    power_kw: Math.round(connectors.reduce((sum, { powerW }) => sum + powerW, 0) / 1_000),
  }
}

/** What changed, one event each. */
export function differences(before: StationState | undefined, now: StationState): readonly Told[] {
  const told: Told[] = []
  if (now.connected !== (before?.connected ?? false)) told.push({ event: now.connected ? 'connected' : 'closed' })
  if (now.accepted && !before?.accepted) told.push({ event: 'accepted' })
  for (const connector of now.connectors) {
    const {
      connectorId: connector_id,
      status,
      errorCode: error_code,
      registerWh: register_wh,
      transactionId,
    } = connector
    const last = before?.connectors.find((one) => one.connectorId === connector_id)
    if (last && last.status === status && last.transactionId === transactionId) continue
    told.push({
      event: 'status',
      connector_id,
      status,
      error_code,
      register_wh,
      // A number in 1.6, a text in 2.0.1.
      ...(transactionId !== undefined && {
        transaction_id: now.protocol === 'ocpp1.6' ? Number(transactionId) : transactionId,
      }),
    })
  }
  return told
}
