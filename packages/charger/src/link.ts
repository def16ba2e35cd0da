/** What is spoken on a connection, by the name of its WebSocket subprotocol. */
export type OcppProtocol = 'ocpp1.6' | 'ocpp2.0.1'

/** One OCPP message body, as JSON carries it. (OCPP-J 1.6, 4.2) */
export type Payload = Readonly<Record<string, unknown>>

/** Answers a call of the other side; an `OcppError` of kind 'refused' becomes a CALLERROR with its code. */
export type Answer = (payload: Payload) => Payload | Promise<Payload>

/** The station's end of its connection to the central system. One link outlives many connections. */
export interface OcppLink {
  readonly protocol: OcppProtocol
  readonly connected: boolean
  /** Opens one connection; rejects when that fails. Trying again is the station's business. */
  connect(): Promise<void>
  close(): Promise<void>
  /** Sends a CALL and waits for its answer. One call is under way at a time, the others wait in order. (OCPP-J 1.6, 4.1.1) */
  call(action: string, payload: Payload, options?: { readonly timeoutMs?: number }): Promise<Payload>
  /** Registered once, valid for every later connection. An action without a handler is answered NotImplemented. */
  handle(action: string, answer: Answer): void
  onOpen(listener: () => void): void
  /** Called when an open connection ends, whoever ended it. */
  onClose(listener: () => void): void
}

/** 'refused': the other side sent a CALLERROR; 'timeout': no answer in time; 'closed': no connection, or it ended first. */
export type OcppErrorKind = 'refused' | 'timeout' | 'closed'

/** Error codes of a CALLERROR. (OCPP-J 1.6, 4.2.3, with the spelling corrected by errata 1.0) */
export type OcppErrorCode =
  | 'NotImplemented'
  | 'NotSupported'
  | 'InternalError'
  | 'ProtocolError'
  | 'SecurityError'
  | 'FormationViolation'
  | 'PropertyConstraintViolation'
  | 'OccurrenceConstraintViolation'
  | 'TypeConstraintViolation'
  | 'GenericError'

/** Why a call got no result. */
export class OcppError extends Error {
  readonly kind: OcppErrorKind
  readonly code: OcppErrorCode | undefined

  constructor(kind: OcppErrorKind, message: string, code?: OcppErrorCode) {
    super(message)
    this.name = 'OcppError'
    this.kind = kind
    this.code = code
  }
}
