/** What can happen next in a world, and what it costs: what costs nothing may happen as often as it can. */
import type { PaymentOrder } from '../../src/payment/events.ts'
import { DECISIONS } from '../../src/payment/events.ts'
import { differenceOf } from '../../src/sweep.ts'
import type { Choice } from './bank.ts'
import { decidePending, recordOf } from './bank.ts'
import { atLevel, billOf, type CpoWay, change, LEVELS, send } from './cpo.ts'
import { apply, commit, crash, crashBefore, deliver, giveUp, type Run, run, runnable } from './platform.ts'
import { copyOf, type Left, type World } from './world.ts'

export interface Step {
  readonly name: string
  readonly costs?: keyof Left
  /** What the CPO, the charger or the driver do of their own free will: nobody may rely on it. */
  readonly willed?: boolean
  readonly act: (world: World) => void | Promise<void>
}

export async function taken(world: World, { costs, act }: Step): Promise<World> {
  const next = copyOf(world)
  if (costs) next.left = { ...next.left, [costs]: next.left[costs] - 1 }
  await act(next)
  return next
}

export function stepsOf(world: World): readonly Step[] {
  const prompt = promptly(world)
  const all = prompt === undefined ? allSteps(world) : stepsOfOrder(world, prompt)
  return all.filter(({ costs }) => !costs || world.left[costs] > 0)
}

/**
 * Deadlines that have passed, searches, stops and advices go at once: whatever could come before them could as well have come
 * before they were ordered, or comes after them. What moves money and what starts a car waits, so that anything may come between.
 */
function promptly(world: World): number | undefined {
  return runnable(world).find((index) => {
    const { order } = world.orders[index]!
    return PROMPT.includes(order.do) || (order.do === 'find-session' && !order.last)
  })
}

const PROMPT: readonly PaymentOrder['do'][] = ['remind', 'alarm', 'advise', 'pull-cdr', 'stop-session']

function allSteps(world: World): readonly Step[] {
  return [
    ...orderSteps(world),
    ...answerSteps(world),
    ...messageSteps(world),
    ...bankSteps(world),
    ...(world.wire.length < (world.setting.onTheWay ?? 2)
      ? [...startSteps(world), ...sessionSteps(world), ...billSteps(world)]
      : []),
    ...peopleSteps(world),
    ...timeSteps(world),
  ]
}

const PSP: readonly PaymentOrder['do'][] = ['authorize', 'capture', 'void', 'raise-hold', 'refund']
const QUERIES: readonly PaymentOrder['do'][] = ['query-authorization', 'query-capture', 'query-void', 'query-raise']
const CPO: readonly PaymentOrder['do'][] = ['start-session', 'stop-session', 'find-session', 'pull-cdr', 'advise']

/** The ways of an order that are no fault, and those that are one. */
function waysOf(
  world: World,
  order: PaymentOrder,
): { readonly usual: readonly [string, Run][]; readonly faulty: readonly [string, Run][] } {
  const { setting } = world
  const bank = (choice: Choice): Run => ({ bank: choice })
  if (order.do === 'authorize') {
    const approvals = setting.approvals ?? [5000, 0]
    const faults: Choice[] = [{ way: 'lost-done' }, { way: 'lost' }, { way: 'down' }]
    return {
      usual: approvals.map((approve) => [`approves ${approve}`, bank({ way: 'ok', approve })] as const),
      faulty: [...faults, ...later(setting.later)].map((choice) => [choice.way, bank(choice)] as const),
    }
  }
  if (PSP.includes(order.do) || QUERIES.includes(order.do)) {
    const ways: Choice[] = [{ way: 'lost-done' }, { way: 'lost' }, { way: 'down' }, { way: 'refused' }]
    const blind: Choice[] = QUERIES.includes(order.do) ? [{ way: 'ok', blind: true }] : []
    return {
      usual: [['ok', {}]],
      faulty: [...ways, ...blind, ...later(setting.later)].map(
        (one) => [one.blind ? 'blind' : one.way, bank(one)] as const,
      ),
    }
  }
  if (!CPO.includes(order.do)) return { usual: [['ok', {}]], faulty: [] }
  const ways: CpoWay[] =
    order.do === 'start-session' || order.do === 'stop-session'
      ? ['lost-done', 'lost', 'down', ...(order.do === 'stop-session' ? (['failed', 'refused'] as const) : [])]
      : order.do === 'advise'
        ? ['lost-done', 'lost']
        : ['lost']
  const usual: CpoWay[] = order.do === 'start-session' ? ['ok', 'refused'] : ['ok']
  return { usual: usual.map((cpo) => [cpo, { cpo }]), faulty: ways.map((cpo) => [cpo, { cpo }]) }
}

const later = (yes: boolean | undefined): readonly Choice[] => (yes ? [{ way: 'later' }] : [])

/** Tried for 30 days before it is given up: by then no hold stands any more. */
const ENDURING: readonly PaymentOrder['do'][] = [
  'query-authorization',
  'capture',
  'query-capture',
  'void',
  'query-void',
]
const BRIEF: readonly PaymentOrder['do'][] = ['raise-hold', 'query-raise', 'refund']

const mayGiveUp = ({ now, bank }: World, { do: name }: PaymentOrder) =>
  BRIEF.includes(name) || (ENDURING.includes(name) && now >= bank.captureBefore)

const wordOf = (order: PaymentOrder) => (order.do === 'remind' ? order.of : order.do)

const orderSteps = (world: World): readonly Step[] => runnable(world).flatMap((index) => stepsOfOrder(world, index))

function stepsOfOrder(world: World, index: number): readonly Step[] {
  const { order } = world.orders[index]!
  const { usual, faulty } = waysOf(world, order)
  const word = wordOf(order)
  const step = (name: string, how: Run, costs?: keyof Left): Step => ({
    name: name === 'ok' ? word : `${word}: ${name}`,
    ...(costs && { costs }),
    act: (next) => run(next, index, how),
  })
  const sent = CPO.includes(order.do) || PSP.includes(order.do)
  return [
    ...usual.map(([name, how]) => step(name, how)),
    ...faulty.map(([name, how]) => step(name, how, 'faults')),
    ...(sent
      ? [{ name: `crash before ${word}`, costs: 'crashes', act: (next) => crashBefore(next, index) } satisfies Step]
      : []),
    ...(mayGiveUp(world, order)
      ? [{ name: `${word} is given up`, costs: 'faults', act: (next) => giveUp(next, index) } satisfies Step]
      : []),
  ]
}

function answerSteps(world: World): readonly Step[] {
  const answered = world.orders.flatMap(({ answer }, index) => (answer ? [index] : []))
  const steps = answered.map((index): Step => {
    const word = world.orders[index]?.answer?.event?.type ?? 'nothing'
    return { name: `${word}`, act: (next) => commit(next, index) }
  })
  return answered.length > 0
    ? [...steps, { name: 'crash before the answer is kept', costs: 'crashes', act: crash }]
    : steps
}

function messageSteps(world: World): readonly Step[] {
  return world.wire.flatMap((message, index): readonly Step[] => {
    const name =
      message.kind === 'session'
        ? `session ${message.session.status} ${message.session.kwh} kWh`
        : message.kind === 'result'
          ? `result ${message.result}`
          : message.kind
    const gone = (next: World) => {
      next.wire = next.wire.filter((_, at) => at !== index)
    }
    const take = (next: World) => {
      gone(next)
      deliver(next, message)
    }
    return [
      { name, act: take },
      { name: `${name} is lost`, costs: 'faults', act: gone },
      { name: `${name}, a copy`, costs: 'copies', act: (next) => deliver(next, message) },
    ]
  })
}

/** What the provider does by itself, and what the comparison of its books with ours brings up. */
function bankSteps(world: World): readonly Step[] {
  const { bank, payment } = world
  const steps: Step[] = []
  if (bank.pending) {
    steps.push({ name: 'the provider decides: done', act: (next) => decidePending(next, true) })
    steps.push({ name: 'the provider decides: no', costs: 'faults', act: (next) => decidePending(next, false) })
  }
  if (bank.state === 'captured' && world.setting.refusals) {
    steps.push({
      name: 'the provider takes the capture back',
      costs: 'faults',
      act: (next) => {
        next.bank.state = 'capture-failed'
        next.bank.captured = 0
        next.bank.captures = 0
      },
    })
    steps.push({
      name: 'the provider captures twice',
      costs: 'faults',
      act: (next) => {
        next.bank.captured += 300
        next.bank.byItself = true
      },
    })
  }
  const booked = recordOf(copyOf(world))
  const told = booked && differenceOf(payment, booked, { clock: { now: () => world.now } as never, ids: () => '#0' })
  if (told)
    steps.push({
      name: `books compared: ${told.event.type}`,
      act: (next) => {
        const ids = () => `#${++next.ids}`
        const again = differenceOf(next.payment, recordOf(next)!, { clock: { now: () => next.now } as never, ids })
        if (again) apply(next, again.event)
      },
    })
  return steps
}

function startSteps(world: World): readonly Step[] {
  const { cpo, setting } = world
  if (cpo.start !== 'taken') return []
  const result = (name: string, running: boolean): Step => ({
    name: `the charger says ${name}`,
    willed: true,
    act: (next) => {
      next.cpo.start = running ? 'running' : 'over'
      send(next, { kind: 'result', result: name })
    },
  })
  return [
    result('ACCEPTED', true),
    ...(setting.refusals ? [result('EVSE_OCCUPIED', false)] : []),
    // It says no, and a car charges all the same.
    { ...result('FAILED', true), costs: 'faults' },
  ]
}

function sessionSteps(world: World): readonly Step[] {
  const { cpo, setting } = world
  const { session } = cpo
  const step = (name: string, to: Parameters<typeof change>[1], costs?: keyof Left): Step => ({
    name,
    willed: true,
    ...(costs && { costs }),
    act: (next) => change(next, to),
  })
  if (cpo.start === 'none' || cpo.start === 'over') return []
  if (!session) {
    if (cpo.stopAsked) return []
    const there = (setting.elsewhere ?? []).map((elsewhere) =>
      step(`charging begins elsewhere, ${elsewhere}`, { status: 'ACTIVE', elsewhere, ...atLevel(0) }),
    )
    return [
      step('the charger waits for a car', { status: 'PENDING', ...atLevel(0) }),
      step('charging begins', { status: 'ACTIVE', ...atLevel(0) }),
      ...there,
    ]
  }
  if (session.status === 'PENDING')
    return [
      ...(cpo.stopAsked ? [] : [step('charging begins', { status: 'ACTIVE', ...atLevel(0) })]),
      step('the session is over before a car came', { status: 'INVALID', ...atLevel(0) }),
    ]
  if (session.status !== 'ACTIVE') return []
  const now = LEVELS.findIndex(({ kwh }) => kwh === session.kwh)
  const next = setting.levels.filter((level) => level > now)
  return [
    ...next.map((level) => step(`charged to ${LEVELS[level]?.kwh} kWh`, { status: 'ACTIVE', ...atLevel(level) })),
    { ...step('charging has ended', { status: 'COMPLETED', ...atLevel(now) }), willed: !cpo.stopAsked },
    ...(setting.refusals ? [step('the session is declared invalid', { status: 'INVALID', ...atLevel(now) })] : []),
  ]
}

function billSteps(world: World): readonly Step[] {
  const { cpo, setting } = world
  const { session, bills, credit } = cpo
  if (session?.status !== 'COMPLETED') return []
  const bill = (n: number) => (kind: (typeof setting.bills)[number]) => ({
    name: `CDR${n} is written, ${kind}`,
    willed: true,
    act: (next: World) => {
      const made = billOf(kind, session.cost?.amountMinor ?? 0, n)
      next.cpo.bills = [...next.cpo.bills, made]
      send(next, { kind: 'cdr', bill: made })
    },
  })
  const [first] = bills
  if (!first) return setting.bills.map(bill(1))
  if (!setting.credits) return []
  const takeBack: Step = {
    name: 'CDR1 is taken back',
    willed: true,
    act: (next) => {
      next.cpo.credit = { id: 'CREDIT1', amount: first.cdr.due, of: 'CDR1' }
      send(next, { kind: 'credit' })
    },
  }
  if (!credit) return first.cdr.due.amountMinor > 0 ? [takeBack] : []
  return bills.length === 1 ? (['under', 'above'] as const).map(bill(2)) : []
}

/** Driver and operator. */
function peopleSteps(world: World): readonly Step[] {
  const { state } = world.payment
  const said = (next: World) => ({ refundId: `#${++next.ids}`, adviceId: `#${++next.ids}`, at: next.now })
  const steps: Step[] = []
  if (state === 'awaiting-session' || state === 'charging')
    steps.push({
      name: 'the driver stops',
      costs: 'acts',
      willed: true,
      act: (next) =>
        apply(next, { type: 'stop-requested', by: 'driver', stopCommandId: `#${++next.ids}`, at: next.now }),
    })
  const decisions = state === 'stuck' ? DECISIONS : state === 'captured' ? (['refund'] as const) : []
  for (const decision of decisions)
    steps.push({
      name: `an operator decides: ${decision}`,
      costs: 'acts',
      willed: true,
      act: (next) => apply(next, { type: 'operator-decided', decision, by: 'anna', reason: 'asked', ...said(next) }),
    })
  return steps
}

const PAUSE_MS = 120_000

const wait = (name: string, now: number, costs?: keyof Left): Step => ({
  name,
  ...(costs && { costs }),
  act: (next) => {
    next.now = now
  },
})

/** To the next moment at which something is due; a platform that is down, or a message that is slow, costs a fault. */
function timeSteps(world: World): readonly Step[] {
  const { now, orders, wire, setting } = world
  if (runnable(world).length > 0 || orders.some(({ answer }) => answer))
    return [wait('two minutes without the platform', now + PAUSE_MS, 'crashes')]
  const [next] = orders
    .map(({ dueAt }) => dueAt)
    .filter((at) => at > now)
    .sort((a, b) => a - b)
  const slow = wire.length > 0
  if (next === undefined || (slow && setting.prompt)) return []
  return [wait(`${Math.round((next - now) / 1000)} s pass`, next, slow ? 'faults' : undefined)]
}
