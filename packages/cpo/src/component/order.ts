/** What a partner ordered of somebody else's charging system, and what of it the partner has to hear. */
import type { Machine, Row, Verdict } from '@plugtill/engine/machine'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { AnswerTo } from '../charging/session.ts'
import type { Outcome, StartOrder } from './csms.ts'

export interface Order {
  readonly id: string
  readonly state: 'asked' | 'accepted' | 'refused' | 'running' | 'billed'
  readonly peerId: string
  readonly owner: string
  readonly reference?: string
  readonly fingerprint: string
  readonly start: StartOrder
  readonly to: AnswerTo
  readonly session?: Session
  /** Each exactly as it is sent and served: written once. (C-601) */
  readonly cdrs: readonly string[]
}

export type OrderEvent =
  | { readonly type: 'asked' }
  | { readonly type: 'asked-again'; readonly to: AnswerTo }
  | { readonly type: 'answered'; readonly outcome: Outcome }
  | { readonly type: 'session-told'; readonly session: Session }
  | { readonly type: 'cdr-told'; readonly cdr: string }
  | { readonly type: 'stop-asked'; readonly to: AnswerTo }
  | { readonly type: 'stop-answered'; readonly outcome: Outcome; readonly to: AnswerTo }

export type OrderEffect =
  | { readonly do: 'start' }
  | { readonly do: 'stop'; readonly to: AnswerTo }
  | { readonly do: 'send-result'; readonly outcome: Outcome; readonly to: AnswerTo }
  | { readonly do: 'file' }
  | { readonly do: 'push-session' }
  | { readonly do: 'send-cdr'; readonly number: number }

type Cells = Row<Order, OrderEvent, OrderEffect>
type Said = Verdict<Order, OrderEffect>

const result = (order: Order, outcome: Outcome, to: AnswerTo): Said => ({
  to: order.state,
  effects: [{ do: 'send-result', outcome, to }],
})

const tellSession = (order: Order, session: Session): Said => ({
  // A session that ended in COMPLETED or INVALID does not change any more. (C-506)
  to: order.state === 'billed' ? 'billed' : 'running',
  set: { session },
  effects: [{ do: 'file' }, { do: 'push-session' }],
})

const tellCdr = (order: Order, cdr: string): Said =>
  order.cdrs.includes(cdr)
    ? { ignore: 'The same CDR again.' }
    : {
        to: 'billed',
        set: { cdrs: [...order.cdrs, cdr] },
        effects: [{ do: 'file' }, { do: 'send-cdr', number: order.cdrs.length }],
      }

const open: Cells = {
  asked: () => ({ ignore: 'Asked before.' }),
  'asked-again': (order, { to }) => result(order, { result: 'ACCEPTED' }, to),
  answered: () => ({ ignore: 'The station had answered before.' }),
  'session-told': (order, { session }) => tellSession(order, session),
  'cdr-told': (order, { cdr }) => tellCdr(order, cdr),
  'stop-asked': (order, { to }) => ({ to: order.state, effects: [{ do: 'stop', to }] }),
  'stop-answered': (order, { outcome, to }) => result(order, outcome, to),
}

const asked: Cells = {
  ...open,
  asked: () => ({ to: 'asked', effects: [{ do: 'start' }] }),
  // The result goes where the partner listens now.
  'asked-again': (_, { to }) => ({ to: 'asked', set: { to } }),
  answered: (order, { outcome }) => ({
    to: outcome.result === 'ACCEPTED' ? 'accepted' : 'refused',
    effects: [{ do: 'send-result', outcome, to: order.to }],
  }),
  // The session proves the start before the answer came.
  'session-told': (order, { session }) => {
    const told = tellSession(order, session)
    const accepted = { do: 'send-result', outcome: { result: 'ACCEPTED' }, to: order.to } as const
    return 'to' in told ? { ...told, effects: [accepted, ...(told.effects ?? [])] } : told
  },
}

const refused: Cells = {
  ...open,
  'asked-again': (order, { to }) => result(order, { result: 'FAILED' }, to),
  // Energy that flows although the start was refused is the operator's: the partner has released the money.
  'session-told': () => ({ refuse: "The start of this order was refused; a session of it is nobody's." }),
  'cdr-told': () => ({ refuse: 'The start of this order was refused; a CDR of it would be paid by nobody.' }),
}

export const orderMachine: Machine<Order, OrderEvent, OrderEffect> = {
  name: 'csms-order',
  initial: 'asked',
  final: ['refused'],
  states: {
    asked,
    accepted: open,
    refused,
    running: open,
    billed: { ...open, 'stop-asked': (order, { to }) => result(order, { result: 'ACCEPTED' }, to) },
  },
}
