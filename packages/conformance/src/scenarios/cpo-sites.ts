/** Locations and tariffs are read, as a whole and one by one. (C-101 to C-207) */
import { type Evse, type Location, locations } from '@plugtill/ocpi/modules/locations'
import { endpointFor, urlOf } from '@plugtill/ocpi/peer-url'
import { sameCi } from '@plugtill/ocpi/types'
import { owesStatus } from '../checks/locations-push.ts'
import type { CpoStage, Scenario } from '../scenario.ts'

/** So many of each are read one by one. */
const MOST = 3

/** Where the terminal sells comes first. */
function placesOf({ ptp }: CpoStage): readonly { readonly location: Location; readonly evse: Evse }[] {
  const { location_ids, evse_uids } = ptp.terminals.all()[0] ?? {}
  const all = ptp.mirror.locations
    .all()
    .flatMap((location) => (location.evses ?? []).map((evse) => ({ location, evse })))
  const sold = all.filter(
    ({ location, evse }) =>
      location_ids?.some((id) => sameCi(id, location.id)) || evse_uids?.some((uid) => sameCi(uid, evse.uid)),
  )
  return [...sold, ...all.filter((one) => !sold.includes(one))].slice(0, MOST)
}

async function oneByOne(stage: CpoStage): Promise<void> {
  const { desk } = stage
  const calls = await desk.call(locations, 'sender')
  const places = placesOf(stage)
  // What is refused is on record; the others are read all the same.
  const quietly = (reading: Promise<unknown>) => reading.catch(() => undefined)
  for (const location_id of new Set(places.map(({ location }) => location.id)))
    await quietly(calls.location({ params: { location_id } }))
  for (const { location, evse } of places) {
    const params = { location_id: location.id, evse_uid: evse.uid }
    await quietly(calls.evse({ params }))
    for (const { id } of evse.connectors.slice(0, MOST))
      await quietly(calls.connector({ params: { ...params, connector_id: id } }))
  }
}

async function unknownParts(stage: CpoStage): Promise<void> {
  const { desk } = stage
  const peer = await desk.partner()
  const [place] = placesOf(stage)
  if (peer === undefined || place === undefined) return
  const { evse, connector } = locations.sender
  const base = endpointFor(peer, locations, 'SENDER', evse.path)
  const params = { location_id: place.location.id, evse_uid: 'NOT-THERE', connector_id: 'NOT-THERE' }
  const ask = (place: string, url: string) => desk.probe('locations.unknown', { place, method: 'GET', url })
  await ask('locations.evse', urlOf(base, evse.path, { params }))
  await ask('locations.connector', urlOf(base, connector.path, { params: { ...params, evse_uid: place.evse.uid } }))
}

export const cpoSites: readonly Scenario<CpoStage>[] = [
  {
    name: 'read the locations',
    milestone: 'locations-exchange',
    kind: 'path',
    act: async ({ ptp, say }) => {
      await ptp.mirror.pullLocations()
      say(`${ptp.mirror.locations.all().length} locations`)
    },
  },
  { name: 'read locations one by one', milestone: 'locations-exchange', kind: 'probe', act: oneByOne },
  {
    name: 'ask for EVSEs that are not there',
    milestone: 'locations-exchange',
    kind: 'probe',
    act: unknownParts,
  },
  {
    name: 'read the tariffs',
    milestone: 'tariffs-exchange',
    kind: 'path',
    act: async ({ ptp, say }) => {
      await ptp.mirror.pullTariffs()
      say(`${ptp.mirror.tariffs.all().length} tariffs, ${ptp.allOffers().length} connectors with a price for cards`)
    },
  },
]

/** So long the status of an EVSE may come after that of its session. */
const STATUS_MS = 60_000

/** After the charges: what was pushed has to stand in the lists. */
export const cpoSitesAgain: readonly Scenario<CpoStage>[] = [
  {
    name: 'read locations and tariffs again',
    milestone: 'start-session',
    kind: 'probe',
    act: async ({ desk, ptp, patienceMs }) => {
      await desk.waitFor((view) => (owesStatus(view) ? undefined : true), Math.min(patienceMs, STATUS_MS))
      await ptp.mirror.pull()
    },
  },
]
