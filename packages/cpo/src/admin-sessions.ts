/** The operator's view of sessions and of what became of them. */
import type { AdminAnswer, AdminCall, AdminTable } from '@plugtill/engine/admin'
import { formatDateTime } from '@plugtill/ocpi/types'
import type { AdminParts } from './admin.ts'
import { entryRecord, get, Limit, limitOf, notFound } from './admin-words.ts'
import { minorAt, runningMinor } from './charging/cost.ts'
import { CHARGING_STATES, type ChargingSession, type ChargingState } from './charging/session.ts'
import { ADVICES } from './invoices/advices.ts'
import { ownersOf, referenceKey } from './partners.ts'

export function sessionRoutes(cpo: AdminParts): AdminTable {
  const texts = (shelf: string) => async (call: AdminCall) => {
    const docs = (await cpo.docs.all(shelf)).slice(-limitOf(call)).reverse()
    return { body: docs.map((doc) => JSON.parse(doc.body) as unknown) }
  }
  const one = 'One charging session, by id or authorization reference, with what happened'
  return [
    get('/sessions', 'Charging sessions, newest first', (call) => listSessions(cpo, call), { query: Limit }),
    get('/sessions/:id', one, async ({ params }) => {
      const session = await find(cpo, params['id'] ?? '')
      if (session === undefined) return notFound('session', params['id'])
      return { body: { ...sessionRecord(session), timeline: await timelineOf(cpo, session) } }
    }),
    get('/sessions/:id/curve', 'Energy, power and cost of a session over its time', async ({ params }) => {
      const session = await find(cpo, params['id'] ?? '')
      return session === undefined ? notFound('session', params['id']) : { body: await curveOf(cpo, session) }
    }),
    get('/cdrs', 'Charge detail records, newest first', texts('cdrs'), { query: Limit }),
    get('/advices', 'Financial advice confirmations, newest first', texts(ADVICES), { query: Limit }),
  ]
}

async function listSessions(cpo: AdminParts, call: AdminCall): Promise<AdminAnswer> {
  const state = call.query['state'] as ChargingState | undefined
  if (state !== undefined && !CHARGING_STATES.includes(state)) {
    const message = `"${state}" is no state. Use one of: ${CHARGING_STATES.join(', ')}.`
    return { status: 400, body: { error: 'unknown-state', message } }
  }
  const states = state === undefined ? {} : { states: [state] }
  return { body: (await cpo.charging.list({ limit: limitOf(call), ...states })).map(sessionRecord) }
}

async function find(cpo: AdminParts, name: string): Promise<ChargingSession | undefined> {
  const byId = await cpo.charging.find(name)
  if (byId !== undefined) return byId
  for (const owner of await ownersOf(cpo.peers)) {
    const session = await cpo.charging.find(referenceKey(owner, name))
    if (session !== undefined) return session
  }
  return undefined
}

async function timelineOf(cpo: AdminParts, session: ChargingSession): Promise<readonly object[]> {
  const names = new Set([session.id, session.reference ?? session.id])
  const entries = (await Promise.all([...names].map(cpo.journal.of))).flat()
  const states = (await cpo.charging.history(session.id)).filter(
    ({ verdict, type }) => verdict !== 'ignored' && type !== 'metered',
  )
  const timeline = [
    // A message is written down when it is answered; its place is where it began.
    ...entries.map((entry) => ({ ...entryRecord(entry), at: startOf(entry) })),
    ...states.map(({ at, type, from, to, verdict, reason }) => ({
      at,
      kind: 'state',
      event: type,
      from,
      to,
      verdict,
      reason,
    })),
  ]
  return timeline.sort((a, b) => a.at - b.at).map((entry) => ({ ...entry, at: formatDateTime(entry.at) }))
}

const startOf = ({ at, body }: { readonly at: number; readonly body: Readonly<Record<string, unknown>> }): number =>
  typeof body['at'] === 'number' ? body['at'] : at

function sessionRecord(session: ChargingSession) {
  const { place, meter } = session
  return {
    id: session.id,
    peer: session.peerId,
    reference: session.reference ?? null,
    state: session.state,
    location_id: place.locationId,
    evse_uid: place.evseUid,
    connector_id: place.connectorId,
    charger_id: place.chargerId,
    created_at: formatDateTime(session.createdAt),
    started_at: meter === undefined ? null : formatDateTime(meter.startAt),
    ended_at: session.endedAt === undefined ? null : formatDateTime(session.endedAt),
    stop_reason: session.stopReason ?? null,
    energy_wh: meter === undefined ? 0 : meter.energyWh - meter.startWh,
    power_w: meter?.powerW ?? null,
    soc: session.soc ?? null,
    cost: { amount_minor: runningMinor(session), currency: session.tariff.currency },
    tariff_id: session.tariff.id,
    cdr_id: session.cdr === undefined ? null : session.cdrId,
    cdr_acknowledged: session.cdrUrl !== undefined,
    advice: session.advice === undefined ? null : { id: session.advice.id, status: session.advice.capture_status_code },
  }
}

/** What the meter told, and what it had cost by then. */
async function curveOf(cpo: AdminParts, session: ChargingSession) {
  const start = session.meter
  // A reading may carry nothing but a signature: its energy stands in the next one.
  const told = (await cpo.charging.history(session.id)).filter(
    ({ type, verdict, body }) =>
      type === 'metered' && verdict === 'moved' && typeof (body as Partial<Metered>).energyWh === 'number',
  )
  if (start === undefined) return []
  const points = thinned(told).map(({ body }) => body as unknown as Metered)
  const first: Metered = { measuredAt: start.startAt, energyWh: start.startWh, powerW: 0 }
  return [first, ...points].map(({ measuredAt, energyWh, powerW, soc }) => ({
    at: formatDateTime(measuredAt),
    energy_wh: Math.max(0, energyWh - start.startWh),
    power_w: powerW ?? null,
    soc: soc ?? null,
    cost_minor: minorAt({ ...session, meter: start }, measuredAt, energyWh),
  }))
}

interface Metered {
  readonly measuredAt: number
  readonly energyWh: number
  readonly powerW?: number
  readonly soc?: number
}

/** Each is priced by itself; a curve needs no more to show its course. */
const MOST_POINTS = 120

function thinned<T>(all: readonly T[]): readonly T[] {
  const step = Math.ceil(all.length / MOST_POINTS)
  return all.filter((_, index) => index % Math.max(1, step) === 0 || index === all.length - 1)
}
