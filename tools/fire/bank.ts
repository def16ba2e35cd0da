/** What the provider's lines of one payment come to: each hold by itself, because there may be one too many. */
import type { Booked } from './books.ts'

export interface Hold {
  readonly name: string
  readonly at: number
  /** Approved, raised and reduced. */
  readonly heldMinor: number
  readonly captures: number
  readonly capturedMinor: number
  readonly refundedMinor: number
  readonly givenBackMinor: readonly number[]
}

export interface Bank {
  readonly holds: readonly Hold[]
  /** Of the hold that was approved first. */
  readonly first: Hold | undefined
  readonly held: number
  readonly captures: number
  readonly captured: number
  readonly refunded: number
  /** Operations that were done under a name which holds nothing. */
  readonly strays: readonly Booked[]
}

const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0)

function holdOf({ pspReference: name, at, amountMinor }: Booked, lines: readonly Booked[]): Hold {
  const done = (...operations: readonly string[]) =>
    lines
      .filter((one) => one.pspReference === name && operations.includes(one.operation))
      .filter(({ status }) => status === 'done' || status === 'approved')
      .map((one) => one.amountMinor)
  return {
    name,
    at,
    heldMinor: done('increment', 'reduce').at(-1) ?? amountMinor,
    captures: done('capture').length,
    capturedMinor: sum(done('capture')),
    refundedMinor: sum(done('refund')),
    givenBackMinor: done('void').filter((minor) => minor > 0),
  }
}

export function bankOf(lines: readonly Booked[]): Bank {
  const approved = lines.filter(({ operation, status }) => operation === 'authorize' && status === 'approved')
  const holds = approved.map((line) => holdOf(line, lines))
  const names = new Set(holds.map(({ name }) => name))
  const [first] = holds
  return {
    holds,
    first,
    held: first?.heldMinor ?? 0,
    captures: sum(holds.map(({ captures }) => captures)),
    captured: sum(holds.map(({ capturedMinor }) => capturedMinor)),
    refunded: sum(holds.map(({ refundedMinor }) => refundedMinor)),
    strays: lines.filter((one) => one.status === 'done' && one.amountMinor > 0 && !names.has(one.pspReference)),
  }
}
