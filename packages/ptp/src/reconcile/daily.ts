/** Once a day all books are compared; what differs is told once, however often it is found again. (F80) */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Journal } from '@plugtill/engine/journal'
import { ciKey } from '@plugtill/ocpi/types'
import type { Finding } from './findings.ts'
import type { Period, Reconciliation } from './reconcile.ts'
import { reconciliationRecord } from './view.ts'

export interface DailyParts {
  readonly clock: Clock
  readonly documents: Documents
  readonly journal: Journal
  readonly run: (period: Period) => Promise<Reconciliation>
  /** Hour of the day in UTC; absent: never by itself. */
  readonly hour: number | undefined
  readonly onFault: (fault: unknown, reference: string) => void
}

export interface Daily {
  readonly start: () => void
  readonly stop: () => void
  /** What is due now: nothing when this day has been compared. */
  readonly once: () => Promise<void>
  readonly idle: () => Promise<void>
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Yesterday, and the week before it once more: captures fail late, and credits come late. */
const DAYS_BACK = 8
export const RUNS = 'reconciliations'
const KNOWN = 'reconciliation-findings'

const midnight = (at: number) => Math.floor(at / DAY_MS) * DAY_MS
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

export function createDaily(parts: DailyParts): Daily {
  const { clock, hour, onFault } = parts
  let cancel: (() => void) | undefined
  let running: Promise<void> = Promise.resolve()
  const once = (): Promise<void> => {
    running = running.then(() => runDay(parts)).catch((fault) => onFault(fault, ''))
    return running
  }
  const plan = (at: number): void => {
    cancel = clock.after(Math.max(0, at - clock.now()), () => {
      void once()
      plan(nextAt(clock.now(), hour ?? 0))
    })
  }
  return {
    once,
    idle: () => running,
    start: () => {
      if (hour === undefined) return
      const today = midnight(clock.now()) + hour * HOUR_MS
      // A platform that was down at the hour makes up for it, once it has come to itself.
      plan(today <= clock.now() ? clock.now() + 60_000 : today)
    },
    stop: () => cancel?.(),
  }
}

const nextAt = (now: number, hour: number): number => {
  const today = midnight(now) + hour * HOUR_MS
  return today > now ? today : today + DAY_MS
}

async function runDay({ clock, documents, journal, run }: DailyParts): Promise<void> {
  const to = midnight(clock.now())
  if (await documents.get(RUNS, dayOf(to))) return
  const done = await run({ from: to - DAYS_BACK * DAY_MS, to })
  for (const finding of done.findings) await tell({ documents, journal }, finding, done.at)
  const record = { ...reconciliationRecord(done), open_holds: done.openHolds.length + done.openHoldsLeftOut }
  await documents.put(RUNS, dayOf(to), JSON.stringify(record), new Date(done.at).toISOString())
}

/** The same difference is one ticket, also when it is found on eight days or by two servers. */
async function tell({ documents, journal }: Pick<DailyParts, 'documents' | 'journal'>, finding: Finding, at: number) {
  const { id, reference, ours, theirs, message, fix } = finding
  const key = ciKey(id, reference, String(ours?.amountMinor ?? ''), String(theirs?.amountMinor ?? ''))
  const before = await documents.put(KNOWN, key, JSON.stringify(finding), new Date(at).toISOString())
  if (before === 'created')
    await journal.write(reference, 'fault', { code: 'BOOKS_DIFFER', finding: id, message: `${message} ${fix}` })
}
