/** CDRs, advices and the charges they belong to. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { sameCi } from '@plugtill/ocpi/types'
import type { Found, View } from '../view.ts'

type Price = Cdr['total_cost']

/** What the driver pays, in hundredths. */
export const gross = ({ before_taxes, taxes }: Price) =>
  Math.round((before_taxes + (taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)) * 100)

export const money = (hundredths: number) => (hundredths / 100).toFixed(2)

type Advice = Found<FinancialAdviceConfirmation>

/** Advices that were posted, each id once. */
export const advices = (view: View): readonly Advice[] => {
  const posted = view.valid('FinancialAdviceConfirmation').filter(({ side }) => side === 'question')
  return [...new Map(posted.map((one) => [one.value.id.toLowerCase(), one])).values()]
}

/** CDRs of charges that the PTP started, as the CPO sent them. */
export const cdrsOf = (view: View) =>
  view.told('CDR').filter(({ seen, value }) => seen.place === 'cdrs.postCdr' && !value.credit && started(view, value))

const started = (view: View, { authorization_reference: reference }: Cdr) =>
  view.valid('StartSession').some(({ value }) => sameCi(value.authorization_reference ?? ' ', reference ?? ''))

export const adviceFor = (view: View, { authorization_reference: reference }: Cdr) =>
  advices(view).filter(({ value }) => sameCi(value.authorization_reference, reference ?? ''))

export const cdrFor = (view: View, { authorization_reference: reference }: FinancialAdviceConfirmation) =>
  cdrsOf(view).find(({ value }) => sameCi(value.authorization_reference ?? '', reference))
