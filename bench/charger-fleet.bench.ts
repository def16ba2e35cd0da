/**
 * A thousand charging stations on one CPO: its memory and time, how long a status takes from the station to a partner,
 * and a storm in which all of them come back at once. CPO, stations and partner are processes of their own, with
 * real WebSockets and HTTP between them.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import process from 'node:process'
import { createLeanPtp, type LeanPtp } from '@plugtill/conformance/lean-ptp'
import { wallClock } from '@plugtill/engine/clock'
import { createHttpSend } from '@plugtill/ocpi/http'
import { hashToken } from '@plugtill/ocpi/token'
import type { Serve } from '@plugtill/ocpi/wire'
import { type Child, startChild, type Usage, wallMs } from './child.ts'
import { postgresVersion } from './database.ts'
import { evseUid } from './fleet.ts'
import { listenWith, type Place } from './http-serve.ts'
import { until, wait } from './patience.ts'
import { isQuick, quantile, tell } from './report.ts'

const STATIONS = Number(process.env['PLUGTILL_BENCH_STATIONS'] ?? 1_000)
const CHARGING = Math.floor(STATIONS / 5)
const RAMP_MS = isQuick() ? 10_000 : 30_000
const PER_SECOND = 20
const FLICKER_S = isQuick() ? 10 : 40
const [SETTLE_MS, CALM_MS] = isQuick() ? [2_000, 5_000] : [10_000, 30_000]

/** When each status of an EVSE reached the partner. */
type Arrivals = Map<string, { readonly status: string; readonly at: number }[]>

function noting(serve: Serve, arrivals: Arrivals): Serve {
  return (request) => {
    const at = wallMs()
    const [, evse] = /\/locations\/[^/]+\/[^/]+\/[^/]+\/([^/?]+)/.exec(request.url) ?? []
    const status = /"status":"([A-Z]+)"/.exec(request.body)?.[1]
    if (evse !== undefined && status !== undefined) arrivals.set(evse, [...(arrivals.get(evse) ?? []), { status, at }])
    return serve(request)
  }
}

async function partner(arrivals: Arrivals): Promise<{ readonly ptp: LeanPtp; readonly close: () => Promise<void> }> {
  const send = createHttpSend({ allowPrivatePeers: true })
  let serve: Serve = async () => ({ status: 503, headers: {}, body: '' })
  const place: Place = await listenWith(
    (request) => serve(request),
    () => place.origin,
  )
  const ptp = createLeanPtp({
    party: { countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Bench' },
    baseUrl: `${place.origin}/ptp/ocpi`,
    send,
    clock: wallClock,
    ids: () => randomUUID(),
    randomToken: () => randomBytes(32).toString('base64url'),
    hash: hashToken,
    patienceMs: 10_000,
    pageSize: 100,
  })
  serve = noting(ptp.desk.serve, arrivals)
  const close = async () => {
    await send.close()
    await place.close()
  }
  return { ptp, close }
}

interface Sums {
  readonly connected: number
  readonly accepted: number
  readonly queued: number
  readonly charging: number
}

interface Course {
  readonly cpo: Child
  readonly fleet: Child
  readonly ptp: LeanPtp
  readonly arrivals: Arrivals
}

const sums = ({ fleet }: Course) => fleet.ask<Sums>('sums')
const cpoUsage = ({ cpo }: Course) => cpo.ask<Usage>('usage')
const uid = (index: number) => evseUid(index)

/** The partner sells a charge at the first connector of so many stations. */
async function sell({ ptp }: Course): Promise<void> {
  const offers = new Map(ptp.allOffers().map((offer) => [offer.evse.uid, offer]))
  const wanted = Array.from({ length: CHARGING }, (_, number) => offers.get(uid(number * 2)))
  for (let at = 0; at < wanted.length; at += 10)
    await Promise.all(wanted.slice(at, at + 10).map((offer) => offer && ptp.sales.start(offer)))
}

/** Each change has to arrive as the next push of its EVSE with that status. */
function latencies(
  told: readonly { readonly evse: string; readonly status: string; readonly at: number }[],
  arrivals: Arrivals,
) {
  return told.map(
    ({ evse, status, at }) =>
      (arrivals.get(evse)?.find((one) => one.status === status && one.at >= at)?.at ?? Number.NaN) - at,
  )
}

async function steady(course: Course) {
  const { fleet, cpo, arrivals } = course
  // What the starts of all the charges left to do is no part of it.
  await wait(SETTLE_MS)
  const before = await cpoUsage(course)
  const began = performance.now()
  const idle = await wait(CALM_MS).then(() => cpoUsage(course))
  const idleCpu = ((idle.cpuMs - before.cpuMs) / (performance.now() - began)) * 100
  const from = await cpoUsage(course)
  const at = performance.now()
  const told = await fleet.ask<Parameters<typeof latencies>[0]>('flicker', {
    perSecond: PER_SECOND,
    seconds: FLICKER_S,
    from: CHARGING,
  })
  const to = await cpoUsage(course)
  const busyCpu = ((to.cpuMs - from.cpuMs) / (performance.now() - at)) * 100
  await wait(3_000)
  const taken = latencies(told, arrivals)
  const { rssMb } = await cpo.ask<Usage>('usage')
  return {
    idleCpu,
    busyCpu,
    rssMb,
    changes: told.length,
    lost: taken.filter(Number.isNaN).length,
    taken: taken.filter(Number.isFinite),
  }
}

const statusesAt = ({ ptp }: Course) =>
  new Map(
    ptp.mirror.locations
      .all()
      .flatMap(({ evses }) => (evses ?? []).map(({ uid: id, status }) => [id, status] as const)),
  )

async function storm(course: Course) {
  const { cpo, ptp } = course
  const wished = statusesAt(course)
  const before = await cpoUsage(course)
  const cut = await cpo.ask<number>('cut')
  const began = performance.now()
  await until('all stations are back', async () => {
    const { accepted, queued } = await sums(course)
    return accepted === STATIONS && queued === 0 && (await cpo.ask<number>('connected')) === STATIONS
  })
  const backMs = performance.now() - began
  await until('the partner sees every EVSE as it was', () => {
    const seen = statusesAt(course)
    return [...wished].every(([id, status]) => seen.get(id) === status)
  })
  const seenMs = performance.now() - began
  const active = ptp.sales.all().filter(({ session }) => session?.status === 'ACTIVE').length
  const { rssMb, cpuMs } = await cpoUsage(course)
  return { cut, backMs, seenMs, active, rssMb, cpuMs: cpuMs - before.cpuMs }
}

/** Every charge has one CDR, and its energy is what the meter of the station says. */
async function settleUp({ fleet, ptp }: Course) {
  const meters = await fleet.ask<readonly { readonly evse: string; readonly wh: number }[]>('home')
  const cdrsOf = () => ptp.sales.all().flatMap(({ cdr }) => cdr ?? [])
  await until('every charge has its CDR', () => cdrsOf().length >= CHARGING)
  const billed = new Map(cdrsOf().map(({ cdr_location, total_energy }) => [cdr_location.evse_uid, total_energy]))
  const exact = meters.filter(({ evse, wh }) => Math.round((billed.get(evse) ?? 0) * 1_000) === wh)
  return { meters: meters.length, exact: exact.length, kwh: [...billed.values()].reduce((sum, one) => sum + one, 0) }
}

async function measure(postgres: boolean) {
  const arrivals: Arrivals = new Map()
  const [cpo, fleet] = [
    startChild(new URL('./charger-fleet-cpo.ts', import.meta.url)),
    startChild(new URL('./charger-fleet-stations.ts', import.meta.url)),
  ]
  const { ptp, close } = await partner(arrivals)
  const course: Course = { cpo, fleet, ptp, arrivals }
  try {
    const { origin, versionsUrl, token } = await cpo.ask<{
      readonly origin: string
      readonly versionsUrl: string
      readonly token: string
    }>('begin', { evses: STATIONS * 2, postgres })
    const empty = await cpoUsage(course)
    await ptp.desk.handshake.register({ versionsUrl, token })
    await until('the partner knows every site', () => ptp.mirror.locations.all().length === Math.ceil(STATIONS / 4))
    const began = performance.now()
    await fleet.ask('begin', { origin, stations: STATIONS, rampMs: RAMP_MS })
    await until('every station booted', async () => (await sums(course)).accepted === STATIONS)
    const bootMs = performance.now() - began
    await until('the partner sees every EVSE', () =>
      [...statusesAt(course).values()].every((one) => one === 'AVAILABLE'),
    )
    await sell(course)
    await until('every charge runs', async () => ptp.sales.all().every(({ session }) => session?.status === 'ACTIVE'))
    await until(
      'the partner sees who charges',
      () => [...statusesAt(course).values()].filter((one) => one === 'CHARGING').length === CHARGING,
    )
    const calm = await steady(course)
    const after = await storm(course)
    const end = await settleUp(course)
    const faults = await cpo.ask<readonly string[]>('faults')
    const stations = await fleet.ask<Usage>('usage')
    return { empty, bootMs, calm, after, end, faults, stations }
  } finally {
    await fleet.ask('end').catch(() => undefined)
    await cpo.ask('end').catch(() => undefined)
    await Promise.all([fleet.end(), cpo.end(), close()])
  }
}

const server = await postgresVersion()
const onPostgres = 'version' in server && !process.argv.includes('--embedded')
const { empty, bootMs, calm, after, end, faults, stations } = await measure(onPostgres)
tell({
  bench: 'charger-fleet',
  postgres: onPostgres && 'version' in server ? server.version : undefined,
  figures: [
    { what: 'stations connected to one CPO process', value: STATIONS, unit: '' },
    { what: 'CPO memory before they came', value: empty.rssMb, unit: 'MB RSS' },
    { what: 'CPO memory with all of them', value: calm.rssMb, unit: 'MB RSS' },
    { what: `CPO time, ${CHARGING} charging, nothing else happens`, value: calm.idleCpu, unit: '% of a core' },
    { what: `CPO time, ${PER_SECOND} status changes a second beside that`, value: calm.busyCpu, unit: '% of a core' },
    { what: 'status to push, p50', value: quantile(calm.taken, 0.5), unit: 'ms' },
    { what: 'status to push, p99', value: quantile(calm.taken, 0.99), unit: 'ms' },
    { what: 'status to push, longest', value: Math.max(...calm.taken), unit: 'ms' },
    { what: 'status changes that reached no partner', value: calm.lost, unit: `of ${calm.changes}` },
    { what: 'storm: sockets cut at once', value: after.cut, unit: '' },
    { what: 'storm: all back, nothing queued', value: after.backMs / 1_000, unit: 's' },
    { what: 'storm: the partner sees every EVSE as before', value: after.seenMs / 1_000, unit: 's' },
    { what: 'storm: CPO time', value: after.cpuMs / 1_000, unit: 's' },
    { what: 'storm: charges still active', value: after.active, unit: `of ${CHARGING}` },
    { what: 'CPO memory after the storm', value: after.rssMb, unit: 'MB RSS' },
    { what: 'CDRs with the energy of the meter, to the Wh', value: end.exact, unit: `of ${end.meters}` },
    { what: 'memory of the process with all stations', value: stations.rssMb, unit: 'MB RSS' },
  ],
  notes: [
    `${STATIONS} stations, every tenth on OCPP 2.0.1, booted within ${Math.round(bootMs / 1_000)} s; ${end.kwh.toFixed(1)} kWh on the CDRs`,
    ...(onPostgres ? [] : ['embedded database']),
    ...(faults.length > 0 ? [`${faults.length} faults were kept, the first: ${faults[0]}`] : []),
  ],
})
