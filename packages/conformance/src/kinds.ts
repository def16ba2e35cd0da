/** Which objects travel in which messages, so that a check asks for CDRs and not for URLs. */
import { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { CommandResponse, CommandResult, StartSession, StopSession } from '@plugtill/ocpi/modules/commands'
import { Credentials } from '@plugtill/ocpi/modules/credentials'
import { Connector, ConnectorPatch, Evse, EvsePatch, Location, LocationPatch } from '@plugtill/ocpi/modules/locations'
import {
  FinancialAdviceConfirmation,
  Terminal,
  TerminalActivation,
  TerminalChange,
} from '@plugtill/ocpi/modules/payments'
import { Session, SessionPatch } from '@plugtill/ocpi/modules/sessions'
import { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { Token } from '@plugtill/ocpi/modules/tokens'
import { VersionDetails, Versions } from '@plugtill/ocpi/modules/versions'
import type { Static } from 'typebox'

/** The shape of each kind as it is sent, in 2.3.0. */
export const SHAPES = {
  Versions,
  VersionDetails,
  Credentials,
  Location,
  EVSE: Evse,
  Connector,
  LocationPatch,
  EvsePatch,
  ConnectorPatch,
  Tariff,
  Token,
  StartSession,
  StopSession,
  CommandResponse,
  CommandResult,
  Session,
  SessionPatch,
  CDR: Cdr,
  Terminal,
  TerminalActivation,
  TerminalChange,
  FinancialAdviceConfirmation,
} as const

export type Kind = keyof typeof SHAPES
export type ValueOf<K extends Kind> = Static<(typeof SHAPES)[K]>

interface Carried {
  readonly question?: Kind
  /** What stands in `data`; of a list, each item. */
  readonly answer?: Kind
}

/** By row of the endpoint tables. */
export const CARRIED: Readonly<Record<string, Carried>> = {
  'versions.versions': { answer: 'Versions' },
  'versions.details': { answer: 'VersionDetails' },
  'credentials.get': { answer: 'Credentials' },
  'credentials.post': { question: 'Credentials', answer: 'Credentials' },
  'credentials.put': { question: 'Credentials', answer: 'Credentials' },
  'locations.list': { answer: 'Location' },
  'locations.location': { answer: 'Location' },
  'locations.evse': { answer: 'EVSE' },
  'locations.connector': { answer: 'Connector' },
  'locations.putLocation': { question: 'Location' },
  'locations.putEvse': { question: 'EVSE' },
  'locations.putConnector': { question: 'Connector' },
  'locations.patchLocation': { question: 'LocationPatch' },
  'locations.patchEvse': { question: 'EvsePatch' },
  'locations.patchConnector': { question: 'ConnectorPatch' },
  'tariffs.list': { answer: 'Tariff' },
  'tariffs.tariff': { answer: 'Tariff' },
  'tariffs.putTariff': { question: 'Tariff' },
  'tokens.token': { answer: 'Token' },
  'commands.startSession': { question: 'StartSession', answer: 'CommandResponse' },
  'commands.stopSession': { question: 'StopSession', answer: 'CommandResponse' },
  'commands.reserveNow': { answer: 'CommandResponse' },
  'commands.cancelReservation': { answer: 'CommandResponse' },
  'commands.unlockConnector': { answer: 'CommandResponse' },
  'commands.result': { question: 'CommandResult' },
  'sessions.list': { answer: 'Session' },
  'sessions.session': { answer: 'Session' },
  'sessions.putSession': { question: 'Session' },
  'sessions.patchSession': { question: 'SessionPatch' },
  'cdrs.list': { answer: 'CDR' },
  'cdrs.cdr': { answer: 'CDR' },
  'cdrs.postCdr': { question: 'CDR' },
  'payments.terminals': { answer: 'Terminal' },
  'payments.terminal': { answer: 'Terminal' },
  'payments.postTerminal': { question: 'Terminal' },
  'payments.patchTerminal': { question: 'TerminalChange' },
  'payments.putTerminal': { question: 'TerminalChange' },
  'payments.activate': { question: 'TerminalActivation' },
  'payments.advices': { answer: 'FinancialAdviceConfirmation' },
  'payments.advice': { answer: 'FinancialAdviceConfirmation' },
  'payments.postAdvice': { question: 'FinancialAdviceConfirmation' },
}

/** Objects inside of objects: of which kind, and where. */
export const INSIDE: Partial<Readonly<Record<Kind, readonly { readonly kind: Kind; readonly field: string }[]>>> = {
  Location: [{ kind: 'EVSE', field: 'evses' }],
  EVSE: [{ kind: 'Connector', field: 'connectors' }],
  CDR: [{ kind: 'Tariff', field: 'tariffs' }],
}

/** Rows whose answer is a list. */
export const LISTS: ReadonlySet<string> = new Set(
  ['locations', 'tariffs', 'sessions', 'cdrs', 'tokens']
    .map((module) => `${module}.list`)
    .concat('payments.terminals', 'payments.advices'),
)
