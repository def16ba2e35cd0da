/** The CPO process of the storm: told by its parent what to start, asked by it how it fares. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Site, Sites } from '@plugtill/cpo/sites/configuration'
import { openSqlite } from '@plugtill/engine/sqlite'
import { sitesOf, stationWorld } from '../stories/station-world.ts'

/** Ten stations a location, as a large operator has them. */
const PER_SITE = 10

export interface Report {
  readonly rssMb: number
  readonly cpuMs: number
  readonly connected: number
  readonly available: number
  readonly cdrs: Readonly<Record<string, number>>
  readonly faults: readonly string[]
}
export type Ask =
  | { readonly do: 'start'; readonly station: string }
  | { readonly do: 'report' }
  | { readonly do: 'end' }

function manySites(stations: readonly string[]): Sites {
  const all = sitesOf(stations)
  const [site] = all.locations
  if (site === undefined) return all
  const locations: Site[] = []
  for (let from = 0; from < stations.length; from += PER_SITE)
    locations.push({
      ...site,
      id: from === 0 ? 'LOC' : `LOC-${from}`,
      evses: site.evses.slice(from, from + PER_SITE),
    })
  return { ...all, locations }
}

async function serve(stations: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-storm-'))
  const store = await openSqlite({ file: join(folder, 'cpo.db') })
  const sites = manySites(stations)
  const world = await stationWorld({ store, sites })
  const placeOf = (station: string) =>
    sites.locations.find(({ evses }) => evses.some(({ uid }) => uid === `E-${station}`))!
  // The moment a change is at the partner, by the clock both processes share.
  const tell = world.ptp.told.push.bind(world.ptp.told)
  world.ptp.told.push = (...told) => {
    for (const { what, body } of told)
      if (what === 'patchEvse') process.send?.({ patched: body['uid'], status: body['status'], at: Date.now() })
    return tell(...told)
  }
  const report = async (): Promise<Report> => {
    const { user, system } = process.cpuUsage()
    const locations = await world.admin.get<readonly { evses: readonly { status: string }[] }[]>('/locations')
    const cdrs = world.ptp.told.filter(({ what }) => what === 'cdr').map(({ body }) => body)
    return {
      rssMb: Math.round(process.memoryUsage().rss / 1e6),
      cpuMs: Math.round((user + system) / 1000),
      connected: world.cpo.chargers.connected().length,
      available: locations.flatMap(({ evses }) => evses).filter(({ status }) => status === 'AVAILABLE').length,
      cdrs: Object.fromEntries(
        cdrs.map((cdr) => [String(cdr['authorization_reference']), Number(cdr['total_energy'])]),
      ),
      faults: [...new Set(world.faults())],
    }
  }
  process.on('message', (ask: Ask & { readonly id: number }) => {
    const answer = async () => {
      if (ask.do === 'report') return report()
      if (ask.do === 'start') return world.start(ask.station, { location_id: placeOf(ask.station).id })
      await world.close()
      rmSync(folder, { recursive: true, force: true })
      return 'ended'
    }
    void answer().then((value) => process.send?.({ id: ask.id, value }, () => ask.do === 'end' && process.disconnect()))
  })
  process.send?.({ port: world.port })
}

if (process.send !== undefined && process.argv[2] !== undefined)
  await serve(Array.from({ length: Number(process.argv[2]) }, (_, index) => `S${index + 1}`))
