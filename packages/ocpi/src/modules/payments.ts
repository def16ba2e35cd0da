/** Terminals and what was captured with them. Owned by the PTP. (payments; C-701 to C-710) */
import Type, { type Static } from 'typebox'
import { list, module, one, patch, post, put } from '../module.ts'
import {
  ciString,
  closedEnum,
  DateTime,
  listOf,
  object,
  oneOrMore,
  optional,
  Price,
  partial,
  patchOf,
  url,
} from '../types.ts'
import { AnyPrice, priceOf } from '../versions/v2.2.1.ts'
import { GeoLocation } from './locations-parts.ts'

/** Who makes the driver's invoice. (payments › InvoiceCreator; C-710) */
export const InvoiceCreator = closedEnum(['CPO', 'PTP'])
export type InvoiceCreator = Static<typeof InvoiceCreator>

const terminal = {
  terminal_id: ciString(36),
  customer_reference: optional(ciString(36)),
  /** Of the CPO, not of the owner. (E-30) */
  party_id: optional(ciString(3)),
  country_code: optional(ciString(2)),
  address: optional(ciString(45)),
  city: optional(ciString(45)),
  postal_code: optional(ciString(10)),
  state: optional(ciString(20)),
  country: optional(ciString(3)),
  coordinates: optional(GeoLocation),
  /** The invoice is found at this URL + "/" + authorization_reference. (E-19) */
  invoice_base_url: optional(url),
  invoice_creator: optional(InvoiceCreator),
  /** Mapping value of the PTP, such as the serial number. (C-703) */
  reference: optional(ciString(36)),
  location_ids: listOf(ciString(36)),
  evse_uids: listOf(ciString(36)),
  last_updated: DateTime,
}

/** As it is sent. (payments › Terminal) */
export const Terminal = object(terminal)
export type Terminal = Static<typeof Terminal>

/** As it is accepted: "just the terminal id" is enough, although the table asks for `last_updated`. (payments › Terminal; E-10) */
export const TerminalReceived = object({ ...terminal, last_updated: optional(DateTime) })
export type TerminalReceived = Static<typeof TerminalReceived>

/** Activation: the CPO says what it knows, the PTP gives the id. (payments › POST activate; C-703, E-08) */
export const TerminalActivation = object({
  ...terminal,
  terminal_id: optional(ciString(36)),
  last_updated: optional(DateTime),
})
export type TerminalActivation = Static<typeof TerminalActivation>

/** Changed fields as they are sent, with `last_updated`. (payments › PATCH; A-22) */
export const TerminalPatch = patchOf(Terminal)
export type TerminalPatch = Static<typeof TerminalPatch>

/**
 * What the PTP accepts from the CPO in PATCH and PUT: any part of a Terminal. A PUT without `terminal_id` is a
 * merge, like the official example. Assignment lists are replaced, null empties them. (payments › PUT; E-05 to E-07)
 */
export const TerminalChange = partial(TerminalReceived)
export type TerminalChange = Static<typeof TerminalChange>

/** Outcome of the capture at the PSP. (payments › CaptureStatusCode; E-16) */
export const CaptureStatusCode = closedEnum(['SUCCESS', 'PARTIAL_SUCCESS', 'FAILED'])
export type CaptureStatusCode = Static<typeof CaptureStatusCode>

const advice = {
  id: ciString(36),
  /** As in StartSession, Session and CDR. (C-706) */
  authorization_reference: ciString(36),
  /** What was really captured, taxes included. (E-14) */
  total_costs: Price,
  currency: ciString(3),
  /** Lines for the invoice, in print order. (E-15) */
  eft_data: oneOrMore(ciString(255)),
  capture_status_code: CaptureStatusCode,
  capture_status_message: optional(ciString(255)),
  last_updated: DateTime,
}

/** What the PTP captured for one session, as it is sent. (payments › FinancialAdviceConfirmation) */
export const FinancialAdviceConfirmation = object(advice)
export type FinancialAdviceConfirmation = Static<typeof FinancialAdviceConfirmation>

/**
 * As it is accepted: either form of price, and no `eft_data` when nothing was captured.
 * (payments › FinancialAdviceConfirmation; E-14, E-15)
 */
export const FinancialAdviceReceived = Type.Refine(
  object({ ...advice, total_costs: AnyPrice, eft_data: listOf(ciString(255)) }),
  (received) => received.capture_status_code === 'FAILED' || Boolean(received.eft_data?.length),
  () => 'eft_data with at least one line unless capture_status_code is FAILED',
)
export type FinancialAdviceReceived = Static<typeof FinancialAdviceReceived>

/** A received advice with the 2.3.0 price and a list of lines, empty at most for FAILED. (E-14, E-15) */
export function readAdvice(received: FinancialAdviceReceived): FinancialAdviceConfirmation {
  return { ...received, total_costs: priceOf(received.total_costs), eft_data: received.eft_data ?? [] }
}

const TERMINALS = '/terminals'
const TERMINAL = `${TERMINALS}/:terminal_id`
const ADVICES = '/financial-advice-confirmations'
const ADVICE = `${ADVICES}/:id`

/**
 * One module id, two kinds of object: both lie below the one advertised URL. No owner ids in the URLs. The lists
 * at the CPO are our extension for diagnosis. (payments › Interfaces and endpoints; C.7, E-03, E-13)
 */
export const payments = module('payments', {
  sender: {
    terminals: list(TERMINALS, TerminalReceived),
    terminal: one(TERMINAL, TerminalReceived),
    patchTerminal: patch(TERMINAL, TerminalChange),
    putTerminal: put(TERMINAL, TerminalChange),
    activate: post(`${TERMINALS}/activate`, TerminalActivation),
    deactivate: post(`${TERMINAL}/deactivate`),
    advices: list(ADVICES, FinancialAdviceReceived),
    advice: one(ADVICE, FinancialAdviceReceived),
  },
  receiver: {
    terminals: list(TERMINALS, TerminalReceived),
    terminal: one(TERMINAL, TerminalReceived),
    postTerminal: post(TERMINALS, TerminalReceived),
    advices: list(ADVICES, FinancialAdviceReceived),
    advice: one(ADVICE, FinancialAdviceReceived),
    postAdvice: post(ADVICES, FinancialAdviceReceived),
  },
})
