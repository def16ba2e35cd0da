/** What no shape can say of sites: ids that meet, hours that end before they begin, prices that would both apply. */
import { Fault } from '@plugtill/engine/fault'
import type { Hours } from '@plugtill/ocpi/modules/locations-parts'
import { sameCi } from '@plugtill/ocpi/types'
import { type Site, type Sites, type SiteTariff, type Spot, spotsOf } from './configuration.ts'

/** Stops the start when the configuration cannot work. */
export function checkSites(sites: Sites): void {
  const [first, ...more] = contradictions(sites)
  if (first === undefined) return
  throw new Fault('SITES_WRONG', more.length === 0 ? first : `${first} And ${more.length} more: ${more.join(' ')}`)
}

/** Every contradiction as one sentence with the remedy; none for sites that can work. */
export function contradictions(sites: Sites): readonly string[] {
  return [
    ...twins(sites),
    ...spotsOf(sites).flatMap((spot) => tariffTrouble(sites, spot)),
    ...sites.locations.flatMap((site) => [
      ...placeTrouble(site),
      ...parkingTrouble(site),
      ...hoursTrouble(site.id, site.opening_times),
      ...mixTrouble(site),
    ]),
  ]
}

function twins(sites: Sites): readonly string[] {
  const seen = new Set<string>()
  const take = (what: string, id: string): readonly string[] => {
    const key = `${what} ${id.toLowerCase()}`
    if (seen.has(key)) return [`Two ${what}s have the id "${id}". Give each its own.`]
    seen.add(key)
    return []
  }
  return [
    ...sites.locations.flatMap(({ id }) => take('location', id)),
    ...sites.tariffs.flatMap(({ id }) => take('tariff', id)),
    ...sites.locations.flatMap(({ evses }) => evses.flatMap(({ uid }) => take('EVSE', uid))),
    ...spotsOf(sites).flatMap(({ evse, connector }) => [
      ...take(`connector of EVSE ${evse.uid}`, connector.id),
      ...take('charger connector', numberOf(connector)),
    ]),
  ]
}

const numberOf = ({ charger: { id, evse, connector } }: Spot['connector']) =>
  evse === undefined ? `${id} ${connector}` : `${id} ${evse}.${connector}`

/** (connectors › tariff_ids; C-107) */
function tariffTrouble(sites: Sites, { evse, connector }: Spot): readonly string[] {
  const where = `Connector ${connector.id} of EVSE ${evse.uid}`
  const found = (connector.tariff_ids ?? []).map((id) => ({
    id,
    tariff: sites.tariffs.find((tariff) => sameCi(tariff.id, id)),
  }))
  const missing = found.flatMap(({ id, tariff }) =>
    tariff === undefined
      ? [`${where} names the tariff "${id}", which is not among the tariffs. Add it or take the name away.`]
      : [],
  )
  const tariffs = found.flatMap(({ tariff }) => (tariff === undefined ? [] : [tariff]))
  const rivals = tariffs.flatMap((one, index) =>
    tariffs
      .slice(index + 1)
      .filter((other) => rival(one, other))
      .map(
        (other) =>
          `${where} has two tariffs of one type in force at the same time: ${one.id} and ${other.id}. Let one end before the other starts, or name the partners of each.`,
      ),
  )
  return [...missing, ...rivals]
}

function rival(one: SiteTariff, other: SiteTariff): boolean {
  if ((one.type ?? '') !== (other.type ?? '')) return false
  const { partners } = other
  const shared =
    one.partners === undefined ||
    partners === undefined ||
    one.partners.some((partner) => partners.some((each) => sameCi(partner, each)))
  const ends = ({ end_date_time }: SiteTariff) =>
    end_date_time == null ? Number.POSITIVE_INFINITY : Date.parse(end_date_time)
  const begins = ({ start_date_time }: SiteTariff) => (start_date_time == null ? 0 : Date.parse(start_date_time))
  return shared && begins(one) < ends(other) && begins(other) < ends(one)
}

function placeTrouble(site: Site): readonly string[] {
  return [
    ...(isZone(site.time_zone)
      ? []
      : [`Location ${site.id}: "${site.time_zone}" is no time zone. Write it like Europe/Amsterdam.`]),
    ...(/^[A-Z]{3}$/.test(site.country)
      ? []
      : [`Location ${site.id}: "${site.country}" is no country of three capital letters. Write it like NLD.`]),
    ...(site.publish && site.publish_allowed_to?.length
      ? [`Location ${site.id} is published to everybody; publish_allowed_to is for one with publish: false.`]
      : []),
  ]
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** (locations › EVSEParking) */
function parkingTrouble(site: Site): readonly string[] {
  const places = site.parking_places ?? []
  const twice = places.filter(({ id }, index) => places.findIndex((each) => sameCi(each.id, id)) !== index)
  return [
    ...twice.map(({ id }) => `Location ${site.id}: two parking places have the id "${id}". Give each its own.`),
    ...site.evses.flatMap(({ uid, parking }) =>
      (parking ?? [])
        .filter(({ parking_id }) => !places.some(({ id }) => sameCi(id, parking_id)))
        .map(
          ({ parking_id }) =>
            `EVSE ${uid} is at the parking place "${parking_id}", which is not among the parking_places of ${site.id}. Add it there.`,
        ),
    ),
  ]
}

/** (locations › Hours) */
function hoursTrouble(id: string, hours: Hours | null | undefined): readonly string[] {
  if (hours == null) return []
  const { twentyfourseven, regular_hours: regular = [], exceptional_openings, exceptional_closings } = hours
  const backwards = [...(exceptional_openings ?? []), ...(exceptional_closings ?? [])].filter(
    ({ period_begin, period_end }) => Date.parse(period_begin) >= Date.parse(period_end),
  )
  return [
    ...(twentyfourseven && regular?.length
      ? [`Location ${id} is open day and night; take its regular_hours away or set twentyfourseven: false.`]
      : []),
    ...(!twentyfourseven && !regular?.length && !exceptional_openings?.length
      ? [`Location ${id} is never open. Add regular_hours or set twentyfourseven: true.`]
      : []),
    ...(regular ?? [])
      .filter(({ period_begin, period_end }) => period_begin >= period_end && period_end !== '00:00')
      .map(
        ({ weekday, period_begin, period_end }) =>
          `Location ${id}: on weekday ${weekday} the hours ${period_begin} to ${period_end} end before they begin. Split them at midnight.`,
      ),
    ...backwards.map(
      ({ period_begin, period_end }) =>
        `Location ${id}: the period ${period_begin} to ${period_end} ends before it begins.`,
    ),
  ]
}

/** (locations › EnergyMix) */
function mixTrouble({ id, energy_mix }: Site): readonly string[] {
  const sources = energy_mix?.energy_sources ?? []
  const sum = sources.reduce((total, { percentage }) => total + percentage, 0)
  return sources.length === 0 || Math.abs(sum - 100) < 0.5
    ? []
    : [`Location ${id}: the energy sources add up to ${sum} %. Make it 100.`]
}
