import type { CompiledTariff } from './compiled-tariff.ts'
import type { Decimal, Whole } from './decimal.ts'
import { decimal, isPlain, sign } from './decimal.ts'
import type { Period } from './price.ts'
import { PricingError } from './pricing-error.ts'

/**
 * The energies of a session as whole numbers of one unit, so that adding and comparing them is exact and cheap: millionths
 * of a kWh as plain numbers when all of them are, else the common denominator of them all with BigInt.
 */
export interface EnergyUnits {
  /** Units in a kWh, a multiple of 1000. */
  readonly perKwh: Whole
  readonly ofPeriods: readonly Whole[]
  /** The bounds on energy of each tariff, ascending. */
  readonly bounds: readonly (readonly Whole[])[]
}

const micro = 1e6

export function energyUnits(tariffs: readonly CompiledTariff[], periods: readonly Period[]): EnergyUnits {
  return inMicro(tariffs, periods) ?? inCommon(tariffs, periods)
}

function inMicro(tariffs: readonly CompiledTariff[], periods: readonly Period[]): EnergyUnits | undefined {
  const ofPeriods: number[] = []
  let total = 0
  for (const { energyKwh = 0 } of periods) {
    if (typeof energyKwh !== 'number') return undefined
    const units = Math.round(energyKwh * micro)
    // At most 15 digits: then this decimal is the shortest text of the number. Not negative and not NaN either.
    if (!(units / micro === energyKwh && units >= 0 && units < 1e15)) return undefined
    total += units
    ofPeriods.push(units)
  }
  if (!Number.isSafeInteger(total)) return undefined
  const bounds: (readonly number[])[] = []
  for (const tariff of tariffs) {
    const scaled = tariff.energies.length === 0 ? none : microBounds(tariff.energies)
    if (scaled === undefined) return undefined
    bounds.push(scaled)
  }
  return { perKwh: micro, ofPeriods, bounds }
}

const none: readonly number[] = []

function microBounds(energies: readonly Decimal[]): readonly number[] | undefined {
  const bounds: number[] = []
  for (const energy of energies) {
    if (!isPlain(energy) || micro % energy.denominator !== 0) return undefined
    // One beyond the safe integers is not exact, but beyond all energy, too.
    bounds.push(energy.numerator * (micro / energy.denominator))
  }
  return bounds
}

function inCommon(tariffs: readonly CompiledTariff[], periods: readonly Period[]): EnergyUnits {
  const energies = periods.map(({ energyKwh = 0 }, index) => {
    const path = `periods[${index}].energyKwh`
    const energy = decimal(energyKwh, path)
    if (sign(energy) < 0) throw new PricingError(path, energyKwh, 'must not be negative')
    return energy
  })
  const all = [...energies, ...tariffs.flatMap((tariff) => tariff.energies)]
  const perKwh = all.reduce((common, { denominator }) => leastCommon(common, BigInt(denominator)), 1000n)
  const scale = ({ numerator, denominator }: Decimal) => BigInt(numerator) * (perKwh / BigInt(denominator))
  return { perKwh, ofPeriods: energies.map(scale), bounds: tariffs.map((tariff) => tariff.energies.map(scale)) }
}

function leastCommon(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return (a / x) * b
}

// The operators work on two numbers and on two BigInts alike; TypeScript has to be told.

export function plus(a: Whole, b: Whole): Whole {
  return (a as number) + (b as number)
}

export function minus(a: Whole, b: Whole): Whole {
  return (a as number) - (b as number)
}

/** What is missing to the next multiple of `step`; nothing for a multiple. */
export function toMultiple(value: Whole, step: Whole): Whole {
  const rest = (value as number) % (step as number)
  return rest > 0 ? (step as number) - rest : rest
}

export function times(value: Whole, factor: number): Whole {
  return typeof value === 'bigint' ? value * BigInt(factor) : value * factor
}
