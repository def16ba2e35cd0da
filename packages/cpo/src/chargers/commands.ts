/** Orders to a charger, in the words of the CPO; each protocol has its own spelling of them. */
import { CALLS_16 } from './calls-16.ts'
import { CALLS_201 } from './calls-201.ts'
import type { CommandOutcome, Outlet, TransactionId } from './events.ts'
import type { ChargerLink, Payload } from './link.ts'

export interface RemoteStart extends Partial<Outlet> {
  readonly idTag: string
  /** Comes back in the first message of the transaction. (OCPP 2.0.1) */
  readonly remoteStartId?: number
}

export interface Reserve {
  readonly outlet: Outlet
  readonly idTag: string
  readonly reservationId: number
  readonly expiresAt: number
}

export interface StationSetting {
  readonly name: string
  readonly value: string | null
  readonly readonly: boolean
}

/** What each order is given. */
export interface Orders {
  readonly start: RemoteStart
  readonly stop: { readonly transactionId: TransactionId }
  readonly unlock: Outlet
  /** Without an outlet: the charger as a whole. */
  readonly availability: { readonly outlet?: Outlet | undefined; readonly operative: boolean }
  readonly reset: { readonly hard: boolean }
  readonly trigger: { readonly message: string; readonly outlet?: Outlet | undefined }
  readonly reserve: Reserve
  readonly cancelReservation: { readonly reservationId: number }
  readonly readSettings: { readonly names: readonly string[] }
  /** `requestId` comes back with each page. (OCPP 2.0.1) */
  readonly readEverything: { readonly requestId: number }
  readonly writeSetting: { readonly name: string; readonly value: string }
}

export interface Call {
  readonly action: string
  readonly payload: Payload
  /** The word of the answer that says how it went; `status` unless told otherwise. */
  readonly said?: (answer: Payload) => string
}

/** How one protocol says each order. */
export type Calls = { readonly [O in keyof Orders]: (order: Orders[O]) => Call }

export interface Outcome {
  readonly outcome: CommandOutcome
  /** The charger's own word, where it gave one. */
  readonly said?: string
  readonly answer?: Payload
}

/** Structural, as engine's clock: time is a parameter. */
interface Timer {
  readonly after: (delayMs: number, task: () => void) => () => void
}

/** Every word a charger may answer a command with. (OCPP 1.6, chapter 7; OCPP 2.0.1, part 2) */
const outcomeOf: Readonly<Record<string, CommandOutcome>> = {
  Accepted: 'accepted',
  Scheduled: 'accepted',
  RebootRequired: 'accepted',
  Unlocked: 'accepted',
  Rejected: 'rejected',
  UnlockFailed: 'failed',
  UnknownConnector: 'failed',
  Occupied: 'occupied',
  OngoingAuthorizedTransaction: 'occupied',
  Faulted: 'inoperative',
  Unavailable: 'inoperative',
  NotSupported: 'not-supported',
  NotImplemented: 'not-supported',
  UnknownComponent: 'not-supported',
  UnknownVariable: 'not-supported',
  NotSupportedAttributeType: 'not-supported',
}

function outcomeOfFailure(error: unknown): CommandOutcome {
  const { kind, code } = (error ?? {}) as { readonly kind?: unknown; readonly code?: unknown }
  if (kind === 'refused') return code === 'NotImplemented' || code === 'NotSupported' ? 'not-supported' : 'failed'
  // Closed under way is no better than silence: the charger may have acted on what it got.
  return 'timeout'
}

/** Sends one order and gives it `timeoutMs`, the wait behind earlier calls included. Never rejects. */
export function sendOrder<O extends keyof Orders>(
  link: ChargerLink,
  { order, what }: { readonly order: O; readonly what: Orders[O] },
  options: { readonly clock: Timer; readonly timeoutMs: number },
): Promise<Outcome> {
  const calls: Calls = link.protocol === 'ocpp2.0.1' ? CALLS_201 : CALLS_16
  const { action, payload, said = statusOf } = calls[order](what)
  return new Promise((resolve) => {
    const forget = options.clock.after(options.timeoutMs, () => resolve({ outcome: 'timeout' }))
    const settle = (outcome: Outcome) => {
      forget()
      resolve(outcome)
    }
    link.call(action, payload, { timeoutMs: options.timeoutMs }).then(
      (answer) => settle({ outcome: outcomeOf[said(answer)] ?? 'rejected', said: said(answer), answer }),
      (error: unknown) => settle({ outcome: outcomeOfFailure(error) }),
    )
  })
}

const statusOf = (answer: Payload) => String(answer['status'])
