/**
 * A charging system of somebody else, as small as one can be: locations and tariffs are JSON files, sessions and CDRs
 * become some, and "charging" is a clock. Everything the payments part needs of it is in the four functions at the end.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Csms, CsmsCdr, CsmsLocation, CsmsSession, CsmsTariff, StartOrder } from '@plugtill/cpo/component/csms'
import type { PaymentsPart } from '@plugtill/cpo/component/payments-part'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { price } from '@plugtill/pricing/price'

export interface JsonCsmsParts {
  /** With locations.json and tariffs.json; sessions.json and cdrs.json are written here. */
  readonly folder: string
  readonly party: { readonly country_code: string; readonly party_id: string }
  readonly clock: { readonly now: () => number; readonly after: (delayMs: number, task: () => void) => () => void }
  /** What the cars take before they are full. */
  readonly carKwh?: number
  readonly onError: (error: unknown) => void
}

interface Charge {
  readonly id: string
  readonly orderId: string
  readonly place: { readonly locationId: string; readonly evseUid: string; readonly connectorId: string }
  readonly startedAt: number
  readonly tariffId: string
  wh: number
  endedAt?: number
}

const TICK_MS = 30_000
/** More cannot have ended between a session and its CDR. */
const TOLD_AGAIN = 100
const POWER_W = 11_000
const iso = (ms: number) => new Date(ms).toISOString()

export interface JsonCsms extends Csms {
  /** Whom to tell; before, nothing can be ordered. */
  readonly tell: (part: Pick<PaymentsPart, 'session' | 'cdr' | 'changed'>) => void
}

export function openJsonCsms(parts: JsonCsmsParts): JsonCsms {
  const { clock, party, carKwh = 10 } = parts
  const read = <T>(name: string, empty: T): T => {
    const file = join(parts.folder, `${name}.json`)
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : empty
  }
  const write = (name: string, value: unknown) => {
    const file = join(parts.folder, `${name}.json`)
    writeFileSync(`${file}.new`, JSON.stringify(value, undefined, 2))
    renameSync(`${file}.new`, file)
  }
  const locations = () => read<CsmsLocation[]>('locations', [])
  const tariffs = () => read<CsmsTariff[]>('tariffs', [])
  const charges = read<Charge[]>('sessions', [])
  let told: Pick<PaymentsPart, 'session' | 'cdr' | 'changed'> | undefined
  const tell = (work: (part: NonNullable<typeof told>) => Promise<void>) => {
    if (told !== undefined) void work(told).catch(parts.onError)
  }

  const setStatus = ({ locationId, evseUid }: Charge['place'], status: 'AVAILABLE' | 'CHARGING') => {
    const changed = locations().map((location) =>
      location.id !== locationId
        ? location
        : { ...location, evses: location.evses.map((evse) => (evse.uid === evseUid ? { ...evse, status } : evse)) },
    )
    write('locations', changed)
    tell((part) => part.changed())
  }
  const report = (charge: Charge) => {
    write('sessions', charges)
    tell((part) => part.session(charge.orderId, sessionOf(charge)))
  }
  const tick = (charge: Charge) =>
    clock.after(TICK_MS, () => {
      if (charge.endedAt !== undefined) return
      charge.wh = Math.min(charge.wh + (POWER_W * TICK_MS) / 3_600_000, carKwh * 1000)
      if (charge.wh >= carKwh * 1000) return end(charge)
      report(charge)
      tick(charge)
    })
  const end = (charge: Charge) => {
    charge.endedAt = clock.now()
    report(charge)
    setStatus(charge.place, 'AVAILABLE')
    bill(charge)
  }
  /** Written once. Telling it again costs nothing: the part has it, or was gone when it came. */
  const bill = (charge: Charge) => {
    const cdrs = read<CsmsCdr[]>('cdrs', [])
    const before = cdrs.find(({ session_id }) => session_id === charge.id)
    const cdr = before ?? cdrOf(charge, locations(), { ...party, ...tariffNamed(tariffs(), charge.tariffId) })
    if (before === undefined) write('cdrs', [...cdrs, cdr])
    tell((part) => part.cdr(charge.orderId, cdr))
  }
  /** What a process that ended in the middle has left: a charge goes on, an end is told and billed. */
  const resume = (charge: Charge) => {
    if (charge.endedAt === undefined) return tick(charge)
    setStatus(charge.place, 'AVAILABLE')
    report(charge)
    bill(charge)
  }
  const begin = (order: StartOrder): Charge | undefined => {
    const evse = locations()
      .find(({ id }) => id === order.locationId)
      ?.evses.find(({ uid, status }) => (order.evseUid ?? uid) === uid && status === 'AVAILABLE')
    const connector = evse?.connectors.find(({ id }) => (order.connectorId ?? id) === id)
    if (evse === undefined || connector === undefined) return undefined
    return {
      id: `S-${String(charges.length + 1).padStart(6, '0')}`,
      orderId: order.id,
      place: { locationId: order.locationId, evseUid: evse.uid, connectorId: connector.id },
      startedAt: clock.now(),
      tariffId: connector.tariff_ids?.[0] ?? '',
      wh: 0,
    }
  }
  return {
    tell: (part) => {
      told = part
      for (const charge of charges.slice(-TOLD_AGAIN)) resume(charge)
    },
    locations: async () => locations(),
    tariffs: async () => tariffs(),
    start: async (order) => {
      if (charges.some(({ orderId }) => orderId === order.id)) return { result: 'ACCEPTED' }
      const charge = begin(order)
      if (charge === undefined) return { result: 'EVSE_OCCUPIED', text: 'Somebody charges here.' }
      charges.push(charge)
      setStatus(charge.place, 'CHARGING')
      report(charge)
      tick(charge)
      return { result: 'ACCEPTED' }
    },
    stop: async ({ orderId }) => {
      const charge = charges.find((each) => each.orderId === orderId)
      if (charge === undefined) return { result: 'REJECTED', text: 'No such session.' }
      if (charge.endedAt === undefined) end(charge)
      return { result: 'ACCEPTED' }
    },
  }
}

function tariffNamed(tariffs: readonly CsmsTariff[], id: string): CsmsTariff {
  const tariff = tariffs.find((each) => each.id === id)
  if (tariff === undefined) throw new Error(`tariffs.json has no "${id}".`)
  return tariff
}

const kwhOf = ({ wh }: Charge) => Math.round(wh) / 1000

function sessionOf(charge: Charge): CsmsSession {
  return {
    id: charge.id,
    start_date_time: iso(charge.startedAt),
    ...(charge.endedAt === undefined ? {} : { end_date_time: iso(charge.endedAt) }),
    kwh: kwhOf(charge),
    location_id: charge.place.locationId,
    evse_uid: charge.place.evseUid,
    connector_id: charge.place.connectorId,
    currency: 'EUR',
    status: charge.endedAt === undefined ? 'ACTIVE' : 'COMPLETED',
  }
}

/** The price comes from the engine that also checks it; a system with prices of its own puts them here. */
function cdrOf(charge: Charge, locations: readonly CsmsLocation[], tariff: Omit<Tariff, 'last_updated'>): CsmsCdr {
  const location = locations.find(({ id }) => id === charge.place.locationId)
  const evse = location?.evses.find(({ uid }) => uid === charge.place.evseUid)
  const connector = evse?.connectors.find(({ id }) => id === charge.place.connectorId)
  if (location === undefined || evse === undefined || connector === undefined)
    throw new Error(`locations.json has no place for session ${charge.id}.`)
  const end = charge.endedAt ?? charge.startedAt
  const hours = Math.floor((end - charge.startedAt) / 360) / 10_000
  const whole: Tariff = { ...tariff, last_updated: iso(charge.startedAt) }
  const cost = price(whole, {
    start: charge.startedAt,
    end,
    timeZone: location.time_zone,
    periods: [{ start: charge.startedAt, energyKwh: kwhOf(charge), timeH: hours }],
  })
  const { ENERGY, FLAT, TIME } = cost.perDimension
  const { id, name, address, city, postal_code, country, coordinates } = location
  return {
    id: charge.id.replace('S-', 'C-'),
    session_id: charge.id,
    start_date_time: iso(charge.startedAt),
    end_date_time: iso(end),
    cdr_location: {
      ...{ id, name, address, city, postal_code, country, coordinates },
      evse_uid: evse.uid,
      evse_id: evse.evse_id ?? '#NA',
      connector_id: connector.id,
      connector_standard: connector.standard,
      connector_format: connector.format,
      connector_power_type: connector.power_type,
    },
    currency: tariff.currency,
    tariffs: [whole],
    charging_periods: [
      {
        start_date_time: iso(charge.startedAt),
        dimensions: [
          { type: 'ENERGY', volume: kwhOf(charge) },
          { type: 'TIME', volume: hours },
        ],
        tariff_id: tariff.id,
      },
    ],
    total_cost: cost.price,
    ...(ENERGY === undefined ? {} : { total_energy_cost: ENERGY }),
    ...(FLAT === undefined ? {} : { total_fixed_cost: FLAT }),
    ...(TIME === undefined ? {} : { total_time_cost: TIME }),
    total_energy: kwhOf(charge),
    total_time: hours,
  }
}
