/** One simulated station on its own, and what can be said about it as it happens. */
import type { OcppLink } from '@plugtill/charger/link'
import { createWebSocketLink } from '@plugtill/charger/link.ocpp-rpc'
import { createStation } from '@plugtill/charger/station'
import type { StationState } from '@plugtill/charger/station-state'
import { wallClock } from '@plugtill/engine/clock'

export interface OneCharger {
  readonly endpoint: string
  readonly id: string
  readonly connectors: number
  readonly speed: number
}

export interface ChargerEvent {
  readonly at: string
  readonly event: string
  readonly [field: string]: string | number | boolean
}

/** Runs until the signal fires. */
export async function runCharger(
  { endpoint, id, connectors, speed }: OneCharger,
  stopped: AbortSignal,
  tell: (event: ChargerEvent) => void,
): Promise<void> {
  const link = telling(createWebSocketLink({ id, endpoint }), (reason) =>
    tell({ at: new Date().toISOString(), event: 'no-connection', reason }),
  )
  let before: StationState | undefined
  const station = createStation({
    id,
    link,
    speed,
    clock: wallClock,
    random: Math.random,
    vendor: 'Plugtill',
    model: 'Simulated AC',
    connectors: Array.from({ length: connectors }, (_, index) => ({
      connectorId: index + 1,
      kind: 'AC' as const,
      maxPowerKw: 22,
    })),
    onEvent: (state) => {
      for (const event of differences(before, state)) tell({ at: new Date().toISOString(), ...event })
      before = state
    },
  })
  tell({ at: new Date().toISOString(), event: 'connecting', central_system: endpoint, id })
  station.start()
  if (!stopped.aborted) await new Promise<void>((resolve) => stopped.addEventListener('abort', () => resolve()))
  await station.stop()
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
