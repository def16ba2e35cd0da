import type { Offer } from '@plugtill/terminal/link'
import { expect, test } from 'vitest'
import { ANYTHING, placesOf, plugsOf } from './matching.ts'

const offer = (locationId: string, label: string, more: Partial<Offer> = {}): Offer => ({
  evseUid: `${locationId}-${label}`,
  connectorId: '1',
  locationId,
  locationName: `Deck ${locationId}`,
  label,
  connector: { standard: 'IEC_62196_T2', format: 'SOCKET', powerKw: 22 },
  status: 'AVAILABLE',
  available: true,
  ...more,
})
const busy = { status: 'CHARGING', available: false, reason: 'not-available' }
const chargers = [
  offer('A', 'A-01'),
  offer('A', 'A-02', busy),
  offer('B', 'B-01', { connector: { standard: 'IEC_62196_T2_COMBO', format: 'CABLE', powerKw: 150 } }),
]
const labels = (wanted: Parameters<typeof placesOf>[1]) =>
  placesOf(chargers, wanted).map(({ id, free, all, shown }) => [id, free, all, shown.map(({ label }) => label)])

test('places stand in the order of the offers and count all of theirs, whatever is looked for', () => {
  expect(labels(ANYTHING)).toEqual([
    ['A', 1, 2, ['A-01', 'A-02']],
    ['B', 1, 1, ['B-01']],
  ])
  expect(labels({ ...ANYTHING, freeOnly: true })).toEqual([
    ['A', 1, 2, ['A-01']],
    ['B', 1, 1, ['B-01']],
  ])
})

test('a label is found by any part of it, without its signs and in any case', () => {
  for (const text of ['a01', 'A-01', ' a 01']) expect(labels({ ...ANYTHING, text })).toEqual([['A', 1, 2, ['A-01']]])
  expect(labels({ ...ANYTHING, text: '01' })).toHaveLength(2)
  expect(labels({ ...ANYTHING, text: 'C' })).toEqual([])
})

test('two places of one name are two places', () => {
  const twins = [offer('A', '1', { locationName: 'Garage' }), offer('B', '1', { locationName: 'Garage' })]
  expect(placesOf(twins, ANYTHING)).toHaveLength(2)
})

test('plugs are named once, and one alone is found by its plug', () => {
  expect(plugsOf(chargers)).toEqual(['IEC_62196_T2', 'IEC_62196_T2_COMBO'])
  expect(labels({ ...ANYTHING, plug: 'IEC_62196_T2_COMBO' })).toEqual([['B', 1, 1, ['B-01']]])
})
