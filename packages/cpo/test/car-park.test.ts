import { carPark, together } from '@plugtill/cpo/sites/car-park'
import { demoSites } from '@plugtill/cpo/sites/demo'
import { readSites } from '@plugtill/cpo/sites/read-sites'
import { expect, test } from 'vitest'

test('a car park has exactly the charging points that were asked for, each found by its own label, charger and socket', () => {
  for (const points of [1, 4, 5, 20, 60, 200, 500]) {
    const evses = carPark(points).locations.flatMap(({ evses }) => evses)
    expect(evses).toHaveLength(points)
    const one = <T>(values: readonly T[]) => expect(new Set(values).size).toBe(points)
    one(evses.map(({ uid }) => uid))
    one(evses.map(({ evse_id }) => evse_id))
    one(evses.map(({ physical_reference }) => physical_reference))
    one(evses.flatMap(({ connectors }) => connectors.map(({ charger }) => `${charger.id}/${charger.connector}`)))
  }
})

test('it stands beside the demo sites without a contradiction, and none at all leaves them as they are', () => {
  expect(readSites(together(demoSites, carPark(200)))).toHaveProperty('sites')
  expect(together(demoSites, carPark(0))).toBe(demoSites)
})
