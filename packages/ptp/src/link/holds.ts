/** How much to hold for a tariff under a contract: the four strategies. Pure. (E-24, reliability 3.2) */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { holdFor, leastHold } from '@plugtill/pricing/hold'
import { minCaptureIn } from '@plugtill/psp/checks'
import type { Capabilities, Money } from '@plugtill/psp/psp'
import { moneyText } from '../payment/prices.ts'
import type { Terms } from '../payment/terms.ts'
import type { ContractTerms } from '../settings.ts'

export interface HoldPlan {
  readonly hold: Money
  /** What the driver may choose instead, the smallest first. */
  readonly choices?: readonly Money[]
  /** The most that may ever be held and taken, where the hold may grow. */
  readonly upTo?: Money
  readonly raise?: Terms['raise']
}

export type ProviderCan = Pick<Capabilities, 'incremental' | 'maxIncrements' | 'minCaptureMinor' | 'minCaptureMinorIn'>

export function planHold(
  tariff: Tariff,
  terms: ContractTerms,
  can: ProviderCan,
): HoldPlan | { readonly refused: string } {
  const { currency } = tariff
  const money = (amountMinor: number): Money => ({ amountMinor, currency })
  const limits = terms.holdLimitsMinor[currency]
  const defaultMinor = terms.defaultHoldMinor[currency] ?? 0
  const full = holdFor(tariff, { defaultMinor, ...limits })
  if (full.amountMinor === 0) return { refused: full.reason }
  const unbounded = full.amountMinor > defaultMinor ? beyondAllLimits(terms, money(full.amountMinor)) : undefined
  if (unbounded) return { refused: unbounded }
  const taken = Math.max(limits?.minMinor ?? 0, minCaptureIn(can, currency))
  const costsLeast = leastHold(tariff)
  const plan = planned(terms, can, { currency, fullMinor: full.amountMinor, taken, least: Math.max(taken, costsLeast) })
  // A hold that cannot pay the least a session costs is a loss for the CPO, or the driver pays for nothing.
  if (plan.hold.amountMinor < costsLeast)
    return {
      refused: `A session costs ${moneyText(money(costsLeast))} at least, ${moneyText(plan.hold)} would be held.`,
    }
  const billed = raisedByBill(terms, can) ? (limits?.maxMinor ?? full.amountMinor) : 0
  const upTo = Math.max(billed, plan.raise?.maxMinor ?? 0)
  return { ...plan, ...(upTo > plan.hold.amountMinor && { upTo: money(upTo) }) }
}

/** What no operator has set an end to, a CPO's slip of the finger would hold on the card of a driver. */
function beyondAllLimits(
  { holdLimitsMinor, holdStrategy, holdCapMinor }: ContractTerms,
  { amountMinor, currency }: Money,
): string | undefined {
  const cap = holdStrategy === 'capped' ? holdCapMinor[currency] : undefined
  const most = holdLimitsMinor[currency]?.maxMinor ?? cap
  if (most !== undefined) return undefined
  const asked = moneyText({ amountMinor, currency })
  return `The tariff asks for a hold of ${asked}, and no most is set for ${currency}. Set hold_max_minor, like ${currency}:${amountMinor}.`
}

/** A bill above the hold raises it, up to the operator's limit; but a sum that was promised as the end is the end. */
function raisedByBill({ overHold, holdStrategy }: ContractTerms, { incremental }: ProviderCan): boolean {
  const firm = holdStrategy === 'driver' || holdStrategy === 'capped'
  return overHold === 'raise' && incremental === 'total' && !firm
}

interface Sum {
  readonly currency: string
  readonly fullMinor: number
  /** By operator and provider. */
  readonly taken: number
  /** By the tariff as well. */
  readonly least: number
}

function planned(terms: ContractTerms, can: ProviderCan, { currency, fullMinor, taken, least }: Sum): HoldPlan {
  const money = (amountMinor: number): Money => ({ amountMinor, currency })
  switch (terms.holdStrategy) {
    case 'full':
      return { hold: money(fullMinor) }
    case 'capped':
      return {
        hold: money(Math.min(fullMinor, Math.max(taken, terms.holdCapMinor[currency] ?? fullMinor))),
      }
    case 'driver': {
      const smaller = (terms.holdChoicesMinor[currency] ?? []).filter((one) => one >= least && one < fullMinor)
      const choices = [...new Set([...smaller, fullMinor])].sort((a, b) => a - b).map(money)
      return { hold: money(fullMinor), ...(choices.length > 1 && { choices }) }
    }
    case 'increments': {
      const first = Math.max(least, terms.holdFirstMinor[currency] ?? fullMinor)
      const stepMinor = terms.holdStepMinor[currency] ?? 0
      // A provider that cannot raise a hold gets the whole of it at once: half a plan would end sessions early.
      if (can.incremental === 'none' || stepMinor <= 0 || first >= fullMinor) return { hold: money(fullMinor) }
      return { hold: money(first), raise: { stepMinor, maxMinor: fullMinor, times: can.maxIncrements } }
    }
  }
}
