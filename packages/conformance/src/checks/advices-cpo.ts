/** What a CPO does with financial advice confirmations, and the invoice behind them. (payments; C-706, C-709, C-710) */
import type { FinancialAdviceConfirmation } from '@plugtill/ocpi/modules/payments'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import { toText } from '@plugtill/pricing/decimal'
import { currencyDigits, grossOf } from '@plugtill/pricing/money'
import { type Check, each, exchanges, type Ruling } from '../check.ts'
import { SHAPES } from '../kinds.ts'
import type { Seen } from '../seen.ts'
import { isYes, type View } from '../view.ts'
import { invoiceTerms } from './cdrs-cpo.ts'
import { covers } from './covers.ts'
import { said } from './said.ts'
import { same } from './wrongs.ts'

const SENT = ['cdrs.sent/1', 'cdrs.reference/1']
const KEPT = [...SENT, 'payments.advices.post/1']

function adviceIn(seen: Seen, side: 'question' | 'answer'): FinancialAdviceConfirmation | undefined {
  const value = side === 'question' ? seen.question : seen.answer?.data
  const read = codecOf(seen.version).read(SHAPES.FinancialAdviceConfirmation, value)
  return 'value' in read ? (read.value as FinancialAdviceConfirmation) : undefined
}

const postsOf = (view: View): readonly Seen[] => view.of('us', 'payments.postAdvice')

/** The advice that was sent under the id of this question for it. */
const sentAs = (seen: Seen, view: View): FinancialAdviceConfirmation | undefined => {
  const id = decodeURIComponent(seen.url.split(/[?#]/)[0]?.split('/').at(-1) ?? '')
  return postsOf(view)
    .map((post) => adviceIn(post, 'question'))
    .findLast((advice) => same(advice?.id, id))
}

const answered =
  (message: string, expected: string) =>
  ({ seen }: { readonly seen: Seen }): Ruling =>
    isYes(seen) ? 'ok' : { message, expected, actual: said(seen) }

const toldInOcpi =
  (message: string) =>
  ({ seen }: { readonly seen: Seen }): Ruling =>
    seen.response !== undefined && seen.response.status < 500 && seen.answer !== undefined
      ? 'ok'
      : { message, expected: 'HTTP 200 with OCPI 1000, or a code of 2000 or more', actual: said(seen) }

const posts: readonly Check[] = [
  each('payments.advices.post/1', {
    needs: 'a financial advice confirmation has to be sent',
    after: SENT,
    of: (view) => exchanges(postsOf(view).slice(0, 1)),
    judge: answered('A financial advice confirmation was not taken.', 'HTTP 200 or 201 with OCPI 1000'),
  }),
  each('payments.advices.post/2', {
    needs: 'a financial advice confirmation has to be sent twice',
    after: KEPT,
    of: (view) => exchanges(view.probes('payments.advice-again')),
    judge: answered('The same financial advice confirmation was refused the second time.', 'a yes, as the first time'),
  }),
  each('payments.advices.post/3', {
    needs: 'a financial advice confirmation with status FAILED and no eft_data',
    after: KEPT,
    of: (view) => exchanges(view.probes('payments.advice-failed')),
    judge: answered(
      'A financial advice confirmation with status FAILED was refused.',
      'HTTP 200 or 201 with OCPI 1000',
    ),
  }),
  each('payments.advices.post/4', {
    needs: 'a financial advice confirmation of an unknown reference',
    after: KEPT,
    of: (view) => exchanges(view.probes('payments.advice-unknown')),
    judge: toldInOcpi('A financial advice confirmation of an unknown reference was an error of the server.'),
  }),
  each('payments.advices.post/5', {
    needs: 'a financial advice confirmation without authorization_reference',
    after: KEPT,
    of: (view) => exchanges(view.probes('payments.advice-malformed')),
    judge: ({ seen }) =>
      isYes(seen)
        ? {
            message: 'A financial advice confirmation without authorization_reference was taken.',
            expected: 'HTTP 200 with OCPI 2001',
            actual: said(seen),
          }
        : toldInOcpi('A financial advice confirmation without authorization_reference was an error of the server.')({
            seen,
          }),
  }),
  each('payments.advices.post/6', {
    needs: 'a financial advice confirmation with a known id and another reference',
    after: KEPT,
    of: (view) => exchanges(view.probes('payments.advice-conflict')),
    judge: ({ seen }) =>
      isYes(seen)
        ? {
            message: 'A financial advice confirmation with a known id and another reference was taken.',
            expected: 'OCPI 2001',
            actual: said(seen),
          }
        : 'ok',
  }),
]

const gets: readonly Check[] = [
  each('payments.advices.get/1', {
    needs: 'a financial advice confirmation has to be read back',
    after: KEPT,
    of: (view) => exchanges(view.of('us', 'payments.advice')),
    judge: answered('A financial advice confirmation that was taken cannot be read.', 'HTTP 200 with the object'),
  }),
  each('payments.advices.get/2', {
    needs: 'a financial advice confirmation has to be read back',
    after: [...KEPT, 'payments.advices.get/1'],
    of: (view) => exchanges(view.of('us', 'payments.advice').filter(isYes)),
    judge: ({ seen }, view) => {
      const [sent, kept] = [sentAs(seen, view), adviceIn(seen, 'answer')]
      if (sent === undefined) return undefined
      if (kept === undefined)
        return {
          message: 'What is returned is no financial advice confirmation.',
          expected: JSON.stringify(sent),
          actual: said(seen),
          field: '/data',
        }
      const wrong = KEPT_FIELDS.find((name) => !covers(kept[name], sent[name]))
      if (wrong === undefined) return 'ok'
      return {
        message: `The financial advice confirmation was kept with another ${wrong}.`,
        expected: JSON.stringify(sent[wrong]),
        actual: JSON.stringify(kept[wrong]) ?? 'nothing',
        field: `/data/${wrong}`,
      }
    },
  }),
  each('payments.advices.get/3', {
    needs: 'an unknown financial advice confirmation has to be asked for',
    after: SENT,
    of: (view) => exchanges(view.probes('payments.advice-none')),
    judge: ({ seen }) =>
      seen.response?.status === 404
        ? 'ok'
        : {
            message: 'An unknown financial advice confirmation was not answered with HTTP 404.',
            expected: 'HTTP 404',
            actual: said(seen),
          },
  }),
]

const KEPT_FIELDS = [
  'id',
  'authorization_reference',
  'total_costs',
  'currency',
  'capture_status_code',
  'eft_data',
] as const

const byPartner = (view: View): string | undefined =>
  invoiceTerms(view).creator === 'CPO' || view.valid('TerminalChange').length === 0
    ? undefined
    : 'The CPO has not set invoice_creator CPO: the terminal platform makes the invoice.'

const invoices: readonly Check[] = [
  each('payments.invoice/1', {
    needs: 'a financial advice confirmation of a CPO that makes the invoice',
    after: KEPT,
    unless: byPartner,
    of: (view) => exchanges(view.probes('payments.invoice').slice(-1)),
    judge: ({ seen }) =>
      seen.response?.status === 200
        ? 'ok'
        : {
            message: "The driver's invoice cannot be opened.",
            expected: 'HTTP 200 without a token',
            actual: seen.response === undefined ? 'no answer' : `HTTP ${seen.response.status} at ${seen.url}`,
          },
  }),
  each('payments.invoice/2', {
    needs: 'an invoice that can be opened',
    after: [...KEPT, 'payments.invoice/1'],
    unless: byPartner,
    of: (view) =>
      exchanges(
        view
          .probes('payments.invoice')
          .slice(-1)
          .filter(({ response }) => response?.status === 200),
      ),
    judge: ({ seen }, view) => {
      const reference = decodeURIComponent(seen.url.split(/[?#]/)[0]?.split('/').at(-1) ?? '')
      const advice = postsOf(view)
        .map((post) => adviceIn(post, 'question'))
        .find((one) => same(one?.authorization_reference, reference))
      const page = seen.response?.body ?? ''
      if (advice === undefined || !/html|text|json/.test(seen.response?.headers['content-type'] ?? '')) return 'ok'
      const amount = toText(grossOf(advice.total_costs), currencyDigits(advice.currency))
      const shown = page.includes(amount) || page.includes(amount.replace('.', ','))
      const currency = page.includes(advice.currency) || /[€£$]/.test(page)
      if (shown && currency) return 'ok'
      return {
        message: 'The invoice does not show what was captured.',
        expected: `${amount} ${advice.currency}`,
        actual: shown ? 'the amount without its currency' : 'another amount, or none',
      }
    },
  }),
]

export const advicesCpoChecks: readonly Check[] = [...posts, ...gets, ...invoices]
