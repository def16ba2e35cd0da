/** A connection that is dead without a word: after a failover, behind a firewall. Real bytes through a proxy that goes silent. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { wallClock } from '../src/clock.ts'
import { journal } from '../src/journal.ts'
import { migrate } from '../src/migrate.ts'
import { openPostgres } from '../src/postgres.ts'
import { databaseUrl } from './stores.ts'

const STATEMENT_MS = 3_000

/** `silence` makes every connection of now silent, or the one that next carries these words; later ones are sound. */
async function silentProxy() {
  const { hostname, port } = new URL(databaseUrl ?? '')
  const pairs = new Set<{ silent: boolean; readonly sockets: readonly [Socket, Socket] }>()
  let words: string | undefined
  const server = createServer((client) => {
    const database = connect(Number(port || 5432), hostname)
    const pair = { silent: false, sockets: [client, database] as const }
    pairs.add(pair)
    client.on('data', (bytes) => {
      if (words !== undefined && bytes.includes(words)) {
        words = undefined
        pair.silent = true
      }
      if (!pair.silent) database.write(bytes)
    })
    database.on('data', (bytes) => pair.silent || client.write(bytes))
    for (const [one, other] of [pair.sockets, [database, client] as const])
      one.on('error', () => undefined).on('close', () => other.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = new URL(databaseUrl ?? '')
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  return {
    url: url.href,
    silenceAll: () => {
      for (const pair of pairs) pair.silent = true
    },
    silenceOn: (next: string) => {
      words = next
    },
    close: () => {
      for (const { sockets } of pairs) for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function throughProxy() {
  const proxy = await silentProxy()
  const schema = `t_${process.pid}_${process.hrtime.bigint().toString(36)}_silent`
  const store = await openPostgres({ url: proxy.url, schema, poolSize: 4, statementMs: STATEMENT_MS })
  await migrate(store)
  const close = async () => {
    await store.close()
    proxy.close()
    const direct = await openPostgres({ url: databaseUrl ?? '', schema })
    await direct.query(`DROP SCHEMA "${schema}" CASCADE`)
    await direct.close()
  }
  return { proxy, store, schema, close }
}

test.runIf(databaseUrl)(
  'where all connections are silent, statements and transactions fail in time, and new connections serve the next',
  async () => {
    const { proxy, store, close } = await throughProxy()
    await Promise.all(Array.from({ length: 4 }, () => store.query('SELECT pg_sleep(0.05)')))
    proxy.silenceAll()
    const asked = [
      ...Array.from({ length: 3 }, () => store.query('SELECT 1 AS one')),
      store.transaction((tx) => tx.query('SELECT 1 AS one')),
    ]
    for (const one of await Promise.allSettled(asked))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNREACHABLE', retry: true } })
    expect(await store.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    await close()
  },
)

test.runIf(databaseUrl)(
  'an entry of the journal whose connection is silent keeps no other entry waiting, and is written in the end',
  async () => {
    const { proxy, store, close } = await throughProxy()
    const book = journal(store, wallClock)
    proxy.silenceOn('"n":0')
    const first = book.write('R', 'note', { n: 0 })
    await new Promise((later) => setTimeout(later, 1_100))
    await book.write('R', 'note', { n: 1 })
    expect((await book.of('R')).map(({ body }) => body)).toEqual([{ n: 1 }])
    await first
    expect((await book.of('R')).map(({ body }) => body)).toEqual([{ n: 1 }, { n: 0 }])
    await close()
  },
)

test.runIf(databaseUrl)('a migration that waits for that of another node is not cut off', async () => {
  const { store, schema, close } = await throughProxy()
  const other = await openPostgres({ url: databaseUrl ?? '', schema })
  const held = other.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('plugtill.' || current_schema()))`)
    await new Promise((later) => setTimeout(later, STATEMENT_MS + 500))
  })
  await migrate(store)
  await held
  await other.close()
  await close()
})
