/** Amounts of a contract that shut each other out: with them a terminal sells nothing, or the one that was set does not count. Pure. */
import type { ByCurrency, ContractTerms, HoldStrategy } from '../settings.ts'
import { effectiveSettings } from './terms-of-contract.ts'

interface Pair {
  readonly least: string
  readonly most: string
  /** The only strategy that looks at them. */
  readonly under?: HoldStrategy
}

const PAIRS: readonly Pair[] = [
  { least: 'hold_min_minor', most: 'hold_max_minor' },
  { least: 'hold_default_minor', most: 'hold_max_minor' },
  { least: 'hold_min_minor', most: 'hold_default_minor' },
  { least: 'hold_min_minor', most: 'hold_cap_minor', under: 'capped' },
  { least: 'hold_first_minor', most: 'hold_max_minor', under: 'increments' },
]

/** The first contradiction that one of these settings takes part in; the other may be the platform's. */
export function contradictionIn(terms: ContractTerms, names: readonly string[]): string | undefined {
  const amounts = effectiveSettings(terms) as Readonly<Record<string, ByCurrency | null>>
  for (const { least, most, under } of PAIRS) {
    const isAsked = [least, most, ...(under ? ['hold_strategy'] : [])].some((name) => names.includes(name))
    if (!isAsked || (under && terms.holdStrategy !== under)) continue
    for (const [currency, low] of Object.entries(amounts[least] ?? {})) {
      const high = amounts[most]?.[currency]
      // A default of nothing is none.
      if (high === undefined || low <= high || (high === 0 && most === 'hold_default_minor')) continue
      return `${least} of ${currency} is ${low}, above ${most}, which is ${high}. Set both so that they fit; what a contract does not set is the platform's.`
    }
  }
  return undefined
}
