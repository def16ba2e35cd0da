/** What the notes of one payment add up to, in the words of the port. The order in which messages came does not matter. */
import type { Authorization, Money, PspPayment, PspPaymentState } from '../psp.ts'
import type { Note } from './notes.ts'

/** What an authorization was asked with; kept before the call, because only with it the terminal can be asked again. */
export interface AskedAuthorize {
  readonly request: string
  readonly terminalId: string
  readonly poiId: string
  readonly serviceId: string
  readonly timeStamp: string
  readonly amount: Money
}

export interface AskedChange {
  readonly request: string
  readonly amount?: Money
  readonly cdrRef?: string
}

/** The terminal's word: an answer, or that it never took the request up. */
export type Decided = Authorization | { readonly status: 'not-taken' }

export interface Told {
  /** Adyen's reference of the modification, or of the payment. */
  readonly id: string
  readonly success: boolean
  /** When it happened by Adyen's clock (ms). Not signed, and null where it is no date. */
  readonly date?: number | null
  readonly amount: Money
  readonly reason: string
}

/** A change of a payment: asked, accepted under a reference of its own, and decided by a message. */
export interface Change {
  readonly key: string
  readonly operation: string
  readonly asked: AskedChange
  readonly outcome: 'open' | 'done' | 'failed'
  readonly reason: string
  readonly acceptedAt: number
}

export interface Folded {
  /** Asked without an answer and without a message since, at last `at`: it may have happened. */
  readonly lost: readonly { readonly operation: string; readonly key: string; readonly at: number }[]
  readonly payment: PspPayment
  readonly authorization: Authorization
  readonly changes: readonly Change[]
  readonly voidedAt: number | undefined
}

const EVENTS: Readonly<Record<string, readonly string[]>> = {
  increment: ['AUTHORISATION_ADJUSTMENT'],
  reduce: ['AUTHORISATION_ADJUSTMENT'],
  capture: ['CAPTURE', 'CAPTURE_FAILED'],
  void: ['CANCELLATION', 'CANCEL_OR_REFUND', 'TECHNICAL_CANCEL'],
  refund: ['REFUND', 'REFUND_FAILED', 'REFUNDED_REVERSED'],
}

/** Undone after it was done. */
const UNDONE = /^(CAPTURE_FAILED|REFUND_FAILED|REFUNDED_REVERSED)$/

interface Event extends Told {
  readonly code: string
  readonly at: number
}

/** In the order of what happened: nothing has happened after it was told. In the same second an undoing comes last. */
const eventsIn = (notes: readonly Note[]): readonly Event[] =>
  notes
    .filter(({ kind }) => kind === 'told')
    .map(({ operation: code, at, body }): Event => {
      const told = body as Told
      return { ...told, code, at: Math.min(told.date ?? at, at) }
    })
    .toSorted((a, b) => a.at - b.at || Number(UNDONE.test(a.code)) - Number(UNDONE.test(b.code)))

/** The last word about each modification. A capture that the scheme refused may be taken after all. (Transaction Recaptured) */
const outcomesOf = (events: readonly Event[], codes: readonly string[]): ReadonlyMap<string, Event> =>
  new Map(events.filter(({ code }) => codes.includes(code)).map((event) => [event.id, event]))

const succeeded = ({ code, success }: Event) => success && !UNDONE.test(code)

/** Taken, whatever came later. A capture that was refused from the start leaves the hold as it is: it may be tried again. */
const wasTaken = (events: readonly Event[], captureId: string): boolean =>
  events.some(({ id, code, success }) => id === captureId && (code === 'CAPTURE_FAILED' || success))

/** Undefined while there is no answer of the terminal that names a payment. */
export function fold(notes: readonly Note[], asked: AskedAuthorize, now: number): Folded | undefined {
  const decided = notes.findLast(({ kind }) => kind === 'decided')
  if (decided === undefined || !('authorized' in (decided.body as Decided))) return undefined
  const authorization = decided.body as Authorization
  const events = eventsIn(notes)
  const changes = changesOf(notes, events)
  const captures = [...outcomesOf(events, EVENTS['capture'] ?? []).values()]
  const refunds = [...outcomesOf(events, EVENTS['refund'] ?? []).values()].filter(succeeded)
  const taken = captures.filter(succeeded)
  const lost = lostIn(notes)
  const state = stateOf({ authorization, events, changes, captures, lost, now })
  const { currency } = authorization.authorized
  const money = (amountMinor: number): Money => ({ amountMinor, currency })
  const sum = (all: readonly Event[]) => money(all.reduce((total, { amount }) => total + amount.amountMinor, 0))
  const authorized = money(authorizedOf(authorization, notes, events))
  const cdrRef = changes.findLast(({ operation }) => operation === 'capture')?.asked.cdrRef
  const voided = notes.find(({ operation, body }) => EVENTS['void']?.includes(operation) && (body as Told).success)
  return {
    authorization,
    changes,
    lost,
    voidedAt: voided?.at,
    payment: {
      reference: decided.reference,
      pspReference: authorization.pspReference,
      terminalId: asked.terminalId,
      state,
      authorized,
      held: state === 'authorized' || state === 'void-pending' ? authorized : money(0),
      captureCount: taken.length,
      captured: sum(taken),
      refunded: sum(refunds),
      captureBefore: authorization.captureBefore,
      card: authorization.card,
      createdAt: decided.at,
      eftData: authorization.eftData,
      ...(cdrRef !== undefined && { cdrRef }),
    },
  }
}

function stateOf(seen: {
  readonly authorization: Authorization
  readonly events: readonly Event[]
  readonly changes: readonly Change[]
  readonly captures: readonly Event[]
  readonly lost: Folded['lost']
  readonly now: number
}): PspPaymentState {
  const { authorization, events, changes, captures, lost, now } = seen
  const told = (codes: readonly string[] = []) => events.some(({ code, success }) => codes.includes(code) && success)
  if (authorization.status === 'declined') return 'declined'
  if (captures.some(succeeded)) return 'captured'
  if (captures.some(({ id }) => wasTaken(events, id))) return 'capture-failed'
  if (told(EVENTS['void'])) return 'voided'
  const isOpen = (verb: string) => changes.some(({ operation, outcome }) => operation === verb && outcome === 'open')
  if (isOpen('capture')) return 'capture-pending'
  if (told(['EXPIRE']) || now >= authorization.captureBefore) return 'expired'
  return isOpen('void') || mayArrive(lost, 'void', now) ? 'void-pending' : 'authorized'
}

/** Without an answer and without a message for so long since it was last asked, it has not arrived. */
const LOST_MS = 600_000

export const mayArrive = (lost: Folded['lost'], operation: 'void' | 'capture', now: number): boolean =>
  lost.some((one) => one.operation === operation && now - one.at < LOST_MS)

/** Adyen dates to the second. */
const SECOND_MS = 1_000

/**
 * The newest total that was confirmed: in the order in which our requests were accepted. One whose answer was lost is known by
 * its message only, and stands where that says it happened, at the end of that second.
 */
function authorizedOf(authorization: Authorization, notes: readonly Note[], events: readonly Event[]): number {
  const accepted = new Map(
    notes.filter(({ kind }) => kind === 'accepted').map((note) => [(note.body as { id: string }).id, note]),
  )
  const when = ({ id, at }: Event) => accepted.get(id) ?? { at: at + SECOND_MS, seq: 0 }
  const confirmed = events.filter(({ code, success }) => code === 'AUTHORISATION_ADJUSTMENT' && success)
  const last = confirmed.toSorted((a, b) => when(a).at - when(b).at || when(a).seq - when(b).seq).at(-1)
  return last?.amount.amountMinor ?? authorization.authorized.amountMinor
}

function lostIn(notes: readonly Note[]): Folded['lost'] {
  const accepted = new Set(
    notes.filter(({ kind }) => kind === 'accepted').map(({ body }) => (body as { readonly id: string }).id),
  )
  const asked = notes.filter(({ kind, operation }) => kind === 'asked' && operation !== 'authorize')
  return [...new Set(asked.map(({ key }) => key))].flatMap((key) => {
    const answered = notes.findLast((one) => one.key === key && /^(accepted|turned-down)$/.test(one.kind))?.seq ?? 0
    const attempts = asked.filter((one) => one.key === key && one.seq > answered)
    const [first, last] = [attempts[0], attempts.at(-1)]
    if (!first || !last) return []
    const { operation } = first
    const told = notes.some(
      (one) =>
        one.seq > first.seq && EVENTS[operation]?.includes(one.operation) && !accepted.has((one.body as Told).id),
    )
    return told ? [] : [{ operation, key, at: last.at }]
  })
}

function changesOf(notes: readonly Note[], events: readonly Event[]): readonly Change[] {
  const asked = notes.filter(({ kind, operation }) => kind === 'asked' && operation !== 'authorize')
  return [...new Map(asked.map((note) => [note.key, note])).values()].flatMap(
    ({ key, operation, body }): readonly Change[] => {
      const accepted = notes.find((note) => note.kind === 'accepted' && note.key === key)
      // Asked and refused, or lost: not a change yet. The same key asks again.
      if (accepted === undefined) return []
      const { id } = accepted.body as { id: string }
      const event = outcomesOf(events, EVENTS[operation] ?? []).get(id)
      const outcome = event === undefined ? 'open' : succeeded(event) ? 'done' : 'failed'
      const reason = event?.reason ?? ''
      return [{ key, operation, asked: body as AskedChange, outcome, reason, acceptedAt: accepted.at }]
    },
  )
}
