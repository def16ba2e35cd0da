/** What the CPO has been told about a payment, in order. Pure. */
import type { Advice, Payment } from './payment.ts'

export type Told = Pick<Payment, 'advice' | 'earlierAdvices'>

export const advicesOf = ({ advice, earlierAdvices = [] }: Told): readonly Advice[] => [
  ...earlierAdvices,
  ...(advice ? [advice] : []),
]

/** Of the capture as it stands: later advices are about refunds, one that failed about another attempt. */
export function adviceOfCapture(payment: Told): Advice | undefined {
  const told = advicesOf(payment)
  return told[told.findLastIndex(({ status }) => status === 'FAILED') + 1]
}
