import { carriesCardNumber, maskCardNumbers } from './card-number.ts'
import type { Capture, Psp, Refund } from './psp.ts'
import { PspError } from './psp.ts'

/**
 * The same provider behind a door no card number gets through (T30): what we ask is refused before it leaves, and what the
 * provider answers or tells has its digits masked, because money has moved by then. So has what a partner has named: that
 * is no request of ours to correct. An adapter that keeps more of a message than its hint masks it before.
 */
export function withoutCardNumbers(psp: Psp): Psp {
  const guarded =
    <O, T>(operation: string, call: (o: O) => Promise<T>) =>
    async (o: O): Promise<T> => {
      if (carriesCardNumber(JSON.stringify(o))) throw found(operation)
      return unnumbered(call(o))
    }
  // A CPO names its CDRs as it likes, and one in ten of its long numbers looks like a card's: no money waits for that.
  const take = guarded<Parameters<Psp['capture']>[0], Capture>('capture', (o) => psp.capture(o))
  const giveBack = guarded<Parameters<Psp['refund']>[0], Refund>('refund', (o) => psp.refund(o))
  return {
    name: psp.name,
    capabilities: psp.capabilities,
    authorize: guarded('authorize', (o) => psp.authorize(o)),
    increment: guarded('increment', (o) => psp.increment(o)),
    reduce: guarded('reduce', (o) => psp.reduce(o)),
    capture: async (o) => take({ ...o, cdrRef: maskCardNumbers(o.cdrRef) }),
    void: guarded('void', (o) => psp.void(o)),
    refund: async (o) => giveBack({ ...o, creditRef: maskCardNumbers(o.creditRef) }),
    query: guarded('query', (o) => psp.query(o)),
    list: guarded('list', (o) => psp.list(o)),
    settlement: guarded('settlement', (o) => psp.settlement(o)),
    // Not looked through before its signature: a genuine message has fields nobody asked for, full of long numbers.
    ingest: (o) => unnumbered(psp.ingest(o)),
    identify: (card, at) =>
      guarded<typeof card, Awaited<ReturnType<Psp['identify']>>>('identify', (one) => psp.identify(one, at))(card),
  }
}

async function unnumbered<T>(work: Promise<T>): Promise<T> {
  try {
    return masked(await work)
  } catch (error) {
    throw error instanceof PspError ? told(error) : error
  }
}

const found = (where: string) =>
  new PspError('refused', `The ${where} carries a card number and was thrown away. Card data stays in the reader.`)

/** Strings in any depth, masked; a copy only when there is something to mask. */
export function masked<T>(answer: T): T {
  const carries = Array.isArray(answer) ? answer.some(itemCarries) : hasCardNumber(answer)
  if (!carries) return answer
  return JSON.parse(JSON.stringify(answer), (_name, value: unknown) =>
    typeof value === 'string' ? maskCardNumbers(value) : value,
  ) as T
}

/** Items of a list that were looked through: a provider in this process gives the same ones again, and nobody changes them. */
const clean = new WeakSet<object>()

function itemCarries(item: unknown): boolean {
  if (typeof item !== 'object' || item === null) return hasCardNumber(item)
  if (clean.has(item)) return false
  if (hasCardNumber(item)) return true
  clean.add(item)
  return false
}

/** Looks at the strings themselves: a list of hundreds of payments is not written out for it. */
function hasCardNumber(value: unknown): boolean {
  if (typeof value === 'string') return carriesCardNumber(value)
  if (typeof value !== 'object' || value === null) return false
  // Not by `for in`: on answers of many shapes V8 would compile that loop anew again and again.
  return Object.values(value).some(hasCardNumber)
}

function told(error: PspError): PspError {
  if (!carriesCardNumber(error.message)) return error
  const { kind, retry, retryAfterMs } = error
  return new PspError(kind, maskCardNumbers(error.message), {
    retry,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
