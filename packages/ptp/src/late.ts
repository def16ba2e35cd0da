/** What has waited for too long is told, once for each stage: holds nobody decides about, advices nobody takes. (I7, F68) */
import type { Clock } from '@plugtill/engine/clock'
import type { Engine } from '@plugtill/engine/engine'
import type { Journal } from '@plugtill/engine/journal'
import { TO_CPOS } from './effects/advise.ts'
import { everyPayment, type PaymentDesk } from './payment/desk.ts'
import type { PaymentState } from './payment/payment.ts'
import { RELEASE_WITHIN_MS } from './payment/verdicts.ts'

export interface LateParts {
  readonly payments: PaymentDesk
  readonly journal: Journal
  readonly clock: Clock
  readonly engine: Pick<Engine, 'effects'>
  /** How long ago this was last looked at. */
  readonly intervalMs: number
}

const ADVICES_AT_MOST = 10_000

export async function sayWhatIsLate(parts: LateParts): Promise<void> {
  await overdue(parts)
  await undelivered(parts)
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

/** Half, 80 and 95 % of the day are over: each is told once, by the sweep in which it came to pass. */
async function overdue({ payments, journal, clock, intervalMs }: LateParts): Promise<void> {
  const now = clock.now()
  for await (const payment of everyPayment(payments, { states: UNDECIDED })) {
    const { releaseBy } = payment
    if (releaseBy === undefined || payment.expired) continue
    const part = (at: number) => 1 - (releaseBy - at) / RELEASE_WITHIN_MS
    const passed = ALARMS.filter((share) => part(now) >= share && part(now - intervalMs) < share).at(-1)
    if (passed === undefined) continue
    const message = `The payment is ${payment.state}; ${Math.round(passed * 100)} % of the day are over in which its hold has to be captured or given back.`
    await journal.write(payment.id, 'fault', { code: 'HOLD_OVERDUE', message })
  }
}

const UNDELIVERED_MS = [3_600_000, 24 * 3_600_000]

/** F68: advices that no CPO has taken for an hour, and for a day, are told once each. */
async function undelivered({ engine, payments, journal, clock, intervalMs }: LateParts): Promise<void> {
  const now = clock.now()
  const open = await engine.effects({ status: 'pending', lanes: TO_CPOS, limit: ADVICES_AT_MOST })
  for (const { id, name, body } of open) {
    if (name !== 'advise') continue
    const payment = await payments.find(id)
    const { adviceId } = JSON.parse(body) as { readonly adviceId: string }
    const advice = [payment?.advice, ...(payment?.earlierAdvices ?? [])].find((one) => one?.id === adviceId)
    if (!payment || !advice) continue
    const waits = now - advice.at
    const passed = UNDELIVERED_MS.filter((ms) => waits >= ms && waits - intervalMs < ms).at(-1)
    if (passed === undefined) continue
    const message = `${payment.peerId} has not taken advice ${adviceId} for ${Math.round(waits / 3_600_000)} h. It is sent on, byte for byte, for 90 days.`
    await journal.write(id, 'fault', { code: 'ADVICE_OVERDUE', message })
  }
}
