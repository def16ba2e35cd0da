/** Everything that happened to one payment, in one list: states, OCPI messages, provider, terminal, notes. */
import type { Clock } from '@plugtill/engine/clock'
import type { Engine, LoggedEvent } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import { formatDateTime } from '@plugtill/ocpi/types'
import type { Changes } from './changes.ts'
import { paymentTopic } from './changes.ts'
import type { PaymentDesk } from './payment/desk.ts'
import { spelled } from './payment/spelling.ts'
import { isFinal } from './payment/view.ts'

export interface TimelineEntry {
  readonly at: string
  /** `state`, `ocpi`, `psp`, `terminal` or `note`. */
  readonly kind: string
  readonly [field: string]: unknown
}

export interface TimelineParts {
  readonly clock: Clock
  readonly engine: Engine
  readonly payments: PaymentDesk
  readonly journal: Journal
  readonly changes: Changes
}

/** A deadline that had lost its meaning when it came due is no news. */
const told = ({ type, verdict }: LoggedEvent) => verdict !== 'ignored' || !/-(passed|due)$/.test(type)

/** Faults are notes with a code, decisions those of a person: the timeline has five kinds of entry. */
const kindOf = (kind: string) => (kind === 'fault' || kind === 'decision' ? 'note' : kind)

export async function timelineOf(
  { payments, journal }: Pick<TimelineParts, 'payments' | 'journal'>,
  reference: string,
): Promise<readonly TimelineEntry[]> {
  const states = (await payments.history(reference)).filter(told).map((event) => ({
    order: event.at,
    entry: {
      at: formatDateTime(event.at),
      kind: 'state',
      event: event.type,
      from: event.from,
      to: event.to,
      verdict: event.verdict,
      ...(event.reason && { reason: event.reason }),
    },
  }))
  const others = (await journal.of(reference)).map(({ seq, at, kind, body }) => {
    // An exchange is written down when it is over; its place is where it began.
    const order = typeof body['at'] === 'number' ? body['at'] : at
    // By its place in the journal an exchange is asked again.
    const place = kind === 'ocpi' ? { seq } : {}
    return { order, entry: { ...(spelled(body) as object), ...place, at: formatDateTime(order), kind: kindOf(kind) } }
  })
  return [...states, ...others].sort((a, b) => a.order - b.order).map(({ entry }) => entry)
}

/** The same entries as they happen, from the first one, until nothing is left to do for this payment. */
export async function* followTimeline(
  parts: TimelineParts,
  reference: string,
  signal?: AbortSignal,
): AsyncGenerator<TimelineEntry & { reference: string; state: string }> {
  const sent = new Set<string>()
  const end = new AbortController()
  const ended = signal ? AbortSignal.any([signal, end.signal]) : end.signal
  const changed = parts.changes.stream(paymentTopic(reference), ended)[Symbol.asyncIterator]()
  try {
    yield* entriesAsTheyCome(parts, reference, { sent, changed })
  } finally {
    // Not changed.return(): that would wait for the very change that is no longer waited for.
    end.abort()
  }
}

interface Following {
  readonly sent: Set<string>
  readonly changed: AsyncIterator<void>
}

async function* entriesAsTheyCome(
  parts: TimelineParts,
  reference: string,
  { sent, changed }: Following,
): AsyncGenerator<TimelineEntry & { reference: string; state: string }> {
  let next = changed.next()
  for (;;) {
    const payment = await parts.payments.find(reference)
    if (!payment) return
    for (const entry of await timelineOf(parts, reference)) {
      const id = JSON.stringify(entry)
      if (sent.has(id)) continue
      sent.add(id)
      yield { ...entry, reference, state: payment.state }
    }
    const final = isFinal(payment)
    if (final && (await nothingLeft(parts, reference))) return
    // An effect that brings no news closes without a word: at the end it is looked for.
    const change = final ? await Promise.race([next, pause(parts.clock)]) : await next
    if (change === 'looked') continue
    if (change.done) return
    next = changed.next()
  }
}

const LOOK_AGAIN_MS = 500

const pause = (clock: Clock): Promise<'looked'> =>
  new Promise((resolve) => void clock.after(LOOK_AGAIN_MS, () => resolve('looked')))

/** Deadlines that no longer matter stay in the book until they come due; they are nothing to wait for. */
async function nothingLeft({ engine }: TimelineParts, reference: string): Promise<boolean> {
  return (await engine.pending('payment', reference)).every(({ name }) => name === 'remind')
}
