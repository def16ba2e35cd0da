import { expect, test } from 'vitest'
import { payments } from '../src/modules/payments.ts'
import type { WireResponse } from '../src/wire.ts'
import { paymentsPair, terminal } from './payments-pair.ts'

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
async function _writing() {
  const made = await paymentsPair()
  return { ...made, toCpo: made.ptp.client.of({ id: made.cpoId }, payments, 'receiver') }
}

test('A-27, A-33: a list is walked over all pages with one correlation id', async () => {
  const { cpo, kept, terminals } = await reading({ maxLimit: 10 })
  kept.terminals = numbered(25)
  cpo.exchanges.length = 0

  expect(await collect(terminals.terminals({ query: { date_from: '2026-01-01T00:00:00Z' } }))).toEqual(
    numbered(25).map((_, index) => `t${index}`),
  )
  expect(cpo.exchanges.map((one) => new URL(one.url).searchParams.get('offset'))).toEqual([null, '10', '20'])
  expect(new Set(cpo.exchanges.map((one) => one.correlationId)).size).toBe(1)
  expect(cpo.exchanges.every((one) => new URL(one.url).searchParams.get('date_from') === '2026-01-01T00:00:00Z')).toBe(
    true,
  )
})

test('a walk that is left early asks no further page', async () => {
  const { cpo, kept, terminals } = await reading({ maxLimit: 10 })
  kept.terminals = numbered(25)
  cpo.exchanges.length = 0

  for await (const item of terminals.terminals()) if (item.terminal_id === 't3') break

  expect(cpo.exchanges).toHaveLength(1)
})

test('one page tells total, maximum and next', async () => {
  const { kept, terminals } = await reading({ maxLimit: 10 })
  kept.terminals = numbered(25)

  const first = await terminals.terminalsPage({ query: { offset: 5 } })
  const second = await terminals.terminalsPage({ next: first.next })

  expect([first.total, first.limit, first.items.length, second.items[0]?.terminal_id]).toEqual([25, 10, 10, 't15'])
})

test('A-19: invalid items are reported and left out, the good ones are kept', async () => {
  const { cpo, kept, terminals } = await reading()
  kept.terminals = [JSON.stringify(terminal('good')), '{"terminal_id":7}', JSON.stringify(terminal('fine'))]

  expect(await collect(terminals.terminals())).toEqual(['good', 'fine'])
  expect(cpo.skipped).toEqual([expect.stringContaining('terminal_id')])
})

test('A-19: a number too large to exist spoils the object it stands in, not the list', async () => {
  const { kept, terminals } = await reading()
  const huge = `{"terminal_id":"t-huge","coordinates":{"latitude":1e400,"longitude":"1"},"last_updated":"2026-01-01T00:00:00Z"}`
  kept.terminals = [...numbered(1), huge, JSON.stringify(terminal('t2'))]
  expect(await collect(terminals.terminals())).toEqual(['t0', 't2'])
})

test('A-65: a list that is null or absent is empty; anything else than a list is PEER_GARBLED', async () => {
  const { world, terminals } = await reading()
  for (const data of [null, undefined, []]) {
    world.tamper = () => Promise.resolve(answering(200, { status_code: 1000, data }))
    expect(await collect(terminals.terminals())).toEqual([])
  }
  world.tamper = () => Promise.resolve(answering(200, { status_code: 1000, data: {} }))
  await expect(collect(terminals.terminals())).rejects.toMatchObject({ code: 'PEER_GARBLED' })
})

test('A-33, T10: a next link to a foreign origin is not called', async () => {
  const { world, terminals } = await reading()
  const asked: string[] = []
  world.tamper = (request) => {
    asked.push(request.url)
    return Promise.resolve(
      answering(200, { status_code: 1000, data: [] }, { link: '<https://evil.example/next>; rel="next"' }),
    )
  }

  await expect(collect(terminals.terminals())).rejects.toMatchObject({ code: 'PEER_FOREIGN_URL' })
  expect(asked).toHaveLength(1)
})

test('E-58, T11: a chain of links that comes back to itself ends', async () => {
  const { world, terminals } = await reading()
  let asked = 0
  world.tamper = (request) => {
    asked += 1
    const next = request.url.includes('p=b') ? 'a' : 'b'
    return Promise.resolve(
      answering(
        200,
        { status_code: 1000, data: [] },
        { link: `<${new URL(`?p=${next}`, request.url).href}>; rel="next"` },
      ),
    )
  }

  await expect(collect(terminals.terminals())).rejects.toMatchObject({ code: 'PEER_GARBLED' })
  expect(asked).toBe(3)
})

test('T11: a list that goes on and on is read for an hour, not longer', async () => {
  const { world, terminals } = await reading()
  let asked = 0
  world.tamper = (request) => {
    asked += 1
    world.now += 25_000
    const link = `<${new URL(`?p=${asked}`, request.url).href}>; rel="next"`
    return Promise.resolve(answering(200, { status_code: 1000, data: [] }, { link }))
  }

  await expect(collect(terminals.terminals())).rejects.toMatchObject({
    code: 'PEER_GARBLED',
    message: expect.stringContaining('not at its end after an hour and 144 pages'),
  })
  expect(asked).toBe(144)
})

test('A-31: when the total falls the walk steps back, so that nothing is missed', async () => {
  const { world, kept, terminals } = await reading({ maxLimit: 10 })
  kept.terminals = numbered(25)
  let pages = 0
  world.tamper = (_request, pass) => {
    pages += 1
    // An object of the first page leaves the window before the second page is read.
    if (pages === 2) kept.terminals = kept.terminals.slice(1)
    return pass()
  }

  const seen = new Set(await collect(terminals.terminals()))

  expect(seen.size).toBe(25)
})
