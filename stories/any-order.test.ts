import type { WireRequest } from '@plugtill/ocpi/wire'
import { describe, expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

async function charge(story: Story, reference: string) {
  await story.reaches(reference, 'charging')
  await story.pass(10 * 60_000)
  story.stations.get('PLG-AC-1')!.unplug(1)
  const payment = await story.ends(reference)
  expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
  expect((await story.booked(reference)).map(({ operation }) => operation)).toEqual(['authorize', 'capture'])
  return payment
}
const events = (payment: Awaited<ReturnType<Story['payment']>>) =>
  payment.timeline.filter((entry) => entry.kind === 'state').map((entry) => entry['event'])

describe.each(databases)('on $name', (database) => {
  test('the CommandResult overtakes the CommandResponse', async () => {
    const story = await tell(database)
    story.network.rule((request) =>
      request.url.endsWith('/START_SESSION') ? { fate: 'answer-late', delayMs: 8000 } : undefined,
    )
    const { reference } = await story.tap()
    const seen = events(await charge(story, reference))
    expect(seen.indexOf('start-result')).toBeLessThan(seen.indexOf('start-answered'))
    await story.close()
  })

  test('the session is pushed before response and result', async () => {
    const story = await tell(database)
    story.network.rule((request) => (request.url.endsWith('/START_SESSION') ? { fate: 'answer-lost' } : undefined))
    story.network.rule((request) => (request.url.includes('/sender/commands/') ? { fate: 'lost' } : undefined))
    const { reference } = await story.tap()
    const payment = await charge(story, reference)
    expect(events(payment).indexOf('session-reported')).toBeLessThan(events(payment).indexOf('start-unanswered'))
    expect(story.sent('POST', '/START_SESSION')).toHaveLength(1)
    await story.close()
  })

  test('a session whose push was lost is found by asking', async () => {
    const story = await tell(database, { ptp: { sessionPollMs: 60_000 } })
    const silence = story.network.rule((request) =>
      request.url.includes('/receiver/sessions/') ? { fate: 'lost' } : undefined,
    )
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging', 10 * 60_000)
    silence()
    await charge(story, reference)
    await story.close()
  })

  test('the CDR comes before COMPLETED', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    // A gateway in between says "received" and hands the last update on much later.
    const held: WireRequest[] = []
    story.network.rule((request) => {
      if (!request.url.includes('/receiver/sessions/') || !request.body.includes('COMPLETED')) return undefined
      held.push(request)
      return {
        fate: 'answered',
        response: {
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: '{"status_code":1000,"timestamp":"2030-07-02T10:00:00Z"}',
        },
      }
    })
    const payment = await charge(story, reference)
    expect(payment.timeline.find((entry) => entry['event'] === 'cdr-received')).toMatchObject({
      from: 'charging',
      to: 'capturing',
    })
    expect(held.length).toBeGreaterThan(0)
    for (const request of held) expect((await story.flow(story.ptp().serveOcpi(request))).status).toBe(200)
    expect((await story.payment(reference)).state).toBe('captured')
    await story.close()
  })

  test('a late "failed" while energy flows changes nothing: the session is the proof', async () => {
    const story = await tell(database)
    story.network.rule((request) => (request.url.includes('/sender/commands/') ? { fate: 'lost' } : undefined))
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    const start = story.network.passed.find(({ request }) => request.url.endsWith('/START_SESSION'))!
    const responseUrl = (JSON.parse(start.request.body) as { response_url: string }).response_url
    const push = story.network.passed.find(({ request }) => request.url.includes('/receiver/sessions/'))!
    const told = await story
      .ptp()
      .serveOcpi({ ...push.request, method: 'POST', url: responseUrl, body: '{"result":"FAILED"}' })
    expect(JSON.parse(told.body)).toMatchObject({ status_code: 1000 })
    expect((await story.payment(reference)).state).toBe('charging')
    await charge(story, reference)
    await story.close()
  })

  test('every message arrives twice: the money moves once', async () => {
    const story = await tell(database)
    story.network.rule((request) => (request.method === 'GET' ? undefined : { fate: 'twice' }))
    const { reference } = await story.tap()
    await charge(story, reference)
    expect(await story.cpoAdmin.get<readonly unknown[]>('/advices')).toHaveLength(1)
    await story.close()
  })
})
