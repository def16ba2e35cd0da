/** What the orders of a charging session mean outside: calls to the charger, calls to the partner, deadlines. */
import type { Clock } from '@plugtill/engine/clock'
import type { Documents } from '@plugtill/engine/documents'
import type { Kind, Run } from '@plugtill/engine/engine'
import type { OcpiClient } from '@plugtill/ocpi/client'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import type { PeerStore } from '@plugtill/ocpi/peers'
import { ciKey } from '@plugtill/ocpi/types'
import type { CentralSystem } from '../chargers/central-system.ts'
import type { CommandOutcome, OcpiEvseStatus, TransactionId } from '../chargers/events.ts'
import { mayStillRun } from '../charging/cells.ts'
import { asOf } from '../charging/cost.ts'
import {
  type ChargingEvent,
  type ChargingOrder,
  type ChargingSession,
  OCCUPYING,
  type Place,
} from '../charging/session.ts'
import { chargingMachine } from '../charging/states.ts'
import { sessionOf, sessionPatchOf } from '../charging/wire.ts'
import { connectionOf, partnerKey, referenceKey } from '../partners.ts'
import { backOff } from './back-off.ts'
import { fileCdr, sendCdr } from './send-cdr.ts'
import { resultLane, retryResult, sendResult } from './send-result.ts'

export interface ChargingParts {
  readonly clock: Clock
  readonly random: () => number
  readonly docs: Documents
  readonly peers: Pick<PeerStore, 'get' | 'list'>
  readonly client: Pick<OcpiClient, 'of' | 'offers' | 'postTo'>
  readonly chargers: Pick<CentralSystem, 'remoteStart' | 'remoteStop'>
  /** How the EVSE of a session is by what its charger says. */
  readonly statusOf: (place: Place) => Promise<OcpiEvseStatus | undefined>
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
      if (order.do === 'send-result') return retryResult(attempt, error)
      if (order.do === 'push-session' && attempt >= PUSH_ATTEMPTS) return 'give-up'
      return backOff(attempt, parts.random)
    },
  }
}

/** Names under which a session is found: by the partner's reference, by the charger's tag. */
export const tagKey = (idTag: string): string => `tag/${idTag.toLowerCase()}`
export const startKey = (key: string): string => `start/${key.toLowerCase()}`
export const transactionKey = (chargerId: string, transactionId: TransactionId): string =>
  `transaction/${ciKey(chargerId)}/${transactionId}`

/** A number that comes back with the transaction. (OCPP 2.0.1, remoteStartId) */
export function numberOf(idTag: string): number {
  let hash = 0
  for (const letter of idTag) hash = (Math.imul(hash, 31) + letter.charCodeAt(0)) & 0x7fffffff
  return hash
}

/** A station may repeat nothing of a start but its number. */
export const remoteStartKey = (chargerId: string, remoteStartId: number): string =>
  `remote-start/${ciKey(chargerId)}/${remoteStartId}`

/** One open session per EVSE: the store itself refuses a second one. */
export const evseKey = (evseUid: string): string => `evse/${ciKey(evseUid)}`

function keysOf(session: ChargingSession): readonly string[] {
  return [
    tagKey(session.idTag),
    ...(OCCUPYING.includes(session.state) ? [evseKey(session.place.evseUid)] : []),
    // After an end with a CDR its transaction is known by its own name.
    ...(session.authMethod === undefined && session.cdr === undefined
      ? [remoteStartKey(session.place.chargerId, numberOf(session.idTag))]
      : []),
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
    case 'look':
    case 'free-connector':
      return 'clock'
    case 'send-result':
      return resultLane(session.owner)
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
      const outcome = await remoteStart(parts, entity)
      return { type: 'remote-start-answered', outcome, at: now() }
    },
    'remote-stop': async (order, { entity }) => {
      const ended = entity.state === 'finished' || entity.state === 'closed'
      const over = ended && !mayStillRun(entity)
      if (over || entity.transactionId === undefined)
        return { type: 'remote-stop-answered', outcome: over ? 'accepted' : 'rejected', at: now(), ...answered(order) }
      const outcome = await remoteStop(parts, entity.place, entity.transactionId)
      return { type: 'remote-stop-answered', outcome, at: now(), ...answered(order) }
    },
    'send-result': (order, { entity }) => sendResult(parts, entity, order),
    file: (_, { entity }) => file(parts.docs, asOf(entity, now())),
    'push-session': ({ whole }, context) => pushSession(parts, context, whole),
    'send-cdr': async (_, { entity }) => {
      if (entity.cdr === undefined) return
      const url = await sendCdr(parts, entity, JSON.parse(entity.cdr) as Cdr)
      return { type: 'cdr-acknowledged', at: now(), ...(url === undefined ? {} : { url }) }
    },
    'plug-in-window': async () => ({ type: 'plug-in-window-passed', at: now() }),
    look: async (_, { entity }) => (entity.state === 'charging' ? { type: 'looked', at: now() } : undefined),
    silence: async () => ({ type: 'silence-passed', at: now(), listeningSince }),
    'free-connector': async ({ since }) => ({ type: 'connector-free', at: now(), since }),
  }
}

/** A charger that rejects does not say why; how its EVSE is by then often does. (C-301) */
async function remoteStart(parts: ChargingParts, { place, idTag }: ChargingSession): Promise<CommandOutcome> {
  const outcome = await parts.chargers.remoteStart(place.chargerId, {
    connectorId: place.chargerConnector,
    ...(place.chargerEvse === undefined ? {} : { evseId: place.chargerEvse }),
    idTag,
    remoteStartId: numberOf(idTag),
  })
  return outcome === 'rejected' ? (REASON_OF[(await parts.statusOf(place)) ?? 'UNKNOWN'] ?? outcome) : outcome
}

/** An EVSE that is occupied by this very session is no reason. */
async function remoteStop(parts: ChargingParts, place: Place, transactionId: TransactionId): Promise<CommandOutcome> {
  const outcome = await parts.chargers.remoteStop(place.chargerId, transactionId)
  if (outcome !== 'rejected') return outcome
  const reason = REASON_OF[(await parts.statusOf(place)) ?? 'UNKNOWN']
  return reason === 'inoperative' ? reason : outcome
}

const REASON_OF: { readonly [S in OcpiEvseStatus]?: CommandOutcome } = {
  BLOCKED: 'occupied',
  CHARGING: 'occupied',
  RESERVED: 'occupied',
  INOPERATIVE: 'inoperative',
  OUTOFORDER: 'inoperative',
}

/** Always the present state, so a late update never follows a newer one. (F27) */
async function pushSession(
  parts: ChargingParts,
  { entity, attempt }: Context,
  whole = false,
): Promise<ChargingEvent | void> {
  const session = sessionOf(asOf(entity, parts.clock.now()))
  if (session === undefined || (!whole && (entity.acknowledgedAt ?? 0) >= entity.changedAt)) return
  const peer = await connectionOf(parts.peers, entity)
  if (peer === undefined || !(await parts.client.offers(peer, sessions, 'receiver'))) return
  const calls = parts.client.of(peer, sessions, 'receiver')
  const params = { country_code: session.country_code, party_id: session.party_id, session_id: session.id }
  const running = session.status === 'PENDING' || session.status === 'ACTIVE'
  // After a failed PATCH the whole object goes out: the partner may not have it.
  if (running && !whole && entity.acknowledgedAt !== undefined && attempt === 1) {
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
