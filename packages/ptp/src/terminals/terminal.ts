/** A payment terminal of ours: owned here, made known to its CPO by POST, assigned by the CPO. (payments; C-701 to C-705) */

import type { Desk, Kind } from '@plugtill/engine/engine'
import type { Entity, Machine } from '@plugtill/engine/machine'
import { type OcpiClient, PeerRefused } from '@plugtill/ocpi/client'
import { payments, type Terminal } from '@plugtill/ocpi/modules/payments'
import type { PartyId } from '@plugtill/ocpi/peers'
import { hashOf } from '../content-hash.ts'
import { newerThan } from './written.ts'

export interface PaymentTerminal extends Entity {
  /** terminal_id, as we gave it. */
  readonly id: string
  readonly state: 'announcing' | 'announced' | 'deactivated'
  readonly peerId: string
  /** Absent: the platform's own settings count. */
  readonly contractId?: string
  readonly model: string
  /** The object as the CPO sees it. `last_updated` grows with every change, by whom ever. */
  readonly terminal: Terminal
  /** When the CPO wrote what is written in it, by the CPO's own clock. (F27) */
  readonly writtenAt?: Readonly<Record<string, number>>
  /** The CPO's party whose sites it sells. (E-28) */
  readonly party?: PartyId
  /** How often it was to be made known again. */
  readonly announcements?: number
  readonly refusal?: string
}

/** What a decision was made on, by its hash. */
interface Decided {
  readonly seen: string
}

/** What the CPO wrote; `terminal` is the whole new object. */
interface Written extends Decided, Required<Pick<PaymentTerminal, 'terminal' | 'writtenAt'>> {
  readonly party?: PartyId | undefined
  readonly contractId?: string | undefined
}

/** Which announcement was answered; an older program did not count. */
interface Answered {
  readonly nth?: number | undefined
}

export type TerminalEvent =
  | { readonly type: 'added' }
  | (Answered & { readonly type: 'announced' })
  | (Answered & { readonly type: 'announce-refused'; readonly reason: string })
  /** The CPO assigned or changed it. */
  | (Written & { readonly type: 'changed' })
  | (Written & { readonly type: 'activated' })
  | { readonly type: 'push-asked'; readonly at: number }
  | (Decided & { readonly type: 'deactivated'; readonly at: number })
  /** It stands under another contract now, with the same CPO platform or with another one. */
  | Moved

export interface Moved extends Written {
  readonly type: 'moved'
  readonly peerId: string
  readonly contractId: string
}

export type TerminalOrder = Answered & { readonly do: 'announce' }

type Verdict = ReturnType<Machine<PaymentTerminal, TerminalEvent, TerminalOrder>['states']['announced']['added']>

export const seenOf = ({ peerId, contractId, party, terminal }: PaymentTerminal): string =>
  hashOf({ peerId, contractId, party, terminal })

export const OVERTAKEN = 'it was changed by another in the meantime'

/** Whoever reads, asks around and then writes must not write over what came in between, least of all into another's terminal. (T15) */
const unlessOvertaken =
  <H extends Decided>(cell: (terminal: PaymentTerminal, event: H) => Verdict) =>
  (terminal: PaymentTerminal, event: H): Verdict =>
    event.seen === seenOf(terminal) ? cell(terminal, event) : { ignore: OVERTAKEN }

const announced = (terminal: PaymentTerminal, set: Partial<Omit<PaymentTerminal, 'id' | 'state'>>): Verdict => {
  const announcements = (terminal.announcements ?? 0) + 1
  return {
    to: 'announcing',
    set: { ...set, refusal: undefined, announcements },
    effects: [{ do: 'announce', nth: announcements }],
  }
}
const isLatest = ({ announcements = 0 }: PaymentTerminal, { nth = 0 }: Answered): boolean => nth === announcements

/** What was sent before says nothing of what is to be sent now, and perhaps to another CPO. (E-12) */
const ifLatest =
  <H extends Answered>(cell: (event: H) => Verdict) =>
  (terminal: PaymentTerminal, event: H): Verdict =>
    isLatest(terminal, event) ? cell(event) : { ignore: 'a newer announcement is on its way' }

const written = ({ terminal, writtenAt, party, contractId }: Written) => ({
  terminal,
  writtenAt,
  ...(party && { party }),
  ...(contractId && { contractId }),
})
const changed = unlessOvertaken((terminal, event: Written) => ({ to: terminal.state, set: written(event) }))
const activate = unlessOvertaken((terminal, event: Written) => announced(terminal, written(event)))

/** Deactivation has no field in the object: the empty assignment is what the CPO sees. (E-09) */
const deactivate = unlessOvertaken(({ terminal }, { at }: Decided & { at: number }) => ({
  to: 'deactivated',
  set: { terminal: { ...terminal, location_ids: [], evse_uids: [], last_updated: newerThan(terminal, at) } },
}))
const push = (found: PaymentTerminal, { at }: { at: number }): Verdict =>
  announced(found, { terminal: { ...found.terminal, last_updated: newerThan(found.terminal, at) } })

const elsewhere = ({ peerId, party, ...event }: Moved) => ({ ...written(event), peerId, party })

/** Running payments keep the connection and the terms they were begun with. */
const move = unlessOvertaken((terminal, event: Moved) => announced(terminal, elsewhere(event)))

export const terminalMachine: Machine<PaymentTerminal, TerminalEvent, TerminalOrder> = {
  name: 'terminal',
  initial: 'announcing',
  final: ['announced', 'deactivated'],
  states: {
    announcing: {
      added: () => ({ to: 'announcing', effects: [{ do: 'announce' }] }),
      announced: ifLatest(() => ({ to: 'announced', set: { refusal: undefined } })),
      'announce-refused': ifLatest(({ reason }) => ({ to: 'announcing', set: { refusal: reason } })),
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
      moved: unlessOvertaken((_terminal, event: Moved) => ({ to: 'deactivated', set: elsewhere(event) })),
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
    run: async (order, { entity }) => {
      if (entity.state !== 'announcing' || !isLatest(entity, order)) return
      const { nth } = order
      try {
        await client
          .of({ id: entity.peerId }, payments, 'receiver')
          .postTerminal({ body: entity.terminal }, { ...(entity.party && { to: entity.party }) })
        return { type: 'announced', nth }
      } catch (error) {
        if (error instanceof PeerRefused && !error.retry)
          return { type: 'announce-refused', nth, reason: error.message }
        throw error
      }
    },
    gaveUp: ({ nth }, error) => ({
      type: 'announce-refused',
      nth,
      reason: error instanceof Error ? error.message : String(error),
    }),
  }
}
