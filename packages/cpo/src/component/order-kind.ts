/** What the orders of a partner mean outside: calls to the operator's system, deliveries to the partner. */
import type { Documents } from '@plugtill/engine/documents'
import type { Kind, Run } from '@plugtill/engine/engine'
import type { OcpiClient } from '@plugtill/ocpi/client'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { backOff } from '../effects/back-off.ts'
import { fileCdr, sendCdr } from '../effects/send-cdr.ts'
import { resultLane, retryResult, sendResult } from '../effects/send-result.ts'
import { connectionOf, partnerKey, referenceKey } from '../partners.ts'
import type { Csms } from './csms.ts'
import { type Order, type OrderEffect, type OrderEvent, orderMachine } from './order.ts'

export interface OrderParts {
  readonly csms: Pick<Csms, 'start' | 'stop'>
  readonly docs: Documents
  readonly random: () => number
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers' | 'postTo'>
}

export type OrderKind = Kind<Order, OrderEvent, OrderEffect>

export const sessionKey = (sessionId: string): string => `session/${sessionId.toLowerCase()}`

/** The system is asked a few times; a partner pulls sessions it could not be told of, a CDR is sent until it is taken. */
const ASKED = 3
const PUSHED = 5

export function orderKind(parts: OrderParts): OrderKind {
  return {
    machine: orderMachine,
    keys: ({ owner, reference, session }) => [
      ...(reference === undefined ? [] : [referenceKey(owner, reference)]),
      ...(session === undefined ? [] : [sessionKey(session.id)]),
    ],
    lane: (effect, { owner, id }) => laneOf(effect, owner, id),
    retry: (effect, attempt, error) => {
      if (effect.do === 'send-result') return retryResult(attempt, error)
      if (effect.do === 'start' || effect.do === 'stop') return attempt < ASKED ? 500 : 'give-up'
      return effect.do === 'push-session' && attempt >= PUSHED ? 'give-up' : backOff(attempt, parts.random)
    },
    gaveUp: (effect) => {
      const outcome = { result: 'FAILED', text: 'The charging system does not answer.' } as const
      if (effect.do === 'start') return { type: 'answered', outcome }
      return effect.do === 'stop' ? { type: 'stop-answered', outcome, to: effect.to } : undefined
    },
    run: (effect, context) => run(parts, effect, context),
  }
}

function laneOf({ do: what }: OrderEffect, owner: string, id: string): string {
  if (what === 'start' || what === 'stop') return `csms:${id}`
  if (what === 'file') return 'files'
  return what === 'send-result' ? resultLane(owner) : `peer:${owner}`
}

async function run(parts: OrderParts, effect: OrderEffect, { entity }: Run<Order>): Promise<OrderEvent | void> {
  switch (effect.do) {
    case 'start':
      if (entity.state !== 'asked') return
      return { type: 'answered', outcome: await parts.csms.start(entity.start) }
    case 'stop': {
      const { to } = effect
      if (entity.session === undefined) return { type: 'stop-answered', outcome: { result: 'REJECTED' }, to }
      const outcome = await parts.csms.stop({ orderId: entity.id, sessionId: entity.session.id })
      return { type: 'stop-answered', outcome, to }
    }
    case 'send-result': {
      const { result, text } = effect.outcome
      return sendResult(parts, entity, { result, to: effect.to, ...(text === undefined ? {} : { text }) })
    }
    case 'file':
      return file(parts.docs, entity)
    case 'push-session':
      return pushSession(parts, entity)
    case 'send-cdr': {
      const text = entity.cdrs[effect.number]
      if (text !== undefined) await sendCdr(parts, entity, JSON.parse(text) as Cdr)
    }
  }
}

async function file(docs: Documents, { owner, session, cdrs }: Order): Promise<void> {
  if (session !== undefined)
    await docs.put('sessions', partnerKey(owner, session.id), JSON.stringify(session), session.last_updated)
  for (const text of cdrs) await fileCdr(docs, owner, text)
}

/** Always the present state and the whole of it: what a charging system tells is not known to be a change of what. (C-502) */
async function pushSession(parts: OrderParts, entity: Order): Promise<void> {
  const { session } = entity
  const peer = await connectionOf(parts.peers, entity)
  if (session === undefined || peer === undefined || !(await parts.client.offers(peer, sessions, 'receiver'))) return
  const params = { country_code: session.country_code, party_id: session.party_id, session_id: session.id }
  const reference = entity.reference === undefined ? {} : { reference: entity.reference }
  await parts.client.of(peer, sessions, 'receiver').putSession({ params, body: session }, reference)
}
