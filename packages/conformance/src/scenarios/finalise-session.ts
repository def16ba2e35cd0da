/** Milestone `finalise-session`: from the stop to the CDR, the advice and the invoice. */
import { commands } from '@plugtill/ocpi/modules/commands'
import { FinancialAdviceConfirmation, payments } from '@plugtill/ocpi/modules/payments'
import { endpointFor } from '@plugtill/ocpi/peer-url'
import { formatDateTime, parseDateTime } from '@plugtill/ocpi/types'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import { invoiceTerms } from '../checks/cdrs-cpo.ts'
import type { Sale } from '../lean-ptp-sales.ts'
import type { CpoStage, Scenario } from '../scenario.ts'
import { ended, purchaseOf, quietly, stop, until } from './buying.ts'

/** From the CDR to the advice, and from the advice to the invoice. */
const ADVISED_MS = 5_000
const INVOICED_MS = 10_000
/** From the end of the session to the first try of its CDR. */
const CDR_COMES_MS = 2_000
/** So long energy flows at least: without any there is nothing to price. */
const CHARGES_MS = 5_000

/** The sale with a session that got furthest. */
const mainSale = ({ ptp }: CpoStage): Sale | undefined => {
  const sales = ptp.sales.all()
  return (
    sales.find(({ advice }) => advice !== undefined) ??
    sales.find(({ cdr }) => cdr !== undefined) ??
    sales.find(({ session }) => session?.status === 'ACTIVE' || session?.status === 'COMPLETED') ??
    sales.find(({ session }) => session !== undefined)
  )
}

async function finish(stage: CpoStage): Promise<void> {
  const { desk, ptp, patienceMs } = stage
  const sale = mainSale(stage)
  if (sale === undefined) return
  const { reference } = sale
  const activeAt = purchaseOf(desk.view(), reference)
    ?.sessions.flatMap(({ told }) => told)
    .find(({ session }) => session.status === 'ACTIVE')?.seen.at
  const charged = activeAt === undefined ? CHARGES_MS : desk.parts.clock.now() - activeAt
  if (charged < CHARGES_MS) await stage.pass(CHARGES_MS - charged)
  const undo = stage.asked('finalise-session') ? refuseOneCdr(stage) : () => undefined
  if (!ended(purchaseOf(desk.view(), reference))) await stop(stage, reference)
  await until(
    stage,
    (view) => ((purchaseOf(view, reference)?.cdrs.length ?? 0) > 0 ? true : undefined),
    patienceMs + CDR_COMES_MS,
  )
  undo()
  if (ptp.sales.get(reference)?.cdr === undefined) return
  await until(stage, (view) => view.of('us', 'payments.postAdvice')[0], ADVISED_MS)
}

/** The first POST of a CDR meets a platform in trouble. */
function refuseOneCdr({ desk }: CpoStage): () => void {
  let refused = false
  return desk.intercept({
    name: 'cdrs.refused',
    answer: ({ method, url }) => {
      if (refused || method !== 'POST' || !/\/receiver\/cdrs\/?$/.test(url.split(/[?#]/)[0] ?? '')) return undefined
      refused = true
      const timestamp = formatDateTime(desk.parts.clock.now())
      return {
        status: 500,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ status_code: 3000, status_message: 'Out of order for a moment.', timestamp }),
      }
    },
  })
}

/** Lists, repeats and questions about what is over. */
async function lookBack(stage: CpoStage): Promise<void> {
  const { ptp, desk } = stage
  await quietly(ptp.sales.poll())
  const sale = mainSale(stage)
  if (sale?.session !== undefined) await stopOnceMore(stage, sale.session.id)
  if (sale?.advice === undefined) return
  const { reference, advice } = sale
  await quietly((await desk.call(payments, 'receiver')).advice({ params: { id: advice.id } }))
  const undo = desk.alter({
    name: 'payments.advice-again',
    change: (request) => (request.method === 'POST' && request.body.includes(advice.id) ? request : undefined),
  })
  await quietly(ptp.sales.adviseAgain(reference))
  undo()
  await openInvoice(stage, reference)
  await adviseOddly(stage, advice)
}

async function stopOnceMore({ desk }: CpoStage, sessionId: string): Promise<void> {
  const peer = await desk.partner()
  if (peer === undefined) return
  const { parts } = desk
  const response_url = `${parts.baseUrl}/${desk.record().version}/sender/commands/${parts.ids()}`
  await desk.probe('commands.stop-ended', {
    place: 'commands.stopSession',
    method: 'POST',
    url: `${endpointFor(peer, commands, 'RECEIVER', '').replace(/\/+$/, '')}/STOP_SESSION`,
    body: JSON.stringify({ response_url, session_id: sessionId }),
  })
}

async function openInvoice(stage: CpoStage, reference: string): Promise<void> {
  const { desk, pass } = stage
  const { creator, baseUrl } = invoiceTerms(desk.view())
  if (creator !== 'CPO' || baseUrl === undefined || !URL.canParse(baseUrl)) return
  const url = new URL(baseUrl)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(reference)}`
  const end = desk.parts.clock.now() + Math.min(stage.patienceMs, INVOICED_MS)
  for (;;) {
    const headers = { accept: 'text/html' }
    const place = 'payments.invoice'
    const seen = await desk.probe('payments.invoice', { place, method: 'GET', url: url.href, token: null, headers })
    if (seen.response?.status === 200 || desk.parts.clock.now() >= end) return
    await pass(1_000)
  }
}

/** What is wrong with it, the name under which it is sent, and what it becomes. */
type Advice = FinancialAdviceConfirmation

async function adviseOddly({ desk }: CpoStage, advice: Advice): Promise<void> {
  const peer = await desk.partner()
  if (peer === undefined) return
  const { ids } = desk.parts
  const row = payments.receiver.postAdvice
  const base = endpointFor(peer, payments, 'RECEIVER', row.path).replace(/\/+$/, '')
  const url = `${base}${row.path}`
  const codec = codecOf(desk.record().version)
  const post = async (name: string, odd: Advice, left: readonly string[] = []) => {
    const { value } = codec.write(FinancialAdviceConfirmation, odd, { payments: true })
    const fields = Object.entries(value as object).filter(([field]) => !left.includes(field))
    const body = JSON.stringify(Object.fromEntries(fields))
    await desk.probe(name, { place: 'payments.postAdvice', method: 'POST', url, body })
  }
  // An attempt that failed before the one that succeeded.
  const failed: Advice = {
    ...advice,
    id: ids(),
    total_costs: { before_taxes: 0, taxes: [] },
    capture_status_code: 'FAILED',
    capture_status_message: 'The issuer declined.',
    last_updated: formatDateTime(parseDateTime(advice.last_updated) - 1_000),
  }
  await post('payments.advice-failed', failed, ['eft_data'])
  await post('payments.advice-unknown', { ...advice, id: ids(), authorization_reference: ids() })
  await post('payments.advice-malformed', { ...advice, id: ids() }, ['authorization_reference'])
  await post('payments.advice-conflict', { ...advice, authorization_reference: ids() })
  await desk.probe('payments.advice-none', { place: 'payments.advice', method: 'GET', url: `${url}/${ids()}` })
}

const milestone = 'finalise-session'

export const finalising: readonly Scenario<CpoStage>[] = [
  { name: 'the driver stops, and the money is captured', milestone, kind: 'path', act: finish },
  { name: 'lists, repeats and the invoice', milestone, kind: 'probe', act: lookBack },
]
