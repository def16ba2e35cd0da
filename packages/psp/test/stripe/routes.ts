/** What Stripe does, path by path. */
import type { Json } from '../openapi/reduce.ts'
import type { Answered, Asked } from '../stand-in.ts'
import { described } from './description.ts'
import { balanceOf, type Card, chargeOf, type Intent, intentOf, refundedOf, refundOf } from './objects.ts'

export const READER_ID = 'tmr_stand_in'

export interface World {
  readonly nowS: () => number
  readonly intents: Map<string, Intent>
  readonly tell: (type: string, object: Json) => void
  card: Card
  action: Json | null
}

/** The search knows a payment only after this. */
const SEARCH_LAG_S = 60
const MOST_INCREMENTS = 10

export function failed(status: number, error: Json): Answered {
  const body = {
    error: described.sample('api_errors', { type: 'invalid_request_error', message: 'refused', ...error }),
  }
  return { status, body }
}

const one = (body: Json): Answered => ({ status: 200, body })
const list = (data: readonly Json[], url: string): Answered => one({ object: 'list', data, has_more: false, url })
const newest = ({ intents }: World) => [...intents.values()].reverse()
const wrongState = ({ status }: Intent) =>
  failed(400, { code: 'payment_intent_unexpected_state', message: `The PaymentIntent has status ${status}.` })

export function route(world: World, asked: Asked, subject: Intent | undefined): Answered {
  const { method, path, query, body } = asked
  const [, , room, id, word] = path.split('/')
  if (room === 'terminal') return readers(world, path.split('/').at(-1) ?? '', { body, subject })
  if (room === 'refunds') return method === 'GET' ? refunds(world, query) : refund(world, body, subject)
  if (room === 'balance_transactions') return balance(world, query['created'] as Json)
  if (id === undefined) return method === 'POST' ? create(world, body) : since(world, query['created'] as Json)
  if (id === 'search') return search(world, String(query['query']))
  if (!subject) return failed(404, { code: 'resource_missing', message: `No such payment_intent: '${id}'` })
  return word === undefined ? one(intentOf(subject)) : change(world, word, { body, subject })
}

function create({ intents, nowS }: World, body: Json): Answered {
  const made: Intent = {
    id: `pi_${String(intents.size + 1).padStart(6, '0')}`,
    created: nowS(),
    currency: String(body['currency']),
    metadata: (body['metadata'] ?? {}) as Record<string, string>,
    amount: Number(body['amount']),
    ...{ status: 'requires_payment_method', received: 0, increments: 0, refunds: [] },
  }
  intents.set(made.id, made)
  return one(intentOf(made))
}

function since(world: World, created: Json): Answered {
  const { gte, lt = Number.POSITIVE_INFINITY } = created
  const found = newest(world).filter((it) => it.created >= Number(gte) && it.created < Number(lt))
  return list(found.map(intentOf), '/v1/payment_intents')
}

function search(world: World, query: string): Answered {
  const value = /^metadata\['plugtill_reference'\]:'(.*)'$/.exec(query)?.[1]
  const found = newest(world).filter(
    (it) => it.metadata['plugtill_reference'] === value && world.nowS() - it.created >= SEARCH_LAG_S,
  )
  const url = '/v1/payment_intents/search'
  return one({ object: 'search_result', data: found.map(intentOf), has_more: false, url, next_page: null })
}

interface Asking {
  readonly body: Json
  readonly subject: Intent | undefined
}

function readers(world: World, word: string, { body, subject }: Asking): Answered {
  const { card } = world
  const done = { type: word, failure_code: null, failure_message: null }
  const readerNow = () =>
    one(described.sample('terminal.reader', { id: READER_ID, object: 'terminal.reader', action: world.action }))
  if (word === 'cancel_action' && card.reader === 'late') {
    for (const intent of world.intents.values()) Object.assign(intent, { card, status: 'requires_capture' })
    return failed(400, { code: 'terminal_reader_busy', message: 'The reader is processing a payment.' })
  }
  if (word === 'cancel_action') world.action = null
  if (word === 'collect_payment_method') {
    const fingerprint = card.nameless ? null : `fp_${card.brand}_${card.last4}`
    const face = { brand: card.brand, last4: card.last4, fingerprint }
    const method = { id: 'pm_1', object: 'payment_method', card_present: face }
    world.action = {
      ...done,
      status: 'succeeded',
      [word]: { payment_intent: body['payment_intent'], payment_method: method },
    }
  }
  if (word !== 'process_payment_intent' || !subject) return readerNow()
  if (card.reader === 'busy') return failed(400, { code: 'terminal_reader_busy', message: 'The reader is busy.' })
  const bad = card.reader === 'cancelled' || card.decline !== undefined
  const status = /^(nobody|late)$/.test(card.reader ?? '') ? 'in_progress' : bad ? 'failed' : 'succeeded'
  world.action = { ...done, status, [word]: { payment_intent: subject.id } }
  if (card.reader === undefined) {
    subject.card = card
    if (!card.decline) subject.status = 'requires_capture'
    world.tell(`payment_intent.${card.decline ? 'payment_failed' : 'amount_capturable_updated'}`, intentOf(subject))
  }
  return readerNow()
}

function change(
  world: World,
  word: string,
  { body, subject }: { readonly body: Json; readonly subject: Intent },
): Answered {
  if (word === 'cancel') {
    if (!/^requires/.test(subject.status)) return wrongState(subject)
    Object.assign(subject, { status: 'canceled', reason: body['cancellation_reason'], canceledAt: world.nowS() })
    world.tell('payment_intent.canceled', intentOf(subject))
    return one(intentOf(subject))
  }
  if (subject.status !== 'requires_capture') return wrongState(subject)
  return word === 'capture' ? capture(world, subject, body) : increment(subject, Number(body['amount']))
}

function increment(subject: Intent, amount: number): Answered {
  if (amount <= subject.amount)
    return failed(400, { code: 'parameter_invalid_integer', message: 'It must be greater.' })
  if (subject.increments >= MOST_INCREMENTS)
    return failed(400, { code: 'payment_intent_unexpected_state', message: 'No more increments.' })
  subject.amount = amount
  subject.increments += 1
  return one(intentOf(subject))
}

function capture({ nowS, tell }: World, subject: Intent, body: Json): Answered {
  const received = Number(body['amount_to_capture'])
  const rest = subject.amount - received
  if (rest < 0) return failed(400, { code: 'amount_too_large', message: 'More than authorized.' })
  Object.assign(subject, { status: 'succeeded', received, capturedAt: nowS() })
  Object.assign(subject.metadata, body['metadata'])
  if (rest > 0)
    subject.refunds.push({ id: `re_${subject.id}_0`, amount: rest, created: nowS(), metadata: {}, real: false })
  tell('charge.captured', chargeOf(subject))
  return one(intentOf(subject))
}

function refunds({ intents }: World, query: Json): Answered {
  const subject = intents.get(String(query['payment_intent']))
  return list(
    (subject?.refunds ?? []).map((it) => refundOf(it, subject as Intent)),
    '/v1/refunds',
  )
}

function refund({ nowS, tell }: World, body: Json, subject: Intent | undefined): Answered {
  if (!subject) return failed(404, { code: 'resource_missing', message: 'No such payment_intent' })
  const amount = Number(body['amount'])
  if (amount > subject.received - refundedOf(subject))
    return failed(400, { code: 'charge_already_refunded', message: 'More than is left.' })
  const id = `re_${subject.id}_${subject.refunds.length}`
  const given = { id, amount, created: nowS(), metadata: (body['metadata'] ?? {}) as Json, real: true }
  subject.refunds.push(given)
  tell('refund.created', refundOf(given, subject))
  return one(refundOf(given, subject))
}

function balance({ intents }: World, created: Json): Answered {
  const inside = ({ created: at }: Json) => Number(at) >= Number(created['gte']) && Number(at) < Number(created['lt'])
  return list([...intents.values()].flatMap(balanceOf).filter(inside), '/v1/balance_transactions')
}
