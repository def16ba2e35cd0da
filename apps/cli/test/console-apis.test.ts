/** What the console is told beside the platforms: what is new, what goes wrong on purpose, what a charge would cost. */
import type { AdminRoute, AdminTable } from '@plugtill/engine/admin'
import type { Exchange } from '@plugtill/ocpi/exchange'
import type { WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import { expect, test } from 'vitest'
import { createLive } from '../src/http/live.ts'
import { tools } from '../src/http/tools.ts'
import { createTroubles } from '../src/trouble.ts'

const routeOf = (table: AdminTable, method: AdminRoute['method'], path: string) =>
  table.find((route) => route.method === method && route.path === path)!
const call = (table: AdminTable, method: AdminRoute['method'], path: string, more: object = {}) =>
  routeOf(table, method, path).run({ params: {}, query: {}, body: {}, ...more })

const request: WireRequest = {
  method: 'GET',
  url: 'https://cpo.example/ocpi/2.3.0/cdrs?limit=1',
  headers: {},
  body: '',
}
const fine: WireResponse = { status: 200, headers: {}, body: '{}' }
const exchange: Exchange = {
  at: 0,
  direction: 'in',
  peerId: 'P1',
  module: 'cdrs',
  endpoint: 'cdrs',
  method: 'GET',
  url: request.url,
  requestHeaders: { authorization: 'Token ***' },
  requestBody: '',
  status: 200,
  responseHeaders: {},
  responseBody: '{}',
  durationMs: 1,
  requestId: '1',
  correlationId: '2',
}

/** A platform with one partner, as its admin table shows it. */
const platform: AdminTable = [
  {
    method: 'GET',
    path: '/peers',
    summary: 'partners',
    run: async () => ({
      body: [{ id: 'P1', versions_url: null, endpoints: [{ url: 'https://cpo.example/ocpi/2.3.0/cdrs' }] }],
    }),
  },
]

test('trouble meets what is sent to that partner, as often as was said, and nothing else', async () => {
  const troubles = createTroubles()
  const send = troubles.send('ptp', async () => fine)
  const table = troubles.admin({ ptp: platform })
  const body = { platform: 'ptp', peer: 'P1', of: 'sent', kind: 'error', status: 503, times: 1 }

  expect(await call(table, 'POST', '/troubles', { body })).toMatchObject({ status: 201 })
  expect((await send({ ...request, url: 'https://other.example/cdrs' })).status).toBe(200)
  expect((await send(request)).status).toBe(503)
  expect((await send(request)).status).toBe(200)
  expect((await call(table, 'GET', '/troubles')).body).toEqual([])
})

test('what a partner sends is done; only our answer meets the trouble', async () => {
  const troubles = createTroubles()
  let served = 0
  const serve = troubles.serve('ptp', async (asked) => {
    served += 1
    troubles.exchange('ptp')(exchange, { request: asked, response: fine })
    return fine
  })
  const body = { platform: 'ptp', peer: 'P1', of: 'received', kind: 'error', where: 'cdrs' }
  const { body: made } = await call(troubles.admin({ ptp: platform }), 'POST', '/troubles', { body })

  expect((await serve(request)).status).toBe(500)
  expect(served).toBe(1)
  await call(troubles.admin({}), 'DELETE', '/troubles/:id', { params: { id: (made as { id: string }).id } })
  expect((await serve(request)).status).toBe(200)
})

test('trouble with somebody who is no partner here is refused', async () => {
  const body = { platform: 'cpo', peer: 'P1', of: 'sent', kind: 'delay' }
  expect(await call(createTroubles().admin({ ptp: platform }), 'POST', '/troubles', { body })).toMatchObject({
    status: 409,
  })
})

test('many changes of one moment are told once; messages come only to who asked for them', async () => {
  const live = createLive()
  const stop = new AbortController()
  const follow = async (query: object) => {
    const { stream } = await call(live.admin, 'GET', '/events', { query, signal: stop.signal })
    return stream![Symbol.asyncIterator]()
  }
  const [quiet, traffic] = [await follow({}), await follow({ traffic: '1' })]
  const [first, message] = [quiet.next(), traffic.next()]
  live.changed('payments', 'a')
  live.changed('payments', 'b')
  live.changed('payments', 'a')
  live.exchange('ptp')(exchange, { request, response: fine })

  expect((await first).value).toEqual({ event: 'changed', data: { payments: ['a', 'b'], exchanges: ['ptp'] } })
  expect((await message).value).toMatchObject({ event: 'message', data: { platform: 'ptp', module: 'cdrs' } })
  stop.abort()
  expect((await quiet.next()).done).toBe(true)
})

const tariff = {
  country_code: 'NL',
  party_id: 'PLG',
  id: 'T',
  currency: 'EUR',
  tax_included: 'YES',
  preauthorize_amount: 50,
  elements: [
    { price_components: [{ type: 'ENERGY', price: 0.5, step_size: 1 }] },
    { price_components: [{ type: 'PARKING_TIME', price: 6, step_size: 60 }] },
  ],
  last_updated: '2030-01-01T00:00:00Z',
}

test('the calculator prices energy and parking by the tariff, and its curve ends at the total', async () => {
  const charge = { start: '2030-01-01T12:00:00Z', time_zone: 'UTC', energy_kwh: 10, power_kw: 10, idle_minutes: 30 }
  const { body } = await call(tools, 'POST', '/price', { body: { tariff, ...charge } })
  const { total, minutes, curve } = body as {
    total: object
    minutes: number
    curve: readonly { minutes: number; cost_minor: number }[]
  }
  // 10 kWh at 0.50 and half an hour of parking at 6.00 an hour.
  expect(total).toEqual({ amount_minor: 800, currency: 'EUR' })
  expect(minutes).toBe(90)
  expect(curve[0]).toMatchObject({ minutes: 0, cost_minor: 0 })
  expect(curve.at(-1)).toMatchObject({ minutes: 90, cost_minor: 800 })
})

test('a tariff is shown with its hold; what is no tariff is refused with words', async () => {
  const { body } = await call(tools, 'POST', '/tariff', { body: { tariff } })
  expect(body).toMatchObject({ hold: { amount_minor: 5000, currency: 'EUR' } })
  expect(await call(tools, 'POST', '/tariff', { body: { tariff: { id: 'x' } } })).toMatchObject({ status: 400 })
})
