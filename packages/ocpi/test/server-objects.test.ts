import { expect, test } from 'vitest'
import { advice, paymentsPair } from './payments-pair.ts'
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
const ADVICES = '/2.3.0/receiver/payments/financial-advice-confirmations'
const THING = '/2.3.0/receiver/tariffs/NL/ABC/t1'
const thing = { country_code: 'NL', party_id: 'ABC', id: 't1', name: 'one' }

test('A-46: a body that is no JSON is 400, so is one that nests too deep (T26)', async () => {
  const { toCpo, kept } = await doors()
  const deep = '['.repeat(20_000) + ']'.repeat(20_000)

  expect((await toCpo('POST', ADVICES, { body: '{"id":' })).status).toBe(400)
  expect((await toCpo('POST', ADVICES, { body: '' })).status).toBe(400)
  expect((await toCpo('POST', ADVICES, { body: deep })).status).toBe(400)
  expect(kept.advices).toEqual([])
})

test('T26: a body above 1 MB is 413', async () => {
  const { toCpo } = await doors()

  const answer = await toCpo('POST', ADVICES, { body: JSON.stringify({ ...advice('a1'), note: 'ä'.repeat(500_001) }) })

  expect(answer.status).toBe(413)
  expect(told(answer).status_code).toBe(2001)
})

test('A-47, E-52: valid JSON that is no valid object is HTTP 200 with 2001, naming field, value and rule', async () => {
  const { toCpo } = await doors()

  const answer = await toCpo('POST', ADVICES, {
    body: JSON.stringify({ ...advice('a1'), currency: 'EURO', capture_status_code: 'DONE' }),
  })

  expect(answer.status).toBe(200)
  expect(told(answer).status_code).toBe(2001)
  for (const word of ['currency', 'EURO', 'at most 3', 'capture_status_code', 'DONE', 'PARTIAL_SUCCESS'])
    expect(told(answer).status_message).toContain(word)
})

test('A-45, A-49: a created object is 201 with Location and without data, an updated one 200', async () => {
  const { toCpo, toPtp, kept } = await doors()

  const created = await toCpo('POST', ADVICES, { body: JSON.stringify(advice('a1')) })
  expect([created.status, created.headers['location']]).toEqual([201, 'https://cpo.example/a/1'])
  expect(told(created)).not.toHaveProperty('data')
  expect(kept.advices).toEqual([advice('a1')])

  const put = async () => (await toPtp('PUT', THING, { body: JSON.stringify(thing) })).status
  expect([await put(), await put()]).toEqual([201, 200])
})

test('A-67: fields the specification does not know are handed on', async () => {
  const { toCpo, kept } = await doors()

  await toCpo('POST', ADVICES, { body: JSON.stringify({ ...advice('a1'), our_note: 'x' }) })

  expect(kept.advices[0]).toMatchObject({ our_note: 'x' })
})

test('A-35, T13, T14: foreign owner ids in the URL are 404, whether the object exists or not', async () => {
  const { toPtp, kept } = await doors()
  kept.things.set('t1', thing)

  const foreign = [
    await toPtp('GET', THING.replace('ABC', 'XXX')),
    await toPtp('GET', THING.replace('ABC/t1', 'XXX/t2')),
  ]

  expect(foreign.map((one) => one.status)).toEqual([404, 404])
  expect(told(foreign[0]!)).toEqual(told(foreign[1]!))
  expect((await toPtp('PUT', THING.replace('NL', 'DE'), { body: JSON.stringify(thing) })).status).toBe(404)
})

test('A-36, A-37: owner or id in the body that differs from the URL is 2001, another spelling is not', async () => {
  const { toPtp, kept } = await doors()
  const put = async (change: object) =>
    told(await toPtp('PUT', THING, { body: JSON.stringify({ ...thing, ...change }) }))

  expect(await put({ party_id: 'XXX' })).toMatchObject({
    status_code: 2001,
    status_message: expect.stringContaining('"XXX"') as string,
  })
  expect((await put({ country_code: 'DE' })).status_code).toBe(2001)
  expect((await put({ id: 't2' })).status_code).toBe(2001)
  expect(kept.things.size).toBe(0)
  expect((await put({ id: 'T1', party_id: 'abc' })).status_code).toBe(1000)
})

test('A-29, A-30: pages are stitched from the stored texts, byte for byte', async () => {
  const { toPtp, kept } = await doors({ maxLimit: 2 })
  kept.terminals = ['{"terminal_id":"t1",  "n":1.50}', '{"terminal_id":"t2"}', '{"terminal_id":"t3"}']

  const answer = await toPtp('GET', `${TERMINALS}?limit=2000&date_from=2026-01-01T00:00:00Z`)

  expect(answer.body).toContain('"data":[{"terminal_id":"t1",  "n":1.50},{"terminal_id":"t2"}]')
  expect(answer.headers).toMatchObject({ 'x-total-count': '3', 'x-limit': '2' })
  expect(answer.headers['link']).toBe(
    `<https://ptp.example/pay/ocpi${TERMINALS}?limit=2&date_from=2026-01-01T00%3A00%3A00Z&offset=2>; rel="next"`,
  )
})

test('E-56: a wrong limit is 2001 by HTTP 200, an offset beyond the end an empty page', async () => {
  const { toPtp } = await doors()

  const wrong = await toPtp('GET', `${TERMINALS}?limit=0`)
  expect([wrong.status, told(wrong).status_code]).toEqual([200, 2001])
  expect(told(await toPtp('GET', `${TERMINALS}?offset=99&unknown=1`))).toMatchObject({ data: [], status_code: 1000 })
})

test('an exception in a handler is 500 with 3000 and no detail; the fault is kept', async () => {
  const { toPtp, kept, ptp } = await doors()
  kept.fail = () => {
    throw new Error('password of the database is secret')
  }

  const answer = await toPtp('GET', TERMINALS)

  expect([answer.status, told(answer).status_code]).toEqual([500, 3000])
  expect(answer.body).not.toContain('secret')
  expect(ptp.faults).toHaveLength(1)
})

test('E-09: a POST without a body in the table takes an empty one', async () => {
  const { toPtp, kept } = await doors()

  expect((await toPtp('POST', `${TERMINALS}/t1/deactivate`)).status).toBe(200)
  expect((await toPtp('POST', `${TERMINALS}/t1/deactivate`, { body: '{}' })).status).toBe(200)
  expect(kept.calls.map((call) => call.params['terminal_id'])).toEqual(['t1', 't1'])
})

test('B-03, E-48: version details list every interface once, credentials once as SENDER', async () => {
  const { toPtp } = await doors()

  expect(told(await toPtp('GET', '/versions')).data).toEqual([
    { version: '2.3.0', url: 'https://ptp.example/pay/ocpi/2.3.0' },
    { version: '2.2.1', url: 'https://ptp.example/pay/ocpi/2.2.1' },
  ])
  expect(told(await toPtp('GET', '/2.3.0')).data).toEqual({
    version: '2.3.0',
    endpoints: [
      { identifier: 'credentials', role: 'SENDER', url: 'https://ptp.example/pay/ocpi/2.3.0/credentials' },
      { identifier: 'payments', role: 'SENDER', url: 'https://ptp.example/pay/ocpi/2.3.0/sender/payments' },
      { identifier: 'commands', role: 'SENDER', url: 'https://ptp.example/pay/ocpi/2.3.0/sender/commands' },
      { identifier: 'tariffs', role: 'RECEIVER', url: 'https://ptp.example/pay/ocpi/2.3.0/receiver/tariffs' },
    ],
  })
})

test('every exchange is told, also a refused one, with a masked token and the reference of the payment', async () => {
  const { toCpo, cpo, ptp } = await doors()
  await toCpo('POST', ADVICES, { body: JSON.stringify(advice('a1')) })
  await ptp.serve(raw('GET', `${ptp.baseUrl}${TERMINALS}`, 'x.wrong'))

  expect(cpo.exchanges.at(-1)).toMatchObject({
    direction: 'in',
    module: 'payments',
    endpoint: 'postAdvice',
    method: 'POST',
    status: 201,
    reference: 'ref-1',
    requestHeaders: { authorization: 'Token ***' },
  })
  expect(ptp.exchanges.at(-1)).toMatchObject({ status: 401, module: 'payments', peerId: undefined })
})

test('F: on a 2.2.1 URL prices travel with and without VAT in the old form', async () => {
  const { toCpo, kept } = await doors()
  const old = { ...advice('a1'), total_costs: { excl_vat: 10, incl_vat: 12 } }

  const answer = await toCpo('POST', ADVICES.replace('2.3.0', '2.2.1'), { body: JSON.stringify(old) })

  expect(answer.status).toBe(201)
  expect(kept.advices[0]).toMatchObject({ total_costs: { before_taxes: 10 } })
})
