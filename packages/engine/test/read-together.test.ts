import { expect, test } from 'vitest'
import { readTogether } from '../src/read-together.ts'
import type { SqlValue, Store } from '../src/store.ts'
import { gate } from './set-up.ts'

interface Row {
  readonly shelf: string
  readonly key: string
  readonly body: string
}

const asking = (query: unknown) => ({ dialect: 'postgres', query, refuseInside: () => undefined }) as unknown as Store

/** A database that answers when it is let; what it finds is what is there when it looks. */
function slowShelf(there: Map<string, string>) {
  const asked: (readonly SqlValue[])[] = []
  const gates: ReturnType<typeof gate>[] = []
  const query = async (_sql: string, params: readonly SqlValue[] = []) => {
    asked.push(params)
    const keys = [...new Set(params.filter((_, index) => index % 2 === 1))]
    const rows = keys.flatMap((key) => {
      const body = there.get(String(key))
      return body === undefined ? [] : [{ shelf: 's', key: String(key), body }]
    })
    const one = gate()
    gates.push(one)
    await one.opened
    return rows
  }
  return { db: asking(query), asked, next: () => gates.shift()?.open() }
}

const still = { now: () => 0 }
const turn = () => new Promise<void>((done) => setImmediate(done))

test('what is asked for while a reading is under way is read together by the next one, and the same thing once', async () => {
  const { db, asked, next } = slowShelf(
    new Map([
      ['a', 'A'],
      ['b', 'B'],
    ]),
  )
  const read = readTogether<Row>(db, 'key, body', still)
  const [first, second, again, none] = ['a', 'b', 'b', 'c'].map((key) => read({ shelf: 's', key }))
  expect(asked).toEqual([['s', 'a']])
  next()
  await turn()
  expect(asked.slice(1).map((params) => new Set(params))).toEqual([new Set(['s', 'b', 'c'])])
  next()
  expect([await first, await second, await again, await none].map((row) => row?.body)).toEqual([
    'A',
    'B',
    'B',
    undefined,
  ])
})

test('nobody gets what was read before they asked', async () => {
  const there = new Map([['token', 'valid']])
  const { db, next } = slowShelf(there)
  const read = readTogether<Row>(db, 'key, body', still)
  const before = read({ shelf: 's', key: 'token' })
  there.delete('token')
  const after = read({ shelf: 's', key: 'token' })
  next()
  await turn()
  next()
  expect((await before)?.body).toBe('valid')
  expect(await after).toBeUndefined()
})

test('a reading that fails is told to those who waited for it, and the next one is tried', async () => {
  let away = true
  const query = async () => {
    if (away) throw new Error('away')
    return [{ shelf: 's', key: 'a', body: 'A' }]
  }
  const read = readTogether<Row>(asking(query), 'key, body', still)
  await expect(read({ shelf: 's', key: 'a' })).rejects.toThrow('away')
  away = false
  expect((await read({ shelf: 's', key: 'a' }))?.body).toBe('A')
})

test('a document that the database does not take fails for whoever asked for it, and for nobody else', async () => {
  const first = gate()
  const query = async (_sql: string, params: readonly SqlValue[] = []) => {
    if (params[1] === 'first') await first.opened
    if (params.includes('bad')) throw new Error('not that one')
    return [{ shelf: 's', key: 'good', body: 'G' }]
  }
  const read = readTogether<Row>(asking(query), 'key, body', still)
  void read({ shelf: 's', key: 'first' })
  const asked = [read({ shelf: 's', key: 'bad' }), read({ shelf: 's', key: 'good' })]
  first.open()
  const [bad, good] = await Promise.allSettled(asked)
  expect(bad).toMatchObject({ status: 'rejected', reason: { message: 'not that one' } })
  expect(good).toMatchObject({ status: 'fulfilled', value: { body: 'G' } })
})

test('a reading on a connection that has died keeps nobody else waiting', async () => {
  let now = 0
  const query = (_sql: string, [, key]: readonly SqlValue[] = []) =>
    key === 'dead' ? new Promise<never>(() => undefined) : Promise.resolve([{ shelf: 's', key, body: 'B' }])
  const clock = { now: () => now }
  const read = readTogether<Row>(asking(query), 'key, body', clock)
  void read({ shelf: 's', key: 'dead' })
  const early = read({ shelf: 's', key: 'b' })
  now = 200
  const late = read({ shelf: 's', key: 'b' })
  expect([(await early)?.body, (await late)?.body]).toEqual(['B', 'B'])
})
