import { expect, test } from 'vitest'
import type { payments } from '../src/modules/payments.ts'
import { type Handlers, mount } from '../src/server.ts'
import { paymentsPair, terminal, things } from './payments-pair.ts'
import { raw, told } from './two-platforms.ts'

/** Requests of the CPO to the PTP and the other way round, with each one's own token. */
async function doors(options: { readonly maxLimit?: number } = {}) {
  const made = await paymentsPair(options)
  const toPtp = (method: Parameters<typeof raw>[0], path: string, extra: Parameters<typeof raw>[3] = {}) =>
    made.ptp.serve(raw(method, `${made.ptp.baseUrl}${path}`, made.ptpSeenByCpo.tokenOut, extra))
  const toCpo = (method: Parameters<typeof raw>[0], path: string, extra: Parameters<typeof raw>[3] = {}) =>
    made.cpo.serve(raw(method, `${made.cpo.baseUrl}${path}`, made.cpoSeenByPtp.tokenOut, extra))
  return { ...made, toPtp, toCpo }
}
const TERMINALS = '/2.3.0/sender/payments/terminals'
const _ADVICES = '/2.3.0/receiver/payments/financial-advice-confirmations'
const _THING = '/2.3.0/receiver/tariffs/NL/ABC/t1'
const _thing = { country_code: 'NL', party_id: 'ABC', id: 't1', name: 'one' }

type Complete = Handlers<typeof payments.receiver>
type Lacking = Omit<Complete, 'postAdvice'>
/** `true` only when the compiler refuses a table with a hole. */
const refusesAHole: Lacking extends Complete ? false : true = true

test('a forgotten handler does not compile, and does not mount either', async () => {
  expect(refusesAHole).toBe(true)
  const hollow = mount(things, 'receiver', {} as Handlers<typeof things.receiver>)
  const { createOcpiServer } = await import('../src/server.ts')
  const made = await paymentsPair()
  expect(() =>
    createOcpiServer({
      baseUrl: 'https://x.example',
      party: made.ptp.party,
      peers: made.ptp.peers,
      clock: { now: () => 0 },
      ids: () => 'i',
      modules: [hollow],
      handshake: made.ptp.handshake,
    }),
  ).toThrow('has no handler for "thing"')
})

test('A-43: every answer is an envelope as application/json, also the refused ones', async () => {
  const { ptp, toPtp } = await doors()

  for (const answer of [
    await toPtp('GET', TERMINALS),
    await toPtp('GET', '/nowhere'),
    await ptp.serve(raw('GET', 'https://ptp.example/elsewhere')),
  ]) {
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect(told(answer)).toMatchObject({
      status_code: expect.any(Number) as number,
      timestamp: '2026-03-01T10:00:00.000Z',
    })
  }
})

test('A-07: without a token or with an unknown one it is 401, with one and the same text', async () => {
  const { ptp } = await doors()
  const none = await ptp.serve(raw('GET', `${ptp.baseUrl}/versions`))
  const wrong = await ptp.serve(raw('GET', `${ptp.baseUrl}${TERMINALS}`, 'x.wrong'))

  expect([none.status, wrong.status]).toEqual([401, 401])
  expect(told(none).status_message).toBe(told(wrong).status_message)
})

test('A-10, A-11: both message ids come back; T28: one with unprintable or too many characters is replaced', async () => {
  const { toPtp } = await doors()
  const ids = async (request: string, correlation: string) => {
    const { headers } = await toPtp('GET', TERMINALS, {
      headers: { 'x-request-id': request, 'x-correlation-id': correlation },
    })
    return [headers['x-request-id'], headers['x-correlation-id']]
  }

  expect(await ids('r-1', 'c-1')).toEqual(['r-1', 'c-1'])
  const [request, correlation] = await ids('r\r\nset-cookie: x', 'c'.repeat(65))
  expect(request).toMatch(/^pay-\d+$/)
  expect(correlation).toMatch(/^pay-\d+$/)
})

test('A-14: missing message ids are made up and returned', async () => {
  const { ptp } = await doors()

  const { headers } = await ptp.serve(raw('GET', `${ptp.baseUrl}/versions`))

  expect([headers['x-request-id'], headers['x-correlation-id']].every((id) => /^pay-\d+$/.test(id ?? ''))).toBe(true)
})

test('A-68, A-70, E-53: routing is inferred when it can only be one, and comes back swapped', async () => {
  const { toPtp, kept } = await doors()

  const { headers } = await toPtp('GET', TERMINALS)

  expect(kept.calls[0]).toMatchObject({
    from: { countryCode: 'NL', partyId: 'ABC' },
    to: { countryCode: 'DE', partyId: 'PAY' },
  })
  expect(headers).toMatchObject({
    'ocpi-from-country-code': 'DE',
    'ocpi-from-party-id': 'PAY',
    'ocpi-to-country-code': 'NL',
    'ocpi-to-party-id': 'ABC',
  })
})

test('A-69: configuration modules carry no routing headers', async () => {
  const { toPtp, ptp } = await doors()

  for (const path of ['/versions', '/2.3.0', '/2.3.0/credentials']) {
    expect(Object.keys((await toPtp('GET', path)).headers).filter((name) => name.startsWith('ocpi-'))).toEqual([])
  }
  const outgoing = ptp.exchanges.filter((one) => one.direction === 'out')
  expect(outgoing.flatMap((one) => Object.keys(one.requestHeaders)).filter((name) => name.startsWith('ocpi-'))).toEqual(
    [],
  )
})

test('T13: a foreign sender or receiver in the routing headers is 2001', async () => {
  const { toPtp, kept } = await doors()
  const as = (from: string, to: string) =>
    toPtp('GET', TERMINALS, {
      headers: {
        'ocpi-from-country-code': 'NL',
        'ocpi-from-party-id': from,
        'ocpi-to-country-code': 'DE',
        'ocpi-to-party-id': to,
      },
    })

  expect(told(await as('XXX', 'PAY')).status_code).toBe(2001)
  expect(told(await as('ABC', 'XXX')).status_code).toBe(2001)
  expect(told(await as('abc', 'pay')).status_code).toBe(1000)
  expect(kept.calls).toHaveLength(1)
})

test('E-53: with several parties a missing sender is 2001', async () => {
  const { toPtp, ptp, cpoSeenByPtp } = await doors()
  const second = { ...cpoSeenByPtp.roles[0]!, party_id: 'DEF' }
  await ptp.peers.save({ ...cpoSeenByPtp, roles: [...cpoSeenByPtp.roles, second] })

  const answer = told(await toPtp('GET', TERMINALS))

  expect(answer).toMatchObject({
    status_code: 2001,
    status_message: expect.stringContaining('NL-ABC, NL-DEF') as string,
  })
})

test('E-60: URLs work with and without a trailing slash, and not with empty segments', async () => {
  const { toPtp } = await doors()

  expect(
    await Promise.all(
      ['/versions', '/versions/', '/2.3.0', '/2.3.0/', TERMINALS, `${TERMINALS}/`].map(
        async (path) => (await toPtp('GET', path)).status,
      ),
    ),
  ).toEqual([200, 200, 200, 200, 200, 200])
  expect((await toPtp('GET', '/2.3.0//sender/payments/terminals')).status).toBe(404)
})

test('A-42: path parameters are decoded exactly once', async () => {
  const { toPtp, kept } = await doors()
  kept.terminals = [JSON.stringify(terminal('a/b')), JSON.stringify(terminal('a%2Fb'))]

  expect(told(await toPtp('GET', `${TERMINALS}/a%2Fb`)).data).toMatchObject({ terminal_id: 'a/b' })
  expect(told(await toPtp('GET', `${TERMINALS}/a%252Fb`)).data).toMatchObject({ terminal_id: 'a%2Fb' })
  expect((await toPtp('GET', `${TERMINALS}/%E0%A4%A`)).status).toBe(404)
  expect((await toPtp('GET', `${TERMINALS}/a%00b`)).status).toBe(404)
})

test('A-48: an unknown object is 404, an unknown path too; another method is 405 with Allow', async () => {
  const { toPtp } = await doors()

  expect((await toPtp('GET', `${TERMINALS}/none`)).status).toBe(404)
  expect((await toPtp('GET', '/2.3.0/sender/locations')).status).toBe(404)
  const answer = await toPtp('DELETE', `${TERMINALS}/t1`)
  expect([answer.status, answer.headers['allow']]).toEqual([405, 'GET, PATCH, PUT'])
})
