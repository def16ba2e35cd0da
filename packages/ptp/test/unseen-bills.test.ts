/** A bill of more than its Session has shown yet: that is asked for first, and only then the bill counts. (T24, F43, F55) */
import { describe, expect, test } from 'vitest'
import { type Terms, usualTerms } from '../src/payment/terms.ts'
import { type Rig, rig } from './rig.ts'
import { eur, events, names, on, reported, session, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE, sessionAt } from './scripted-cpo.ts'

const AUTHORIZED = 'authorize 5000 approved'
const SECOND = 1000
const ended = (kwh: number) => sessionAt(61, { status: 'COMPLETED', kwh })

/** An hour of which the CPO has told its first minute only. */
async function untold(terms: Partial<Terms> = {}): Promise<Rig> {
  const one = await rig({ terms })
  await one.tap()
  await one.result('ACCEPTED')
  await one.push(sessionAt(2))
  await one.pass(61 * MINUTE)
  return one
}
const asked = ({ cpo }: Rig, since = 0) => cpo.calls.slice(since).filter((call) => call === 'sessions').length

describe('the end of the Session was not told', () => {
  test('its CPO is asked, and a bill that agrees is captured at once and without a word to anybody', async () => {
    const one = await untold()
    one.cpo.sessions = [ended(10)]
    await one.bill(cdrFor(10))
    expect([one.booked(), await one.codes()]).toEqual([[AUTHORIZED, 'capture 605 done'], []])
    await one.close()
  })

  test.each(['quarantine', 'flag'] as const)(
    'a bill of twice what its CPO then tells is doubted, under a contract that says %s',
    async (cdrCheck) => {
      const one = await untold({ cdrCheck })
      one.cpo.sessions = [ended(5)]
      await one.bill(cdrFor(10))
      expect(await one.codes()).toEqual(['CDR_DISPUTED'])
      expect(one.booked()).toEqual([AUTHORIZED, ...(cdrCheck === 'flag' ? ['capture 605 done'] : [])])
      await one.pass(21 * HOUR)
      expect(one.booked().at(-1)).toBe(cdrCheck === 'flag' ? 'capture 605 done' : 'void 5000 done')
      await one.close()
    },
  )

  test('a CPO that does not tell it is asked for half a minute; then the contract says what comes of the bill', async () => {
    for (const cdrCheck of ['quarantine', 'flag'] as const) {
      const one = await untold({ cdrCheck })
      const before = one.cpo.calls.length
      await one.bill(cdrFor(10))
      await one.pass(29 * SECOND)
      expect([one.booked(), await one.codes()]).toEqual([[AUTHORIZED], []])
      await one.pass(6 * SECOND)
      expect(asked(one, before)).toBeGreaterThan(5)
      expect(await one.codes()).toEqual(['CDR_DISPUTED'])
      expect(one.booked()).toEqual([AUTHORIZED, ...(cdrCheck === 'flag' ? ['capture 605 done'] : [])])
      await one.close()
    }
  })

  test('what comes while it is asked for counts as soon as it is there: its end, and the credit of the bill', async () => {
    const told = await untold()
    await told.bill(cdrFor(10))
    await told.push(ended(10))
    await told.pass(6 * SECOND)
    expect(told.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    await told.close()
    const credited = await untold()
    await credited.bill(cdrFor(10))
    await credited.bill(creditFor(cdrFor(10)))
    await credited.push(ended(10))
    await credited.pass(HOUR)
    expect(credited.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    await credited.close()
  })

  test('the same bill again, sent or read, asks for nothing anew and is captured once', async () => {
    const one = await untold()
    one.cpo.cdrs = [cdrFor(10)]
    for (let look = 0; look < 3; look++) await one.bill(cdrFor(10))
    await one.push(ended(10))
    await one.pass(HOUR)
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    expect(await one.codes()).toEqual([])
    await one.close()
  })
})

describe('a bill that was doubted for that', () => {
  async function doubted() {
    const one = await untold()
    await one.bill(cdrFor(10))
    await one.pass(MINUTE)
    expect((await one.payment()).dispute).toMatchObject({ unseen: true })
    return one
  }

  test('is captured once its Session shows as much, sent or asked for', async () => {
    const sent = await doubted()
    expect((await sent.push(ended(10))).dispute).toBeUndefined()
    expect(sent.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    await sent.close()
    const found = await doubted()
    found.cpo.sessions = [ended(10)]
    await found.pass(6 * MINUTE)
    expect(found.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    await found.close()
  })

  test('stays doubted once it has ended with less, and is looked for no more', async () => {
    const one = await doubted()
    await one.push(ended(5))
    expect((await one.payment()).dispute).toEqual({
      reason: expect.stringMatching(/bills 10 kWh.*ended with 5 kWh/) as unknown,
      at: expect.any(Number) as unknown,
    })
    await one.pass(10 * MINUTE)
    const before = one.cpo.calls.length
    await one.pass(HOUR)
    expect(asked(one, before)).toBe(0)
    await one.close()
  })

  test('is decided by its contract where nobody ever shows it: by what is proven, never by the bill', async () => {
    for (const [noCdr, last] of [
      ['void', 'void 5000 done'],
      ['session-cost', 'capture 121 done'],
    ] as const) {
      const one = await untold({ noCdr })
      await one.bill(cdrFor(10))
      await one.pass(25 * HOUR)
      expect(one.booked()).toEqual([AUTHORIZED, last])
      await one.close()
    }
  })
})

describe('as the state table decides', () => {
  const cdr = { id: 'CDR2', hash: 'h2', due: eur(605), kwh: 10, endedAt: '2030-01-01T12:10:00Z' }
  const check = { verdict: 'agrees', expected: eur(605) } as const
  const bill = (more: object = {}) => ({ ...events['cdr-received'], cdr, check, ...more })
  const seen = (kwh: number, more: object = {}) => ({ maxPowerKw: 12, session: session({ kwh, ...more }) })

  test('what its Session has shown is not asked for; a hundredth and a tenth of a kWh are of two meters', () => {
    expect(names(on('charging', bill(), seen(9.81)))).toEqual(['capture'])
    const ask = { do: 'ask-session', cdr: { id: 'CDR2' }, since: T0, notBefore: T0 }
    expect(on('charging', bill(), seen(9.8)).effects).toEqual([ask])
    for (const state of ['starting', 'start-unknown', 'awaiting-session', 'charging', 'stopping', 'stuck'] as const) {
      const after = on(state, bill({ cdr: { ...cdr, party: { countryCode: 'NL', partyId: 'CPO' } } }), {
        session: undefined,
      })
      expect([after.entity.state, after.entity.cdr, after.effects]).toMatchObject([
        state,
        undefined,
        [{ ...ask, cdr: { id: 'CDR2', party: { countryCode: 'NL', partyId: 'CPO' } } }],
      ])
    }
  })

  test('once it was asked for, what may have flowed in the five minutes since its last word is no doubt', () => {
    const judged = (kwh: number, more: object = {}, at = T0) =>
      on('charging', bill({ askedSince: T0, at }), seen(kwh, more)).entity.state
    // 12 kW, five minutes: one kWh.
    expect([judged(8.82), judged(8.8, {}, T0 + 29_999), judged(8.8, {}, T0 + 30_000)]).toEqual([
      'capturing',
      'charging',
      'stuck',
    ])
    expect(judged(8.82, { lastUpdated: '2030-01-01T12:08:00.000Z' })).toBe('charging')
    expect(judged(8.82, { elsewhere: 'same-tariff' })).toBe('charging')
    expect(judged(8.82, { status: 'PENDING' })).toBe('charging')
    expect(judged(9.81, { lastUpdated: '2030-01-01T12:30:00.000Z' })).toBe('capturing')
    expect(judged(8.82, { status: 'COMPLETED' })).toBe('stuck')
    const again = on('charging', bill({ askedSince: T0, at: T0 + 5000 }), seen(4)).effects
    expect(again).toMatchObject([{ do: 'ask-session', since: T0, notBefore: T0 + 10_000 }])
  })

  test('nothing is asked where nothing hangs on it: nothing due, doubted anyway, taken back, another currency, no figure', () => {
    const asks = (more: object, kwh = 4) => names(on('awaiting-cdr', bill(more), seen(kwh)))
    expect(asks({ cdr: { ...cdr, due: eur(0) } })).toEqual(['void'])
    expect(asks({ check: { verdict: 'over', reason: 'because' } })).toEqual(['alarm', 'remind'])
    expect(asks({ credit: { id: 'C', amount: eur(605) } })).toEqual(['remind'])
    expect(asks({ cdr: { ...cdr, due: { amountMinor: 605, currency: 'HUF' } } })).toEqual(['advise', 'alarm', 'remind'])
    expect(asks({ cdr: { ...cdr, kwh: undefined } })).toEqual(['capture'])
    expect(asks({ check: undefined })).toEqual(['capture'])
    expect(asks({ check: { verdict: 'under', reason: 'less' } })).toEqual(['ask-session'])
  })

  test('a hold that is being given back waits for no answer: it is kept for the bill, which is doubted (F05)', () => {
    const after = on('voiding', bill(), seen(4))
    expect(after.entity).toMatchObject({ state: 'stuck', polling: true, dispute: { unseen: true } })
    expect(after.entity.dispute).not.toHaveProperty('expected')
    expect(names(after)).toEqual(['alarm', 'remind', 'find-session', 'remind'])
    expect(names(on('stuck', events['session-poll-due'], after.entity))).toEqual(['find-session', 'remind'])
    const waited = on('void-unknown', events['hold-found'], { ...seen(4), cdr, meanwhile: { check } })
    expect(waited.entity.dispute).toMatchObject({ unseen: true })
  })

  test.each(['agrees', 'under'] as const)(
    'of a bill that %s nobody shows so much: its reason says what is known',
    (verdict) => {
      const late = { check: { verdict, reason: 'less' }, askedSince: T0, at: T0 + 30_000 }
      const judged = (of: object, more: object = {}) => on('charging', bill({ ...late, ...more }), of)
      const doubt = (of: object, more: object = {}) => judged(of, more).entity.dispute?.reason
      expect(doubt({ session: undefined })).toMatch(/bills 10 kWh, nobody has told of its Session/)
      expect(doubt(seen(4))).toMatch(/bills 10 kWh, of its Session 4 kWh are known, and not its end/)
      expect(doubt(seen(8.82), { cdr: { ...cdr, endedAt: undefined } })).toMatch(/8.82 kWh are known/)
      const ended = judged(seen(4, { status: 'COMPLETED' })).effects[0]
      expect(ended).toMatchObject({ do: 'alarm', code: 'CDR_DISPUTED', message: expect.stringMatching(/ended with 4/) })
      expect(judged({ session: undefined }, { cdr: { ...cdr, kwh: 0.1 } }).entity.state).toBe('capturing')
    },
  )

  test('a contract that trusts its CPO captures an over-claim, and tells of it (F55)', () => {
    const flagged = { terms: { ...usualTerms, cdrCheck: 'flag' } as const, ...seen(4, { status: 'COMPLETED' }) }
    expect(names(on('awaiting-cdr', bill(), flagged))).toEqual(['capture', 'alarm'])
  })

  test('a Session that ended with less is an over-claim, whoever had found it agreeing before', () => {
    const after = on('awaiting-cdr', bill(), seen(4, { status: 'COMPLETED' })).entity
    expect(after.dispute).toEqual({
      reason: 'CDR CDR2 claims what cannot be: it bills 10 kWh, its Session ended with 4 kWh.',
      expected: eur(605),
      at: T0,
    })
  })

  test('only the newest word of its own Session ends the doubt', () => {
    const unseen = { dispute: { reason: 'because', unseen: true, at: T0 } as const, cdr, ...seen(4) }
    const word = (change: object) => on('stuck', reported({ kwh: 10, ...change }), unseen)
    expect(names(word({}))).toEqual(['capture'])
    expect(word({ lastUpdated: '2030-01-01T12:00:00.000Z' }).entity.state).toBe('stuck')
    expect(word({ id: 'S9', lastUpdated: '2030-01-01T12:10:00.000Z' }).verdict).toHaveProperty('ignore')
    expect(word({ kwh: 5, lastUpdated: '2030-01-01T12:10:00.000Z' }).entity.dispute?.unseen).toBe(true)
    // It goes on beyond the end of its bill: nobody pays for that. (I5)
    expect(names(word({ kwh: 5, lastUpdated: '2030-01-01T12:20:00.000Z' }))).toEqual([
      'stop-session',
      'remind',
      'alarm',
    ])
  })
})
