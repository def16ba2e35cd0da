/** How much to hold for a tariff under a contract: the four strategies. Pure. (E-24, reliability 3.2) */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { holdFor } from '@plugtill/pricing/hold'
import type { Capabilities, Money } from '@plugtill/psp/psp'
import type { Terms } from '../payment/terms.ts'
import type { ContractTerms } from '../settings.ts'

export interface HoldPlan {
  readonly hold: Money
  /** What the driver may choose instead, the smallest first. */
  readonly choices?: readonly Money[]
  readonly raise?: Terms['raise']
}

export type ProviderCan = Pick<Capabilities, 'incremental' | 'maxIncrements' | 'minCaptureMinor'>

export function planHold(
  tariff: Tariff,
  terms: ContractTerms,
  can: ProviderCan,
): HoldPlan | { readonly refused: string } {
  const { currency } = tariff
  const money = (amountMinor: number): Money => ({ amountMinor, currency })
  const limits = terms.holdLimitsMinor[currency]
  const full = holdFor(tariff, { defaultMinor: terms.defaultHoldMinor[currency] ?? 0, ...limits })
  if (full.amountMinor <= 0) return { refused: full.reason }
  const least = Math.max(limits?.minMinor ?? 0, can.minCaptureMinor)
  switch (terms.holdStrategy) {
    case 'full':
      return { hold: money(full.amountMinor) }
    case 'capped':
      return {
        hold: money(Math.min(full.amountMinor, Math.max(least, terms.holdCapMinor[currency] ?? full.amountMinor))),
      }
    case 'driver': {
      const smaller = (terms.holdChoicesMinor[currency] ?? []).filter((one) => one >= least && one < full.amountMinor)
      const choices = [...new Set([...smaller, full.amountMinor])].sort((a, b) => a - b).map(money)
      return { hold: money(full.amountMinor), ...(choices.length > 1 && { choices }) }
    }
    case 'increments': {
      const first = Math.max(least, terms.holdFirstMinor[currency] ?? full.amountMinor)
      const stepMinor = terms.holdStepMinor[currency] ?? 0
      // A provider that cannot raise a hold gets the whole of it at once: half a plan would end sessions early.
      if (can.incremental === 'none' || stepMinor <= 0 || first >= full.amountMinor)
        return { hold: money(full.amountMinor) }
      return { hold: money(first), raise: { stepMinor, maxMinor: full.amountMinor, times: can.maxIncrements } }
    }
  }
}
