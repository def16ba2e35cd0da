import { describe, expect, test } from 'vitest'
import { databases, tell } from './rig.ts'

describe.each(databases)('on $name', (database) => {
  test('the driver stops at the terminal with the same card; another card is refused', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(5 * 60_000)

    await expect(story.stop(reference, 'approved-mastercard')).rejects.toMatchObject({ code: 'wrong-card' })
    expect((await story.payment(reference)).state).toBe('charging')

    expect((await story.stop(reference)).state).toBe('stopping')
    const payment = await story.ends(reference)
    expect(payment.state).toBe('captured')
    expect(story.sent('POST', '/STOP_SESSION')).toMatchObject([{ session_id: payment.session_id }])
    await story.close()
  })

  test('the limit of the hold: the PTP stops the session before it costs more, and captures no more than is held', async () => {
    // The CPO does not stop by itself; the half hold of 25 EUR is known to the PTP only.
    const story = await tell(database, { cpo: { stopAtPreauthorizeAmount: false, sessionUpdateS: 30 } })
    const fast = story.terminals.find(({ location_ids }) => location_ids.includes('LOC-HIGHWAY'))!.terminal_id
    const { reference } = await story.ptp().link.tap(fast, {
      locationId: 'LOC-HIGHWAY',
      evseUid: 'NLPLGE203',
      connectorId: '1',
      card: 'partial-approval',
      language: 'en',
      tapId: 'limit',
    })
    const payment = await story.ends(reference, 6 * 3600_000)
    expect(payment.held).toEqual({ amount_minor: 2500, currency: 'EUR' })
    expect(payment.state).toBe('captured')
    const stop = payment.timeline.find((entry) => entry['to'] === 'stopping')
    // At a word of the CPO, or at a look, which comes sooner where the power is high. (F26)
    expect(stop).toMatchObject({ event: expect.stringMatching(/^session-(reported|poll-due)$/) as unknown })
    expect(payment.captured!.amount_minor).toBeGreaterThan(2300)
    expect(payment.captured!.amount_minor).toBeLessThanOrEqual(2500)
    await story.close()
  })
})
