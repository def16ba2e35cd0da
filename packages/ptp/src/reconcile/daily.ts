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

/** A run that could not read everything is repeated after a minute, then ever later, until the next day begins. */
const AGAIN_AFTER_MS = 60_000
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
  let cancelAgain: (() => void) | undefined
  let stopped = false
  let failures = 0
  let running: Promise<void> = Promise.resolve()
  const once = (): Promise<void> => {
    running = running
      .then(() => runDay(parts))
      .catch((fault) => {
        onFault(fault, '')
        return false
      })
      .then((whole) => {
        failures = whole ? 0 : failures + 1
        if (!whole && !stopped) again()
      })
    return running
  }
  const again = (): void => {
    cancelAgain?.()
    cancelAgain = clock.after(Math.min(HOUR_MS, AGAIN_AFTER_MS * 2 ** (failures - 1)), () => void once())
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
    stop: () => {
      stopped = true
      cancel?.()
      cancelAgain?.()
    },
  }
}

const nextAt = (now: number, hour: number): number => {
  const today = midnight(now) + hour * HOUR_MS
  return today > now ? today : today + DAY_MS
}

/** Whether all accounts of this day have been read. */
async function runDay({ clock, documents, journal, run }: DailyParts): Promise<boolean> {
  const to = midnight(clock.now())
  const before = await documents.get(RUNS, dayOf(to))
  if (before && (JSON.parse(before.body) as { readonly unread?: true }).unread === undefined) return true
  const done = await run({ from: to - DAYS_BACK * DAY_MS, to })
  for (const finding of done.findings) await tell({ documents, journal }, finding, done.at)
  const unread = done.findings.some(({ account }) => account !== undefined)
  const record = {
    ...reconciliationRecord(done),
    open_holds: done.openHolds.length + done.openHoldsLeftOut,
    ...(unread && { unread }),
  }
  await documents.put(RUNS, dayOf(to), JSON.stringify(record), new Date(done.at).toISOString())
  return !unread
}

/**
 * The same difference is one ticket, also when it is found on eight days or by two servers. An account that cannot be read is
 * one for each day.
 */
async function tell({ documents, journal }: Pick<DailyParts, 'documents' | 'journal'>, finding: Finding, at: number) {
  const { id, reference, account, ours, theirs, message, fix } = finding
  const whose = account === undefined ? [reference] : [account, dayOf(at)]
  const key = ciKey(id, ...whose, String(ours?.amountMinor ?? ''), String(theirs?.amountMinor ?? ''))
  const before = await documents.put(KNOWN, key, JSON.stringify(finding), new Date(at).toISOString())
  if (before === 'created')
    await journal.write(reference, 'fault', { code: 'BOOKS_DIFFER', finding: id, message: `${message} ${fix}` })
}
