/** What explorations came to, in words. */
import { decide } from '@plugtill/engine/machine'
import type { PaymentEvent } from '../../src/payment/events.ts'
import type { PaymentState } from '../../src/payment/payment.ts'
import { paymentMachine } from '../../src/payment/states.ts'
import { events, paymentIn } from '../samples.ts'
import { everyCell, type Found } from './explore.ts'
import { UNREACHED } from './unreached.ts'

export function text(
  { setting, states, transitions, ends, deepest, violations, cells, complete }: Found,
  seconds: number,
) {
  const lines = [
    `${setting}: ${states} worlds, ${transitions} steps, ${ends} ends, deepest ${deepest}, ${cells.size} cells, ${seconds.toFixed(1)} s${complete ? '' : ', NOT to its end'}`,
    ...violations.flatMap(({ message, path }) => [
      `  ${message}`,
      ...path.map((step, index) => `    ${index + 1}. ${step}`),
    ]),
  ]
  return `${lines.join('\n')}\n`
}

/** What a cell does with a typical payment; `moves` is what somebody has to explain when it is never reached. */
function usual(cell: string): 'moves' | 'ignores' | 'refuses' {
  const [state, type] = cell.split(' ') as [PaymentState, PaymentEvent['type']]
  const { verdict } = decide(paymentMachine, paymentIn(state), events[type])
  return 'to' in verdict ? 'moves' : 'ignore' in verdict ? 'ignores' : 'refuses'
}

export function complaintsOf(all: readonly Found[], { whole }: { readonly whole: boolean }): readonly string[] {
  const reached = new Set(all.flatMap(({ cells }) => [...cells.keys()]))
  const never = everyCell.filter((cell) => !reached.has(cell))
  const explained = Object.values(UNREACHED).flat()
  const broken = all.flatMap(({ setting, violations }) => violations.map(({ message }) => `${setting}: ${message}`))
  const cut = all.filter(({ complete }) => !complete).map(({ setting }) => `${setting} was not explored to its end.`)
  const wrong = explained.filter((cell) => reached.has(cell)).map((cell) => `${cell} is reached, it needs no reason.`)
  if (!whole) return [...broken, ...cut, ...wrong]
  const open = never.filter((cell) => usual(cell) === 'moves' && !explained.includes(cell))
  return [...broken, ...cut, ...wrong, ...open.map((cell) => `${cell} was never reached, and nobody says why.`)]
}

/** How many cells were reached, and of the others how many only refuse or ignore. */
export function summary(all: readonly Found[]): string {
  const reached = new Set(all.flatMap(({ cells }) => [...cells.keys()]))
  const never = everyCell.filter((cell) => !reached.has(cell))
  const of = (kind: ReturnType<typeof usual>) => never.filter((cell) => usual(cell) === kind)
  return `${reached.size} of ${everyCell.length} cells reached; of the others ${of('refuses').length} refuse what nobody ordered, ${of('ignores').length} ignore what comes too late, ${of('moves').length} are explained.\n`
}
