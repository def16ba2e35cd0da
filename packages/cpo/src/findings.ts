/** What is wrong with a charger is told to the operator once a minute, however often it happens. */
import type { Clock } from '@plugtill/engine/clock'
import { Fault } from '@plugtill/engine/fault'
import type { Finding } from './chargers/events.ts'

const QUIET_MS = 60_000
/** So many kinds of trouble are counted; beyond, the oldest are forgotten. */
const MOST_KEPT = 10_000

export function createFindings(clock: Clock, tell: (fault: Fault, chargerId: string) => void) {
  const last = new Map<string, { readonly at: number; readonly unsaid: number }>()
  return ({ chargerId, code, text }: Finding): void => {
    const key = `${code} ${chargerId.toLowerCase()}`
    const before = last.get(key)
    const now = clock.now()
    if (before !== undefined && now - before.at < QUIET_MS) {
      last.set(key, { ...before, unsaid: before.unsaid + 1 })
      return
    }
    last.delete(key)
    last.set(key, { at: now, unsaid: 0 })
    const oldest = last.keys().next().value
    if (last.size > MOST_KEPT && oldest !== undefined) last.delete(oldest)
    const more = before === undefined || before.unsaid === 0 ? '' : ` (and ${before.unsaid} times more before)`
    tell(new Fault(code, `${text}${more}`), chargerId)
  }
}
