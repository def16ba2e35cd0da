import { describe, expect, test } from 'vitest'
import { chargeWith, cost, operations, type SentCdr } from './charge-with.ts'
import { databases, tell } from './rig.ts'

/** The amounts of these CDRs are invented: what our own calculation says about them is another story. */
const unchecked = { ptp: { cdrCheck: 'flag' } } as const

describe.each(databases)('on $name', (database) => {
  test('the same CDR twice: one capture, the same answer', async () => {
    const story = await tell(database, unchecked)
    const { reference, cdr, post, first } = await chargeWith(story, (sent) => ({ ...sent, total_cost: cost(10, 2.1) }))
    const payment = await story.ends(reference)
    const second = await post(cdr)
    expect(first).toMatchObject({ status: 201, body: { status_code: 1000 } })
    expect(second).toMatchObject({ status: 200, location: first.location, body: { status_code: 1000 } })
    expect(payment.captured).toEqual({ amount_minor: 1210, currency: 'EUR' })
    expect(await operations(story, reference)).toEqual(['authorize 5000', 'capture 1210'])
    await story.close()
  })

  test('the same CDR id with other content: OCPI 2001, no money moves', async () => {
    const story = await tell(database, unchecked)
    const { reference, cdr, post } = await chargeWith(story, (sent) => ({ ...sent, total_cost: cost(10, 2.1) }))
    await story.ends(reference)
    const changed = await post({ ...cdr, total_cost: cost(20, 4.2) })
    expect(changed).toMatchObject({ status: 200, body: { status_code: 2001 } })
    expect(changed.body.status_message).toMatch(/total_cost/)
    expect(await operations(story, reference)).toEqual(['authorize 5000', 'capture 1210'])
    await story.close()
  })

  test('a second CDR for the same session is kept and moves no money', async () => {
    const story = await tell(database, unchecked)
    const { reference, cdr, post } = await chargeWith(story, (sent) => ({ ...sent, total_cost: cost(10, 2.1) }))
    await story.ends(reference)
    expect((await post({ ...cdr, id: 'ANOTHER-CDR' })).body.status_code).toBe(1000)
    await story.pass(60_000)
    expect(await operations(story, reference)).toEqual(['authorize 5000', 'capture 1210'])
    await story.close()
  })

  test('a CDR above the hold: PARTIAL_SUCCESS, never more than held', async () => {
    const story = await tell(database, unchecked)
    const { reference } = await chargeWith(story, (sent) => ({ ...sent, total_cost: cost(60, 12.6) }))
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({
      state: 'captured',
      captured: { amount_minor: 5000 },
      advice: { status: 'PARTIAL_SUCCESS' },
    })
    expect(await operations(story, reference)).toEqual(['authorize 5000', 'capture 5000'])
    const [advice] = story.sent('POST', '/financial-advice-confirmations')
    const { before_taxes, taxes } = advice!['total_costs'] as SentCdr['total_cost']
    expect(Math.round((before_taxes + taxes[0]!.amount) * 100)).toBe(5000)
    await story.close()
  })

  test('a CDR of zero: the hold is voided and 0 is advised', async () => {
    const story = await tell(database)
    const { reference } = await chargeWith(story, (sent) => ({ ...sent, total_cost: { before_taxes: 0, taxes: [] } }))
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'voided', captured: null, advice: { status: 'SUCCESS' } })
    expect(await operations(story, reference)).toEqual(['authorize 5000', 'void 5000'])
    expect(story.sent('POST', '/financial-advice-confirmations')).toMatchObject([
      { capture_status_code: 'SUCCESS', total_costs: { before_taxes: 0 } },
    ])
    await story.close()
  })

  test('a CDR in another currency is never captured automatically', async () => {
    const story = await tell(database)
    const { reference } = await chargeWith(story, (sent) => ({ ...sent, currency: 'HUF' }))
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'stuck', captured: null, advice: { status: 'FAILED' } })
    expect(payment.reason).toMatch(/HUF/)
    expect(await operations(story, reference)).toEqual(['authorize 5000'])
    await story.close()
  })

  test.each([
    ['capture-fails-once', 'captured', 'SUCCESS'],
    ['capture-timeout', 'captured', 'SUCCESS'],
    ['capture-fails', 'stuck', 'FAILED'],
  ])('card %s ends %s, advised %s', async (card, state, status) => {
    const story = await tell(database)
    const { reference } = await story.tap({ card })
    await story.reaches(reference, 'charging')
    await story.pass(10 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state, advice: { status } })
    const captures = (await story.booked(reference)).filter(
      (entry) => entry.operation === 'capture' && entry.status === 'done',
    )
    expect(captures).toHaveLength(state === 'captured' ? 1 : 0)
    await story.close()
  })
})
