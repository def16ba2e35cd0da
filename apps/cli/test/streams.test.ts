/** What is told as long as somebody listens, and to whom. (T35) */
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import Fastify from 'fastify'
import { expect, test } from 'vitest'
import { accountParts } from '../src/accounts/account-parts.ts'
import { mountAdmin } from '../src/http/admin.ts'
import { createStreams } from '../src/http/events.ts'
import { guardRoom } from '../src/http/guarded-room.ts'
import { createLive } from '../src/http/live.ts'
import { KEY, PASSWORD } from './people.ts'

const MINUTE = 60_000

/** Somebody with an account listens to what is new; the streams look every 20 ms who may. */
async function listener() {
  const store = await openSqlite({ file: ':memory:' })
  await migrate(store)
  const time = { now: 1_800_000_000_000 }
  const publicUrl = 'http://localhost'
  const clock = { now: () => time.now }
  const account = accountParts({ store, secret: 's'.repeat(43), publicUrl, apiKey: KEY, clock })
  const { accounts, sessions } = account
  await accounts.add({ name: 'anna', role: 'admin', password: PASSWORD })
  const bert = await accounts.add({ name: 'bert', role: 'view', password: PASSWORD })
  const headers = { cookie: (await sessions.open(bert)).split(';')[0] ?? '' }

  const app = Fastify({ forceCloseConnections: true })
  const streams = createStreams(() => undefined, 20)
  guardRoom(app, { account, apiKey: KEY, onFault: () => undefined }, (reply, { status, ...problem }) =>
    reply.code(status).send(problem),
  )
  const live = createLive()
  mountAdmin(app, { path: '/live/api', title: 'Live', table: live.admin, streams, publicUrl, keyNeeded: true })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const { body, status } = await fetch(`${url}/live/api/events`, { headers })
  expect(status).toBe(200)
  let heard = ''
  const over = (async () => {
    for await (const part of body!.pipeThrough(new TextDecoderStream())) heard += part
    return 'over'
  })()
  const close = async () => {
    streams.end()
    await app.close()
    await store.close()
  }
  return { time, accounts, sessions, headers, live, heard: () => heard, over, close, streams }
}

test.each([
  ['has another role', ({ accounts }) => accounts.change('bert', { role: 'operate' })],
  ['is removed', ({ accounts }) => accounts.remove('bert')],
  ['has logged out', ({ sessions, headers }) => sessions.close(headers)],
] as const satisfies readonly [string, (one: Awaited<ReturnType<typeof listener>>) => Promise<unknown>][])(
  'who %s hears no more of what is new',
  async (_, act) => {
    const one = await listener()
    one.live.changed('payments', 'ref-1')
    await expect.poll(one.heard).toContain('ref-1')
    await act(one)
    expect(await one.over).toBe('over')
    one.live.changed('payments', 'ref-2')
    expect([one.heard().includes('ref-2'), one.streams.count()]).toEqual([false, 0])
    await one.close()
  },
)

test('to listen is no use of a session: it ends half an hour after the last one', async () => {
  const one = await listener()
  one.time.now += 29 * MINUTE
  await expect.poll(() => one.heard().split('still here').length).toBeGreaterThan(3)
  one.time.now += 2 * MINUTE
  expect(await one.over).toBe('over')
  await one.close()
})
