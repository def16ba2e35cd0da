import { sendCommand } from './commands.ts'
import type { ChargerEvent, CommandOutcome, EventAnswer, IdTagStatus } from './events.ts'
import type { ChargerLink, Payload } from './link.ts'
import { type ChargerReports, createReports } from './reports.ts'
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
  remoteStart(
    chargerId: string,
    options: { readonly connectorId?: number; readonly idTag: string },
  ): Promise<CommandOutcome>
  remoteStop(chargerId: string, transactionId: number): Promise<CommandOutcome>
  unlock(chargerId: string, connectorId: number): Promise<CommandOutcome>
  changeAvailability(chargerId: string, connectorId: number, operative: boolean): Promise<CommandOutcome>
  reset(chargerId: string, type: 'Soft' | 'Hard'): Promise<CommandOutcome>
  trigger(chargerId: string, message: string, options?: { readonly connectorId?: number }): Promise<CommandOutcome>
  /** Closes every connection and takes no more. */
  close(): Promise<void>
}

export const defaultSettings: CentralSystemSettings = {
  commandTimeoutMs: 30_000,
  heartbeatSeconds: 300,
  bootRetrySeconds: 30,
}

/** The CPO's side of OCPP 1.6: chargers in, events out, commands with a typed outcome. Keeps nothing but open links. */
export function createCentralSystem(parts: CentralSystemParts): CentralSystem {
  const settings = { ...defaultSettings, ...parts.settings }
  /** By `nameOf`: identities are case-insensitive. (OCPP-J 1.6, 3.1.1) */
  const links = new Map<string, ChargerLink>()
  const reports = createReports(parts, settings)
  let closed = false

  const command = (chargerId: string, action: string, payload: Payload): Promise<CommandOutcome> => {
    const link = links.get(nameOf(chargerId))
    if (!link) return Promise.resolve('offline')
    return sendCommand(link, { action, payload }, { clock: parts.clock, timeoutMs: settings.commandTimeoutMs })
  }

  return {
    accept(link) {
      if (closed) return void link.close()
      const { clock, onMessage } = parts
      admit(onMessage ? watchedLink(link, { clock, onMessage }) : link, links, reports)
    },
    online: (chargerId) => links.has(nameOf(chargerId)),
    connected: () => [...links.values()].map((link) => link.id),
    remoteStart: (chargerId, { connectorId, idTag }) => {
      reports.expectTag(chargerId, idTag)
      return command(chargerId, 'RemoteStartTransaction', {
        idTag,
        ...(connectorId === undefined ? {} : { connectorId }),
      })
    },
    remoteStop: (chargerId, transactionId) => command(chargerId, 'RemoteStopTransaction', { transactionId }),
    unlock: (chargerId, connectorId) => command(chargerId, 'UnlockConnector', { connectorId }),
    changeAvailability: (chargerId, connectorId, operative) =>
      command(chargerId, 'ChangeAvailability', { connectorId, type: operative ? 'Operative' : 'Inoperative' }),
    reset: (chargerId, type) => command(chargerId, 'Reset', { type }),
    trigger: (chargerId, requestedMessage, options = {}) =>
      command(chargerId, 'TriggerMessage', { requestedMessage, ...options }),
    async close() {
      closed = true
      await Promise.all([...links.values()].map((link) => link.close()))
    },
  }
}

const nameOf = (chargerId: string) => chargerId.toLowerCase()

function admit(link: ChargerLink, links: Map<string, ChargerLink>, reports: ChargerReports): void {
  const name = nameOf(link.id)
  const older = links.get(name)
  links.set(name, link)
  // The charger knows better than we whether its last connection is dead; half-open ones are noticed late.
  void older?.close()
  for (const [action, answer] of reports.answersFor(link.id)) link.handle(action, answer)
  reports.connected(link.id)
  link.onClose(() => {
    if (links.get(name) !== link) return
    links.delete(name)
    reports.disconnected(link.id)
  })
}
