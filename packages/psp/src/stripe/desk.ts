/** What every operation at Stripe works with. */
import type { ReaderOf } from '../checks.ts'
import { unknownPayment } from '../checks.ts'
import { PspError } from '../psp.ts'
import { type StripeClient, stripeClient } from './client.ts'
import type { StripeConfig } from './config.ts'
import { errorOf, inFlight, notThere } from './errors.ts'
import { type Intent, REFERENCE } from './payment.ts'

export interface StripeParts {
  readonly config: StripeConfig
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  readonly readerOf: ReaderOf
}

export interface Desk extends StripeParts {
  /** The same request again while its first copy is at work. */
  readonly repeat: <T>(call: (stripe: StripeClient) => Promise<T>) => Promise<T>
  readonly pause: (ms: number) => Promise<void>
  /** With its newest charge. Throws `refused` when Stripe knows none. */
  readonly intentOf: (id: string) => Promise<Intent>
  readonly byReference: (reference: string) => Promise<Intent | undefined>
  /** Payment intents created in a period; the newest ones, where there are too many. */
  readonly created: (period: { readonly since: number; readonly until?: number }) => Promise<readonly Intent[]>
}

const IN_FLIGHT_TRIES = 20
const IN_FLIGHT_PAUSE_MS = 250
/** Most objects of one list that are looked through. */
const MOST = 10_000

export function createDesk(parts: StripeParts): Desk {
  const client = stripeClient(parts.config)
  const pause = (ms: number) => new Promise<void>((done) => void parts.clock.after(ms, done))
  const repeat = async <T>(call: (stripe: StripeClient) => Promise<T>): Promise<T> => {
    const stripe = await client()
    for (let attempt = 1; ; attempt++) {
      try {
        return await call(stripe)
      } catch (error) {
        if (!inFlight(error) || attempt === IN_FLIGHT_TRIES) throw error
        await pause(IN_FLIGHT_PAUSE_MS)
      }
    }
  }
  const read = <T>(call: (stripe: StripeClient) => Promise<T>): Promise<T> =>
    repeat(call).catch((error: unknown) => {
      throw errorOf(error, 'read')
    })
  const created = ({ since, until }: { readonly since: number; readonly until?: number }) => {
    const between = { gte: Math.floor(since / 1000), ...(until !== undefined && { lt: Math.ceil(until / 1000) }) }
    return read((stripe) =>
      stripe.paymentIntents
        .list({ created: between, limit: 100, expand: ['data.latest_charge'] })
        .autoPagingToArray({ limit: MOST }),
    )
  }
  return {
    ...parts,
    repeat,
    pause,
    created,
    intentOf: async (id) => {
      try {
        return await repeat((stripe) => stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] }))
      } catch (error) {
        throw notThere(error) ? unknownPayment(id) : errorOf(error, 'read')
      }
    },
    byReference: async (reference) => {
      // The list is exact at once, the search only after a minute and more; between them nothing is missed.
      const newest = await read((stripe) => freshest(stripe, reference, parts.clock.now() - FRESH_MS))
      if (newest) return newest
      if (!/^[\x20-\x7e]{1,255}$/.test(reference))
        throw new PspError('refused', 'A reference is 1 to 255 printable characters.')
      const query = `metadata['${REFERENCE}']:'${reference.replace(/[\\']/g, '\\$&')}'`
      const found = await read((stripe) =>
        stripe.paymentIntents.search({ query, limit: 100, expand: ['data.latest_charge'] }),
      )
      return found.data.toSorted((a, b) => b.created - a.created)[0]
    },
  }
}

/** So far back the list is asked before the search. */
const FRESH_MS = 900_000

/** The list begins with the newest, so what is looked for soon after it was made is on the first page. */
async function freshest(
  { paymentIntents }: StripeClient,
  reference: string,
  sinceMs: number,
): Promise<Intent | undefined> {
  const created = { gte: Math.floor(sinceMs / 1000) }
  let looked = 0
  for await (const intent of paymentIntents.list({ created, limit: 100, expand: ['data.latest_charge'] })) {
    if (intent.metadata[REFERENCE] === reference) return intent
    looked += 1
    if (looked === MOST) return undefined
  }
  return undefined
}
