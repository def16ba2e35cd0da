/** What can happen next in a world, and what it costs: what costs nothing may happen as often as it can. */
import type { PaymentOrder } from '../../src/payment/events.ts'
import { DECISIONS } from '../../src/payment/events.ts'
import { differenceOf } from '../../src/sweep-difference.ts'
import { decidePending, recordOf } from './bank.ts'
import { atLevel, billOf, change, LEVELS, send } from './cpo.ts'
import { orderSteps, type Step, stepsOfOrder } from './order-steps.ts'
import { apply, commit, crash, deliver, runnable } from './platform.ts'
import { copyOf, type Left, type World } from './world.ts'

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
  if (setting.twoBills && bills.length === 1) return setting.bills.map(bill(2))
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
