/** In which order the messages about one charge arrive: every order that can be has to be seen in a large run. (I12) */
import type { Bank } from './bank.ts'
import type { Logbook } from './log.ts'
import type { Wire } from './wire.ts'

export const MESSAGES = ['START response', 'result', 'session', 'CDR', 'stop', 'webhook'] as const
type Message = (typeof MESSAGES)[number]

const LABELS: Readonly<Record<string, Message>> = {
  result: 'result',
  session: 'session',
  cdr: 'CDR',
  'POST commands STOP_SESSION': 'stop',
}

const order = (first: Message, then: Message) => `${first} < ${then}`

/** Orders that cannot be, and why. */
export const NO_ORDERS: Readonly<Record<string, string>> = {
  'stop < START response':
    'the orders of one charge leave one after the other: a stop waits for the answer to the start',
}

export const ORDERS: readonly string[] = MESSAGES.flatMap((first) =>
  MESSAGES.filter((then) => then !== first).map((then) => order(first, then)),
).filter((one) => NO_ORDERS[one] === undefined)

/** Notes which kind of message came first about each driver; the first of a kind counts. */
export function ordersOn(parts: {
  readonly wire: Pick<Wire, 'watch'>
  readonly log: Pick<Logbook, 'watchers'>
  readonly bank: Pick<Bank, 'driverOf'>
}): () => readonly string[] {
  const arrived = new Map<string, Message[]>()
  const pairs = new Set<string>()
  const comes = (message: Message, driver: string) => {
    const before = arrived.get(driver) ?? []
    if (before.includes(message)) return
    for (const one of before) pairs.add(order(one, message))
    arrived.set(driver, [...before, message])
  }
  parts.wire.watch((label) => {
    const [, kind = '', driver = ''] = /^(.*) s(\d+)$/.exec(label) ?? []
    const message = LABELS[kind]
    if (message) comes(message, driver)
  })
  parts.log.watchers.push((what, reference) => {
    if (what !== 'start-response' && what !== 'webhook') return
    comes(what === 'webhook' ? 'webhook' : 'START response', String(parts.bank.driverOf(reference) ?? 0))
  })
  return () => [...pairs].sort()
}
