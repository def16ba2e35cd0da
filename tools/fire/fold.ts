/**
 * What the events of a payment come to, as far as money is concerned. Written without a look at the state table: an event that
 * was changed afterwards has to disagree with the row, or with what the provider and the CPO have in their books. (I13)
 */
import type { Money, StoredCdr, StoredEvent } from './books.ts'

export interface Fold {
  readonly held?: Money
  readonly captured?: Money
  readonly cdr?: StoredCdr
  /** Of the advice that tells of the capture. */
  readonly adviceId?: string
  /** Advices that the CPO is said to have taken. */
  readonly taken: readonly string[]
}

/** Refunds, credits of a bill that was paid and an operator's word are no part of a fire: what comes after them is not folded here. */
const BEYOND = ['overcaptured', 'capture-reversed', 'credit-received', 'credit-due', 'operator-decided']

export function foldOf(events: readonly StoredEvent[]): Fold | undefined {
  const moved = events.filter(({ verdict }) => verdict === 'moved')
  if (moved.some(({ type }) => BEYOND.includes(type))) return undefined
  let fold: Fold = { taken: [] }
  for (const event of moved) fold = { ...fold, ...after(fold, event) }
  return fold
}

function after({ held, cdr, taken }: Fold, { type, to, body }: StoredEvent): Partial<Fold> {
  const advises = to === 'captured' && body.adviceId !== undefined && { adviceId: body.adviceId }
  switch (type) {
    case 'authorized':
    case 'hold-raised':
      return { ...(body.held && { held: body.held }) }
    case 'cdr-received':
      // Taken back before it came, or beside a bill that stands: it asks for nothing.
      if (body.credit || cdr) return {}
      return { ...(body.cdr && { cdr: body.cdr }), ...advises }
    case 'captured':
    case 'capture-found': {
      const [captured, isLarger] = [body.amount ?? body.captured, minor(body.held) > minor(held)]
      return {
        ...(isLarger && body.held && { held: body.held }),
        ...(captured && { captured }),
        ...((type === 'captured' || cdr) && advises),
      }
    }
    case 'advice-delivered':
      return { taken: [...taken, body.adviceId ?? ''] }
    default:
      return {}
  }
}

const minor = (money: Money | undefined) => money?.amountMinor ?? 0
