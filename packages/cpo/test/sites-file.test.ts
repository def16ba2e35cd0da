/** The file of an operator: what may stand in it, and what is said of a mistake. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { locations } from '@plugtill/ocpi/modules/locations'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { Sites } from '../src/sites/configuration.ts'
import { demoSites } from '../src/sites/demo.ts'
import { openAt } from '../src/sites/opening-times.ts'
import { readSites } from '../src/sites/read-sites.ts'
import { stage, start, startBody } from './stage.ts'

const TEXT = readFileSync(join(import.meta.dirname, '../../../examples/sites.yaml'), 'utf8')
const written = () => parse(TEXT) as Sites
const changed = (find: string | RegExp, put: string) => parse(TEXT.replace(find, put)) as unknown
const wrong = (value: unknown) => {
  const read = readSites(value)
  return 'wrong' in read ? read.wrong : []
}

test('the example can be used, and a partner sees all of it except what stands behind an EVSE', async () => {
  const read = readSites(written())
  expect(read).toEqual({ sites: written() })
  const { locations: sites, tariffs } = written()
  // The stage plugs its charger in at the demo sites.
  const both = { locations: [...demoSites.locations, ...sites], tariffs: [...demoSites.tariffs, ...tariffs] }
  const world = await stage({ sites: both })
  const { data } = await world.ptp.client
    .of({ id: world.ptp.cpoId }, locations, 'sender')
    .location({ params: { location_id: 'HARBOUR' } })

  expect(data).toMatchObject({
    energy_mix: { energy_sources: [{ source: 'WIND', percentage: 70 }, { source: 'SOLAR' }] },
    opening_times: { twentyfourseven: false, exceptional_closings: [{ period_end: '2030-12-27T05:00:00Z' }] },
    parking_places: [{ id: 'P1', vehicle_types: ['PERSONAL_VEHICLE', 'DISABLED'] }, { id: 'P2' }],
    evses: [{ parking: [{ parking_id: 'P1', evse_position: 'RIGHT' }] }, { physical_reference: '2' }],
  })
  expect(JSON.stringify(data)).not.toContain('HBC-AC-1')
})

test.each<[string, unknown, string]>([
  [
    'a field that nobody knows',
    changed('help_phone', 'help_fone'),
    'locations[HARBOUR].help_fone: there is no such field. Take it away, or begin the name of a field of your own with x_.',
  ],
  [
    'a field with a letter missing',
    changed('tariff_ids', 'tarif_ids'),
    'locations[HARBOUR].evses[HBC-1].connectors[1].tarif_ids: there is no such field. Did you mean tariff_ids?',
  ],
  [
    'coordinates that are numbers',
    changed('"53.096210"', '53.096210'),
    'locations[HARBOUR].coordinates.latitude: text, not a number (it is 53.09621).',
  ],
  [
    'a value that is none of those possible',
    changed('power_type: AC_3_PHASE', 'power_type: AC3'),
    'locations[HARBOUR].evses[HBC-1].connectors[1].power_type: one of AC_1_PHASE, AC_2_PHASE, AC_2_PHASE_SPLIT, AC_3_PHASE, DC (it is "AC3").',
  ],
  [
    'a connector without charger',
    changed(/ +charger: \{ id: HBC-AC-1.*\n/, ''),
    'locations[HARBOUR].evses[HBC-1].connectors[1].charger: required, but missing.',
  ],
  ['nothing in it', null, 'the file: an object, not null (it is null).'],
])('%s is named with its place and the remedy', (_, value, message) => {
  expect(wrong(value)).toContain(message)
})

test.each<[string, string | RegExp, string, string]>([
  [
    'one charger connector twice',
    'id: HBC-DC-1, connector',
    'id: HBC-AC-1, connector',
    'Two charger connectors have the id "HBC-AC-1 1"',
  ],
  [
    'a tariff that is not there',
    'DC-CARD, AC',
    'DC-GONE, AC',
    'names the tariff "DC-GONE", which is not among the tariffs',
  ],
  [
    'two prices for cards at a time',
    '[DC-CARD, AC-CONTRACT]',
    '[DC-CARD, AC-CARD]',
    'two tariffs of one type in force at the same time: DC-CARD and AC-CARD',
  ],
  ['a place nobody described', 'parking_id: P2', 'parking_id: P7', 'EVSE HBC-2 is at the parking place "P7"'],
  [
    'hours that run backwards',
    '"06:00", period_end: "22:00"',
    '"22:00", period_end: "06:00"',
    'the hours 22:00 to 06:00 end before they begin',
  ],
  ['a source too much', 'percentage: 30', 'percentage: 40', 'the energy sources add up to 110 %'],
  ['a zone that is none', 'time_zone: Europe/Berlin', 'time_zone: Bremen', '"Bremen" is no time zone'],
  ['a country of two letters', 'country: DEU', 'country: DE', '"DE" is no country of three capital letters'],
  [
    'a published site for a few',
    'publish: false',
    'publish: true',
    'publish_allowed_to is for one with publish: false',
  ],
])('%s is a contradiction that stops the start', (_, find, put, message) => {
  expect(wrong(changed(find, put))).toEqual(expect.arrayContaining([expect.stringContaining(message)]))
})

test('every mistake is named at once', () => {
  const text = TEXT.replace('publish: false', 'publish: perhaps').replace('help_phone', 'help_fone')
  expect(wrong(parse(text))).toHaveLength(2)
})

const hours = written().locations[0]?.opening_times

test.each([
  ['on a Monday afternoon', '2030-07-01T13:00:00Z', true],
  ['on a Sunday', '2030-07-07T13:00:00Z', false],
  ['late on a Friday, until midnight', '2030-07-05T21:59:00Z', true],
  ['at six in local time, not in UTC', '2030-07-01T04:00:00Z', true],
  ['a minute before six', '2030-07-01T03:59:00Z', false],
  ['at Christmas, whatever weekday it is', '2030-12-24T13:00:00Z', false],
])('%s the site is as its hours say', (_, at, open) => {
  expect(openAt(hours, 'Europe/Berlin', Date.parse(at))).toBe(open)
})

test('a site where nothing is charged while it is closed refuses a start then', async () => {
  const {
    locations: [city, ...rest],
    tariffs,
  } = (await import('../src/sites/demo.ts')).demoSites
  const closed = { twentyfourseven: false, regular_hours: [{ weekday: 7, period_begin: '08:00', period_end: '09:00' }] }
  const sites = { tariffs, locations: [{ ...city!, opening_times: closed, charging_when_closed: false }, ...rest] }
  const world = await stage({ sites })
  const { data } = await start(world.ptp, startBody())
  expect(data).toMatchObject({ result: 'REJECTED', message: [{ text: expect.stringContaining('is closed now') }] })
})
