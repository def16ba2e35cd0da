/** A payment terminal of ours: owned here, made known to its CPO by POST, assigned by the CPO. (payments; C-701 to C-705) */

import type { Desk, Kind } from '@plugtill/engine/engine'
import type { Entity, Machine } from '@plugtill/engine/machine'
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import { payments, type Terminal } from '@plugtill/ocpi/modules/payments'
import type { PartyId } from '@plugtill/ocpi/peers'

export interface PaymentTerminal extends Entity {
  /** terminal_id, as we gave it. */
  readonly id: string
  readonly state: 'announcing' | 'announced' | 'deactivated'
  readonly peerId: string
  /** Absent: the platform's own settings count. */
  readonly contractId?: string
  readonly model: string
  /** The object as the CPO sees it. */
  readonly terminal: Terminal
  /** The CPO's party whose sites it sells. (E-28) */
  readonly party?: PartyId
  readonly refusal?: string
}

export type TerminalEvent =
  | { readonly type: 'added' }
  | { readonly type: 'announced' }
  | { readonly type: 'announce-refused'; readonly reason: string }
  /** The CPO assigned or changed it; `terminal` is the whole new object. */
  | { readonly type: 'changed'; readonly terminal: Terminal; readonly party?: PartyId }
  | { readonly type: 'push-asked'; readonly lastUpdated: string }
  | { readonly type: 'deactivated'; readonly lastUpdated: string }
  | { readonly type: 'activated'; readonly terminal: Terminal; readonly contractId?: string }
  /** It stands under another contract now, with the same CPO platform or with another one. */
  | {
      readonly type: 'moved'
      readonly peerId: string
      readonly contractId: string
      readonly terminal: Terminal
      readonly party?: PartyId
    }

export type TerminalOrder = { readonly do: 'announce' }

const announce = [{ do: 'announce' }] as const
const changed = (terminal: PaymentTerminal, event: { terminal: Terminal; party?: PartyId }) =>
  ({ to: terminal.state, set: { terminal: event.terminal, ...(event.party && { party: event.party }) } }) as const

/** Deactivation has no field in the object: the empty assignment is what the CPO sees. (E-09) */
const deactivate = (terminal: PaymentTerminal, event: { lastUpdated: string }) =>
  ({
    to: 'deactivated',
    set: { terminal: { ...terminal.terminal, location_ids: [], evse_uids: [], last_updated: event.lastUpdated } },
  }) as const
const push = (terminal: PaymentTerminal, event: { lastUpdated: string }) =>
  ({
    to: 'announcing',
    set: { refusal: undefined, terminal: { ...terminal.terminal, last_updated: event.lastUpdated } },
    effects: announce,
  }) as const

const activate = (_terminal: PaymentTerminal, { terminal, contractId }: { terminal: Terminal; contractId?: string }) =>
  ({
    to: 'announcing',
    set: { refusal: undefined, terminal, ...(contractId && { contractId }) },
    effects: announce,
  }) as const

/** Running payments keep the connection and the terms they were begun with. */
const move = (
  _terminal: PaymentTerminal,
  { peerId, contractId, terminal, party }: Extract<TerminalEvent, { type: 'moved' }>,
) =>
  ({ to: 'announcing', set: { refusal: undefined, peerId, contractId, terminal, party }, effects: announce }) as const

export const terminalMachine: Machine<PaymentTerminal, TerminalEvent, TerminalOrder> = {
  name: 'terminal',
  initial: 'announcing',
  final: ['announced', 'deactivated'],
  states: {
    announcing: {
      added: () => ({ to: 'announcing', effects: announce }),
      announced: () => ({ to: 'announced', set: { refusal: undefined } }),
      'announce-refused': (_terminal, { reason }) => ({ to: 'announcing', set: { refusal: reason } }),
      changed,
      'push-asked': push,
      deactivated: deactivate,
      activated: activate,
      moved: move,
    },
    announced: {
      added: () => ({ ignore: 'already announced' }),
      announced: () => ({ ignore: 'already announced' }),
      'announce-refused': () => ({ ignore: 'it had been accepted before' }),
      changed,
      'push-asked': push,
      deactivated: deactivate,
      activated: activate,
      moved: move,
    },
    deactivated: {
      added: () => ({ ignore: 'already known' }),
      announced: () => ({ ignore: 'deactivated in the meantime' }),
      'announce-refused': () => ({ ignore: 'deactivated in the meantime' }),
      changed: () => ({ refuse: 'A deactivated terminal is not assigned. Activate it by its reference first.' }),
      'push-asked': () => ({ refuse: 'A deactivated terminal is not announced. Activate it by its reference first.' }),
      deactivated: () => ({ ignore: 'already deactivated' }),
      activated: activate,
      moved: (_terminal, { peerId, contractId, terminal, party }) => ({
        to: 'deactivated',
        set: { peerId, contractId, terminal, party },
      }),
    },
  },
}

export type TerminalDesk = Desk<PaymentTerminal, TerminalEvent>

export const referenceKey = (peerId: string, reference: string) =>
  `reference/${peerId.toLowerCase()}/${reference.toLowerCase()}`

export function terminalKind(client: OcpiClient): Kind<PaymentTerminal, TerminalEvent, TerminalOrder> {
  return {
    machine: terminalMachine,
    keys: ({ peerId, terminal }) => (terminal.reference ? [referenceKey(peerId, terminal.reference)] : []),
    lane: (_order, { peerId }) => `cpo:${peerId}:terminals`,
    run: async (_order, { entity }) => {
      if (entity.state !== 'announcing') return
      try {
        await client
          .of({ id: entity.peerId }, payments, 'receiver')
          .postTerminal({ body: entity.terminal }, { ...(entity.party && { to: entity.party }) })
        return { type: 'announced' }
      } catch (error) {
        if (error instanceof PeerRefused && !error.retry) return { type: 'announce-refused', reason: error.message }
        throw error
      }
    },
    gaveUp: (_order, error) => ({
      type: 'announce-refused',
      reason: error instanceof Error ? error.message : String(error),
    }),
  }
}
