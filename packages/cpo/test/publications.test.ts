/** What waits for a partner: of each part of a site the present state, and no more memory than that needs. */
import { decide } from '@plugtill/engine/machine'
import type { Peer } from '@plugtill/ocpi/peers'
import { expect, test } from 'vitest'
import { type Publication, type PublicationOrder, publicationKind } from '../src/effects/publication-kind.ts'
import type { EvseLine } from '../src/sites/kept-sites.ts'

const peer = { id: 'p', status: 'registered', roles: [] } as unknown as Peer

/** Takes changes, and says afterwards which of the orders still send something. */
function partner() {
  const sent: string[] = []
  const client = {
    offers: async () => true,
    of: () => ({
      patchEvse: async ({ params }: { readonly params: { readonly evse_uid: string } }) =>
        void sent.push(params.evse_uid),
      putLocation: async () => void sent.push('whole'),
    }),
  }
  const view = {
    evse: async (location_id: string, uid: string): Promise<EvseLine> => ({
      ...{ location_id, uid, status: 'AVAILABLE', last_updated: '2030-01-15T10:00:00Z' },
    }),
    location: async (id: string) => ({ id }),
  }
  const kind = publicationKind({
    random: () => 0.5,
    party: { countryCode: 'NL', partyId: 'PLG' },
    peers: { get: async () => peer },
    register: () => ({ seenBy: () => view as never }),
    client: client as never,
  })
  let entity: Publication = { id: 'p/locations/l', state: 'open', peerId: 'p' }
  const orders: PublicationOrder[] = []
  const change = (evseUid?: string) => {
    const what = evseUid === undefined ? { what: 'location' as const } : { what: 'evse' as const, evseUid }
    const after = decide(kind.machine, entity, { type: 'changed', change: { locationId: 'L', ...what } as never })
    entity = after.entity
    orders.push(...after.effects)
  }
  const run = async () => {
    for (const order of orders) await kind.run(order, { entity, attempt: 1 } as never)
    return sent
  }
  return { change, run, size: () => JSON.stringify(entity).length }
}

test('of changes that wait for a partner the last one of each EVSE is sent, and none of before the whole site', async () => {
  const { change, run } = partner()
  for (const one of ['E1', 'E2', 'E1', undefined, 'E2', 'E3', 'E2']) change(one)
  expect(await run()).toEqual(['whole', 'E3', 'E2'])
})

test('what is remembered of a site does not grow with its EVSEs, and nothing that was forgotten goes unsent', async () => {
  const { change, run, size } = partner()
  for (let number = 0; number < 100; number += 1) change(`E${1000 + number}`)
  const atHundred = size()
  for (let round = 0; round < 2; round += 1) for (let number = 0; number < 400; number += 1) change(`E${1000 + number}`)
  expect(size()).toBeLessThan(atHundred * 1.2)
  const sent = await run()
  expect(new Set(sent).size).toBe(400)
  expect(sent.slice(-400)).toEqual(Array.from({ length: 400 }, (_, number) => `E${1000 + number}`))
})
