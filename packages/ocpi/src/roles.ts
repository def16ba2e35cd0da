/** Who offers which side of which module in direct payment. (C.0) */
import type { InterfaceRole } from './module.ts'

/** Module id to the interface roles on offer. */
export type Offer = Readonly<Record<string, readonly InterfaceRole[]>>

/** `credentials` is listed once; its role means nothing. (E-48) */
const CONNECTION: Offer = { credentials: ['SENDER'] }

/** What a payment terminal platform offers: it owns terminals and advices and takes the pushes of the CPO. (C.0) */
export const PTP: Offer = {
  ...CONNECTION,
  commands: ['SENDER'],
  payments: ['SENDER'],
  locations: ['RECEIVER'],
  tariffs: ['RECEIVER'],
  sessions: ['RECEIVER'],
  cdrs: ['RECEIVER'],
}

/** What a charge point operator offers. (C.0) */
export const CPO: Offer = {
  ...CONNECTION,
  commands: ['RECEIVER'],
  payments: ['RECEIVER'],
  locations: ['SENDER'],
  tariffs: ['SENDER'],
  sessions: ['SENDER'],
  cdrs: ['SENDER'],
}

/** Without these at the CPO no card payment can be made. (C-002) */
export const NEEDED_FROM_CPO: Offer = {
  locations: ['SENDER'],
  tariffs: ['SENDER'],
  commands: ['RECEIVER'],
  sessions: ['SENDER'],
  cdrs: ['SENDER'],
  payments: ['RECEIVER'],
}

/** Without these at the PTP a CPO can neither see terminals nor deliver a CDR; the rest it can leave to pulls. (C.0, E-45) */
export const NEEDED_FROM_PTP: Offer = {
  payments: ['SENDER'],
  cdrs: ['RECEIVER'],
}

/** How a PTP calls itself: the enum has no word for it, so each connection may be set otherwise. (E-02) */
export const PTP_ROLE_NAMES = { '2.3.0': 'PTP', '2.2.1': 'EMSP' } as const

/** One side of one module. */
export interface Side {
  readonly identifier: string
  readonly role: string
}

/** Which needed sides are missing from version details; names are compared without case. (E-01, E-45) */
export function missingFrom(
  endpoints: readonly Side[],
  needed: Offer,
): readonly { identifier: string; role: InterfaceRole }[] {
  const offered = new Set(endpoints.map((side) => `${side.identifier.toLowerCase()} ${side.role.toUpperCase()}`))
  return Object.entries(needed).flatMap(([identifier, roles]) =>
    roles.filter((role) => !offered.has(`${identifier} ${role}`)).map((role) => ({ identifier, role })),
  )
}
