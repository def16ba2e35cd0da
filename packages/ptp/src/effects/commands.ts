/** START_SESSION and STOP_SESSION at the CPO. (commands, D-25, D-30b) */
import type { OcpiClient } from '@plugtill/ocpi/client'
import { PeerRefused } from '@plugtill/ocpi/client'
import { Fault } from '@plugtill/ocpi/errors'
import { type CommandResponse, commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import { formatDateTime } from '@plugtill/ocpi/types'
import { START_WITHIN_MS } from '../payment/amounts.ts'
import { aboutPayment } from '../payment/desk.ts'
import type { PaymentEvent } from '../payment/events.ts'
import type { Payment } from '../payment/payment.ts'

export interface CommandParts {
  readonly client: OcpiClient
  readonly clock: { readonly now: () => number }
  readonly ids: () => string
  readonly countryCode: string
  readonly partyId: string
  readonly name: string
  /** Where CommandResults come in: our commands endpoint, in the version that the partner speaks. */
  readonly responseUrl: (commandId: string, peerId: string) => Promise<string> | string
}

/** The body of START_SESSION: a token of ours for this one session, and the reference that links everything. (E-20, E-21) */
export async function startSessionBody(
  payment: Payment,
  parts: Omit<CommandParts, 'client' | 'ids'>,
): Promise<StartSession> {
  return {
    response_url: await parts.responseUrl(payment.startCommandId, payment.peerId),
    token: {
      country_code: parts.countryCode,
      party_id: parts.partyId,
      uid: payment.tokenUid,
      type: 'AD_HOC_USER',
      contract_id: payment.tokenUid,
      issuer: parts.name,
      valid: true,
      whitelist: 'NEVER',
      language: payment.language,
      last_updated: formatDateTime(payment.createdAt),
    },
    location_id: payment.locationId,
    evse_uid: payment.evseUid,
    connector_id: payment.connectorId,
    authorization_reference: payment.id,
  }
}

/**
 * Sent at most once: OCPI has no idempotency for it. A second attempt after a crash does not send, it says that the
 * outcome is unknown. (F13, D-F03) One that could not leave while the driver waited is not sent at all. (F12)
 */
export function startSession(parts: CommandParts): (payment: Payment, attempt: number) => Promise<PaymentEvent | void> {
  return async (payment, attempt) => {
    if (payment.state !== 'starting') return
    const at = () => parts.clock.now()
    if (attempt > 1)
      return { type: 'start-unanswered', reason: 'The platform stopped while the start was under way.', at: at() }
    if (at() - payment.createdAt > START_WITHIN_MS) {
      const message = 'The start came too late: the driver no longer waits.'
      return { type: 'start-answered', accepted: false, timeoutMs: 0, message, at: at() }
    }
    try {
      const call = parts.client.of({ id: payment.peerId }, commands, 'receiver')
      const body = await startSessionBody(payment, parts)
      // Also what waits for the partner, or sleeps with its process, leaves in that time or never. (F12, F76)
      const notAfter = payment.createdAt + START_WITHIN_MS
      const { data } = await call.startSession({ body }, { ...aboutPayment(payment), notAfter })
      return {
        type: 'start-answered',
        accepted: data.result === 'ACCEPTED',
        timeoutMs: data.timeout * 1000,
        message: told(data),
        at: at(),
      }
    } catch (error) {
      return startFailed(error, at())
    }
  }
}

/** OCPI 3xxx and 4xxx come with HTTP 200 too: troubles of a server or a hub, which may have passed the order on. (A-47, D-F03) */
const isRefusal = (error: unknown): boolean =>
  error instanceof PeerRefused && error.http < 500 && (error.statusCode ?? 2000) < 3000

/** A refusal is an answer; silence is not. A server error may hide a session that started. (D-F03, D-F04) */
function startFailed(error: unknown, at: number): PaymentEvent {
  const reason = error instanceof Error ? error.message : String(error)
  const neverArrived =
    error instanceof Fault && (error.code === 'PEER_UNREACHABLE' || error.code === 'PEER_LACKS_MODULE')
  if (isRefusal(error) || neverArrived)
    return { type: 'start-answered', accepted: false, timeoutMs: 0, message: reason, at }
  return { type: 'start-unanswered', reason, at }
}

const told = (response: CommandResponse): string | undefined => response.message?.[0]?.text

export function stopSession(parts: CommandParts) {
  return async (
    payment: Payment,
    order: { readonly commandId: string; readonly sessionId: string },
  ): Promise<PaymentEvent | void> => {
    if (payment.session?.status === 'COMPLETED') return
    const answered = (outcome: 'accepted' | 'refused' | 'unknown-session' | 'unanswered'): PaymentEvent => ({
      type: 'stop-answered',
      outcome,
      stopCommandId: parts.ids(),
      at: parts.clock.now(),
    })
    try {
      const call = parts.client.of({ id: payment.peerId }, commands, 'receiver')
      const response_url = await parts.responseUrl(order.commandId, payment.peerId)
      const body = { response_url, session_id: order.sessionId }
      const { data } = await call.stopSession({ body }, aboutPayment(payment))
      if (data.result === 'ACCEPTED') return answered('accepted')
      return answered(data.result === 'UNKNOWN_SESSION' ? 'unknown-session' : 'refused')
    } catch (error) {
      return answered(isRefusal(error) ? 'refused' : 'unanswered')
    }
  }
}
