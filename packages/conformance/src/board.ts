/** The live board of one partner: the same checks on the traffic that happens anyway, judged when somebody looks. */
import { type Exchange, type ExchangeRecord, exchangeOfRecord, isCut, type RawExchange } from '@plugtill/ocpi/exchange'
import type { Catalogue, Target, Version } from './catalogue.ts'
import type { Check } from './check.ts'
import { type Judgement, judge } from './judge.ts'
import { type Seen, seenOf } from './seen.ts'
import type { Pace } from './view.ts'

export interface BoardParts {
  readonly target: Target
  readonly catalogue: Catalogue
  readonly checks: readonly Check[]
  readonly clock: { readonly now: () => number }
  readonly hash: (text: string) => string
  /** How long something may take before it counts as missing. */
  readonly patienceMs: number
  /** Asked at each judgement: who the partner is may be learned late. */
  readonly pace?: () => Pace | undefined
}

export interface Board {
  readonly saw: (exchange: Exchange, raw: RawExchange, version: Version) => void
  /** What an earlier process saw. */
  readonly recall: (record: ExchangeRecord, version: Version) => void
  /**
   * The partner says it has mended what failed: the exchanges that show it, up to this moment, no longer count. What held
   * stays, and what failed is judged by what comes.
   */
  readonly forget: (until: number) => void
  /** Made anew only when something was seen since the last look. */
  readonly judgement: () => Judgement
}

/** Of each row and direction the first few show how it began, the last ones how it is now. */
const KEPT_FIRST = 5
const KEPT_LAST = 45

export function createBoard(parts: BoardParts): Board {
  const { target, catalogue, checks, clock, hash, patienceMs, pace } = parts
  const kept = new Map<string, Seen[]>()
  let count = 0
  let version: Version = '2.3.0'
  let made: Judgement | undefined
  const keep = (seen: Seen) => {
    count += 1
    const shelf = `${seen.by} ${seen.place}`
    const list = [...(kept.get(shelf) ?? []), seen]
    if (list.length > KEPT_FIRST + KEPT_LAST) list.splice(KEPT_FIRST, 1)
    kept.set(shelf, list)
    version = seen.version
    made = undefined
  }
  const judgement = (): Judgement => {
    if (made !== undefined && clock.now() - made.record.now < patienceMs) return made
    const seen = [...kept.values()].flat().sort((a, b) => a.index - b.index)
    made = judge(catalogue, checks, {
      record: { target, version, seen, facts: [], now: clock.now(), watching: true, patienceMs, pace: pace?.() },
    })
    return made
  }
  return {
    saw: (exchange, raw, spoken) => keep(seenOf(exchange, raw, { index: count, version: spoken, hash })),
    recall: (record, spoken) =>
      keep(seenOf(exchangeOfRecord(record), undefined, { index: count, version: spoken, cut: isCut(record), hash })),
    forget: (until) => {
      const failed = new Set(judgement().outcomes.flatMap(({ failedIn }) => [...failedIn]))
      for (const [shelf, list] of kept)
        kept.set(
          shelf,
          list.filter(({ index, at }) => at > until || !failed.has(index)),
        )
      made = undefined
    },
    judgement,
  }
}
