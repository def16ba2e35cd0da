/** A charging session whose CDR a story may change before the PTP sees it, in the name of the CPO. */
import type { WireRequest } from '@plugtill/ocpi/wire'
import type { PaymentView } from '@plugtill/terminal/link'
import type { Story } from './rig.ts'

export interface SentCdr {
  readonly id: string
  readonly currency: string
  readonly total_cost: { readonly before_taxes: number; readonly taxes: readonly { readonly amount: number }[] }
}

/** Charges until the CPO sends its CDR, and lets `change` have it before the PTP sees it. */
export async function chargeWith(
  story: Story,
  change: (cdr: SentCdr) => object,
  { tap = () => story.tap() }: { readonly tap?: () => Promise<PaymentView> } = {},
) {
  const { reference } = await tap()
  await story.reaches(reference, 'charging')
  const held: WireRequest[] = []
  const rule = story.network.rule((request) => {
    if (request.method !== 'POST' || !request.url.endsWith('/receiver/cdrs')) return undefined
    held.push(request)
    return { fate: 'unreachable' }
  })
  await story.pass(10 * 60_000)
  story.stations.get('PLG-AC-1')!.unplug(1)
  await story.until('the CPO sends its CDR', () => held.length > 0)
  rule()
  const sent = JSON.parse(held[0]!.body) as SentCdr
  const wanted = change(sent)
  const post = async (cdr: object) => {
    const answer = await story.flow(story.ptp().serveOcpi({ ...held[0]!, body: JSON.stringify(cdr) }))
    return {
      status: answer.status,
      location: answer.headers['location'],
      body: JSON.parse(answer.body) as { status_code: number; status_message?: string },
    }
  }
  return { reference, sent, cdr: wanted, post, first: await post(wanted) }
}

export const cost = (net: number, tax: number) => ({
  before_taxes: net,
  taxes: [{ name: 'VAT', percentage: 21, amount: tax }],
})

/** The credit CDR that takes a whole CDR back. */
export const creditOf = (cdr: SentCdr) => ({
  ...cdr,
  id: `${cdr.id.slice(0, 30)}-C`,
  credit: true,
  credit_reference_id: cdr.id,
  total_cost: {
    before_taxes: -cdr.total_cost.before_taxes,
    taxes: cdr.total_cost.taxes.map((tax) => ({ ...tax, amount: -tax.amount })),
  },
})

/** The provider's books for one payment: `capture 605`. */
export const operations = async (story: Story, reference: string) =>
  (await story.booked(reference)).map(({ operation, amountMinor }) => `${operation} ${amountMinor}`)
