/** What has waited for too long is told, once for each stage: holds nobody decides about, advices nobody takes. (I7, F68) */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Engine } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import { formatDateTime } from '@plugtill/ocpi/types'
import { TO_CPOS } from './effects/advise.ts'
import { every } from './every.ts'
import type { PaymentDesk } from './payment/desk.ts'
import type { PaymentState } from './payment/payment.ts'
import { RELEASE_WITHIN_MS } from './payment/verdicts.ts'

export interface LateParts {
  readonly payments: PaymentDesk
  readonly journal: Journal
  readonly clock: Clock
  readonly engine: Pick<Engine, 'effects'>
  /** Where the last look is kept. */
  readonly documents: Documents
  readonly intervalMs: number
}

const ADVICES_AT_MOST = 10_000

export async function sayWhatIsLate(parts: LateParts): Promise<void> {
  await sinceLastLook(parts, 'holds', overdue)
  await sinceLastLook(parts, 'advices', undelivered)
}

const LOOKS = 'late-looks'

/** The time of a look, and of the one before it. */
interface Between {
  readonly since: number
  readonly now: number
}

/** What came to pass while no process ran is told by the first look after that, and what one look has told by no other. */
async function sinceLastLook(
  parts: LateParts,
  what: string,
  look: (parts: LateParts, between: Between) => Promise<void>,
): Promise<void> {
  const now = parts.clock.now()
  const last = await parts.documents.get(LOOKS, what)
  await look(parts, { since: last ? Number(last.body) : now - parts.intervalMs, now })
  await parts.documents.put(LOOKS, what, String(now), formatDateTime(now))
}

const UNDECIDED: readonly PaymentState[] = [
  'awaiting-cdr',
  'capturing',
  'capture-unknown',
  'voiding',
  'void-unknown',
  'stuck',
]
const ALARMS = [0.5, 0.8, 0.95]

/** Half, 80 and 95 % of the day are over: each is told once, by the first look after it came to pass. */
async function overdue({ payments, journal }: LateParts, { since, now }: Between): Promise<void> {
  for await (const payment of every(payments, { states: UNDECIDED })) {
    const { releaseBy } = payment
    if (releaseBy === undefined || payment.expired) continue
    const part = (at: number) => 1 - (releaseBy - at) / RELEASE_WITHIN_MS
    const passed = ALARMS.filter((share) => part(now) >= share && part(since) < share).at(-1)
    if (passed === undefined) continue
    const message = `The payment is ${payment.state}; ${Math.round(passed * 100)} % of the day are over in which its hold has to be captured or given back.`
    await journal.write(payment.id, 'fault', { code: 'HOLD_OVERDUE', message })
  }
}

const UNDELIVERED_MS = [3_600_000, 24 * 3_600_000]

/** F68: advices that no CPO has taken for an hour, and for a day, are told once each. */
async function undelivered({ engine, payments, journal }: LateParts, { since, now }: Between): Promise<void> {
  const open = await engine.effects({ status: 'pending', lanes: TO_CPOS, limit: ADVICES_AT_MOST })
  for (const { id, name, body } of open) {
    if (name !== 'advise') continue
    const payment = await payments.find(id)
    const { adviceId } = JSON.parse(body) as { readonly adviceId: string }
    const advice = [payment?.advice, ...(payment?.earlierAdvices ?? [])].find((one) => one?.id === adviceId)
    if (!payment || !advice) continue
    const waits = now - advice.at
    const passed = UNDELIVERED_MS.filter((ms) => waits >= ms && since - advice.at < ms).at(-1)
    if (passed === undefined) continue
    const message = `${payment.peerId} has not taken advice ${adviceId} for ${Math.round(waits / 3_600_000)} h. It is sent on, byte for byte, for 90 days.`
    await journal.write(id, 'fault', { code: 'ADVICE_OVERDUE', message })
  }
}
