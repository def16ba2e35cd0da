/** What the scripted CPO does with the advices it gets: its own copies are the truth about what it was told. */
import type { WireRequest } from '@plugtill/ocpi/wire'
import type { Advice, Books } from './cpo-books.ts'
import { minorIn } from './currencies.ts'
import type { Weather } from './weather.ts'

const HOUR = 3_600_000
const AWAY_FOR_MS = 3 * HOUR

interface Told {
  readonly id: string
  readonly authorization_reference: string
  readonly total_costs: {
    readonly before_taxes: number
    readonly taxes?: readonly { readonly amount: number }[]
  }
  readonly currency: string
  readonly capture_status_code: string
}

export interface AdviceDesk {
  readonly now: number
  readonly weather: Weather
  readonly books: Books
}

/** HTTP status and OCPI status of the answer. */
export function takeAdvice({ now, weather, books }: AdviceDesk, request: WireRequest): readonly [number, number] {
  const told = JSON.parse(request.body) as Told
  const charge = books.charges.get(told.authorization_reference)
  if (!charge) {
    books.wrongs.push(`I14: an advice for ${told.authorization_reference}, which was never started here`)
    return [200, 2001]
  }
  const advice = known(books, charge.advices, { told, bytes: request.body, now })
  if (advice.bytes !== request.body)
    books.wrongs.push(`I8: advice ${told.id} came with other bytes: ${advice.bytes} and ${request.body}`)
  const { script } = charge
  const odd = (...rows: readonly string[]) => {
    if (advice.tries === 1) weather.happened(`advice ${script.advice} s${script.n}`)
    weather.met(...rows)
  }
  advice.tries++
  if (!weather.calm) {
    if (script.advice === 'away-for-hours' && now < advice.firstAt + AWAY_FOR_MS) {
      odd('F68')
      return [503, 3000]
    }
    if (script.advice === 'status-3000' && advice.tries <= 2) {
      odd('F70')
      return [200, 3000]
    }
  }
  if (script.advice === 'status-2001') {
    odd('F70')
    return [200, 2001]
  }
  if (advice.takenAt !== undefined) weather.met('F69')
  if (script.advice === 'repeat-refused' && advice.takenAt !== undefined) return [200, 2001]
  advice.takenAt ??= now
  return [200, 1000]
}

interface Heard {
  readonly told: Told
  readonly bytes: string
  readonly now: number
}

function known({ currency, wrongs }: Books, all: Map<string, Advice>, { told, bytes, now }: Heard): Advice {
  const before = all.get(told.id)
  if (before) return before
  const gross =
    told.total_costs.before_taxes + (told.total_costs.taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)
  const cents = Math.round(minorIn(currency, gross))
  if (told.currency !== currency) wrongs.push(`I9: advice ${told.id} is in ${told.currency}, here is ${currency}`)
  if (Math.abs(minorIn(currency, gross) - cents) > 1e-6) wrongs.push(`I9: advice ${told.id} is of ${gross} ${currency}`)
  const fresh: Advice = {
    id: told.id,
    bytes,
    cents,
    currency: told.currency,
    status: told.capture_status_code,
    firstAt: now,
    tries: 0,
  }
  all.set(told.id, fresh)
  return fresh
}

/** The copy of an advice that was taken. */
export function adviceTaken(books: Books, id: string): string | undefined {
  for (const charge of books.charges.values()) {
    const found = charge.advices.get(id)
    if (found) return found.takenAt === undefined ? undefined : found.bytes
  }
  return undefined
}
