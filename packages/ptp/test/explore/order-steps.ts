/** What can become of an order of ours: its usual ways, its faults, a crash before it is sent, and that it is given up. */
import type { PaymentOrder } from '../../src/payment/events.ts'
import type { Choice } from './bank.ts'
import type { CpoWay } from './cpo.ts'
import { crashBefore, giveUp, type Run, run, runnable } from './platform.ts'
import type { Left, World } from './world.ts'

export interface Step {
  readonly name: string
  readonly costs?: keyof Left
  /** What the CPO, the charger or the driver do of their own free will: nobody may rely on it. */
  readonly willed?: boolean
  readonly act: (world: World) => void | Promise<void>
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

export const orderSteps = (world: World): readonly Step[] =>
  runnable(world).flatMap((index) => stepsOfOrder(world, index))

export function stepsOfOrder(world: World, index: number): readonly Step[] {
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
