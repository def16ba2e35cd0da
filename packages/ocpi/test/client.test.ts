import { expect, expectTypeOf, test } from 'vitest'
import { PeerRefused } from '../src/client.ts'
import { Fault } from '../src/errors.ts'
import { type CommandResponse, CommandResult, commands } from '../src/modules/commands.ts'
import { payments, type TerminalReceived } from '../src/modules/payments.ts'
import type { WireResponse } from '../src/wire.ts'
import { advice, paymentsPair, terminal, things } from './payments-pair.ts'
import { raw } from './two-platforms.ts'

const answering = (status: number, body: unknown, headers: Record<string, string> = {}): WireResponse => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

const numbered = (count: number) => Array.from({ length: count }, (_, index) => JSON.stringify(terminal(`t${index}`)))

async function collect(items: AsyncIterable<{ terminal_id: string }>) {
  const found: string[] = []
  for await (const item of items) found.push(item.terminal_id)
  return found
}

/** The CPO reads the PTP's terminals. */
async function reading(options: { readonly maxLimit?: number } = {}) {
  const made = await paymentsPair(options)
  return { ...made, terminals: made.cpo.client.of({ id: made.ptpId }, payments, 'sender') }
}
/** The PTP posts to the CPO. */
async function writing() {
  const made = await paymentsPair()
  return { ...made, toCpo: made.ptp.client.of({ id: made.cpoId }, payments, 'receiver') }
}

test('types of bodies and answers come from the tables', async () => {
  const { ptp, cpo, cpoId, ptpId } = await paymentsPair()
  const calls = ptp.client.of({ id: cpoId }, commands, 'receiver')
  const terminals = cpo.client.of({ id: ptpId }, payments, 'sender')

  expectTypeOf<Awaited<ReturnType<typeof calls.startSession>>['data']>().toEqualTypeOf<CommandResponse>()
  expectTypeOf<Parameters<typeof calls.startSession>[0]['body']['response_url']>().toEqualTypeOf<string>()
  expectTypeOf<ReturnType<typeof terminals.terminals>>().toEqualTypeOf<AsyncIterable<TerminalReceived>>()
  expectTypeOf<Awaited<ReturnType<typeof terminals.terminal>>['data']>().toEqualTypeOf<TerminalReceived>()
  expect(Object.keys(terminals)).toEqual(
    expect.arrayContaining(['terminals', 'terminalsPage', 'advices', 'advicesPage', 'activate']),
  )
})

test("a call carries token, ids, routing and content type, and keeps the caller's correlation id", async () => {
  const { ptp, kept, toCpo } = await writing()

  const answer = await toCpo.postAdvice({ body: advice('a1') }, { correlationId: 'corr-1', reference: 'ref-1' })

  expect(answer).toMatchObject({
    http: 201,
    statusCode: 1000,
    headers: { location: 'https://cpo.example/a/1', 'x-correlation-id': 'corr-1' },
  })
  expect(kept.advices).toEqual([advice('a1')])
  expect(ptp.exchanges.at(-1)).toMatchObject({
    direction: 'out',
    module: 'payments',
    endpoint: 'postAdvice',
    status: 201,
    reference: 'ref-1',
    correlationId: 'corr-1',
    requestHeaders: {
      authorization: 'Token ***',
      'content-type': 'application/json; charset=utf-8',
      'x-correlation-id': 'corr-1',
      'ocpi-from-country-code': 'DE',
      'ocpi-from-party-id': 'PAY',
      'ocpi-to-country-code': 'NL',
      'ocpi-to-party-id': 'ABC',
    },
  })
})

test('a body that has not the shape of the table never leaves the house', async () => {
  const { ptp, toCpo } = await writing()
  const before = ptp.exchanges.length

  await expect(toCpo.postAdvice({ body: { ...advice('a1'), currency: 'EURO' } })).rejects.toMatchObject({
    code: 'BAD_REQUEST_BODY',
  })
  expect(ptp.exchanges).toHaveLength(before)
})

test.each([
  [
    'HTTP 400 with envelope',
    answering(400, { status_code: 2001, status_message: 'no' }),
    { http: 400, statusCode: 2001, retry: false },
  ],
  ['HTTP 404 without envelope', answering(404, '<html>'), { http: 404, statusCode: undefined, retry: false }],
  ['HTTP 200 with 2001', answering(200, { status_code: 2001 }), { http: 200, statusCode: 2001, retry: false }],
  ['HTTP 200 with 3000', answering(200, { status_code: 3000 }), { http: 200, statusCode: 3000, retry: true }],
  ['HTTP 503', answering(503, ''), { http: 503, statusCode: undefined, retry: true }],
  ['HTTP 429', answering(429, ''), { http: 429, retry: true }],
  ['a redirect', answering(302, '', { location: 'https://cpo.example/x' }), { http: 302, retry: false }],
])('E-52: %s is a refusal', async (_what, response, expected) => {
  const { world, toCpo } = await writing()
  world.tamper = () => Promise.resolve(response)

  const refusal = await toCpo.postAdvice({ body: advice('a1') }).catch((error: unknown) => error)

  expect(refusal).toBeInstanceOf(PeerRefused)
  expect(refusal).toMatchObject(expected)
})

test.each([
  ['no JSON', answering(200, 'OK')],
  ['no envelope', answering(200, [])],
  ['nothing', answering(200, '')],
  ['a status code that is none', answering(200, { status_code: 'fine' })],
  ['20,000 levels', answering(200, `{"status_code":1000,"data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)],
  ['more than 5 MB', answering(200, { status_code: 1000, data: 'x'.repeat(5_000_001) })],
])('an answer of %s is PEER_GARBLED', async (_what, response) => {
  const { world, toCpo } = await writing()
  world.tamper = () => Promise.resolve(response)

  await expect(toCpo.postAdvice({ body: advice('a1') })).rejects.toMatchObject({ code: 'PEER_GARBLED' })
})

test('A-45: where data is left open anything is accepted; where the table has a shape, another is PEER_GARBLED', async () => {
  const { world, cpo, ptpId, toCpo } = await writing()
  world.tamper = () => Promise.resolve(answering(200, { status_code: 1000, data: ['what', 'ever'] }))

  expect((await toCpo.postAdvice({ body: advice('a1') })).data).toEqual(['what', 'ever'])
  await expect(
    cpo.client.of({ id: ptpId }, payments, 'sender').terminal({ params: { terminal_id: 't' } }),
  ).rejects.toMatchObject({ code: 'PEER_GARBLED' })
})

test('a partner out of reach or silent is a Fault and an exchange with status 0', async () => {
  const { world, ptp, toCpo } = await writing()
  world.tamper = () => Promise.reject(new Error('socket hang up'))
  await expect(toCpo.postAdvice({ body: advice('a1') })).rejects.toMatchObject({ code: 'PEER_SILENT', retry: true })
  expect(ptp.exchanges.at(-1)).toMatchObject({ status: 0, endpoint: 'postAdvice' })

  world.tamper = undefined
  world.network.delete('https://cpo.example')
  await expect(toCpo.postAdvice({ body: advice('a1') })).rejects.toMatchObject({ code: 'PEER_UNREACHABLE' })
})

test('F24: on 401 the record is read again and the call repeated once when the token was renewed', async () => {
  const { world, ptp, cpo, cpoId, ptpId, toCpo, kept } = await writing()
  const stale = (await ptp.peers.get(cpoId))!
  await ptp.handshake.rotate(cpoId)
  await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, (await ptp.peers.get(cpoId))!.tokenOut))
  const fresh = (await ptp.peers.get(cpoId))!
  await ptp.peers.save(stale)
  let refused = 0
  world.tamper = async (_request, pass) => {
    const answer = await pass()
    if (answer.status === 401) {
      refused += 1
      await ptp.peers.save(fresh)
    }
    return answer
  }

  await toCpo.postAdvice({ body: advice('a1') })

  expect([refused, kept.advices.length]).toEqual([1, 1])
  expect((await cpo.peers.get(ptpId))?.status).toBe('registered')
})

test('F24: on 401 with the same token there is no second try', async () => {
  const { world, toCpo } = await writing()
  let asked = 0
  world.tamper = () => {
    asked += 1
    return Promise.resolve(answering(401, ''))
  }

  await expect(toCpo.postAdvice({ body: advice('a1') })).rejects.toMatchObject({ http: 401 })
  expect(asked).toBe(1)
})

test("E-49, T10: results are posted to the response_url only when it is of the partner's origins", async () => {
  const { cpo, ptpId, kept } = await paymentsPair()
  const body = { result: 'ACCEPTED' as const }

  await cpo.client.postTo(
    { id: ptpId },
    'https://ptp.example/pay/ocpi/2.3.0/sender/commands/cmd%2F1',
    CommandResult,
    body,
    { reference: 'ref-9' },
  )
  expect(kept.results.map((call) => [call.params['id'], call.body])).toEqual([['cmd/1', body]])

  await expect(
    cpo.client.postTo({ id: ptpId }, 'https://ptp.example.evil.example/x', CommandResult, body),
  ).rejects.toMatchObject({ code: 'PEER_FOREIGN_URL' })
  await expect(cpo.client.postTo({ id: ptpId }, 'nonsense', CommandResult, body)).rejects.toMatchObject({
    code: 'PEER_FOREIGN_URL',
  })
})

test('what the partner does not offer, or a partner that is not registered, is a Fault before any call', async () => {
  const { cpo, ptp, cpoId, ptpId } = await paymentsPair()

  await expect(
    ptp.client
      .of({ id: cpoId }, commands, 'receiver')
      .stopSession({ body: { response_url: 'https://ptp.example/x', session_id: 's' } }),
  ).rejects.toMatchObject({ code: 'PEER_LACKS_MODULE' })
  expect(await cpo.client.offers({ id: ptpId }, payments, 'sender')).toBe(true)
  expect(await cpo.client.offers({ id: ptpId }, payments, 'receiver')).toBe(false)
  await ptp.handshake.unregister(cpoId)
  await expect(
    ptp.client.of({ id: cpoId }, payments, 'receiver').postAdvice({ body: advice('a') }),
  ).rejects.toBeInstanceOf(Fault)
})

test('A-42: path parameters are encoded once; one that would leave the path is refused', async () => {
  const { kept, terminals } = await reading()
  kept.terminals = [JSON.stringify(terminal('a/b c%2F'))]

  expect((await terminals.terminal({ params: { terminal_id: 'a/b c%2F' } })).data.terminal_id).toBe('a/b c%2F')
  for (const id of ['..', '.', '']) {
    await expect(terminals.terminal({ params: { terminal_id: id } })).rejects.toMatchObject({
      code: 'BAD_PATH_PARAMETER',
    })
  }
})

test.each([
  ['the base', ['https://ptp.example/pay/ocpi/2.3.0/sender/payments']],
  ['the base with a slash', ['https://ptp.example/pay/ocpi/2.3.0/sender/payments/']],
  ['the terminals', ['https://ptp.example/pay/ocpi/2.3.0/sender/payments/terminals']],
  [
    'both lists',
    [
      'https://ptp.example/pay/ocpi/2.3.0/sender/payments/financial-advice-confirmations',
      'https://ptp.example/pay/ocpi/2.3.0/sender/payments/terminals/',
    ],
  ],
])('E-03: a payments endpoint that names %s is understood', async (_what, urls) => {
  const { cpo, ptpId, kept, terminals } = await reading()
  kept.terminals = numbered(1)
  const peer = (await cpo.peers.get(ptpId))!
  await cpo.peers.save({ ...peer, endpoints: urls.map((url) => ({ identifier: 'Payments', role: 'SENDER', url })) })

  expect(await collect(terminals.terminals())).toEqual(['t0'])
})

test("A-34: pushes go below the owner's ids", async () => {
  const { cpo, ptpId, kept } = await paymentsPair()
  const push = cpo.client.of({ id: ptpId }, things, 'receiver')
  const body = { country_code: 'NL', party_id: 'ABC', id: 't1', name: 'one' }

  const { http } = await push.putThing({ params: { country_code: 'NL', party_id: 'ABC', thing_id: 't1' }, body })

  expect(http).toBe(201)
  expect(kept.things.get('t1')).toEqual(body)
})
