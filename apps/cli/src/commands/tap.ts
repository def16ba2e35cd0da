import { randomUUID } from 'node:crypto'
import type { Command } from 'commander'
import type { PaymentAnswer, TimelineEntry } from '../answers.ts'
import type { Api } from '../api.ts'
import type { Talk } from '../command-line.ts'
import { couldNotRun, EXIT, Exit, wrongUsage } from '../exit.ts'
import { entryText, showPayment } from './payments.ts'

interface Tap {
  readonly terminal: string
  readonly evse: string
  readonly connector?: string
  readonly card?: string
  readonly language?: string
  readonly maximum?: string
  readonly follow?: boolean
}
interface Stop {
  readonly terminal: string
  readonly reference: string
  readonly card?: string
}

/** `plugtill tap` and `plugtill stop`: what a driver does at a terminal. */
export function addTapCommands(program: Command, talk: Talk): void {
  program
    .command('tap')
    .description('what the driver does: choose, accept the price, tap')
    .requiredOption('--terminal <ID>', 'terminal_id')
    .requiredOption('--evse <UID>', 'EVSE')
    .option('--connector <ID>', 'connector, when the EVSE has several')
    .option('--card <NAME>', 'card of the simulated provider', 'approved')
    .option('--language <XX>', "the driver's language")
    .option('--maximum <MINOR>', 'the most to spend, where the contract lets the driver choose: minor units')
    .option('--follow', 'every event, until nothing is left to do')
    .action(async (options: Tap) => {
      const api = talk.api()
      const { follow, maximum, ...tap } = options
      if (maximum !== undefined && !/^[1-9]\d{0,8}$/.test(maximum))
        throw wrongUsage(`--maximum is "${maximum}"; it has to be whole minor units.`)
      const most = maximum === undefined ? {} : { maximum_minor: Number(maximum) }
      const tapped = await api.post<PaymentAnswer>('ptp', '/payments/tap', { ...tap, ...most, tap_id: randomUUID() })
      if (follow) return followed(talk, api, tapped.reference)
      const payment = await decided(api, tapped, talk.io.stopped)
      showPayment(talk, payment)
      if (payment.state === 'declined')
        throw new Exit(EXIT.no, `The card was declined${payment.reason ? `: ${payment.reason}` : '.'}`)
    })
  program
    .command('stop')
    .description('the driver stops at the terminal with the same card')
    .requiredOption('--terminal <ID>', 'terminal_id')
    .requiredOption('--reference <REF>', 'the payment')
    .option('--card <NAME>', 'the card that pays', 'approved')
    .action(async (options: Stop) => showPayment(talk, await talk.api().post('ptp', '/payments/stop', { ...options })))
}

const LOOK_MS = 100
/** A bank that stays silent is not waited for longer than this; the payment exists and goes on by itself. */
const DECIDED_MS = 15_000

/** The payment once the provider has said yes or no. */
async function decided(api: Api, tapped: PaymentAnswer, stopped: AbortSignal): Promise<PaymentAnswer> {
  let payment = tapped
  for (let waited = 0; waited < DECIDED_MS && payment.state === 'authorizing' && !stopped.aborted; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    payment = await api.get('ptp', `/payments/${encodeURIComponent(tapped.reference)}`)
  }
  return payment
}

/** How often a stream that breaks (the platform restarts) is taken up again, and after how long. */
const RECONNECTS = 30
const RECONNECT_MS = 1_000

/** Every entry once, also over restarts of the platform; the end is the payment's own. */
async function followed(talk: Talk, api: Api, reference: string): Promise<void> {
  const place = `/payments/${encodeURIComponent(reference)}`
  const seen = new Set<string>()
  for (let broken = 0; ; broken++) {
    try {
      for await (const item of api.stream('ptp', `${place}/events`, talk.io.stopped)) {
        const { reference: _reference, state: _state, ...entry } = item as TimelineEntry
        const text = JSON.stringify(entry)
        if (seen.has(text)) continue
        seen.add(text)
        talk.io.out(talk.json() ? JSON.stringify(item) : entryText(item as TimelineEntry))
      }
      const payment = await api.get<PaymentAnswer>('ptp', place)
      if (isFinal(payment)) return verdictOf(talk, payment)
    } catch (error) {
      const final = (error instanceof Exit && error.status !== EXIT.couldNotRun) || broken >= RECONNECTS
      if (final && !talk.io.stopped.aborted) throw error
    }
    if (talk.io.stopped.aborted) throw couldNotRun(`Stopped following payment ${reference}; it goes on by itself.`)
    if (broken >= RECONNECTS) throw couldNotRun(`The events of payment ${reference} broke off ${RECONNECTS} times.`)
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS))
  }
}

const isFinal = ({ state }: PaymentAnswer) => ['captured', 'voided', 'declined', 'stuck'].includes(state)

/** The driver wanted to charge and pay: only a captured payment is a yes. */
function verdictOf({ io, json }: Talk, payment: PaymentAnswer): void {
  if (payment.state !== 'captured')
    throw new Exit(EXIT.no, `The payment ended ${payment.state}${payment.reason ? `: ${payment.reason}` : '.'}`)
  if (!json()) io.out(`Payment ${payment.reference} is captured.`)
}
