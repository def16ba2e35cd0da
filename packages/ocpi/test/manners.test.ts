/** How our client behaves towards partners: how much at once, what is sent again, what is pulled when. */
import { expect, test } from 'vitest'
import { ask, PeerRefused } from '../src/ask.ts'
import { type ConsiderateParts, considerateSend, retryAfterMs } from '../src/considerate-send.ts'
import { Fault } from '../src/errors.ts'
import { sessions } from '../src/modules/sessions.ts'
import type { Send, WireRequest, WireResponse } from '../src/wire.ts'
import { aSession, keeper } from './keeper.ts'

const OK: WireResponse = { status: 200, headers: {}, body: '{"status_code":1000}' }
const get = (url = 'https://peer.example/x'): WireRequest => ({ method: 'GET', url, headers: {}, body: '' })
const post = (): WireRequest => ({ ...get(), method: 'POST', body: '{}' })

/** Time passes only when somebody waits; every wait is noted. */
function stage(
  answer: (request: WireRequest, nth: number) => WireResponse | Error,
  options: Partial<ConsiderateParts> = {},
) {
  const waited: number[] = []
  const at = { now: 1_900_000_000_000 }
  let asked = 0
  const network: Send = async (request) => {
    asked += 1
    const said = answer(request, asked)
    if (said instanceof Error) throw said
    return said
  }
  const after = (ms: number, task: () => void) => {
    waited.push(ms)
    at.now += ms
    queueMicrotask(task)
  }
  const send = considerateSend({ send: network, clock: { now: () => at.now, after }, random: () => 1, ...options })
  return { send, waited, at, asked: () => asked }
}

test('a GET that meets a partner out of reach, silent or overloaded is tried three times, with growing pauses', async () => {
  for (const bad of [
    new Fault('PEER_UNREACHABLE', 'x', { retry: true }),
    new Fault('PEER_SILENT', 'x', { retry: true }),
    { ...OK, status: 503 },
    { ...OK, status: 429 },
  ]) {
    const { send, waited, asked } = stage((_request, nth) => (nth < 3 ? bad : OK))
    expect((await send(get())).status).toBe(200)
    expect([asked(), waited]).toEqual([3, [500, 1000]])
  }
})

test('an order that nobody wants any more when its turn comes is not sent, and says so', async () => {
  const away = { ...OK, status: 503, headers: { 'retry-after': '20' } }
  const { send, at, asked } = stage((_request, nth) => (nth === 1 ? away : OK))
  await send(post())
  const told = { code: 'PEER_UNREACHABLE', retry: false, message: expect.stringContaining('was not sent') as unknown }
  await expect(send(post(), { notAfter: at.now + 19_999 })).rejects.toMatchObject(told)
  expect(asked()).toBe(1)
  expect((await send(post(), { notAfter: at.now })).status).toBe(200)
})

test('what is still wrong after the last try is told as it is', async () => {
  const refused = stage(() => ({ ...OK, status: 503 }))
  expect([(await refused.send(get())).status, refused.asked()]).toEqual([503, 3])
  const gone = stage(() => new Fault('PEER_SILENT', 'x', { retry: true }))
  await expect(gone.send(get())).rejects.toMatchObject({ code: 'PEER_SILENT' })
  expect(gone.asked()).toBe(3)
})

test('nothing but a GET is sent twice, and no GET whose answer says no', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const { send, asked } = stage(() => new Fault('PEER_SILENT', 'x', { retry: true }))
    await expect(send({ ...post(), method })).rejects.toBeInstanceOf(Fault)
    expect(asked()).toBe(1)
  }
  for (const bad of [
    { ...OK, status: 404 },
    { ...OK, status: 500 },
    new Fault('PEER_UNREACHABLE', 'private address'),
    new Fault('PEER_GARBLED', 'x', { retry: true }),
  ]) {
    const { send, asked } = stage(() => bad)
    await send(get()).catch(() => undefined)
    expect(asked()).toBe(1)
  }
})

test('a Retry-After is kept for everything sent to this partner, and for no other', async () => {
  const { send, waited, asked } = stage((request, nth) =>
    nth === 1 && request.url.includes('peer') ? { ...OK, status: 429, headers: { 'retry-after': '7' } } : OK,
  )

  expect((await send(post())).status).toBe(429)
  await send({ ...post(), url: 'https://other.example/x' })
  expect(waited).toEqual([])
  expect((await send(post())).status).toBe(200)
  expect([waited, asked()]).toEqual([[7000], 3])
})

test('a pause longer than our patience is not slept through: nothing is sent, and the caller may come back', async () => {
  const { send, asked, at } = stage((_request, nth) =>
    nth === 1 ? { ...OK, status: 503, headers: { 'retry-after': '3600' } } : OK,
  )
  expect((await send(get())).status).toBe(503)

  await expect(send(post())).rejects.toMatchObject({ code: 'PEER_UNREACHABLE', retry: true })
  expect(asked()).toBe(1)
  at.now += 3_600_000
  expect((await send(post())).status).toBe(200)
})

test('Retry-After is seconds or a date; anything else is nothing', () => {
  const now = Date.parse('2030-01-31T12:00:00Z')
  const read = (value: string) => retryAfterMs({ 'retry-after': value }, now)

  expect([
    read('0'),
    read(' 120 '),
    read('Thu, 31 Jan 2030 12:00:30 GMT'),
    read('Thu, 31 Jan 2030 11:00:00 GMT'),
  ]).toEqual([0, 120_000, 30_000, 0])
  expect([read(''), read('soon'), read('-1'), read('1e9'), retryAfterMs({}, now)]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('a refusal tells how long the partner wants us to wait', async () => {
  const { world, cpo, invitation } = await keeper()
  world.tamper = async () => ({ status: 429, headers: { 'retry-after': '9' }, body: '' })

  const refusal = await cpo.client
    .of({ id: invitation.id }, sessions, 'receiver')
    .session({ params: { country_code: 'NL', party_id: 'ABC', session_id: 'S' } })
    .catch((error: unknown) => error)

  expect(refusal).toBeInstanceOf(PeerRefused)
  expect(refusal).toMatchObject({ retry: true, retryAfterMs: 9000 })
})

test('a partner works on at most so many requests of ours at once; the others wait their turn, in order', async () => {
  const open: (() => void)[] = []
  const begun: string[] = []
  let most = 0
  const network: Send = (request) => {
    begun.push(new URL(request.url).pathname)
    return new Promise((done) => {
      open.push(() => done(OK))
      most = Math.max(most, open.length)
    })
  }
  const send = considerateSend({
    send: network,
    clock: { now: () => 0, after: () => undefined },
    random: () => 0,
    atOnce: 3,
    waiting: 5,
  })
  const jobs = Array.from({ length: 8 }, (_, nth) => send({ ...post(), url: `https://peer.example/${nth}` }))
  await expect(send(post())).rejects.toMatchObject({ code: 'PEER_UNREACHABLE', retry: true })
  const other = send({ ...post(), url: 'https://other.example/o' })

  for (let round = 0; round < 20; round += 1) {
    await new Promise((done) => setImmediate(done))
    open.shift()?.()
  }
  await Promise.all([...jobs, other])

  // Three for the one partner and one for the other.
  expect(most).toBe(4)
  expect(begun.filter((path) => path !== '/o')).toEqual(['/0', '/1', '/2', '/3', '/4', '/5', '/6', '/7'])
})

test('an order for which a driver waits stands behind no list and no advice, however many of them hang', async () => {
  const open = new Map<string, () => void>()
  const network: Send = ({ url }) =>
    new Promise((done) => void open.set(new URL(url).pathname.slice(1), () => done(OK)))
  const send = considerateSend({ send: network, clock: { now: () => 0, after: () => undefined }, random: () => 0 })
  const turn = () => new Promise((done) => setImmediate(done))
  const ask = (name: string, urgent: boolean) =>
    void send({ ...get(), url: `https://peer.example/${name}` }, { urgent })
  const end = async (name: string) => {
    open.get(name)?.()
    await turn()
  }
  for (let nth = 1; nth <= 8; nth += 1) ask(`list${nth}`, false)
  for (let nth = 1; nth <= 3; nth += 1) ask(`start${nth}`, true)
  await turn()
  const begun = ['list1', 'list2', 'list3', 'list4', 'list5', 'list6', 'start1', 'start2']
  expect([...open.keys()]).toEqual(begun)

  await end('list1')
  await end('start1')
  await end('list2')
  await end('start2')
  expect([...open.keys()].slice(begun.length)).toEqual(['start3', 'list7', 'list8'])
})

test('a driver waits for every command, and for nothing else that we send', async () => {
  const urgent = async (module: string) => {
    const told: unknown[] = []
    const send: Send = async (_request, options) => {
      told.push(options?.urgent)
      return { ...OK, body: '{"status_code":1000,"timestamp":"2026-11-23T10:00:00Z"}' }
    }
    const parts = { send, clock: { now: () => 0 }, ids: () => 'id' }
    const question = { peerId: 'p', token: 't', method: 'POST', url: 'https://peer.example/x', endpoint: 'x' } as const
    await ask(parts, { ...question, module })
    return told
  }
  expect([await urgent('commands'), await urgent('payments'), await urgent('sessions')]).toEqual([
    [true],
    [false],
    [false],
  ])
})

test('between two tries of a GET its place is free for others', async () => {
  const tasks: (() => void)[] = []
  const begun: string[] = []
  const network: Send = async ({ method }) => {
    begun.push(method)
    return method === 'GET' ? { ...OK, status: 503 } : OK
  }
  const clock = { now: () => 0, after: (_ms: number, task: () => void) => void tasks.push(task) }
  const send = considerateSend({ send: network, clock, random: () => 1, atOnce: 1 })
  const reading = send(get())
  await new Promise((done) => setImmediate(done))

  expect((await send(post())).status).toBe(200)
  for (let round = 0; round < 3; round += 1) {
    tasks.shift()?.()
    await new Promise((done) => setImmediate(done))
  }
  expect((await reading).status).toBe(503)
  expect(begun).toEqual(['GET', 'POST', 'GET', 'GET'])
})

test('A-26, E-57: our client always sends date_from to sessions', async () => {
  const { world, cpo, say, invitation } = await keeper()
  await say('PUT', '/2.3.0/receiver/sessions/NL/ABC/S1', aSession)
  const asked: string[] = []
  world.tamper = async (request, pass) => {
    asked.push(new URL(request.url).search)
    return pass()
  }
  const list = cpo.client.of({ id: invitation.id }, sessions, 'sender')

  await list.listPage()
  await list.listPage({ query: { date_from: '2026-01-01T00:00:00Z' } })

  expect(asked).toEqual(['?date_from=1970-01-01T00%3A00%3A00.000Z', '?date_from=2026-01-01T00%3A00%3A00Z'])
})

test('A-10, A-12, A-17: every request has ids of its own, and a content type exactly when it has a body', async () => {
  const { cpo, ptp, invitation } = await keeper()
  cpo.exchanges.length = 0
  const calls = cpo.client.of({ id: invitation.id }, sessions, 'receiver')
  const params = { country_code: 'NL', party_id: 'ABC', session_id: 'S1' }
  await calls.putSession({ params, body: aSession as never })
  await calls.session({ params })
  await calls.session({ params })

  const headers = cpo.exchanges.map((one) => one.requestHeaders)
  expect(headers.map((one) => one['content-type'])).toEqual(['application/json; charset=utf-8', undefined, undefined])
  expect(new Set(headers.map((one) => one['x-request-id'])).size).toBe(3)
  expect(new Set(headers.map((one) => one['x-correlation-id'])).size).toBe(3)
  // What an id looks like is the caller's choice: `ids` gives UUIDs in both platforms, plain numbers here.
  expect(ptp.exchanges.at(-1)?.responseHeaders['x-request-id']).toBe(headers.at(-1)?.['x-request-id'])
})
