/** Our side: the real table, the real effects, and what the engine does between them. */
import { decide } from '@plugtill/engine/machine'
import { paymentKind } from '../../src/effects/payment-kind.ts'
import type { Intake } from '../../src/intake.ts'
import { waitingBills } from '../../src/payment/cells-second.ts'
import type { PaymentEvent, PaymentOrder } from '../../src/payment/events.ts'
import type { Payment } from '../../src/payment/payment.ts'
import { paymentMachine } from '../../src/payment/states.ts'
import { bankOf, type Choice } from './bank.ts'
import { type CpoWay, clientOf, documentsOf } from './cpo.ts'
import { assertStep, ViolationError, violated } from './rules.ts'
import type { Bill, Message, Waiting, World } from './world.ts'

const MINUTE_MS = 60_000
const idOf = (world: World) => () => `#${++world.ids}`

/** How a run goes: what the provider does, what the CPO does. */
export interface Run {
  readonly bank?: Choice
  readonly cpo?: CpoWay
}

function kindOf(world: World, { bank = { way: 'ok' }, cpo = 'ok' }: Run) {
  const ids = idOf(world)
  const onChanged = (id: string) => violated('I8', `Advice ${id} was sent again with other bytes.`)
  return paymentKind({
    psp: bankOf(world, bank),
    journal: { write: async () => undefined, of: async () => [], recent: async () => [], entry: async () => undefined },
    clock: { now: () => world.now },
    ids,
    keySecret: 'secret',
    client: clientOf(world, { way: cpo, onChanged }),
    intake: intakeOf(world),
    documents: documentsOf(world),
    peers: { get: async () => undefined },
    adviceRetryMaxMs: MINUTE_MS,
    random: () => 0,
    countryCode: 'NL',
    partyId: 'PTP',
    name: 'Test',
    responseUrl: (id) => `https://ptp.example/${id}`,
  })
}

/** One event, decided and committed. */
export function apply(world: World, event: PaymentEvent): void {
  const before = world.payment
  const decision = decide(world.setting.machine ?? paymentMachine, before, event)
  world.payment = decision.entity
  world.heard?.({ before, event, decision })
  assertStep(world, { before, event, decision })
  const kind = kindOf(world, {})
  const added = decision.effects.map((order): Waiting => {
    const dueAt = kind.dueAt?.(order, world.now) ?? world.now
    return { order, lane: kind.lane(order, decision.entity), dueAt, attempts: 0 }
  })
  const waiting = [...world.orders, ...added].filter(({ order }) => !isStale(order, decision.entity.state))
  // Only the order within a lane counts.
  world.orders = waiting.sort((a, b) => (a.lane < b.lane ? -1 : a.lane > b.lane ? 1 : 0))
  const expired = decision.effects.some((order) => order.do === 'alarm' && order.code === 'HOLD_EXPIRED')
  if (expired) world.alarms = ['HOLD_EXPIRED']
}

/** Reminders that can only be ignored from here on: the waits before a session are never entered again, an end by no wait. */
function isStale(order: PaymentOrder, state: Payment['state']): boolean {
  if (order.do !== 'remind') return false
  if (order.of === 'start-deadline-passed') return !BEFORE_RESULT.includes(state)
  if (order.of === 'plug-in-window-passed') return ![...BEFORE_RESULT, 'awaiting-session'].includes(state)
  return (state === 'captured' && order.of !== 'credit-due') || (state === 'voided' && order.of !== 'session-poll-due')
}

const BEFORE_RESULT: readonly Payment['state'][] = ['starting', 'start-unknown']

const intakeOf = (world: World): Intake => ({
  seen: async () => world.cpo.session ?? Promise.reject(new Error('no session')),
  isOf: async () => true,
  usedTwice: async () => undefined,
  session: async () => undefined,
  cdr: async (_peer, { id }) => {
    const bill = world.cpo.bills.find(({ cdr }) => cdr.id === id)
    if (bill) takeBill(world, bill)
    else takeCredit(world)
    return { created: true }
  },
})

/** As the intake does it: a delivery counts once, a credit finds the CDR that it takes back or waits for it. */
function takeBill(world: World, { cdr, check }: Bill): void {
  if (world.inbox.includes(cdr.id)) return
  world.inbox = [...world.inbox, cdr.id].sort()
  const early = world.cpo.credit?.of === cdr.id && world.inbox.includes('early') ? world.cpo.credit : undefined
  const credit = early && { id: early.id, amount: early.amount }
  apply(world, {
    type: 'cdr-received',
    cdr,
    ...(check && { check }),
    ...(credit && { credit }),
    adviceId: idOf(world)(),
    at: world.now,
  })
}

function takeCredit(world: World): void {
  const { credit } = world.cpo
  if (!credit || world.inbox.includes(credit.id)) return
  if (!world.inbox.includes(credit.of)) {
    world.inbox = [...new Set([...world.inbox, 'early'])].sort()
    return
  }
  world.inbox = [...world.inbox, credit.id].sort()
  // One that takes back what has moved no money is kept for an operator.
  if (![world.payment, ...waitingBills(world.payment)].some(({ cdr }) => cdr?.id === credit.of)) return
  const { id, amount, of } = credit
  apply(world, { type: 'credit-received', credit: { id, amount }, of, at: world.now })
}

export function deliver(world: World, message: Message): void {
  const ids = idOf(world)
  const { payment } = world
  switch (message.kind) {
    case 'result': {
      const { result } = message
      apply(world, { type: 'start-result', accepted: result === 'ACCEPTED', result, at: world.now })
      return
    }
    case 'stop-failed':
      if (payment.stop) apply(world, { type: 'stop-answered', outcome: 'refused', stopCommandId: ids(), at: world.now })
      return
    case 'session':
      apply(world, { type: 'session-reported', session: message.session, stopCommandId: ids(), at: world.now })
      return
    case 'cdr':
      takeBill(world, message.bill)
      return
    case 'credit':
      takeCredit(world)
  }
}

/** The first order of each lane that may run now; an older one that is tried again holds up those behind it. */
export function runnable(world: World): readonly number[] {
  const found: number[] = []
  const held = new Set<string>()
  for (const [index, { lane, dueAt, attempts, answer }] of world.orders.entries()) {
    if (held.has(lane)) continue
    const due = dueAt <= world.now
    if (due && !answer) found.push(index)
    if (due || attempts > 0) held.add(lane)
  }
  return found
}

const replaced = (world: World, index: number, by: readonly Waiting[]): readonly Waiting[] => [
  ...world.orders.slice(0, index),
  ...by,
  ...world.orders.slice(index + 1),
]

/** Calls outside; what it learned waits to be committed, so that anything may come between. */
export async function run(world: World, index: number, how: Run): Promise<void> {
  const waiting = world.orders[index]
  if (!waiting) return
  const kind = kindOf(world, how)
  const attempts = waiting.attempts + 1
  const tried = { ...waiting, attempts }
  const context = { entity: world.payment, key: '', attempt: attempts, dueAt: waiting.dueAt }
  try {
    const learned = (await kind.run(waiting.order, context)) ?? undefined
    const event = learned as PaymentEvent | undefined
    // Pulled CDRs have added orders of their own: it is found again by what it is.
    const now = world.orders.indexOf(waiting)
    world.orders = replaced(world, now, event ? [{ ...tried, answer: { event } }] : [])
    if (event && isAtOnce(waiting)) commit(world, now)
  } catch (error) {
    // A broken rule is no failure of the order.
    if (error instanceof ViolationError) throw error
    const now = world.orders.indexOf(waiting)
    const delay = kind.retry?.(waiting.order, attempts, error, world.payment) ?? 'give-up'
    if (delay === 'give-up') giveUp(world, now, error)
    // Moments between two minutes are the same states.
    else world.orders = replaced(world, now, [{ ...tried, dueAt: world.now + MINUTE_MS }])
  }
}

/** Nothing that could come between changes what these learn. */
const isAtOnce = ({ order }: Waiting): boolean =>
  order.do === 'remind' || order.do === 'advise' || order.do === 'pull-cdr' || order.do === 'stop-session'

export function commit(world: World, index: number): void {
  const event = world.orders[index]?.answer?.event
  world.orders = replaced(world, index, [])
  if (event) apply(world, event)
}

/** It was tried until nobody tries any more. */
export function giveUp(world: World, index: number, error: unknown = new Error('tried for too long')): void {
  const { order } = world.orders[index]!
  world.orders = replaced(world, index, [])
  world.alarms = ['EFFECT_PARKED']
  const event = kindOf(world, {}).gaveUp?.(order, error)
  if (event) apply(world, event)
}

/** The process dies: answers that were not committed are lost, and what it had claimed counts as tried. */
export function crash(world: World): void {
  world.orders = world.orders.map(({ answer: _, ...waiting }) => waiting)
}

/** The process dies with this order claimed and not sent. */
export function crashBefore(world: World, index: number): void {
  const waiting = world.orders[index]!
  world.orders = replaced(world, index, [{ ...waiting, attempts: waiting.attempts + 1 }])
  crash(world)
}

export function tap(world: World): void {
  apply(world, { type: 'tapped', at: world.now })
}
