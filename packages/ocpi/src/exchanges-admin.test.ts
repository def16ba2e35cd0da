import { expect, test } from 'vitest'
import type { ClientParts } from './client.ts'
import { exchangesAdmin, type KeptExchange } from './exchanges-admin.ts'
import type { WireRequest } from './wire.ts'

const kept = (seq: number, change: object = {}): KeptExchange => ({
  seq,
  reference: '',
  body: {
    ...{ at: 0, direction: 'out', peer: 'P1', module: 'versions', endpoint: 'versions', method: 'GET' },
    ...{ url: 'https://cpo.example/ocpi/versions', status: 200, request_headers: { authorization: 'Token ***' } },
    ...{
      request_body: '',
      response_headers: {},
      response_body: '',
      duration_ms: 1,
      request_id: '',
      correlation_id: '',
    },
    ...change,
  },
})
const BOOK = [
  kept(1),
  kept(2, { method: 'POST' }),
  kept(3, { direction: 'in' }),
  kept(4, { url: 'https://stranger.example/ocpi/versions' }),
]

function desk() {
  const asked: WireRequest[] = []
  const peer = { id: 'P1', status: 'registered', tokenOut: 'secret-b', endpoints: [], roles: [] }
  const client = {
    send: async (request: WireRequest) => {
      asked.push(request)
      return { status: 200, headers: {}, body: '{"data":[],"status_code":1000,"timestamp":"2030-01-01T00:00:00Z"}' }
    },
    peers: { get: async () => ({ ...peer, versionsUrl: 'https://cpo.example/ocpi/versions' }) },
    clock: { now: () => 0 },
    ids: () => 'id',
    party: { countryCode: 'NL', partyId: 'PTL', role: 'PTP', name: 'Pay' },
  } as unknown as ClientParts
  const rows = exchangesAdmin({
    client,
    recent: async (limit, before) => BOOK.filter(({ seq }) => before === undefined || seq < before).slice(-limit),
    entry: async (seq) => BOOK.find((one) => one.seq === seq),
  })
  const replay = (seq: string) => rows[1]!.run({ params: { seq }, query: {} })
  return { asked, replay, list: (query: Record<string, string>) => rows[0]!.run({ params: {}, query }) }
}

test('a GET of ours is asked again with the token of today, and the answer shows no token', async () => {
  const { asked, replay } = desk()
  const { body } = await replay('1')
  expect(asked.map(({ method, url }) => [method, url])).toEqual([['GET', 'https://cpo.example/ocpi/versions']])
  expect(asked[0]?.headers['authorization']).toBe(`Token ${Buffer.from('secret-b').toString('base64')}`)
  expect(body).toMatchObject({ status: 200, direction: 'out' })
  expect(JSON.stringify(body)).not.toContain(Buffer.from('secret-b').toString('base64'))
})

test.each([
  ['2', 409, 'what changes something'],
  ['3', 409, 'what a partner asked'],
  ['4', 409, 'an address that is none of the partner'],
  ['9', 404, 'what was never written down'],
])('exchange %s is not asked again (%i): it is %s', async (seq, status) => {
  const { asked, replay } = desk()
  expect(await replay(seq)).toMatchObject({ status })
  expect(asked).toEqual([])
})

test('pages go back by the place of the last exchange', async () => {
  const { body } = await desk().list({ limit: '2', before: '3' })
  expect((body as readonly { seq: number }[]).map(({ seq }) => seq)).toEqual([1, 2])
})
