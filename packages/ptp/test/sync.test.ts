/** What a pull of the sites makes of what it finds. */
import type { Clock } from '@plugtill/engine/clock'
import { documents } from '@plugtill/engine/documents'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { virtualClock } from '@plugtill/engine/virtual-clock'
import type { OcpiClient } from '@plugtill/ocpi/client'
import { memoryPeers, type Peer } from '@plugtill/ocpi/peers'
import { expect, onTestFinished, test } from 'vitest'
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

async function shelves(clock: { readonly now: () => number }) {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  onTestFinished(() => store.close())
  return documents(store, clock)
}

type Lists = Readonly<Record<string, (query: { readonly date_from?: string }) => AsyncIterable<object>>>

async function pulling(lists: Lists, clock: Clock = { now: () => 0, after: () => () => undefined }) {
  const done: string[] = []
  const put = async (_peer: string, item: { readonly id: string }) => {
    done.push(`put ${item.id}`)
    return 'created' as const
  }
  const keepOnly = async (_peer: string, shelf: string, pulled: { readonly keys: ReadonlySet<string> }) => {
    done.push(`keep ${pulled.keys.size} ${shelf}`)
    return 0
  }
  const client = {
    of: (_peer: unknown, module: { readonly id: string }) => ({
      list: ({ query }: { readonly query: { readonly date_from?: string } }) => lists[module.id]!(query),
    }),
  }
  const sync = createSync({
    client: client as unknown as OcpiClient,
    mirror: { putTariff: put, putLocation: put, keepOnly } as unknown as Mirror,
    documents: await shelves(clock),
    peers: memoryPeers([CPO]),
    clock,
    random: () => 0.5,
    intervalMs: 3_600_000,
    onFault: (fault) => done.push((fault as Error).message),
  })
  return { sync, done }
}

test('A-38: objects whose owner is not one of the partner are left out; A-32: the others are the new truth', async () => {
  const { sync, done } = await pulling({
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
  const { sync, done } = await pulling({
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
    documents: await shelves(clock),
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

test('A-15, A-16, A-78: by the hour only what changed is asked for, with an overlap; once a day, and on demand, everything', async () => {
  const clock = virtualClock(Date.parse('2030-01-31T00:00:00Z'))
  const asked: string[] = []
  let down = false
  const { sync, done } = await pulling(
    {
      async *tariffs(query) {
        if (down) throw new Error('line down')
        asked.push(`${new Date(clock.now()).toISOString().slice(11, 16)} ${query.date_from ?? 'all'}`)
        yield object('NL', 'ABC', 'T1')
      },
      async *locations() {},
    },
    clock,
  )

  sync.start()
  for (let hour = 0; hour < 3; hour += 1) {
    down = hour === 1
    await clock.advanceBy(3_600_000)
    await sync.idle()
  }
  await sync.pull(CPO)
  await clock.advanceBy(25 * 3_600_000)
  await sync.idle()
  sync.stop()

  expect(asked.slice(0, 4)).toEqual([
    '00:00 all',
    '01:00 2030-01-30T23:50:00.000Z',
    // The pull of 02:00 failed, so this one begins where that one would have begun.
    '03:00 2030-01-31T00:50:00.000Z',
    '03:00 all',
  ])
  expect(asked.filter((each) => each.endsWith('all'))).toEqual(['00:00 all', '03:00 all', '03:00 all'])
  expect(done.filter((each) => each !== 'put T1')).toEqual([
    'keep 1 tariffs',
    'keep 0 locations',
    'line down',
    'keep 1 tariffs',
    'keep 0 locations',
    'keep 1 tariffs',
    'keep 0 locations',
  ])
})

test('a pull of everything that is asked for while changes are pulled waits for its turn', async () => {
  const asked: string[] = []
  let release: () => void = () => undefined
  const held = new Promise<void>((done) => {
    release = done
  })
  const clock = virtualClock(0)
  const { sync } = await pulling(
    {
      async *tariffs(query) {
        asked.push(query.date_from ?? 'all')
        if (asked.length === 2) await held
        yield object('NL', 'ABC', 'T1')
      },
      async *locations() {},
    },
    clock,
  )
  sync.start()
  await clock.advanceBy(1)
  await sync.idle()
  await clock.advanceBy(3_600_000)

  const whole = sync.pull(CPO)
  release()
  await whole

  expect(asked).toEqual(['all', '1969-12-31T23:50:00.000Z', 'all'])
})
