/** What a PTP tells about the money it captured. (payments › FinancialAdviceConfirmation; D-33 to D-36) */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each, exchanges, fields } from '../check.ts'
import { jsonOf } from '../seen.ts'
import { type Found, isYes, type View } from '../view.ts'
import { textOf } from './ask-back.ts'
import { cardNumberIn } from './card-number.ts'
import { adviceFor, advices, cdrFor, cdrsOf, gross, money } from './ptp-matched.ts'

const POST = 'cdrs.receiver.post/1'
const TOLD = 'payments.sender.advice/1'
const SHAPE = 'payments.sender.advice/2'

/** A second, different advice between the CDR and the questions about it. */
const tooMany = (view: View, cdr: Found<Cdr>) => {
  const asked = view.fact('cdrs-asked')
  const until = asked !== undefined && sameCi(asked.about, cdr.value.id) ? asked.at : Number.POSITIVE_INFINITY
  return adviceFor(view, cdr.value).filter(
    ({ seen, value }) => seen.at <= until && value.capture_status_code !== 'FAILED',
  )
}

export const ptpAdviceChecks: readonly Check[] = [
  each(TOLD, {
    needs: 'a CDR has to be accepted',
    after: [POST],
    of: (view) => cdrsOf(view).filter(({ seen }) => isYes(seen)),
    judge: ({ seen, value }, view) => {
      if (gross(value.total_cost) === 0 || isLate(view, value)) return undefined
      const failed = view
        .probes('advices.failed')
        .some(({ request }) =>
          request.body.toLowerCase().includes((value.authorization_reference ?? ' ').toLowerCase()),
        )
      if (adviceFor(view, value).length > 0 || failed) return 'ok'
      // One that is wrong or belongs to no charge is told by requirements of their own.
      if (wasTold(view, value) || advices(view).some((one) => !isOfCharge(view, one.value))) return 'ok'
      return view.overdue(seen.at, 60_000)
        ? {
            message: 'No advice followed a CDR.',
            expected: 'POST {payments}/financial-advice-confirmations within a minute',
            actual: 'nothing',
          }
        : undefined
    },
  }),
  ...fields({
    kind: 'FinancialAdviceConfirmation',
    needs: 'an advice has to be seen',
    after: [TOLD],
    owners: [
      [/^\/eft_data/, 'payments.sender.advice/3'],
      [/^\/total_costs/, 'payments.sender.advice/4'],
      [/^\/capture_status_code/, 'payments.sender.advice/5'],
    ],
    rest: SHAPE,
    of: ({ side, seen }) => side === 'question' || seen.by === 'us',
  }),
  each('payments.sender.advice/6', {
    needs: 'an advice has to be sent',
    after: [TOLD, SHAPE],
    of: (view) => advices(view),
    judge: ({ value }, view) => {
      const known = view.valid('StartSession').map((one) => one.value.authorization_reference ?? '')
      if (known.length === 0) return undefined
      return known.some((one) => sameCi(one, value.authorization_reference))
        ? 'ok'
        : {
            message: 'The advice belongs to no charge.',
            expected: 'the authorization_reference of START_SESSION',
            actual: value.authorization_reference,
            field: '/authorization_reference',
          }
    },
  }),
  each('payments.sender.advice/7', {
    needs: 'an advice has to follow a CDR',
    after: [TOLD, SHAPE, 'payments.sender.advice/4', 'payments.sender.advice/6'],
    of: (view) => advices(view),
    judge: ({ value }, view) => {
      const cdr = cdrFor(view, value)
      if (cdr === undefined || value.capture_status_code !== 'SUCCESS' || wasCredited(view, value)) return undefined
      const [due, captured] = [gross(cdr.value.total_cost), gross(value.total_costs)]
      if (due === 0) return undefined
      return due === captured
        ? 'ok'
        : {
            message: 'The advice says SUCCESS and another amount than the CDR.',
            expected: money(due),
            actual: money(captured),
            field: '/total_costs',
          }
    },
  }),
  each('payments.sender.advice/8', {
    needs: 'an advice has to follow a CDR',
    after: [TOLD, SHAPE],
    of: (view) => advices(view),
    judge: ({ value }, view) => {
      const cdr = cdrFor(view, value)
      if (cdr === undefined) return undefined
      return sameCi(cdr.value.currency, value.currency)
        ? 'ok'
        : {
            message: 'The advice is in another currency than the CDR.',
            expected: cdr.value.currency,
            actual: value.currency,
            field: '/currency',
          }
    },
  }),
  each('payments.sender.advice/9', {
    needs: 'an advice has to follow a CDR',
    after: [TOLD, SHAPE, 'payments.sender.advice/4'],
    of: (view) => advices(view),
    judge: ({ value }, view) => {
      const cdr = cdrFor(view, value)
      if (cdr === undefined) return undefined
      const [due, captured] = [gross(cdr.value.total_cost), gross(value.total_costs)]
      if (due === 0) return undefined
      return captured <= due
        ? 'ok'
        : {
            message: 'More was captured than the CDR asks for.',
            expected: `at most ${money(due)}`,
            actual: money(captured),
            field: '/total_costs',
          }
    },
  }),
  each('payments.sender.advice/10', {
    needs: 'an advice has to follow a CDR',
    after: [TOLD, SHAPE, 'payments.sender.advice/4'],
    of: (view) => advices(view),
    judge: ({ value }, view) => {
      const cdr = cdrFor(view, value)
      if (cdr === undefined || wasCredited(view, value)) return undefined
      const [due, captured] = [gross(cdr.value.total_cost), gross(value.total_costs)]
      const fits = {
        SUCCESS: captured === due,
        PARTIAL_SUCCESS: captured > 0 && captured < due,
        FAILED: captured === 0,
      }
      return fits[value.capture_status_code] || value.capture_status_code === 'SUCCESS'
        ? 'ok'
        : {
            message: `${value.capture_status_code} does not fit the amounts.`,
            expected: captured === due ? 'SUCCESS' : captured > 0 ? 'PARTIAL_SUCCESS' : 'FAILED',
            actual: `${value.capture_status_code} with ${money(captured)} of ${money(due)}`,
            field: '/capture_status_code',
          }
    },
  }),
  each('payments.sender.advice/11', {
    needs: 'a CDR has to be followed by an advice',
    after: [TOLD, SHAPE, 'payments.sender.advice/16'],
    of: cdrsOf,
    judge: (cdr, view) => {
      const all = tooMany(view, cdr)
      if (all.length === 0) return undefined
      return all.length === 1
        ? 'ok'
        : {
            message: 'One CDR was followed by more than one advice.',
            expected: 'one advice',
            actual: `${all.length} advices: ${all.map(({ value }) => value.id).join(', ')}`,
          }
    },
  }),
  each('payments.sender.advice/12', {
    needs: 'an advice has to be sent',
    after: [TOLD],
    of: (view) => view.found('FinancialAdviceConfirmation'),
    judge: ({ value }) => {
      const number = cardNumberIn(textOf(value))
      return number === undefined
        ? 'ok'
        : {
            message: 'The advice holds a whole card number.',
            expected: 'at most the last four digits',
            actual: `${number.length} digits that end in ${number.slice(-4)}`,
            field: '/eft_data',
          }
    },
  }),
  each('payments.sender.advice/13', {
    needs: 'an advice has to be answered with a failure',
    after: [TOLD],
    of: (view) => exchanges(view.probes('advices.failed')),
    judge: ({ seen }, view) => {
      const id = (jsonOf(seen.request.body) as { id?: string } | undefined)?.id ?? ''
      const again = view.of('partner', 'payments.postAdvice').filter(({ index }) => index > seen.index)
      const same = again.find(({ question }) => sameCi(String((question as { id?: unknown })?.id), id))
      if (same !== undefined) return 'ok'
      const reference =
        (jsonOf(seen.request.body) as { authorization_reference?: string } | undefined)?.authorization_reference ?? ''
      const other = advices(view).find(({ value }) => sameCi(value.authorization_reference, reference))
      if (other !== undefined)
        return {
          message: 'An advice that was not taken came again under another id.',
          expected: id,
          actual: other.value.id,
          field: '/id',
        }
      return view.overdue(seen.at, 300_000)
        ? {
            message: 'An advice that was not taken was not sent again.',
            expected: 'the same POST again',
            actual: 'nothing',
          }
        : undefined
    },
  }),
  each('payments.sender.advice/14', {
    needs: 'an advice has to be sent again',
    after: [TOLD, 'payments.sender.advice/13'],
    of: (view) => exchanges(view.probes('advices.failed')),
    judge: ({ seen }, view) => {
      const first = jsonOf(seen.request.body) as { id?: string } | undefined
      const same = view
        .of('partner', 'payments.postAdvice')
        .find(
          ({ index, question }) =>
            index > seen.index && sameCi(String((question as { id?: unknown })?.id), first?.id ?? ''),
        )
      if (same === undefined) return undefined
      return same.request.body === seen.request.body
        ? 'ok'
        : {
            message: 'An advice changed between its first and its second sending.',
            expected: 'the same bytes',
            actual: same.request.body.slice(0, 160),
          }
    },
  }),
  each('payments.sender.advice/15', {
    needs: 'a CDR of nothing has to be sent',
    after: [POST],
    of: (view) => cdrsOf(view).filter(({ value }) => gross(value.total_cost) === 0),
    judge: ({ value, seen }, view) => {
      const [advice] = adviceFor(view, value)
      if (advice === undefined) return view.overdue(seen.at, 60_000) ? 'ok' : undefined
      const captured = gross(advice.value.total_costs)
      return captured === 0
        ? 'ok'
        : {
            message: 'Something was captured for a CDR of nothing.',
            expected: '0.00',
            actual: money(captured),
            field: '/total_costs',
          }
    },
  }),
  each('payments.sender.advice/16', {
    needs: 'an advice has to be sent',
    after: [TOLD, SHAPE],
    of: (view) => advices(view),
    judge: ({ value, seen }, view) => {
      const cdr = cdrFor(view, value)
      if (value.capture_status_code === 'FAILED' || gross(value.total_costs) === 0) return undefined
      return cdr !== undefined && cdr.seen.at <= seen.at
        ? 'ok'
        : {
            message: 'Money was captured before there was a CDR.',
            expected: 'an advice after the CDR',
            actual: value.id,
          }
    },
  }),
]

/** Whether an advice was sent for it, whatever is wrong with it. */
const wasTold = (view: View, { authorization_reference: reference }: Cdr) =>
  view
    .of('partner', 'payments.postAdvice')
    .some(({ question }) =>
      sameCi(String((question as Partial<FinancialAdviceConfirmation>)?.authorization_reference), reference ?? ''),
    )

const isOfCharge = (view: View, { authorization_reference: reference }: FinancialAdviceConfirmation) =>
  view.valid('StartSession').some(({ value }) => sameCi(value.authorization_reference ?? '', reference))

const isLate = (view: View, { session_id }: Cdr) => view.fact('late', session_id ?? '') !== undefined

const wasCredited = (view: View, { authorization_reference: reference, last_updated }: FinancialAdviceConfirmation) => {
  const credit = view
    .probes('cdrs.credit')
    .find(({ question }) =>
      sameCi(String((question as { authorization_reference?: unknown })?.authorization_reference), reference),
    )
  return credit !== undefined && Date.parse(last_updated) >= credit.at
}
