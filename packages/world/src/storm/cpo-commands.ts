/** Orders to start and to stop, as the scripted CPO answers them. */
import type { WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { CpoParts } from './cpo.ts'
import { answer, failure } from './cpo-answers.ts'
import type { Books, Charge } from './cpo-books.ts'
import type { Charging } from './cpo-charging.ts'
import { SPOTS } from './cpo-objects.ts'
import type { Script } from './script.ts'

export interface Rooms {
  readonly books: Books
  readonly charges: Charging
}

export interface Tariffing {
  readonly raise: number
  readonly changing: boolean
  readonly changedAt: number
}

interface StartOrder {
  readonly response_url: string
  readonly token: { readonly uid: string }
  readonly evse_uid: string
  readonly authorization_reference: string
}

const SPOT = Array.from({ length: SPOTS })
const never = () => new Promise<never>(() => undefined)

/** What the CPO says at once; what becomes of it is told by cpo-charging. */
export async function started(
  parts: CpoParts,
  { books, charges, tariff }: Rooms & { readonly tariff: Tariffing },
  request: WireRequest,
): Promise<WireResponse> {
  const { clock, bank, weather } = parts
  const order = JSON.parse(request.body) as StartOrder
  const reference = order.authorization_reference
  const known = books.charges.get(reference)
  if (known) {
    known.orders.add(request.headers['x-request-id'] ?? '')
    return answer(clock, { result: 'ACCEPTED', timeout: 30 })
  }
  const script = parts.scriptOf(reference)
  if (!script || !bank.holdOf(reference)) {
    books.wrongs.push(`I5: START_SESSION for ${reference} without a hold`)
    return answer(clock, { result: 'REJECTED', timeout: 30 })
  }
  const count = books.charges.size
  const charge = chargeOf(parts, { order, script, tariff, count, requestId: request.headers['x-request-id'] ?? '' })
  books.charges.set(reference, charge)
  if (Math.abs(parts.skewMs) > 60_000) weather.met('F41')
  if (weather.strike('death while the order is under way', `start s${script.n}`, 0.02)) {
    weather.met('F13')
    parts.die(`start s${script.n}`)
  }
  parts.onSession(charge.sessionId, script.n)
  books.bySession.set(charge.sessionId.toLowerCase(), charge)
  return answered(parts, charges, charge)
}

function chargeOf(
  { owner, currency, names, connection, clock, skewMs }: CpoParts,
  {
    order,
    script,
    tariff: { raise, changing, changedAt },
    count,
    requestId,
  }: {
    readonly order: StartOrder
    readonly script: Script
    readonly tariff: Tariffing
    readonly count: number
    readonly requestId: string
  },
): Charge {
  return {
    owner,
    connection,
    currency,
    names,
    reference: order.authorization_reference,
    tokenUid: order.token.uid,
    sessionId: names.session(count),
    spot: SPOT.findIndex((_, spot) => names.evse(spot).toLowerCase() === order.evse_uid.toLowerCase()),
    startAt: clock.now() + skewMs,
    script,
    orderedAt: clock.now(),
    raise,
    // An order leaves a minute after the tap at most.
    priceUnsure: changing || clock.now() < changedAt + 75_000,
    orders: new Set([requestId]),
    responseUrl: order.response_url,
    wh: 0,
    saidWh: 0,
    stops: [],
    knownCosts: [],
    bills: [],
    advices: new Map(),
  }
}

async function answered({ clock, weather }: CpoParts, charges: Charging, charge: Charge): Promise<WireResponse> {
  const { script } = charge
  const odd = () => {
    weather.happened(`${script.start} s${script.n}`)
    weather.met('F15')
  }
  switch (script.start) {
    case 'refused':
      odd()
      return answer(clock, { result: 'REJECTED', timeout: 30 })
    case 'not-supported':
      odd()
      return answer(clock, { result: 'NOT_SUPPORTED', timeout: 30 })
    case 'error-500':
      odd()
      return failure(clock, 500, 3000, 'broken')
    case 'error-404':
      odd()
      return failure(clock, 404, 2000, 'no such thing')
    case 'status-2003':
      odd()
      return failure(clock, 200, 2003, 'unknown location')
    case 'answer-never-comes':
      void charges.begin(charge)
      return never()
    case 'result-before-answer':
    case 'session-before-answer':
    case 'over-before-answer':
      await charges.begin(charge)
      return answer(clock, { result: 'ACCEPTED', timeout: 30 })
    default:
      void charges.begin(charge)
      return answer(clock, { result: 'ACCEPTED', timeout: 30 })
  }
}

export function stopped({ clock }: CpoParts, { books, charges }: Rooms, request: WireRequest): WireResponse {
  const { session_id } = JSON.parse(request.body) as { readonly session_id: string }
  const charge = books.bySession.get(session_id.toLowerCase())
  const result = charge ? charges.stop(charge) : 'UNKNOWN_SESSION'
  return answer(clock, { result, timeout: 30 })
}
