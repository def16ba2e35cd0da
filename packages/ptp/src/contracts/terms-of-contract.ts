/** Platform settings and what a contract says otherwise, as one. Pure. */
import type { ContractTerms, PtpSettings } from '../settings.ts'
import type { Contract } from './contract.ts'
import { CONTRACT_SETTINGS, type ContractSetting, readSetting, type TermField } from './contract-settings.ts'

const ofLimit = (field: TermField): field is 'minMinor' | 'maxMinor' => field === 'minMinor' || field === 'maxMinor'

/** Amounts by currency are laid over the platform's, currency by currency; everything else takes its place. */
export function termsFor(base: PtpSettings, contract: Contract | undefined): ContractTerms {
  let terms: ContractTerms = base
  for (const setting of CONTRACT_SETTINGS) {
    const kept = contract?.settings[setting.name]
    if (kept === undefined) continue
    const given = nearest(setting, kept)
    const read = readSetting(setting, given)
    if ('value' in read) terms = withOne(terms, setting, read.value)
  }
  return terms
}

/** A wait that was set when more was allowed: what comes nearest to it, not the default. */
function nearest({ value }: ContractSetting, kept: unknown): unknown {
  if (value.kind !== 'seconds' || typeof kept !== 'number') return kept
  const [least, most] = value.range
  return Math.min(Math.max(kept, least), most)
}

function withOne(terms: ContractTerms, { field, value: { kind } }: ContractSetting, value: unknown): ContractTerms {
  if (ofLimit(field)) {
    const limits = { ...terms.holdLimitsMinor }
    for (const [currency, amount] of Object.entries(value as Record<string, number>))
      limits[currency] = { ...limits[currency], [field]: amount }
    return { ...terms, holdLimitsMinor: limits }
  }
  if (kind !== 'minor' && kind !== 'minor-list') return { ...terms, [field]: value }
  return { ...terms, [field]: { ...(terms[field] as object), ...(value as object) } }
}

/** Every setting with the value that counts, as the outside spells it. */
export function effectiveSettings(terms: ContractTerms): Readonly<Record<string, unknown>> {
  return Object.fromEntries(CONTRACT_SETTINGS.map((setting) => [setting.name, shown(setting, terms)]))
}

function shown({ field, value: { kind } }: ContractSetting, terms: ContractTerms): unknown {
  if (ofLimit(field)) {
    const limits = Object.entries(terms.holdLimitsMinor).flatMap(([currency, limit]) => {
      const amount = limit[field]
      return amount === undefined ? [] : [[currency, amount] as const]
    })
    return Object.fromEntries(limits)
  }
  const value = terms[field]
  if (kind === 'seconds') return (value as number) / 1000
  if (kind === 'seconds-list') return (value as readonly number[]).map((ms) => ms / 1000)
  return value ?? null
}
