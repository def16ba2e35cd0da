/** An operator who decides about payments, rightly and wrongly, at any moment, twice, and without saying why. (T36) */
import { wrongIn } from '../call-admin.ts'
import type { Decision } from './log.ts'
import type { Script } from './script.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Long enough for whatever is doubted to wait for somebody, and shorter than it may. */
const WITHIN_MS = 5 * HOUR
const RESOLVE = '/payments/:reference/resolve'
/** In the smallest unit: less than any capture. */
const PART = 7

interface Act {
  readonly decision: Decision['decision']
  readonly amount_minor?: number
}

const ACTS: Readonly<Record<Script['operator'], readonly Act[]>> = {
  usual: [],
  retries: [{ decision: 'retry' }, { decision: 'retry' }],
  voids: [{ decision: 'void' }],
  'captures-the-session': [{ decision: 'capture-session' }, { decision: 'capture-session' }],
  'accepts-the-bill': [{ decision: 'accept-cdr' }, { decision: 'accept-cdr' }],
  refunds: [{ decision: 'refund' }],
  'refunds-a-part': [
    { decision: 'refund', amount_minor: PART },
    { decision: 'refund', amount_minor: PART },
  ],
  'refunds-twice': [{ decision: 'refund' }, { decision: 'refund' }],
  'gives-no-reason': [{ decision: 'refund' }, { decision: 'void' }, { decision: 'accept-cdr' }],
}

/** What the operator is going to do about this payment. */
export function operate(storm: Storm, script: Script, reference: string): void {
  const { plugAfterMs, lastsMs, operator } = script
  ACTS[operator].forEach((act, index) => {
    const moment = storm.dice.of(`operator ${index} of s${script.n}`)
    // Refunds soon after the end: the bill may come late, or be taken back at the same moment.
    const wait = act.decision === 'refund' ? plugAfterMs + lastsMs + moment * HOUR : moment ** 2 * WITHIN_MS
    storm.clock.after(wait, () => decide(storm, script, { reference, act, left: TRIES }))
  })
}

/** Who finds nothing to decide looks again later. */
const TRIES = 6
const AGAIN_MS = 25 * MINUTE

async function decide(
  storm: Storm,
  script: Script,
  { reference, act, left }: { readonly reference: string; readonly act: Act; readonly left: number },
): Promise<void> {
  const { log, weather, clock } = storm
  const { n, operator } = script
  const route = storm.ptp()?.admin.find(({ method, path }) => method === 'POST' && path === RESOLVE)
  if (!route) return
  const silent = operator === 'gives-no-reason'
  const body = { ...act, by: 'storm', ...(!silent && { reason: 'The storm wants it.' }) }
  const decision: Decision = { decision: act.decision, amount: act.amount_minor, at: clock.now(), outcome: 'unknown' }
  weather.note(`operator ${act.decision} s${n}`)
  if (wrongIn(route.body, body)) return silent ? weather.met('T36') : undefined
  log.decisions.set(reference, [...(log.decisions.get(reference) ?? []), decision])
  try {
    const { status = 200 } = await route.run({ params: { reference }, query: {}, body })
    decision.outcome = status < 300 ? 'done' : 'refused'
  } catch (error) {
    if (error instanceof Error && error.name === 'Refusal') decision.outcome = 'refused'
  }
  weather.note(`operator ${act.decision} s${n}: ${decision.outcome}`)
  if (decision.outcome === 'refused' && left > 1)
    return void clock.after(AGAIN_MS, () => decide(storm, script, { reference, act, left: left - 1 }))
  if (decision.outcome !== 'done') return
  weather.happened(`operator ${operator} s${n}`)
  weather.met(`decided ${act.decision}`)
  if (silent) storm.wrongs.push(`T36: ${act.decision} without a reason was taken (${reference}, s${n} )`)
}
