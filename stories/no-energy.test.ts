import { behaviours } from '@plugtill/charger/behaviour'
import { describe, expect, test } from 'vitest'
import { type Database, databases, type Story, tell } from './rig.ts'

/** Whatever went wrong, the money side is the same: held, given back, nothing captured, nothing advised. */
async function expectReleased(story: Story, reference: string, outcome: RegExp) {
  const payment = await story.ends(reference)
  expect(payment.state).toBe('voided')
  expect(payment.reason).toMatch(outcome)
  expect((await story.booked(reference)).map(({ operation, status }) => `${operation} ${status}`)).toEqual([
    'authorize approved',
    'void done',
  ])
  expect(story.sent('POST', '/financial-advice-confirmations')).toEqual([])
}

const start = /\/START_SESSION$/
const result = /\/sender\/commands\//
/** Kept short, so that a story of waiting is a story of minutes. */
const patient = (database: Database, parts: Parameters<typeof tell>[1] = {}) => tell(database, parts)

describe.each(databases)('on $name', (database) => {
  test('a declined card: no command leaves', async () => {
    const story = await patient(database)
    const { reference } = await story.tap({ card: 'declined' })
    const payment = await story.ends(reference)
    expect(payment.state).toBe('declined')
    expect(story.sent('POST', '/START_SESSION')).toEqual([])
    expect((await story.booked(reference)).map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'authorize declined',
    ])
    await story.close()
  })

  test('an authorization whose answer was lost is found by query; nothing starts twice', async () => {
    const story = await patient(database)
    const { reference } = await story.tap({ card: 'timeout' })
    await story.reaches(reference, 'charging')
    expect(story.sent('POST', '/START_SESSION')).toHaveLength(1)
    expect(await story.booked(reference)).toHaveLength(1)
    await story.close()
  })

  test('an authorization that never reached the provider ends as declined: nothing is held', async () => {
    const story = await patient(database)
    const { reference } = await story.tap({ card: 'timeout-lost' })
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'declined', held: null })
    await story.close()
  })

  test('START_SESSION rejected by the charger: the hold is voided', async () => {
    const story = await patient(database, { behaviour: behaviours['rejects-start'] })
    const { reference } = await story.tap()
    await expectReleased(story, reference, /did not start|REJECTED|reject/i)
    await story.close()
  })

  test('START_SESSION rejected by the CPO: the hold is voided', async () => {
    const story = await patient(database)
    story.network.rule((request) =>
      start.test(request.url)
        ? {
            fate: 'answered',
            response: {
              status: 200,
              headers: { 'content-type': 'application/json' },
              body: '{"data":{"result":"REJECTED","timeout":0},"status_code":1000,"timestamp":"2030-07-02T10:00:00Z"}',
            },
          }
        : undefined,
    )
    const { reference } = await story.tap()
    await expectReleased(story, reference, /refused/)
    await story.close()
  })

  test('START_SESSION times out at the charger: the hold is voided', async () => {
    const story = await patient(database, { behaviour: behaviours['silent-on-start'] })
    const { reference } = await story.tap()
    await expectReleased(story, reference, /TIMEOUT|did not start|answer/i)
    await story.close()
  })

  test('the result of START_SESSION never comes and no session either: the hold is voided after the grace', async () => {
    const story = await patient(database, { behaviour: behaviours['rejects-start'] })
    story.network.rule((request) => (result.test(request.url) ? { fate: 'lost' } : undefined))
    const { reference } = await story.tap()
    await expectReleased(story, reference, /did not start/)
    await story.close()
  })

  test('a CPO that cannot be reached: nothing was started, the hold is voided at once', async () => {
    const story = await patient(database)
    story.network.rule((request) => (start.test(request.url) ? { fate: 'unreachable' } : undefined))
    const { reference } = await story.tap()
    await expectReleased(story, reference, /refuses connections/)
    await story.close()
  })

  test('a START_SESSION that gets lost is not sent again; without a session the hold is voided', async () => {
    const story = await patient(database)
    story.network.rule((request) => (start.test(request.url) ? { fate: 'lost' } : undefined))
    const { reference } = await story.tap()
    await expectReleased(story, reference, /did not start/)
    expect(story.sent('POST', '/START_SESSION')).toEqual([])
    await story.close()
  })

  test('the car never comes: the hold is voided after the plug-in limit', async () => {
    const story = await patient(database, { behaviour: behaviours['car-never-comes'] })
    const tapped = story.clock.now()
    const { reference } = await story.tap()
    await story.reaches(reference, 'awaiting-session')
    await expectReleased(story, reference, /plugged in|not start/)
    expect(story.clock.now() - tapped).toBeLessThan(7 * 60_000)
    await story.close()
  })

  test('a second tap on the same EVSE is refused while the first one uses it', async () => {
    const story = await patient(database)
    const { reference } = await story.tap()
    await expect(story.tap({ card: 'approved-mastercard' })).rejects.toMatchObject({ code: 'not-available' })
    const other = await story.tap({ card: 'approved-mastercard', evse: 'NLPLGE102' })
    expect(other.reference).not.toBe(reference)
    await story.close()
  })
})
