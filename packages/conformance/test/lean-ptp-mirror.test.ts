import type { Location } from '@plugtill/ocpi/modules/locations'
import { expect, test } from 'vitest'
import { createMirror } from '../src/lean-ptp-mirror.ts'

const at = (minute: number) => `2030-01-01T12:0${minute}:00Z`

test('a change of one EVSE that comes after a later change of its neighbour is kept, and makes the Location no older', async () => {
  const mirror = createMirror({ locations: () => Promise.reject(), tariffs: () => Promise.reject() })
  const evses = ['E1', 'E2'].map((uid) => ({ uid, status: 'AVAILABLE', connectors: [], last_updated: at(1) }))
  const owner = { country_code: 'NL', party_id: 'CPO' }
  mirror.locations.put({ ...owner, id: 'L1', evses, last_updated: at(1) } as unknown as Location, 'NL', 'CPO', 'L1')
  const { patchEvse } = mirror.modules[0]!.handlers as Record<string, (call: unknown) => Promise<unknown>>
  const patch = (evse_uid: string, minute: number) =>
    patchEvse!({
      params: { ...owner, location_id: 'L1', evse_uid },
      body: { status: 'CHARGING', last_updated: at(minute) },
    })
  await patch('E1', 5)
  await patch('E2', 3)
  const kept = mirror.locations.get('NL', 'CPO', 'L1')
  expect(kept?.evses?.map(({ status }) => status)).toEqual(['CHARGING', 'CHARGING'])
  expect(kept?.last_updated).toBe(at(5))
})
