import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { PricingError } from '../pricing-error.ts'
import type { LintFinding } from './finding.ts'
import { bySeverity } from './finding.ts'
import type { LintContext, Rule } from './rule.ts'
import { elementRules } from './rules-elements.ts'
import { limitRules } from './rules-limits.ts'
import { priceRules } from './rules-prices.ts'

/** Every rule for tariffs, one row each. */
export const tariffRules: readonly Rule[] = [...elementRules, ...priceRules, ...limitRules]

/** More elements than that are no tariff for people; comparing each with each would take too long. */
const mostElements = 500

/** What is wrong with a tariff of the right shape, the worst first. (G-01 to G-20, C-201 to C-208) */
export function lintTariff(tariff: Tariff, context: LintContext = {}): readonly LintFinding[] {
  if (tariff.elements.length > mostElements) {
    const reason = `${tariff.elements.length} elements; more than ${mostElements} are not looked at.`
    return [
      {
        id: 'too-many-elements',
        severity: 'error',
        path: '/elements',
        reason,
        fix: 'Say the same with fewer elements.',
      },
    ]
  }
  return tariffRules.flatMap((rule) => findingsOf(rule, tariff, context)).toSorted(bySeverity)
}

function findingsOf(rule: Rule, tariff: Tariff, context: LintContext): readonly LintFinding[] {
  const { id, severity } = rule
  try {
    return rule.find(tariff, context).map((hit) => ({ id, severity, ...hit }))
  } catch (error) {
    // What cannot be calculated with cannot be shown either, and that rule tells it.
    if (error instanceof PricingError) return []
    throw error
  }
}
