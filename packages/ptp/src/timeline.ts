/** Everything that happened to one payment, in one list: states, OCPI messages, provider, terminal, notes. */
import type { Engine, LoggedEvent } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import { formatDateTime } from '@plugtill/ocpi/types'
import type { Changes } from './changes.ts'
import { paymentTopic } from './changes.ts'
import type { PaymentDesk } from './payment/desk.ts'
import { isFinal } from './payment/view.ts'

export interface TimelineEntry {
  readonly at: string
  /** `state`, `ocpi`, `psp`, `terminal` or `note`. */
  readonly kind: string
  readonly [field: string]: unknown
}

export interface TimelineParts {
  readonly engine: Engine
  readonly payments: PaymentDesk
  readonly journal: Journal
  readonly changes: Changes
}

/** A deadline that had lost its meaning when it came due is no news. */
const told = ({ type, verdict }: LoggedEvent) => verdict !== 'ignored' || !/-(passed|due)$/.test(type)

/** Faults are notes with a code: the timeline has five kinds of entry. */
const kindOf = (kind: string) => (kind === 'fault' ? 'note' : kind)

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
  const others = (await journal.of(reference)).map(({ at, kind, body }) => {
    // An exchange is written down when it is over; its place is where it began.
    const order = typeof body['at'] === 'number' ? body['at'] : at
    return { order, entry: { ...body, at: formatDateTime(order), kind: kindOf(kind) } }
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
  const changed = parts.changes.stream(paymentTopic(reference), signal)[Symbol.asyncIterator]()
  for (;;) {
    const next = changed.next()
    const payment = await parts.payments.find(reference)
    if (!payment) return
    for (const entry of await timelineOf(parts, reference)) {
      const id = JSON.stringify(entry)
      if (sent.has(id)) continue
      sent.add(id)
      yield { ...entry, reference, state: payment.state }
    }
    if (isFinal(payment) && (await nothingLeft(parts, reference))) {
      await changed.return?.()
      return
    }
    if ((await next).done) return
  }
}

/** Deadlines that no longer matter stay in the book until they come due; they are nothing to wait for. */
async function nothingLeft({ engine }: TimelineParts, reference: string): Promise<boolean> {
  return (await engine.pending('payment', reference)).every(({ name }) => name === 'remind')
}
