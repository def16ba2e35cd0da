import { type Orders, type Outcome, type RemoteStart, type Reserve, sendOrder } from './commands.ts'
import type {
  ChargerEvent,
  CommandOutcome,
  EventAnswer,
  Finding,
  IdTagStatus,
  Outlet,
  Protocol,
  TransactionId,
} from './events.ts'
import type { ChargerLink } from './link.ts'
import { type ChargerReports, createReports } from './reports.ts'
import { type StationSettings, settingsOf } from './station-settings.ts'
import { type ChargerMessage, watchedLink } from './watched-link.ts'

export interface CentralSystemParts {
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  /** Keeps what happened; the charger is answered after this resolved, and told InternalError when it rejects. One event of a charger at a time, in order. */
  readonly onEvent: (event: ChargerEvent) => Promise<EventAnswer | undefined>
  readonly known: (chargerId: string) => boolean | Promise<boolean>
  readonly nextTransactionId: () => number | Promise<number>
  /** Judges a tag shown at the charger. Tags of remote starts this process sent are accepted without asking. */
  readonly authorize?: (chargerId: string, idTag: string) => IdTagStatus | Promise<IdTagStatus>
  /** Told when an event that no answer waits for (connected, disconnected) could not be kept. */
  readonly onFault?: (error: unknown, event: ChargerEvent) => void
  readonly onFinding?: (finding: Finding) => void
  /** Looks on at every message of every charger. */
  readonly onMessage?: (message: ChargerMessage) => void
  readonly settings?: Partial<CentralSystemSettings>
}

export interface CentralSystemSettings {
  /** How long a charger may take for a command before the outcome is 'timeout'. */
  readonly commandTimeoutMs: number
  readonly heartbeatSeconds: number
  /** When a charger that may not work yet should ask again. (OCPP 1.6, 4.2) */
  readonly bootRetrySeconds: number
}

export interface CentralSystem {
  /** Takes over a fresh connection; must run in the turn in which the connection was opened. A newer link of the same charger replaces the older. */
  accept(link: ChargerLink): void
  online(chargerId: string): boolean
  connected(): readonly string[]
  protocolOf(chargerId: string): Protocol | undefined
  remoteStart(chargerId: string, options: RemoteStart): Promise<CommandOutcome>
  remoteStop(chargerId: string, transactionId: TransactionId): Promise<CommandOutcome>
  unlock(chargerId: string, outlet: Outlet): Promise<CommandOutcome>
  /** Without an outlet: the charger as a whole. */
  changeAvailability(
    chargerId: string,
    options: { readonly outlet?: Outlet | undefined; readonly operative: boolean },
  ): Promise<CommandOutcome>
  reset(chargerId: string, type: 'Soft' | 'Hard'): Promise<CommandOutcome>
  trigger(
    chargerId: string,
    message: string,
    options?: { readonly outlet?: Outlet | undefined },
  ): Promise<CommandOutcome>
  reserve(chargerId: string, reservation: Reserve): Promise<CommandOutcome>
  cancelReservation(chargerId: string, reservationId: number): Promise<CommandOutcome>
  /** All settings, or those named. */
  readSettings(
    chargerId: string,
    names: readonly string[],
  ): Promise<{ readonly outcome: CommandOutcome } & StationSettings>
  writeSetting(chargerId: string, name: string, options: { readonly value: string }): Promise<Outcome>
  /** Hangs up on one charger. */
  disconnect(chargerId: string): Promise<void>
  /** Closes every connection and takes no more; what chargers have told is kept then. */
  close(): Promise<void>
}

export const defaultSettings: CentralSystemSettings = {
  commandTimeoutMs: 30_000,
  heartbeatSeconds: 300,
  bootRetrySeconds: 30,
}

type Order = <O extends keyof Orders>(chargerId: string, order: O, what: Orders[O]) => Promise<Outcome>

/** The CPO's side of OCPP 1.6 and 2.0.1: chargers in, events out, commands with a typed outcome. Keeps nothing but open links. */
export function createCentralSystem(parts: CentralSystemParts): CentralSystem {
  const settings = { ...defaultSettings, ...parts.settings }
  /** By `nameOf`: identities are case-insensitive. (OCPP-J 1.6, 3.1.1) */
  const links = new Map<string, ChargerLink>()
  const reports = createReports(parts, settings)
  const twins = createTwins(parts)
  let closed = false

  const order: Order = (chargerId, name, what) => {
    const link = links.get(nameOf(chargerId))
    if (!link) return Promise.resolve({ outcome: 'offline' })
    return sendOrder(link, { order: name, what }, { clock: parts.clock, timeoutMs: settings.commandTimeoutMs })
  }
  const pages = createPages(order, { links, reports, settings })
  return {
    ...ordersOf(order, reports),
    readSettings: (chargerId, names) => (names.length > 0 ? named(order, chargerId, names) : pages(chargerId)),
    accept(link) {
      if (closed) return void link.close()
      if (links.has(nameOf(link.id))) twins.replaced(link.id)
      const { clock, onMessage } = parts
      admit(onMessage ? watchedLink(link, { clock, onMessage }) : link, links, reports)
    },
    online: (chargerId) => links.has(nameOf(chargerId)),
    connected: () => [...links.values()].map((link) => link.id),
    protocolOf: (chargerId) => {
      const link = links.get(nameOf(chargerId))
      return link === undefined ? undefined : (link.protocol ?? 'ocpp1.6')
    },
    disconnect: async (chargerId) => links.get(nameOf(chargerId))?.close(),
    async close() {
      closed = true
      await Promise.all([...links.values()].map((link) => link.close()))
      await reports.idle()
    },
  }
}

type Ordering = Omit<
  CentralSystem,
  'accept' | 'online' | 'connected' | 'protocolOf' | 'readSettings' | 'disconnect' | 'close'
>

function ordersOf(order: Order, reports: ChargerReports): Ordering {
  const outcome = async (asked: Promise<Outcome>) => (await asked).outcome
  return {
    remoteStart: (chargerId, start) => {
      reports.expectTag(chargerId, start.idTag)
      return outcome(order(chargerId, 'start', start))
    },
    remoteStop: (chargerId, transactionId) => outcome(order(chargerId, 'stop', { transactionId })),
    unlock: (chargerId, outlet) => outcome(order(chargerId, 'unlock', outlet)),
    changeAvailability: (chargerId, options) => outcome(order(chargerId, 'availability', options)),
    reset: (chargerId, type) => outcome(order(chargerId, 'reset', { hard: type === 'Hard' })),
    trigger: (chargerId, message, options = {}) => outcome(order(chargerId, 'trigger', { message, ...options })),
    reserve: (chargerId, reservation) => outcome(order(chargerId, 'reserve', reservation)),
    cancelReservation: async (chargerId, reservationId) => {
      const answer = await outcome(order(chargerId, 'cancelReservation', { reservationId }))
      // The charger's only reason to reject is that it has no such reservation. (OCPP 1.6, 7.9 CancelReservationStatus)
      return answer === 'rejected' ? 'unknown-reservation' : answer
    },
    writeSetting: (chargerId, name, { value }) => order(chargerId, 'writeSetting', { name, value }),
  }
}

async function named(order: Order, chargerId: string, names: readonly string[]) {
  const { outcome, answer } = await order(chargerId, 'readSettings', { names })
  return { outcome, ...settingsOf(answer ?? {}) }
}

/** Everything a station has: told in one answer in OCPP 1.6, in pages in 2.0.1. */
function createPages(
  order: Order,
  {
    links,
    reports,
    settings,
  }: {
    readonly links: ReadonlyMap<string, ChargerLink>
    readonly reports: ChargerReports
    readonly settings: CentralSystemSettings
  },
) {
  return (chargerId: string) => {
    if (links.get(nameOf(chargerId))?.protocol !== 'ocpp2.0.1') return named(order, chargerId, [])
    const ask = (requestId: number) => order(chargerId, 'readEverything', { requestId })
    return reports.inventory.read(chargerId, ask, settings.commandTimeoutMs)
  }
}

const nameOf = (chargerId: string) => chargerId.toLowerCase()

function admit(link: ChargerLink, links: Map<string, ChargerLink>, reports: ChargerReports): void {
  const name = nameOf(link.id)
  const older = links.get(name)
  links.set(name, link)
  // The charger knows better than we whether its last connection is dead; half-open ones are noticed late.
  void older?.close()
  for (const [action, answer] of reports.answersFor(link)) link.handle(action, answer)
  reports.connected(link.id, link.protocol ?? 'ocpp1.6')
  link.onClose(() => {
    if (links.get(name) !== link) return
    links.delete(name)
    reports.disconnected(link.id)
  })
}

/** So many times in so long one charger may replace its own connection; more often two devices share the name. */
const TWINS_AFTER = 3
const TWINS_WITHIN_MS = 60_000

function createTwins({ clock, onFinding }: CentralSystemParts) {
  const recent = new Map<string, readonly number[]>()
  return {
    replaced(chargerId: string) {
      const now = clock.now()
      const times = [...(recent.get(nameOf(chargerId)) ?? []), now].filter((at) => now - at < TWINS_WITHIN_MS)
      if (times.length < TWINS_AFTER) return void recent.set(nameOf(chargerId), times)
      recent.delete(nameOf(chargerId))
      onFinding?.({
        chargerId,
        code: 'STATION_TWICE',
        text: `Charger "${chargerId}" replaced its own open connection ${TWINS_AFTER} times within a minute: two devices may use its id. Give it a secret.`,
      })
    },
  }
}
