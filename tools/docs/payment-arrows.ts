/** The payment's state table as the console draws it: states and arrows, from the same walk as the reference page. */
import { paymentMachine } from '../../packages/ptp/src/payment/states.ts'
import { paymentStates } from './payment-states.ts'

export function paymentArrows(): string {
  const name = (word: string) => word.replaceAll('_', '-')
  const arrows = [...paymentStates().matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)].map(
    ([, from = '', to = '', on = '']) => ({
      from: name(from),
      to: name(to),
      on: on.split(', '),
    }),
  )
  const { initial, final, states } = paymentMachine
  return `${JSON.stringify({ initial, final, states: Object.keys(states), arrows }, null, 2)}\n`
}
