/** What the four books say of one payment, as each rule of the audit is given it. */
import { type Bank, bankOf } from './bank.ts'
import type { Away, Booked, Books, CpoCdr, CpoCharge, HeardAdvice, HeardStart, StoredPayment, Told } from './books.ts'

export interface Asked {
  readonly payment: StoredPayment
  readonly lines: readonly Booked[]
  readonly bank: Bank
  readonly starts: readonly HeardStart[]
  readonly charges: readonly CpoCharge[]
  readonly cdrs: readonly CpoCdr[]
  readonly advices: readonly HeardAdvice[]
  readonly told: readonly Told[]
  readonly away: readonly Away[]
}

/** Takes a difference, with the invariant that it breaks. */
export type Say = (rule: string, text: string) => void

const NOTHING: readonly never[] = []

function grouped<T extends { readonly reference: string }>(all: readonly T[]): (reference: string) => readonly T[] {
  const groups = Map.groupBy(all, ({ reference }) => reference.toLowerCase())
  return (reference) => groups.get(reference) ?? NOTHING
}

/** Each payment that any of the books knows, in lower case; where the platform does not: who does. */
export function* askedOf({ provider, cpo, told, stored, away }: Books): Generator<{
  readonly reference: string
  readonly asked?: Asked
  readonly knownBy: readonly string[]
}> {
  const of = {
    provider: grouped(provider),
    starts: grouped(cpo.starts),
    charges: grouped(cpo.charges),
    cdrs: grouped(cpo.cdrs),
    advices: grouped(cpo.advices),
    told: grouped(told),
    stored: grouped(stored),
  }
  const all = [...provider, ...cpo.starts, ...cpo.cdrs, ...cpo.advices, ...told, ...stored]
  for (const reference of new Set(all.map((one) => one.reference.toLowerCase()))) {
    const knownBy = Object.entries(of).flatMap(([name, find]) => (find(reference).length > 0 ? [name] : []))
    const [payment] = of.stored(reference)
    const lines = of.provider(reference)
    const asked = payment && {
      payment,
      lines,
      bank: bankOf(lines),
      starts: of.starts(reference),
      charges: of.charges(reference),
      cdrs: of.cdrs(reference),
      advices: of.advices(reference),
      told: of.told(reference),
      away,
    }
    yield { reference, knownBy, ...(asked && { asked }) }
  }
}
