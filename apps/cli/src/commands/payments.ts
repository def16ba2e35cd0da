import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { PaymentAnswer, TimelineEntry } from '../answers.ts'
import type { Talk } from '../command-line.ts'
import { couldNotRun, EXIT, Exit, wrongUsage } from '../exit.ts'
import { moneyText } from '../text/money.ts'
import { pairs, table } from '../text/table.ts'

/** `plugtill payments …`. */
export function addPaymentCommands(program: Command, talk: Talk): void {
  const payments = program.command('payments').description('payments: list, show, resolve')
  payments
    .command('list')
    .description('newest first')
    .option('--state <A,B>', 'only in these states')
    .option('--limit <N>', 'at most so many', '100')
    .action(async ({ state, limit }: { readonly state?: string; readonly limit: string }) => {
      if (!/^[1-9]\d{0,3}$/.test(limit))
        throw wrongUsage(`--limit is "${limit}"; it has to be a whole number from 1 to 1000.`)
      const query = new URLSearchParams({ limit, ...(state && { state }) })
      const found = await talk.api().get<readonly PaymentAnswer[]>('ptp', `/payments?${query}`)
      talk.answer(found, () =>
        found.length === 0
          ? ['No payments yet.']
          : table(found, [
              { title: 'Reference', cell: (payment) => payment.reference },
              { title: 'State', cell: (payment) => payment.state },
              { title: 'Created', cell: (payment) => payment.created_at },
              { title: 'Terminal', cell: (payment) => payment.terminal_id },
              { title: 'EVSE', cell: (payment) => payment.evse_uid },
              { title: 'Held', cell: (payment) => moneyText(payment.held), align: 'right' },
              { title: 'Captured', cell: (payment) => moneyText(payment.captured), align: 'right' },
            ]),
      )
    })
  payments
    .command('show <reference>')
    .description('one payment with its timeline')
    .action(async (reference: string) =>
      showPayment(talk, await talk.api().get('ptp', `/payments/${encodeURIComponent(reference)}`)),
    )
  addResolve(payments, talk)
}

interface Resolve {
  readonly reason: string
  readonly by?: string
  readonly amount?: string
  readonly decisionId?: string
  readonly retry?: boolean
  readonly void?: boolean
  readonly captureSession?: boolean
  readonly acceptCdr?: boolean
  readonly refund?: boolean
}

/** An operator decides; exactly one decision, and the reason is kept. */
function addResolve(payments: Command, talk: Talk): void {
  payments
    .command('resolve <reference>')
    .description('decide about a payment that is stuck, or refund a captured one')
    .requiredOption('--reason <TEXT>', 'why; kept in the trail and in the timeline')
    .option('--by <NAME>', 'who decides')
    .option('--retry', 'ask the provider again for what failed')
    .option('--void', 'give the hold back')
    .option('--capture-session', 'capture what the last Session costs under the accepted tariff')
    .option('--accept-cdr', 'capture what the doubted CDR asks, up to the hold')
    .option('--refund', 'pay back what was captured, or --amount of it')
    .option('--amount <MINOR>', 'for --refund: minor units')
    .option('--decision-id <UUID>', 'of a decision that was sent before without an answer: it is made once')
    .action(async (reference: string, options: Resolve) => {
      const decisions = DECISIONS.filter(([option]) => options[option]).map(([, decision]) => decision)
      if (decisions.length !== 1)
        throw wrongUsage('Give exactly one of --retry, --void, --capture-session, --accept-cdr and --refund.')
      const { amount, reason, by, decisionId = randomUUID() } = options
      if (amount !== undefined && (!options.refund || !/^[1-9]\d{0,8}$/.test(amount)))
        throw wrongUsage(`--amount is "${amount}"; it has to be whole minor units, and goes with --refund.`)
      const body = {
        decision: decisions[0],
        decision_id: decisionId,
        reason,
        ...(by && { by }),
        ...(amount && { amount_minor: Number(amount) }),
      }
      const path = `/payments/${encodeURIComponent(reference)}/resolve`
      showPayment(talk, await talk.api().post<PaymentAnswer>('ptp', path, body).catch(unanswered(decisionId)))
    })
}

/** Nobody knows whether it was decided: how to send it again without deciding twice. */
const unanswered = (decisionId: string) => (error: unknown) => {
  if (!(error instanceof Exit) || error.status !== EXIT.couldNotRun) throw error
  throw couldNotRun(
    `${error.message} It may have been decided: give the command again with --decision-id ${decisionId}.`,
  )
}

const DECISIONS = [
  ['retry', 'retry'],
  ['void', 'void'],
  ['captureSession', 'capture-session'],
  ['acceptCdr', 'accept-cdr'],
  ['refund', 'refund'],
] as const

export function showPayment({ answer }: Talk, payment: PaymentAnswer): void {
  answer(payment, () => [
    ...pairs({
      reference: payment.reference,
      state: payment.state,
      terminal: payment.terminal_id,
      evse: `${payment.evse_uid}, connector ${payment.connector_id}, location ${payment.location_id}`,
      held: moneyText(payment.held),
      captured: moneyText(payment.captured),
      session: payment.session_id,
      cdr: payment.cdr_id,
      advice: payment.advice
        ? `${payment.advice.status}${payment.advice.delivered_at ? `, delivered ${payment.advice.delivered_at}` : ', on its way'}`
        : undefined,
      ...(payment.reason && { reason: payment.reason }),
    }),
    ...(payment.timeline?.length ? ['', ...payment.timeline.map(entryText)] : []),
  ])
}

const word = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** One line of what happened. */
export function entryText(entry: TimelineEntry): string {
  return `${entry.at}  ${entry.kind.padEnd(8)}  ${SAID[entry.kind]?.(entry) ?? rest(entry)}`
}

const SAID: Readonly<Record<string, (entry: TimelineEntry) => string | undefined>> = {
  state: ({ event, from, to, verdict, reason }) =>
    `${word(event)}: ${word(from)} -> ${word(to)}${verdict === 'moved' || verdict === 'created' ? '' : ` (${word(verdict)})`}${reason ? `: ${word(reason)}` : ''}`,
  ocpi: ({ direction, method, url, status, duration_ms }) =>
    method === undefined
      ? undefined
      : `${direction === 'out' ? '->' : '<-'} ${word(method)} ${word(url)} ${word(status)} (${word(duration_ms)} ms)`,
  note: ({ code, message }) => (message === undefined ? undefined : `${code ? `${word(code)}: ` : ''}${word(message)}`),
}

function rest({ at: _at, kind: _kind, reference: _reference, state: _state, ...more }: TimelineEntry): string {
  return Object.entries(more)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(' ')
    .slice(0, 300)
}
