/** The payment's state table as the console draws it: states and arrows, from the same walk as the reference page. */
import { paymentMachine } from '../../packages/ptp/src/payment/states.ts'
import { paymentStates } from './payment-states.ts'

export function paymentArrows(): string {
  const name = (word: string) => word.replaceAll('_', '-')
  // One line per arrow, in a form that no formatter breaks up.
  const arrows = [...paymentStates().matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)].map(
    ([, from = '', to = '', on = '']) => `${name(from)} > ${name(to)}: ${on}`,
  )
  return `${JSON.stringify({ states: Object.keys(paymentMachine.states), arrows }, null, 2)}\n`
}
