/** Stripe, as far as its public description and its documented behaviour go, with one reader and the cards of a test. */
import { createHmac } from 'node:crypto'
import type { Message } from '../../src/contract/steps.ts'
import type { Json } from '../openapi/reduce.ts'
import { type Answered, type Asked, type StandIn, standIn } from '../stand-in.ts'
import { described } from './description.ts'
import { type Card, captureBefore, intentOf } from './objects.ts'
import { failed, route, type World } from './routes.ts'

export const SECRET = 'whsec_of_the_stand_in'

export interface StripeStandIn extends StandIn {
  /** Holds a card before the reader. */
  readonly present: (card: Card) => void
  readonly messages: readonly Message[]
}

export async function stripeStandIn(now: () => number): Promise<StripeStandIn> {
  const nowS = () => Math.floor(now() / 1000)
  const messages: Message[] = []
  const tell = (type: string, object: Json) => {
    const id = `evt_${messages.length + 1}`
    messages.push(signed({ id, object: 'event', type, created: nowS(), data: { object } }, nowS()))
  }
  const world: World = { nowS, intents: new Map(), tell, card: { brand: 'visa', last4: '4242' }, action: null }
  const server = await standIn({ described, answer: counter(world) })
  const present = (card: Card) => {
    world.card = card
  }
  return { ...server, present, messages }
}

function signed(fields: Json, at: number): Message {
  const event = described.sample('event', fields)
  const body = JSON.stringify(event)
  const signature = createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex')
  const forged = JSON.stringify({ ...event, type: 'payment_intent.canceled_by_nobody' })
  return { body, headers: { 'stripe-signature': `t=${at},v1=${signature}` }, forged }
}

/** Stripe keeps a key for at least so long. */
const KEY_S = 86_400

/** Keys, the troubles of the card, then the route. */
function counter(world: World): (asked: Asked) => Answered {
  const keys = new Map<string, { readonly at: number; readonly request: string; readonly answer: Answered }>()
  const times = new Map<string, number>()
  return (asked) => {
    expire(world)
    const { intents, nowS } = world
    const subject = intents.get(asked.path.split('/')[3] ?? '') ?? intents.get(String(asked.body['payment_intent']))
    const { first = {}, always = {} } = subject?.card ?? world.card
    const word = asked.method === 'POST' ? (asked.path.split('/').at(-1) ?? '') : ''
    const nth = (times.get(`${subject?.id} ${word}`) ?? 0) + 1
    times.set(`${subject?.id} ${word}`, nth)
    // Stripe's library repeats once what ended without an answer.
    const trouble = nth <= (first[word] === 'rate-limited' ? 1 : 2) ? first[word] : undefined
    if (trouble === 'cut-before') return 'cut'
    if (trouble === 'rate-limited') return failed(429, { code: 'rate_limit', message: 'Too many requests.' })
    const key = asked.headers['idempotency-key'] ?? ''
    const request = JSON.stringify([asked.path, asked.body])
    const before = keys.get(key)
    if (before && nowS() - before.at < KEY_S) {
      if (before.request === request) return trouble === 'cut-after' ? 'cut' : before.answer
      return failed(400, { type: 'idempotency_error', message: 'Keys belong to one request.' })
    }
    const refusal = always[word]
    const answer = refusal ? failed(Number(refusal['status'] ?? 400), refusal) : route(world, asked, subject)
    if (key !== '') keys.set(key, { at: nowS(), request, answer })
    return trouble === 'cut-after' ? 'cut' : answer
  }
}

function expire({ intents, nowS, tell }: World): void {
  for (const intent of intents.values()) {
    if (intent.status !== 'requires_capture' || nowS() < captureBefore(intent)) continue
    Object.assign(intent, { status: 'canceled', reason: 'automatic', canceledAt: captureBefore(intent) })
    tell('payment_intent.canceled', intentOf(intent))
  }
}
