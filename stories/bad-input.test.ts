import type { WireRequest } from '@plugtill/ocpi/wire'
import { describe, expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

interface Envelope {
  readonly status_code: number
  readonly status_message?: string
  readonly data?: { readonly result?: string }
}

/** The last request of that kind that crossed the wire, to be sent again with something wrong in it. */
function lastOf(story: Story, method: string, urlPart: string): WireRequest {
  return story.network.passed.findLast(({ request }) => request.method === method && request.url.includes(urlPart))!
    .request
}

async function send(story: Story, request: WireRequest) {
  const side = request.url.startsWith('https://ptp.example') ? story.ptp().serveOcpi : story.cpo.serveOcpi
  const answer = await story.flow(side(request))
  return { http: answer.status, headers: answer.headers, ...(JSON.parse(answer.body) as Envelope) }
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

describe.each(databases)('on $name', (database) => {
  test('each wrong request gets its documented status and words; the charging session goes on', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    const push = lastOf(story, 'PUT', '/receiver/sessions/')
    const body = JSON.parse(push.body) as Record<string, unknown>
    const withBody = (change: object) => send(story, { ...push, body: JSON.stringify({ ...body, ...change }) })

    expect(await send(story, { ...push, headers: { ...push.headers, authorization: 'Token d3Jvbmc=' } })).toMatchObject(
      { http: 401 },
    )
    expect(await send(story, { ...push, url: push.url.replace('/NL/CPO/', '/DE/XYZ/') })).toMatchObject({ http: 404 })
    expect(await send(story, { ...push, body: '{"id": ' })).toMatchObject({ http: 400, status_code: 2001 })
    expect(await send(story, { ...push, body: nested(7000) })).toMatchObject({ http: 400 })
    expect(await send(story, { ...push, body: `"${'x'.repeat(10_000_000)}"` })).toMatchObject({ http: 413 })
    expect(await send(story, { ...push, body: '{"kwh": 1e400}' })).toMatchObject({ http: 400 })
    expect(
      await send(story, { ...push, body: push.body.replace('"currency"', '"currency":"HUF","currency"') }),
    ).toMatchObject({ http: 400 })

    const missing = await withBody({ kwh: undefined })
    expect(missing).toMatchObject({ http: 200, status_code: 2001 })
    expect(missing.status_message).toMatch(/\/kwh.*required/)
    const wrong = await withBody({ status: 'SLEEPING' })
    expect(wrong).toMatchObject({ http: 200, status_code: 2001 })
    expect(wrong.status_message).toMatch(/\/status.*SLEEPING/)
    expect(await withBody({ id: 'ANOTHER' })).toMatchObject({ http: 200, status_code: 2001 })
    expect(await withBody({ country_code: 'DE' })).toMatchObject({ status_code: 2001 })
    expect(await send(story, { ...push, method: 'DELETE' })).toMatchObject({ http: 405 })
    expect(await send(story, { ...push, url: push.url.replace('/sessions/', '/nonsense/') })).toMatchObject({
      http: 404,
    })

    await story.pass(5 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    expect((await story.ends(reference)).state).toBe('captured')
    await story.close()
  })

  test('a command for an EVSE or a location that is not there is refused by the CPO: REJECTED, with 2003', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    const start = lastOf(story, 'POST', '/START_SESSION')
    const body = JSON.parse(start.body) as Record<string, unknown>
    const command = (change: object) =>
      send(story, { ...start, body: JSON.stringify({ ...body, authorization_reference: 'another', ...change }) })
    expect(await command({ location_id: 'NOWHERE' })).toMatchObject({
      http: 200,
      status_code: 2003,
      data: { result: 'REJECTED' },
    })
    expect(await command({ evse_uid: 'NOWHERE' })).toMatchObject({ http: 200, data: { result: 'REJECTED' } })
    const stop = { ...start, url: start.url.replace('START_SESSION', 'STOP_SESSION') }
    const unknown = await send(story, {
      ...stop,
      body: JSON.stringify({ response_url: body['response_url'], session_id: 'NONE' }),
    })
    expect(unknown).toMatchObject({ http: 200, data: { result: 'UNKNOWN_SESSION' } })
    await story.close()
  })

  test('a driver is refused with a reason: unknown EVSE, unreadable card, a price that has changed, none that can be shown', async () => {
    const usual = await tell(database)
    await expect(usual.tap({ evse: 'NOWHERE' })).rejects.toMatchObject({ code: 'not-available' })
    await expect(usual.tap({ card: 'a library card' })).rejects.toMatchObject({ code: 'unreadable-card' })
    const [tariff] = await usual.cpoAdmin.get<readonly Record<string, unknown>[]>('/tariffs')
    const url = `https://ptp.example/ptp/ocpi/2.3.0/receiver/tariffs/NL/CPO/${tariff!['id'] as string}`
    const pushed = lastOf(usual, 'PATCH', '/terminals/')
    const put = async (body: object) =>
      expect((await send(usual, { ...pushed, method: 'PUT', url, body: JSON.stringify(body) })).status_code).toBe(1000)
    const priceOf = async () => (await usual.ptp().link.offers(usual.terminal)).chargers[0]!.priceId
    const seen = await priceOf()
    await put({ ...tariff, last_updated: '2030-12-30T00:00:00Z' })
    expect(await priceOf(), 'sent again it is the same price').toBe(seen)
    const dearer = { type: 'ENERGY', price: 0.99, vat: 21, step_size: 1 }
    await put({ ...tariff, elements: [{ price_components: [dearer] }], last_updated: '2030-12-31T00:00:00Z' })
    expect(await priceOf()).not.toBe(seen)
    await expect(usual.tap({ priceId: seen! })).rejects.toMatchObject({ code: 'price-changed' })
    expect(usual.ledger.entries()).toEqual([])
    const unreadable = { ...tariff, currency: 'XYZ', last_updated: '2031-01-01T00:00:00Z' }
    await put(unreadable)
    await expect(usual.tap()).rejects.toMatchObject({
      code: 'no-price',
      message: expect.stringMatching(/XYZ/) as unknown,
    })
    expect((await usual.ptp().link.offers(usual.terminal)).chargers[0]).toMatchObject({
      available: false,
      reason: 'no-price',
    })
    expect(usual.sent('POST', '/START_SESSION')).toEqual([])
    await usual.close()
  })

  test('an answer to a command that nobody sent, or from another partner, changes nothing', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    const result = lastOf(story, 'POST', '/sender/commands/')
    const guessed = result.url.replace(/commands\/.*$/, 'commands/guessed')
    expect(await send(story, { ...result, url: guessed })).toMatchObject({ http: 404 })
    await story.close()
  })
})
