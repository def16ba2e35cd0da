import type { Protocol } from './events.ts'

/** One OCPP message body, as JSON carries it. (OCPP-J 1.6, 4.2) */
export type Payload = Readonly<Record<string, unknown>>

/** Answers a call of the charger; a `ChargerLinkError` of kind 'refused' becomes a CALLERROR with its code. */
export type Answer = (payload: Payload) => Payload | Promise<Payload>

/** The CPO's end of one connection of one charger. A charger that comes back comes with a new link. */
export interface ChargerLink {
  /** Identity of the charger: the last part of the address it connected to. (OCPP-J 1.6, 3.1.1) */
  readonly id: string
  /** The agreed WebSocket subprotocol; ocpp1.6 when it is not said. (OCPP-J, 3.1.2) */
  readonly protocol?: Protocol
  /** Sends a CALL and waits for its answer; rejects with an error whose `kind` tells why there is none. */
  call(action: string, payload: Payload, options?: { readonly timeoutMs?: number }): Promise<Payload>
  /** To be registered in the same turn in which the link was handed over, before the first message is read. */
  handle(action: string, answer: Answer): void
  close(): Promise<void>
  onClose(listener: () => void): void
}

/** 'refused': the charger sent a CALLERROR; 'timeout': no answer in time; 'closed': the connection is gone. */
export type ChargerLinkErrorKind = 'refused' | 'timeout' | 'closed'

/** Why a call got no result. Links of other makes are judged by `kind` and `code`, not by class. */
export class ChargerLinkError extends Error {
  readonly kind: ChargerLinkErrorKind
  /** CALLERROR code. (OCPP-J 1.6, 4.2.3) */
  readonly code: string | undefined

  constructor(kind: ChargerLinkErrorKind, message: string, code?: string) {
    super(message)
    this.name = 'ChargerLinkError'
    this.kind = kind
    this.code = code
  }
}
