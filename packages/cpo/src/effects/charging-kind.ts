/** What the orders of a charging session mean outside: calls to the charger, calls to the partner, deadlines. */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Kind, Run } from '@plugtill/engine/engine'
import type { OcpiClient } from '@plugtill/ocpi/client'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { CommandResult, commands } from '@plugtill/ocpi/modules/commands'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'
import type { CentralSystem } from '../chargers/central-system.ts'
import { mayStillRun } from '../charging/cells.ts'
import { type ChargingEvent, type ChargingOrder, type ChargingSession, OCCUPYING } from '../charging/session.ts'
import { chargingMachine } from '../charging/states.ts'
import { sessionOf, sessionPatchOf } from '../charging/wire.ts'
import { connectionOf, partnerKey, referenceKey } from '../partners.ts'
import { backOff, isUnreachable } from './back-off.ts'
import { fileCdr, sendCdr } from './send-cdr.ts'

export interface ChargingParts {
  readonly clock: Clock
  readonly random: () => number
  readonly docs: Documents
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers' | 'postTo'>
  readonly chargers: Pick<CentralSystem, 'remoteStart' | 'remoteStop'>
}

export type ChargingKind = Kind<ChargingSession, ChargingEvent, ChargingOrder>
type Context = Run<ChargingSession>
type Runs = {
  readonly [D in ChargingOrder['do']]: (
    order: Extract<ChargingOrder, { readonly do: D }>,
    context: Context,
  ) => Promise<ChargingEvent | void>
}

/** The partner pulls what a push could not bring; only money is repeated until it is acknowledged. */
const PUSH_ATTEMPTS = 5
const RESULT_ATTEMPTS = 3

export function chargingKind(parts: ChargingParts): ChargingKind {
  const runs = runsOf(parts)
  return {
    machine: chargingMachine,
    keys: keysOf,
    lane: (order, session) => laneOf(order, session),
    dueAt: (order, now) =>
      now + ('afterMs' in order ? order.afterMs : order.do === 'remote-stop' ? (order.delayMs ?? 0) : 0),
    run: (order, context) => runs[order.do](order as never, context),
    gaveUp: (order) => {
      const at = parts.clock.now()
      if (order.do === 'remote-start') return { type: 'remote-start-answered', outcome: 'timeout', at }
      if (order.do === 'remote-stop')
        return { type: 'remote-stop-answered', outcome: 'timeout', at, ...answered(order) }
      return undefined
    },
    retry: (order, attempt, error) => {
      if (order.do === 'send-result')
        return attempt < RESULT_ATTEMPTS && isUnreachable(error) ? 1000 * attempt : 'give-up'
      if (order.do === 'push-session' && attempt >= PUSH_ATTEMPTS) return 'give-up'
      return backOff(attempt, parts.random)
    },
  }
}

/** Names under which a session is found: by the partner's reference, by the charger's tag. */
export const tagKey = (idTag: string): string => `tag/${idTag.toLowerCase()}`
export const startKey = (key: string): string => `start/${key.toLowerCase()}`
export const transactionKey = (chargerId: string, transactionId: number): string =>
  `transaction/${ciKey(chargerId)}/${transactionId}`

/** One open session per EVSE: the store itself refuses a second one. */
export const evseKey = (evseUid: string): string => `evse/${ciKey(evseUid)}`

function keysOf(session: ChargingSession): readonly string[] {
  return [
    tagKey(session.idTag),
    ...(OCCUPYING.includes(session.state) ? [evseKey(session.place.evseUid)] : []),
    // The reference of a real-time authorization is its owner's affair: it need not be used only once.
    ...(session.reference === undefined || session.authMethod !== undefined
      ? []
      : [referenceKey(session.owner, session.reference)]),
    ...(session.authMethod === undefined || session.startKey === undefined ? [] : [startKey(session.startKey)]),
    ...(session.transactionId === undefined ? [] : [transactionKey(session.place.chargerId, session.transactionId)]),
  ]
}

function laneOf(order: ChargingOrder, session: ChargingSession): string {
  switch (order.do) {
    case 'remote-start':
    case 'remote-stop':
      return `charger:${session.place.chargerId}`
    case 'file':
      return 'files'
    case 'plug-in-window':
    case 'silence':
    case 'free-connector':
      return 'clock'
    // A result is awaited by a driver; it never queues behind session updates.
    case 'send-result':
      return `peer:${session.owner}:results`
    case 'push-session':
    case 'send-cdr':
      return `peer:${session.owner}`
  }
}

function runsOf(parts: ChargingParts): Runs {
  const now = () => parts.clock.now()
  const listeningSince = now()
  return {
    'remote-start': async (_, { entity }) => {
      if (entity.state !== 'commanded') return
      const outcome = await parts.chargers.remoteStart(entity.place.chargerId, {
        connectorId: entity.place.chargerConnector,
        idTag: entity.idTag,
      })
      return { type: 'remote-start-answered', outcome, at: now() }
    },
    'remote-stop': async (order, { entity }) => {
      const ended = entity.state === 'finished' || entity.state === 'closed'
      const over = ended && !mayStillRun(entity)
      if (over || entity.transactionId === undefined)
        return { type: 'remote-stop-answered', outcome: over ? 'accepted' : 'rejected', at: now(), ...answered(order) }
      const outcome = await parts.chargers.remoteStop(entity.place.chargerId, entity.transactionId)
      return { type: 'remote-stop-answered', outcome, at: now(), ...answered(order) }
    },
    'send-result': async ({ result, to, text }, { entity }) => {
      const body = { result, ...(text === undefined ? {} : { message: [{ language: 'en', text }] }) }
      const peer = await connectionOf(parts.peers, entity)
      if (peer === undefined) return
      await parts.client.postTo(peer, to.responseUrl, CommandResult, body, {
        module: commands,
        endpoint: 'result',
        correlationId: to.correlationId,
        ...reference(entity),
      })
    },
    file: (_, { entity }) => file(parts.docs, entity),
    'push-session': (_, context) => pushSession(parts, context),
    'send-cdr': async (_, { entity }) => {
      if (entity.cdr === undefined) return
      const url = await sendCdr(parts, entity, JSON.parse(entity.cdr) as Cdr)
      return { type: 'cdr-acknowledged', at: now(), ...(url === undefined ? {} : { url }) }
    },
    'plug-in-window': async () => ({ type: 'plug-in-window-passed', at: now() }),
    silence: async () => ({ type: 'silence-passed', at: now(), listeningSince }),
    'free-connector': async ({ since }) => ({ type: 'connector-free', at: now(), since }),
  }
}

/** Always the present state, so a late update never follows a newer one. (F27) */
async function pushSession(parts: ChargingParts, { entity, attempt }: Context): Promise<ChargingEvent | void> {
  const session = sessionOf(entity)
  if (session === undefined || (entity.acknowledgedAt ?? 0) >= entity.changedAt) return
  const peer = await connectionOf(parts.peers, entity)
  if (peer === undefined || !(await parts.client.offers(peer, sessions, 'receiver'))) return
  const calls = parts.client.of(peer, sessions, 'receiver')
  const params = { country_code: session.country_code, party_id: session.party_id, session_id: session.id }
  const running = session.status === 'PENDING' || session.status === 'ACTIVE'
  // After a failed PATCH the whole object goes out: the partner may not have it.
  if (running && entity.acknowledgedAt !== undefined && attempt === 1) {
    await calls.patchSession({ params, body: sessionPatchOf(session) }, reference(entity))
  } else {
    await calls.putSession({ params, body: session }, reference(entity))
  }
  return { type: 'session-acknowledged', changedAt: entity.changedAt, at: parts.clock.now() }
}

async function file(docs: Documents, entity: ChargingSession): Promise<void> {
  const session = sessionOf(entity)
  if (session === undefined) return
  await docs.put('sessions', partnerKey(entity.owner, entity.id), JSON.stringify(session), session.last_updated)
  if (entity.cdr !== undefined) await fileCdr(docs, entity.owner, entity.cdr)
}

function reference(entity: ChargingSession): { readonly reference?: string } {
  return entity.reference === undefined ? {} : { reference: entity.reference }
}

function answered(order: Extract<ChargingOrder, { readonly do: 'remote-stop' }>) {
  return order.answerTo === undefined ? {} : { answerTo: order.answerTo }
}
