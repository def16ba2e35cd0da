/** A PTP's advices, as its CPO reads them. (payments › Sender; D-36) */
import { sameCi } from '@plugtill/ocpi/types'
import { type Check, each } from '../check.ts'
import { isYes } from '../view.ts'
import { refused, taken } from './ask-back.ts'
import { advices, gross, money } from './ptp-matched.ts'

const TOLD = 'payments.sender.advice/1'
const LIST = 'payments.sender.advices.list/1'

export const ptpAdviceListChecks: readonly Check[] = [
  taken(LIST, { what: 'The list of advices', places: ['payments.advices'] }),
  each('payments.sender.advices.list/2', {
    needs: 'advices have to be sent and read',
    after: [TOLD, LIST],
    of: (view) => {
      const read = view.of('us', 'payments.advices').filter(isYes)
      return read.length === 0 ? [] : advices(view).filter(({ seen }) => seen.index < (read.at(-1)?.index ?? 0))
    },
    judge: ({ value }, view) => {
      const listed = view.valid('FinancialAdviceConfirmation').filter(({ seen }) => seen.place === 'payments.advices')
      return listed.some((one) => sameCi(one.value.id, value.id))
        ? 'ok'
        : {
            message: 'An advice that was sent does not stand in the list.',
            expected: value.id,
            actual: listed.map((one) => one.value.id).join(', ') || 'an empty list',
          }
    },
  }),
  each('payments.sender.advices.list/3', {
    needs: 'an advice has to be sent and read',
    after: [TOLD, LIST, 'payments.sender.advices.list/2'],
    of: (view) => view.valid('FinancialAdviceConfirmation').filter(({ side }) => side === 'answer'),
    judge: ({ value }, view) => {
      const sent = advices(view).find((one) => sameCi(one.value.id, value.id))?.value
      if (sent === undefined) return undefined
      return gross(sent.total_costs) === gross(value.total_costs) &&
        sent.capture_status_code === value.capture_status_code
        ? 'ok'
        : {
            message: 'An advice reads otherwise than it was sent.',
            expected: `${sent.capture_status_code} ${money(gross(sent.total_costs))}`,
            actual: `${value.capture_status_code} ${money(gross(value.total_costs))}`,
          }
    },
  }),
  taken('payments.sender.advices.get/1', {
    what: 'GET of an advice',
    places: ['payments.advice'],
    after: [LIST, TOLD],
  }),
  refused('payments.sender.advices.get/2', {
    what: 'GET of an advice that there is not',
    probes: ['advices.unknown'],
    http: 404,
    after: [LIST],
  }),
]
