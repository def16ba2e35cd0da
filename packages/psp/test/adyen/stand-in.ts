/** Adyen, as far as its public descriptions and its documented behaviour go, with one terminal and the cards of a test. */
import { createHmac } from 'node:crypto'
import type { Message } from '../../src/contract/steps.ts'
import { type Answered, type Asked, type StandIn, standIn } from '../stand-in.ts'
import { described, messageDifferences, terminalDifferences } from './description.ts'
import { ACCOUNT, atTerminal, type Card, type Event, failed, modify, type World } from './routes.ts'

export const HMAC_KEY = '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'

export interface AdyenStandIn extends StandIn {
  readonly present: (card: Card) => void
  readonly messages: readonly Message[]
  /** From now on nobody hears this terminal; tells how often it was spoken to since. */
  readonly unplug: (poiId: string) => () => number
  /** Delivers what is due by the test's clock. */
  readonly due: () => Promise<void>
}

export interface AdyenStandInParts {
  readonly now: () => number
  /** The other side's webhook. */
  readonly deliver: (message: Message) => Promise<unknown>
}

export async function adyenStandIn({ now, deliver }: AdyenStandInParts): Promise<AdyenStandIn> {
  const messages: Message[] = []
  const undescribed: string[] = []
  const waiting: { readonly at: number; readonly message: Message }[] = []
  let made = 0
  let closed = false
  const due = async () => {
    const ready = waiting.filter(({ at }) => at <= now())
    for (const one of ready) waiting.splice(waiting.indexOf(one), 1)
    for (const { message } of closed ? [] : ready) {
      messages.push(message)
      await deliver(message)
    }
  }
  const world: World = {
    now,
    payments: new Map(),
    refusedOnce: new Set(),
    card: { brand: 'visa', last4: '1111' },
    reference: () => `PSP${String(++made).padStart(13, 'Q')}`,
    tell: (event, afterMs = 0) => {
      const message = signed(event, now() + afterMs)
      undescribed.push(...messageDifferences(event.code, message.body))
      waiting.push({ at: now() + afterMs, message })
      // After the answer has left.
      if (afterMs === 0) setTimeout(() => void due(), 1)
    },
  }
  const unheard = new Map<string, number>()
  const answer = counter(world)
  const heard = (asked: Asked): Answered => {
    const [, poiId = ''] = /\/devices\/([^/]+)\/sync$/.exec(asked.path) ?? []
    const times = unheard.get(poiId)
    if (times === undefined) return answer(asked)
    unheard.set(poiId, times + 1)
    return 'cut'
  }
  const unplug = (poiId: string) => {
    unheard.set(poiId, 0)
    return () => unheard.get(poiId) ?? 0
  }
  const server = await standIn({ described, answer: heard, check: terminalDifferences })
  const present = (card: Card) => {
    world.card = card
  }
  const close = () => {
    closed = true
    return server.close()
  }
  return {
    ...{ ...server, present, messages, unplug, due, close },
    get findings() {
      return [...server.findings, ...undescribed]
    },
  }
}

function signed({ code, payment, id, value, success, reason = '' }: Event, at: number): Message {
  const { reference, pspReference, currency, card } = payment
  const item = {
    amount: { currency, value },
    eventCode: code,
    // Whole seconds, as Adyen writes them.
    eventDate: `${new Date(at).toISOString().slice(0, 19)}+00:00`,
    merchantAccountCode: ACCOUNT,
    merchantReference: reference,
    ...(code === 'AUTHORISATION' ? {} : { originalReference: pspReference }),
    paymentMethod: card.brand,
    pspReference: id,
    reason: success ? reason : 'Refused',
    success: String(success),
  }
  const wrap = (one: object) => JSON.stringify({ live: 'false', notificationItems: [{ NotificationRequestItem: one }] })
  // The fields that Adyen signs, in its order.
  const text = [id, code === 'AUTHORISATION' ? '' : pspReference, ACCOUNT, reference, value, currency, code, success]
  const hmacSignature = createHmac('sha256', Buffer.from(HMAC_KEY, 'hex')).update(text.join(':')).digest('base64')
  // Which card it is, only the message about the authorization says.
  const face = code === 'AUTHORISATION' && { cardSummary: card.last4, alias: `alias-${card.brand}-${card.last4}` }
  const additionalData = { hmacSignature, ...face }
  const forged = { ...item, success: String(!success), additionalData }
  return { body: wrap({ ...item, additionalData }), headers: {}, forged: wrap(forged) }
}

/** Keys, the troubles of the card, then the route. */
function counter(world: World): (asked: Asked) => Answered {
  const keys = new Map<string, { readonly request: string; readonly answer: Answered }>()
  const times = new Map<string, number>()
  return (asked) => {
    const [, , , id = '', word = ''] = asked.path.split('/')
    const terminal = asked.path.endsWith('/sync')
    const payment = world.payments.get(id)
    const { first = {}, second = {} } = payment?.card ?? world.card
    const place = terminal ? Object.keys(asked.body['SaleToPOIRequest'] as object).join() : `${id} ${word}`
    const nth = (times.get(place) ?? 0) + 1
    times.set(place, nth)
    const troubles = nth === 1 ? first : nth === 2 ? second : {}
    const trouble = troubles[terminal && /PaymentRequest/.test(place) ? 'payment' : word]
    if (trouble === 'cut-before') return 'cut'
    if (trouble === 'rate-limited') return failed(429, '', 'Too many requests')
    if (terminal) {
      const answer = atTerminal(world, asked)
      return trouble === 'cut-after' ? 'cut' : answer
    }
    if (!payment) return failed(422, '167', 'Original pspReference required for this operation')
    const key = asked.headers['idempotency-key'] ?? ''
    const request = JSON.stringify([asked.path, asked.body])
    const before = keys.get(key)
    if (before)
      return before.request === request ? before.answer : failed(422, '704', 'request already processed or in progress')
    const answer = modify(world, word, { body: asked.body, payment })
    keys.set(key, { request, answer })
    return trouble === 'cut-after' ? 'cut' : answer
  }
}
