/** Faults of a CPO that gets financial advice confirmations or the invoice wrong. */
import { ADVICE, ADVICES, answerTo, error, INVOICE, saying } from './charging-words.ts'
import { answers, type Defect, data, type Spoil, set } from './defect.ts'

const defect = (id: string, about: string, rule: string, spoil: Spoil): Defect => ({
  id: `advices/${id}`,
  target: 'cpo',
  about,
  rule,
  spoil,
})

/** The same id for the second time. */
function repeated(): Spoil {
  const known = new Map<unknown, string>()
  return saying(ADVICE, (advice) => {
    const text = JSON.stringify(advice)
    const before = known.get(advice['id'])
    known.set(advice['id'], text)
    return before === text ? { envelope: { status_code: 2001, status_message: 'This id exists already.' } } : undefined
  })
}

const found = (spoil: (response: Parameters<typeof data>[0]) => ReturnType<typeof data>): Spoil =>
  answers(ADVICES, (response) => (response.status === 200 ? spoil(response) : response))

export const adviceDefects: readonly Defect[] = [
  defect(
    'post-404',
    'There is nothing to POST an advice to',
    'payments.advices.post/1',
    saying(ADVICE, () => error(404)),
  ),
  defect(
    'post-3000',
    'Every advice is OCPI 3000',
    'payments.advices.post/1',
    saying(ADVICE, () => ({ envelope: { status_code: 3000 } })),
  ),
  defect('again-refused', 'An advice that comes again is refused', 'payments.advices.post/2', repeated()),
  defect(
    'failed-refused',
    'An advice without eft_data is refused',
    'payments.advices.post/3',
    saying(ADVICE, (advice) =>
      advice['eft_data'] === undefined ? { envelope: { status_code: 2001, status_message: 'eft_data' } } : undefined,
    ),
  ),
  defect(
    'unknown-500',
    'An advice of an unknown reference is an error of the server',
    'payments.advices.post/4',
    (() => {
      const known = new Set<unknown>()
      return saying(ADVICE, (advice) => {
        const reference = advice['authorization_reference']
        if (known.size === 0) known.add(reference)
        return reference === undefined || known.has(reference) ? undefined : error(500)
      })
    })(),
  ),
  defect(
    'malformed-taken',
    'An advice without authorization_reference is taken',
    'payments.advices.post/5',
    saying(ADVICE, (advice) =>
      advice['authorization_reference'] === undefined ? { envelope: { status_code: 1000 } } : undefined,
    ),
  ),
  defect(
    'malformed-500',
    'An advice without authorization_reference is an error of the server',
    'payments.advices.post/5',
    saying(ADVICE, (advice) => (advice['authorization_reference'] === undefined ? error(500) : undefined)),
  ),
  defect(
    'overwritten',
    'A known id with another reference is taken',
    'payments.advices.post/6',
    (() => {
      const known = new Map<unknown, unknown>()
      return saying(ADVICE, ({ id, authorization_reference: reference }) => {
        const before = known.get(id) ?? reference
        known.set(id, before)
        return reference === before ? undefined : { envelope: { status_code: 1000 } }
      })
    })(),
  ),
  defect(
    'get-404',
    'An advice that was taken cannot be read',
    'payments.advices.get/1',
    answers(ADVICES, (response, request) =>
      response.status === 200 ? answerTo(request, 404, { status_code: 2001 }) : response,
    ),
  ),
  defect(
    'amount-lost',
    'The amount of an advice is kept in cents',
    'payments.advices.get/2',
    found((response) =>
      data(response, (advice) => set(advice, '/total_costs/before_taxes', (old: unknown) => Number(old) * 100)),
    ),
  ),
  defect(
    'lines-sorted',
    'The lines of eft_data are kept in another order',
    'payments.advices.get/2',
    found((response) =>
      data(response, (advice) => set(advice, '/eft_data', (old: unknown) => [...(old as string[])].reverse())),
    ),
  ),
  defect(
    'none-200',
    'An unknown advice is HTTP 200 without data',
    'payments.advices.get/3',
    answers(ADVICES, (response, request) =>
      response.status === 404 && !request.url.endsWith('NOT-THERE') ? answerTo(request, 200) : response,
    ),
  ),
  defect(
    'invoice-404',
    'There is no invoice at the address of the terminal',
    'payments.invoice/1',
    answers(INVOICE, () => ({ status: 404, headers: {}, body: '' })),
  ),
  defect(
    'invoice-login',
    'The invoice asks for a login',
    'payments.invoice/1',
    answers(INVOICE, () => ({ status: 401, headers: {}, body: '' })),
  ),
  defect(
    'invoice-without-amount',
    'The invoice says thank you and no amount',
    'payments.invoice/2',
    answers(INVOICE, (response) => ({ ...response, body: '<p>Thank you.</p>' })),
  ),
]
