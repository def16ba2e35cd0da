import type { Psp } from '@plugtill/psp/psp'
import { describe, expect, test } from 'vitest'
import { databases, type Story, tell } from './rig.ts'

const HOUR_MS = 3600_000
const adviceUrl = /\/financial-advice-confirmations$/

async function unplugAfter(story: Story, reference: string, ms: number) {
  await story.reaches(reference, 'charging')
  await story.pass(ms)
  story.stations.get('PLG-AC-1')!.unplug(1)
}

describe.each(databases)('on $name', (database) => {
  test('the CPO is down when the advice is due: delivered when it returns, byte-identical; the receipt never waited', async () => {
    const story = await tell(database, { ptp: { adviceRetryMaxMs: 10 * 60_000 } })
    const { reference } = await story.tap()
    const tried: string[] = []
    const outage = story.network.rule((request) => {
      if (request.method !== 'POST' || !adviceUrl.test(request.url)) return undefined
      tried.push(request.body)
      // Sometimes the connection is refused, sometimes it arrives and the answer is lost.
      return tried.length % 3 === 0 ? { fate: 'answer-lost' } : { fate: 'unreachable' }
    })
    await unplugAfter(story, reference, 10 * 60_000)
    await story.reaches(reference, 'captured')
    const [receipt] = await story.ptp().link.receipts(story.terminal, 'approved')
    expect(receipt).toMatchObject({ reference, status: 'captured' })
    expect((await story.payment(reference)).advice).toMatchObject({ delivered_at: null })

    await story.pass(3 * HOUR_MS)
    expect(tried.length).toBeGreaterThan(15)
    outage()
    const back = story.clock.now()
    const payment = await story.ends(reference, 2 * 3600_000)
    expect(payment.advice!.status).toBe('SUCCESS')
    expect(story.clock.now() - back).toBeLessThanOrEqual(10 * 60_000)
    const delivered = story.network.passed
      .filter(({ request }) => request.method === 'POST' && adviceUrl.test(request.url))
      .map(({ request }) => request.body)
    expect(new Set([...tried, ...delivered]).size).toBe(1)
    expect(await story.cpoAdmin.get<readonly unknown[]>('/advices')).toHaveLength(1)
    await story.close()
  })

  test('the PTP process is killed between capture and advice and restarted: exactly one capture, one advice', async () => {
    let die = () => {}
    const dying = (psp: Psp): Psp => ({
      ...psp,
      capture: async (o) => {
        const done = await psp.capture(o)
        die()
        return done
      },
    })
    const story = await tell(database, { psp: dying })
    die = () => {
      die = () => {}
      story.killPtp()
    }
    const { reference } = await story.tap()
    await unplugAfter(story, reference, 10 * 60_000)
    await story.until('the process dies in mid-capture', async () =>
      (await story.booked(reference)).some(({ operation }) => operation === 'capture'),
    )
    await story.pass(60_000)
    expect(story.sent('POST', '/financial-advice-confirmations')).toEqual([])
    await story.ptpReturns()
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    expect((await story.booked(reference)).map(({ operation }) => operation)).toEqual(['authorize', 'capture'])
    expect(story.sent('POST', '/financial-advice-confirmations')).toHaveLength(1)
    await story.close()
  })

  test('killed while START_SESSION is under way: it is not sent again, the session is found by asking', async () => {
    const story = await tell(database)
    let killed = false
    story.network.rule((request) => {
      if (killed || !request.url.endsWith('/START_SESSION')) return undefined
      killed = true
      story.killPtp()
      return undefined
    })
    const { reference } = await story.tap()
    await story.pass(20_000)
    expect(killed).toBe(true)
    await story.ptpReturns()
    await unplugAfter(story, reference, 10 * 60_000)
    const payment = await story.ends(reference, 3 * 3600_000)
    expect(payment.state).toBe('captured')
    expect(story.sent('POST', '/START_SESSION')).toHaveLength(1)
    await story.close()
  })

  test('the charger loses its link in mid-charge and comes back: the session goes on and is billed once', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(5 * 60_000)
    story.stations.get('PLG-AC-1')!.dropLink(10 * 60_000)
    await story.pass(12 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    expect(story.sent('POST', '/receiver/cdrs')).toHaveLength(1)
    await story.close()
  })
})
