/** Minor units are those of ISO 4217; providers count some currencies in others. This door speaks theirs outside and ISO inside. */
import type { Money, Psp } from './psp.ts'
import { PspError } from './psp.ts'

/** How a provider counts a currency that it does not count like ISO 4217, or not to the last digit. */
export interface OwnUnit {
  /** So many decimals more than ISO has, or fewer. */
  readonly decimals?: 2 | -2
  /** Its amounts are whole multiples of this. */
  readonly step?: number
}
export type OwnUnits = Readonly<Record<string, OwnUnit>>

/**
 * What the provider cannot say to the last digit is held and taken as the next amount below: never more than was asked for,
 * and what was taken is told. A refund is exact or none, because what a driver gets back is a promise.
 */
export function inOwnUnits(psp: Psp, units: OwnUnits): Psp {
  const below = ({ amountMinor, currency }: Money): Money => ({
    amountMinor: belowIn(units[currency], amountMinor),
    currency,
  })
  const iso = <T>(answer: T): T => inIso(answer, units) as T
  return {
    ...psp,
    authorize: async (o) => iso(await psp.authorize({ ...o, amount: below(o.amount) })),
    increment: async (o) => iso(await psp.increment({ ...o, newTotal: below(o.newTotal) })),
    reduce: async (o) => iso(await psp.reduce({ ...o, newTotal: below(o.newTotal) })),
    capture: async (o) => iso(await psp.capture({ ...o, amount: below(o.amount) })),
    refund: async (o) => {
      const amount = below(o.amount)
      const exact = isoOf(units, amount).amountMinor
      if (exact !== o.amount.amountMinor)
        throw new PspError(
          'refused',
          `${psp.name} cannot pay back ${o.amount.amountMinor} ${o.amount.currency}: ${exact} is the next below.`,
        )
      return iso(await psp.refund({ ...o, amount }))
    },
    query: async (o) => iso(await psp.query(o)),
    list: async (o) => iso(await psp.list(o)),
    settlement: async (o) => iso(await psp.settlement(o)),
  }
}

/** In whole numbers throughout: a hundredth is no exact fraction. */
function moved(amountMinor: number, decimals: number): number {
  if (decimals > 0) return amountMinor * 100
  return decimals < 0 ? Math.floor(amountMinor / 100) : amountMinor
}

/** What is no amount at all, the provider's own check refuses. */
function belowIn(unit: OwnUnit | undefined, amountMinor: number): number {
  if (unit === undefined || !Number.isSafeInteger(amountMinor)) return amountMinor
  const { decimals = 0, step = 1 } = unit
  const own = moved(amountMinor, decimals)
  return own - (own % step)
}

function isoOf(units: OwnUnits, { amountMinor, currency }: Money): Money {
  const decimals = units[currency]?.decimals ?? 0
  return { amountMinor: moved(amountMinor, -decimals), currency }
}

/** Every amount in an answer, at any depth. */
function inIso(value: unknown, units: OwnUnits): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((one) => inIso(one, units))
  if ('amountMinor' in value && 'currency' in value) return isoOf(units, value as Money)
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inIso(one, units)]))
}
