/** What a pull of the sites makes of what it finds. */
import { virtualClock } from '@plugtill/engine/virtual-clock'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { memoryPeers, type Peer } from '@plugtill/ocpi/peers'
import { expect, test } from 'vitest'
import type { Mirror } from '../src/mirror.ts'
import { createSync } from '../src/sync.ts'

const CPO: Peer = {
  id: 'cpo',
  status: 'registered',
  roles: [{ role: 'CPO', country_code: 'NL', party_id: 'ABC', business_details: { name: 'ABC' } }],
  endpoints: [],
  tokensIn: [],
  updatedAt: 0,
}
const object = (country_code: string, party_id: string, id: string) => ({ country_code, party_id, id })

function pulling(lists: Readonly<Record<string, () => AsyncIterable<object>>>) {
  const done: string[] = []
  const put = async (_peer: string, item: { readonly id: string }) => {
    done.push(`put ${item.id}`)
    return 'created' as const
  }
  const keepOnly = async (_peer: string, shelf: string, pulled: { readonly keys: ReadonlySet<string> }) => {
    done.push(`keep ${pulled.keys.size} ${shelf}`)
    return 0
  }
  const client = { of: (_peer: unknown, module: { readonly id: string }) => ({ list: () => lists[module.id]!() }) }
  const sync = createSync({
    client: client as unknown as OcpiClient,
    mirror: { putTariff: put, putLocation: put, keepOnly } as unknown as Mirror,
    peers: memoryPeers([CPO]),
    clock: { now: () => 0, after: () => () => undefined },
    random: () => 0.5,
    intervalMs: 1000,
    onFault: () => undefined,
  })
  return { sync, done }
}

test('A-38: objects whose owner is not one of the partner are left out; A-32: the others are the new truth', async () => {
  const { sync, done } = pulling({
    async *tariffs() {
      yield object('NL', 'ABC', 'ours')
      yield object('NL', 'XYZ', 'foreign')
    },
    async *locations() {
      yield object('nl', 'abc', 'L1')
    },
  })

  await sync.pull(CPO)

  expect(done).toEqual(['put ours', 'keep 1 tariffs', 'put L1', 'keep 1 locations'])
})

test('A-32: a pull that breaks off forgets nothing', async () => {
  const { sync, done } = pulling({
    // biome-ignore lint/correctness/useYield: it breaks before the first item
    async *tariffs() {
      throw new Error('line down')
    },
    async *locations() {},
  })

  await expect(sync.pull(CPO)).rejects.toThrow('line down')

  expect(done).toEqual([])
})

test('a new connection is greeted once it has been pulled, however often that had to be tried', async () => {
  const clock = virtualClock(0)
  const greeted: string[] = []
  let tries = 0
  const client = {
    of: () => ({
      // biome-ignore lint/correctness/useYield: an empty list, once it answers
      list: async function* () {
        if (++tries < 3) throw new Error('not yet')
      },
    }),
  }
  const sync = createSync({
    client: client as unknown as OcpiClient,
    mirror: { keepOnly: async () => 0 } as unknown as Mirror,
    peers: memoryPeers([CPO]),
    clock,
    random: () => 0.5,
    intervalMs: 3_600_000,
    onFault: () => undefined,
    onGreeted: (peer) => greeted.push(`${peer.id} after ${clock.now() / 1000} s`),
  })

  sync.greet(CPO)
  await clock.advanceBy(60_000)
  await sync.idle()

  expect(greeted).toEqual(['cpo after 7 s'])
})
