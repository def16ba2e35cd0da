/** Remote commands: answered at once by the CPO, later by the charge point. (commands; C-301 to C-309) */
import type { Static } from 'typebox'
import { module, post } from '../module.ts'
import { ciString, closedEnum, DateTime, DisplayText, int, listOf, object, optional, url } from '../types.ts'
import { Token } from './tokens.ts'

/** `authorization_reference` is the only link between card, session and CDR. (commands › StartSession; E-20) */
export const StartSession = object({
  response_url: url,
  token: Token,
  location_id: ciString(36),
  evse_uid: optional(ciString(36)),
  connector_id: optional(ciString(36)),
  authorization_reference: optional(ciString(36)),
})
export type StartSession = Static<typeof StartSession>

/** (commands › StopSession) */
export const StopSession = object({
  response_url: url,
  session_id: ciString(36),
})
export type StopSession = Static<typeof StopSession>

/** (commands › ReserveNow) */
export const ReserveNow = object({
  response_url: url,
  token: Token,
  expiry_date: DateTime,
  reservation_id: ciString(36),
  location_id: ciString(36),
  evse_uid: optional(ciString(36)),
  authorization_reference: optional(ciString(36)),
})
export type ReserveNow = Static<typeof ReserveNow>

/** (commands › CancelReservation) */
export const CancelReservation = object({
  response_url: url,
  reservation_id: ciString(36),
})
export type CancelReservation = Static<typeof CancelReservation>

/** For help desks, never directly for drivers. (commands › UnlockConnector; C-309) */
export const UnlockConnector = object({
  response_url: url,
  location_id: ciString(36),
  evse_uid: ciString(36),
  connector_id: ciString(36),
})
export type UnlockConnector = Static<typeof UnlockConnector>

/** (commands › CommandResponseType) */
export const CommandResponseType = closedEnum(['NOT_SUPPORTED', 'REJECTED', 'ACCEPTED', 'UNKNOWN_SESSION'])
export type CommandResponseType = Static<typeof CommandResponseType>

/** Whether the CPO can pass the command on; `timeout` in seconds. (commands › CommandResponse; C-301, C-303) */
export const CommandResponse = object({
  result: CommandResponseType,
  timeout: int,
  message: listOf(DisplayText),
})
export type CommandResponse = Static<typeof CommandResponse>

/** (commands › CommandResultType) */
export const CommandResultType = closedEnum([
  'ACCEPTED',
  'CANCELED_RESERVATION',
  'EVSE_OCCUPIED',
  'EVSE_INOPERATIVE',
  'FAILED',
  'NOT_SUPPORTED',
  'REJECTED',
  'TIMEOUT',
  'UNKNOWN_RESERVATION',
])
export type CommandResultType = Static<typeof CommandResultType>

/** What the charge point said; ACCEPTED does not prove a session. (commands › CommandResult; C-304) */
export const CommandResult = object({
  result: CommandResultType,
  message: listOf(DisplayText),
})
export type CommandResult = Static<typeof CommandResult>

/** The caller posts the result to the `response_url` it was given; ours lie below our own endpoint. (commands › Interfaces and endpoints; C-302) */
export const commands = module('commands', {
  sender: {
    result: post('/:id', CommandResult),
  },
  receiver: {
    startSession: post('/START_SESSION', StartSession, CommandResponse),
    stopSession: post('/STOP_SESSION', StopSession, CommandResponse),
    reserveNow: post('/RESERVE_NOW', ReserveNow, CommandResponse),
    cancelReservation: post('/CANCEL_RESERVATION', CancelReservation, CommandResponse),
    unlockConnector: post('/UNLOCK_CONNECTOR', UnlockConnector, CommandResponse),
  },
})
