/** What a change of status costs, and what becomes of sites that an older program kept in one piece. */
import { createSiteRegister, type SiteChange } from '@plugtill/cpo/sites/register'
import { documents } from '@plugtill/engine/documents'
import { migrate } from '@plugtill/engine/migrate'
import type { SqlValue, Store } from '@plugtill/engine/store'
import { virtualClock } from '@plugtill/engine/virtual-clock'
import type { Location } from '@plugtill/ocpi/modules/locations'
import { afterEach, describe, expect, test } from 'vitest'
import { evseUid, sitesOf } from '../bench/fleet.ts'
import { databases } from './rig.ts'

const party = { countryCode: 'NL', partyId: 'PLG' }
const START = Date.parse('2030-01-15T10:00:00Z')
const MINUTE = 60_000
const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Statements and characters that cross to the database and back. */
function weighed(store: Store) {
  const cost = { statements: 0, characters: 0 }
  const query =
    (db: Pick<Store, 'query'>) =>
    async <Row>(sql: string, params: readonly SqlValue[] = []) => {
      const rows = await db.query<Row>(sql, params)
      cost.statements += 1
      cost.characters += JSON.stringify(params).length + JSON.stringify(rows).length
      return rows
    }
  const weighing: Store = {
    ...store,
    query: query(store),
    transaction: (work) => store.transaction((tx) => work({ ...tx, query: query(tx) })),
  }
  return { store: weighing, cost }
}

/** One place with so many EVSEs. */
function placeOf(evses: number) {
  const { sites } = sitesOf(evses)
  const [first] = sites.locations
  return { ...sites, locations: [{ ...first!, evses: sites.locations.flatMap((site) => site.evses) }] }
}

async function registerOf({ open }: (typeof databases)[number], evses: number) {
  const { store, cost } = weighed(await open('status'))
  ends.push(store.close)
  const clock = virtualClock(START)
  await migrate(store, clock)
  const told: SiteChange[] = []
  const onChange = async (change: SiteChange) => void told.push(change)
  const parts = { store, clock, party, onChange, sites: placeOf(evses) }
  return { store, clock, cost, told, parts, docs: documents(store, clock), register: createSiteRegister(parts) }
}

describe.each(databases)('on $name', (database) => {
  test('a change of status costs the same at a site of four EVSEs and of four hundred', async () => {
    const costs = []
    for (const evses of [4, 400]) {
      const { register, cost, clock } = await registerOf(database, evses)
      await register.sync()
      await clock.advanceTo(START + MINUTE)
      Object.assign(cost, { statements: 0, characters: 0 })
      await register.setStatus('LOC-0', evseUid(2), 'CHARGING')
      costs.push({ ...cost })
    }
    const [small, large] = costs
    expect(large!.statements).toBe(small!.statements)
    expect(Math.abs(large!.characters - small!.characters)).toBeLessThan(20)
    expect(large!.characters).toBeLessThan(1_500)
  })

  test('a change of one EVSE raises its own time and that of its Location, nobody else; partners who ask since then get that Location', async () => {
    const { register, clock, told } = await registerOf(database, 16)
    await register.sync()
    const before = (await register.location('LOC-0'))!
    told.splice(0)
    await clock.advanceTo(START + MINUTE)
    await register.setStatus('loc-0', evseUid(2).toLowerCase(), 'CHARGING')
    await register.setStatus('LOC-0', evseUid(2), 'CHARGING')

    const after = (await register.location('LOC-0'))!
    const changed = { status: 'CHARGING', last_updated: '2030-01-15T10:01:00.000Z' }
    expect(after).toEqual({
      ...before,
      last_updated: '2030-01-15T10:01:00.000Z',
      evses: before.evses!.map((evse) => (evse.uid === evseUid(2) ? { ...evse, ...changed } : evse)),
    })
    expect(told).toEqual([{ what: 'evse', locationId: 'LOC-0', evseUid: evseUid(2) }])
    const page = (dateFrom: string) =>
      register.seenBy('DE-PAY').locationPage({ dateFrom, dateTo: undefined, offset: 0, limit: 10 })
    expect(await page('2030-01-15T10:01:00.000Z')).toEqual({ total: 1, items: [JSON.stringify(after)] })
    expect(await page('2030-01-15T10:01:01Z')).toEqual({ total: 0, items: [] })
  })

  test('a clock that was set back never makes a Location older', async () => {
    const { register, parts } = await registerOf(database, 4)
    await register.sync()
    const back = createSiteRegister({ ...parts, clock: virtualClock(START - 60 * MINUTE) })
    await back.setStatus('LOC-0', evseUid(1), 'BLOCKED')
    const { last_updated, evses } = (await back.location('LOC-0'))!
    expect(Date.parse(last_updated)).toBeGreaterThan(START)
    expect(evses![1]).toMatchObject({ status: 'BLOCKED', last_updated })
  })

  test('what an older program kept in one piece is taken apart at the start: the same objects, in the same order, and no news to anybody', async () => {
    const { register, docs, told, clock, parts } = await registerOf(database, 4)
    const other = { ...parts.sites.locations[0]!, id: 'A-LATER', evses: [] }
    const both = createSiteRegister({
      ...parts,
      sites: { ...parts.sites, locations: [...parts.sites.locations, other] },
    })
    await both.sync()
    await both.setStatus('LOC-0', evseUid(3), 'OUTOFORDER')
    const kept = await both.locations()
    // As it lay before: every Location as one text, and nothing beside it.
    for (const shelf of ['sites', 'site-times', 'evse-lines'])
      for (const { key } of await docs.all(shelf)) await docs.delete(shelf, key)
    for (const location of kept)
      await docs.put(
        'locations',
        `nl/plg/${location.id.toLowerCase()}`,
        JSON.stringify(location),
        location.last_updated,
      )
    told.splice(0)
    await clock.advanceTo(START + MINUTE)

    await both.sync()
    expect(await both.locations()).toEqual(kept)
    expect(told).toEqual([])
    expect(await docs.all('locations')).toEqual([])
    // The next start finds nothing to take apart, and the one after a change of configuration tells only that.
    await register.sync()
    expect(told).toEqual([])
    const { evses } = (await register.location('LOC-0')) as Location
    expect(evses?.map(({ status }) => status)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'OUTOFORDER'])
  })
})
