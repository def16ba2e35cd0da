/** A small kind for the tests: something is sent, arrives or is lost, and a deadline watches. */
import type { Kind, Run } from '../src/engine.ts'
import type { Machine } from '../src/machine.ts'

export interface Parcel {
  readonly id: string
  readonly state: 'new' | 'sending' | 'arrived' | 'lost'
  readonly to: string
  readonly notes: number
  readonly label?: string
}

export type ParcelEvent =
  | { readonly type: 'ordered'; readonly deadlineMs?: number }
  | { readonly type: 'noted'; readonly by: number }
  | { readonly type: 'labelled'; readonly label: string }
  | { readonly type: 'delivered' }
  | { readonly type: 'failed' }
  | { readonly type: 'overdue' }
  | { readonly type: 'pinged'; readonly times: number }

export type ParcelOrder =
  | { readonly do: 'send' }
  | { readonly do: 'watch'; readonly afterMs: number }
  | { readonly do: 'ping'; readonly n: number }

type Cells = Machine<Parcel, ParcelEvent, ParcelOrder>['states']['new']

const known = () => ({ ignore: 'already known' })
const refused = () => ({ refuse: 'this parcel is closed' })

const open: Cells = {
  ordered: known,
  noted: (parcel, { by }) => ({ to: parcel.state, set: { notes: parcel.notes + by } }),
  labelled: (parcel, { label }) => ({ to: parcel.state, set: { label } }),
  pinged: (parcel, { times }) => ({
    to: parcel.state,
    effects: Array.from({ length: times }, (_, n) => ({ do: 'ping' as const, n })),
  }),
  delivered: () => ({ to: 'arrived' }),
  failed: () => ({ to: 'lost' }),
  overdue: () => ({ to: 'lost' }),
}

const closed: Cells = {
  ordered: known,
  noted: refused,
  labelled: refused,
  pinged: refused,
  delivered: known,
  failed: known,
  overdue: known,
}

export const parcelMachine: Machine<Parcel, ParcelEvent, ParcelOrder> = {
  name: 'parcel',
  initial: 'new',
  final: ['arrived', 'lost'],
  states: {
    new: {
      ...open,
      ordered: (_, { deadlineMs }) => ({
        to: 'sending',
        effects: [...(deadlineMs === undefined ? [] : [{ do: 'watch' as const, afterMs: deadlineMs }]), { do: 'send' }],
      }),
    },
    sending: open,
    arrived: closed,
    lost: closed,
  },
}

export type Send = (order: ParcelOrder, run: Run<Parcel>) => Promise<ParcelEvent | void>

/** The kind, with the world outside given by the test. */
export function parcelKind(
  send: Send,
  more: Partial<Kind<Parcel, ParcelEvent, ParcelOrder>> = {},
): Kind<Parcel, ParcelEvent, ParcelOrder> {
  return {
    machine: parcelMachine,
    keys: (parcel) => (parcel.label === undefined ? [] : [parcel.label]),
    words: ({ to, label }) => [to, ...(label === undefined ? [] : [label])],
    lane: (order, parcel) => (order.do === 'watch' ? 'clock' : `to:${parcel.to}`),
    dueAt: (order, now) => (order.do === 'watch' ? now + order.afterMs : now),
    run: async (order, run) => (order.do === 'watch' ? { type: 'overdue' } : send(order, run)),
    gaveUp: (order) => (order.do === 'send' ? { type: 'failed' } : undefined),
    ...more,
  }
}

export const parcel = (id: string, to = 'berlin'): Parcel => ({ id, state: 'new', to, notes: 0 })
