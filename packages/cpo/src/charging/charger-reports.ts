/** What chargers report becomes EVSE status and events of charging sessions. */
import type { Journal } from '@plugtill/engine/journal'
import { sameCi } from '@plugtill/ocpi/types'
import type {
  ChargerEvent,
  EventAnswer,
  Finding,
  FlowChanged,
  IdTagStatus,
  Metered,
  Outlet,
  StatusChanged,
  TransactionStarted,
  TransactionStopped,
} from '../chargers/events.ts'
import type { Stations } from '../chargers/stations.ts'
import { evseKey, startKey as keyOfStart, remoteStartKey, tagKey, transactionKey } from '../effects/charging-kind.ts'
import { isAt, spotsOfCharger } from '../sites/configuration.ts'
import { type BoardParts, createEvseBoard, type EvseBoard } from './evse-board.ts'
import type { LocalStart, LocalStarts } from './local-start.ts'
import { doubtOf } from './plausible.ts'
import { type ChargingEvent, type ChargingSession, OCCUPYING } from './session.ts'

export interface ReportsParts extends BoardParts {
  readonly journal: Journal
  readonly stations: Pick<Stations, 'booted' | 'note' | 'outletSeen'>
  readonly onFinding: (finding: Finding) => void
  /** The charger gave a reservation up by itself. */
  readonly onReservationEnded: (event: Extract<ChargerEvent, { readonly type: 'reservation-ended' }>) => Promise<void>
  /** Drivers of mobility providers who begin at the station. */
  readonly local: LocalStarts
}

export interface ChargerDesk {
  readonly onEvent: (event: ChargerEvent) => Promise<EventAnswer | undefined>
  readonly authorize: (chargerId: string, idTag: string) => Promise<IdTagStatus>
  readonly again: EvseBoard['again']
  readonly watchAbsent: EvseBoard['watchAbsent']
  readonly close: EvseBoard['close']
}

export function createChargerDesk(parts: ReportsParts): ChargerDesk {
  const board = createEvseBoard(parts)
  const handlers: Handlers = {
    connected: async ({ chargerId, protocol }) => {
      await parts.stations.note(chargerId, { protocol })
      board.connected(chargerId)
    },
    disconnected: ({ chargerId }) => board.disconnected(chargerId),
    booted: (event) => parts.stations.booted(event),
    'status-changed': (event) => statusChanged(parts, board, event),
    'transaction-started': async (event) => {
      const answer = await started(parts, event)
      if (answer.idTagStatus === undefined) await board.occupied(event.chargerId, event, 'transaction')
      return answer
    },
    metered: (event) => metered(parts, event),
    'flow-changed': (event) => flowChanged(parts, event),
    'transaction-stopped': (event) => stopped(parts, board, event),
    'reservation-ended': (event) => parts.onReservationEnded(event),
  }
  return {
    onEvent: async (event) => (await handlers[event.type](event as never)) ?? undefined,
    authorize: async (chargerId, idTag) => {
      const session = await parts.charging.find(tagKey(idTag))
      if (session === undefined) return parts.local.authorize(chargerId, idTag)
      return OCCUPYING.includes(session.state) && sameCi(session.place.chargerId, chargerId) ? 'Accepted' : 'Invalid'
    },
    again: board.again,
    close: board.close,
    watchAbsent: board.watchAbsent,
  }
}

type Handlers = {
  readonly [T in ChargerEvent['type']]: (
    event: Extract<ChargerEvent, { readonly type: T }>,
  ) => Promise<EventAnswer | void>
}

async function statusChanged(parts: ReportsParts, board: EvseBoard, event: StatusChanged): Promise<void> {
  await parts.stations.outletSeen(event.chargerId, event)
  await board.statusChanged(event)
  if (event.connectorId === 0) return
  const session = await board.running(event.chargerId, event)
  if (session === undefined) return
  // Preparing: the car still stands there after the charger was switched off and on.
  if (event.ocppStatus === 'Available' || event.ocppStatus === 'Preparing') {
    await parts.charging.apply(session.id, { type: 'connector-free', at: parts.clock.now() })
    return
  }
  const parking = event.ocppStatus === 'SuspendedEV'
  if (!parking && event.ocppStatus !== 'Charging' && event.ocppStatus !== 'SuspendedEVSE') return
  // A pause the station makes is charging time, one the car makes is parking time. (E-71)
  await parked(parts, session, { parking, at: event.at })
}

const parked = (parts: ReportsParts, session: ChargingSession, { parking, at }: Pick<FlowChanged, 'parking' | 'at'>) =>
  parts.charging.apply(session.id, { type: 'parking-changed', parking, measuredAt: at, at: parts.clock.now() })

async function flowChanged(parts: ReportsParts, event: FlowChanged): Promise<void> {
  const session = await parts.charging.find(transactionKey(event.chargerId, event.transactionId))
  if (session?.state === 'charging') await parked(parts, session, event)
}

async function started(parts: ReportsParts, event: TransactionStarted): Promise<EventAnswer> {
  const { chargerId, transactionId, startKey, meterStartWh, idTag } = event
  const session = idTag === undefined ? await unnamed(parts, event) : await parts.charging.find(tagKey(idTag))
  if (session === undefined) return idTag === undefined ? UNPAID : startedLocally(parts, { ...event, idTag })
  if (!sameCi(session.place.chargerId, chargerId)) {
    const text = `Transaction with tag "${idTag}" at charger "${chargerId}" belongs to no session there; refused.`
    await parts.journal.write(chargerId, 'note', { text, event })
    return { idTagStatus: 'Invalid' }
  }
  if (!isAt({ connector: session.place.chargerConnector, evse: session.place.chargerEvse }, event)) {
    const text = `Transaction begins at connector ${nameOf(event)}; connector ${nameOfPlace(session)} was paid for. Refused.`
    await parts.journal.write(session.reference ?? session.id, 'note', { text })
    return { idTagStatus: 'Invalid' }
  }
  const { entity, verdict } = await parts.charging.apply(session.id, {
    type: 'transaction-started',
    transactionId,
    startKey,
    ...(meterStartWh === undefined ? {} : { meterStartWh }),
    measuredAt: event.at,
    at: parts.clock.now(),
  })
  // Another transaction than ours keeps the number made for it: what it meters must not reach the session.
  if ('refuse' in verdict) {
    const text = `Charger "${chargerId}" began a second transaction for session ${session.id}: refused, not billed.`
    parts.onFinding({ chargerId, code: 'TRANSACTION_DOUBLE', text })
    return { idTagStatus: 'ConcurrentTx' }
  }
  const answer = { transactionId: entity.transactionId ?? transactionId }
  return entity.state === 'charging' ? answer : { ...answer, idTagStatus: 'Invalid' }
}

/** Begun before anybody has paid, as a charger of OCPP 2.0.1 may. */
const UNPAID: EventAnswer = { idTagStatus: 'Invalid' }

/** Nobody is named: by its own name, by the number of our command, or because its EVSE was paid for and waits. */
async function unnamed(parts: ReportsParts, event: TransactionStarted): Promise<ChargingSession | undefined> {
  const { chargerId, transactionId, remoteStartId } = event
  const known = await parts.charging.find(transactionKey(chargerId, transactionId))
  if (known !== undefined) return known
  if (remoteStartId !== undefined) return parts.charging.find(remoteStartKey(chargerId, remoteStartId))
  for (const { evse } of spotsOfCharger(parts.sites, chargerId, event)) {
    const session = await parts.charging.find(evseKey(evse.uid))
    if (session?.state === 'commanded' || session?.state === 'awaiting-plug') return session
  }
  return undefined
}

const nameOf = ({ evseId, connectorId }: Outlet) =>
  evseId === undefined ? String(connectorId) : `${evseId}.${connectorId}`
const nameOfPlace = ({ place }: ChargingSession) =>
  place.chargerEvse === undefined ? String(place.chargerConnector) : `${place.chargerEvse}.${place.chargerConnector}`
/** No command of a partner stands behind this card: it is one of a mobility provider, or nobody's. */
async function startedLocally(parts: ReportsParts, event: LocalStart): Promise<EventAnswer> {
  const before = await parts.charging.find(keyOfStart(event.startKey))
  if (before?.transactionId !== undefined) return { transactionId: before.transactionId }
  const begun = await parts.local.begin(event)
  if ('refused' in begun) {
    const text = `${begun.why} Its transaction was refused.`
    await parts.journal.write(event.chargerId, 'note', { text, event })
    return { idTagStatus: begun.refused }
  }
  return { transactionId: begun.transactionId ?? event.transactionId }
}

async function metered(parts: ReportsParts, event: Metered): Promise<void> {
  const { chargerId, transactionId, at, energyWh, powerW, currentA, soc, signed } = event
  const reading = { energyWh, powerW, currentA, soc, signed }
  const session = await parts.charging.find(transactionKey(chargerId, transactionId))
  if (session === undefined) {
    // A charger of OCPP 2.0.1 may begin before anybody has paid.
    if (event.evseId === undefined) unknownTransaction(parts, chargerId, { transactionId, what: 'meters' })
    return
  }
  await tell(parts, session, { type: 'metered', ...reading, measuredAt: at, at: parts.clock.now() })
}

/** A reading that cannot be is shown to the operator before it is judged. Returns the session as it is then. */
async function tell(parts: ReportsParts, session: ChargingSession, event: ChargingEvent): Promise<ChargingSession> {
  const doubt = doubtOf(session, event)
  if (doubt !== undefined) parts.onFinding({ chargerId: session.place.chargerId, ...doubt })
  return (await parts.charging.apply(session.id, event)).entity
}

function unknownTransaction(
  { onFinding }: ReportsParts,
  chargerId: string,
  { transactionId, what }: { readonly transactionId: TransactionStopped['transactionId']; readonly what: string },
): void {
  const text = `Charger "${chargerId}" ${what} transaction ${transactionId}, which belongs to no session: nothing is billed.`
  onFinding({ chargerId, code: 'TRANSACTION_UNKNOWN', text })
}

/** A charger that never learned its number is known by the tag: a session has one transaction. */
async function sessionOfStop(parts: ReportsParts, event: TransactionStopped): Promise<ChargingSession | undefined> {
  const known = await parts.charging.find(transactionKey(event.chargerId, event.transactionId))
  if (known !== undefined || event.idTag === undefined) return known
  const session = await parts.charging.find(tagKey(event.idTag))
  return session?.state === 'charging' && sameCi(session.place.chargerId, event.chargerId) ? session : undefined
}

async function stopped(parts: ReportsParts, board: EvseBoard, event: TransactionStopped): Promise<void> {
  const { chargerId, meterStopWh, reason, transactionId } = event
  const session = await sessionOfStop(parts, event)
  if (session === undefined) {
    const text = `Transaction ${transactionId} stopped, but belongs to no session.`
    await parts.journal.write(chargerId, 'note', { text, event })
    return unknownTransaction(parts, chargerId, { transactionId, what: 'stopped' })
  }
  let now = session
  for (const { at, ...reading } of event.readings ?? []) {
    if (now.state !== 'charging') break
    now = await tell(parts, now, { type: 'metered', ...reading, measuredAt: at, at: parts.clock.now() })
  }
  const register = meterStopWh === undefined ? {} : { meterStopWh }
  await tell(parts, now, {
    type: 'transaction-stopped',
    ...register,
    reason,
    measuredAt: event.at,
    at: parts.clock.now(),
  })
  const { chargerEvse: evseId, chargerConnector: connectorId } = session.place
  const outlet = evseId === undefined ? { evseId: connectorId, connectorId: 0 } : { evseId, connectorId }
  if (typeof transactionId === 'string') await board.occupied(chargerId, outlet, 'car')
}
