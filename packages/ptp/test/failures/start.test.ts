/** F13 to F25: the order to start, and what is known about it. */
import { Fault } from '@plugtill/ocpi/errors'
import { expect, test } from 'vitest'
import { createBreaker, partner } from '../../src/breaker.ts'
import { evseKey, occupantOf } from '../../src/payment/desk.ts'
import { paymentView } from '../../src/payment/view.ts'
import { charged, rig } from '../rig.ts'
import { T0 } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE, refusal, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

row('F13', 'a crash after START_SESSION left: it is never sent twice, a Session is looked for', async () => {
  const dead = await rig()
  dead.cpo.start = new Promise(() => undefined) as never
  void dead.tap()
  await new Promise((done) => setTimeout(done, 20))
  const next = await rig({ after: dead })
  await next.pass(20_000)
  expect((await next.payment()).state).toBe('start-unknown')
  expect(next.cpo.calls.filter((call) => call === 'start')).toEqual(['start'])
  await next.pass(2 * MINUTE)
  expect(await next.payment()).toMatchObject({ state: 'voided', outcome: 'start-timeout' })
  await next.close()
})

test.each([3000, 4002, 4003])(
  'F13: START_SESSION answered by HTTP 200 with OCPI %s is not refused: a car that starts after it is charged and paid (A-47, D-F03)',
  async (code) => {
    const one = await rig()
    one.cpo.start = refusal(200, code)
    expect((await one.tap()).state).toBe('start-unknown')
    await one.pass(20_000)
    expect((await one.push(sessionAt(1))).state).toBe('charging')
    expect(one.booked()).toEqual(['authorize 5000 approved'])
    await one.close()
  },
)

row('F14', 'no answer, but a Session with our reference: it is adopted, pushed or pulled', async () => {
  const one = await rig()
  one.cpo.start = new Fault('PEER_SILENT', 'no answer')
  await one.tap()
  expect((await one.payment()).state).toBe('start-unknown')
  one.cpo.sessions = [sessionAt(1)]
  await one.pass(2 * MINUTE)
  expect((await one.payment()).state).toBe('charging')
  await one.close()
})

test('F14: a session under a reference of the CPO’s own is found by our token, pulled as well as pushed (D-F12, E-27)', async () => {
  const strange = sessionAt(2, { authorization_reference: 'CPO-4711' })
  const [pushed, pulled] = [await rig(), await rig()]
  for (const one of [pushed, pulled]) {
    await one.tap()
    await one.result('ACCEPTED')
  }
  await pushed.push(strange)
  pulled.cpo.sessions = [strange]
  await pulled.pass(20 * MINUTE)
  for (const one of [pushed, pulled]) {
    expect([(await one.payment()).state, one.booked()]).toEqual(['charging', ['authorize 5000 approved']])
    await one.close()
  }
})

row('F15', 'refused, in whatever way: voided at once', async () => {
  const refusals = [{ result: 'REJECTED', timeout: 0 }, { result: 'NOT_SUPPORTED', timeout: 0 }, refusal(404, 2003)]
  for (const said of refusals) {
    const one = await rig()
    one.cpo.start = said
    expect(await one.tap()).toMatchObject({ state: 'voided', outcome: 'start-refused' })
    expect(one.booked()).toEqual(['authorize 5000 approved', 'void 5000 done'])
    expect(one.clock.now() - (await one.payment()).createdAt).toBeLessThan(MINUTE)
    await one.close()
  }
})

row('F16', 'accepted, and never a result: timeout, grace, one last look, void', async () => {
  const one = await rig()
  await one.tap()
  await one.pass(59_000)
  expect((await one.payment()).state).toBe('starting')
  await one.pass(2_000)
  expect(await one.payment()).toMatchObject({ state: 'voided', outcome: 'start-timeout' })
  expect(one.cpo.calls).toContain('sessions')
  await one.close()
})

row('F17', 'the result overtakes the response: either order ends the same', async () => {
  const one = await rig()
  let answer: (value: unknown) => void = () => undefined
  one.cpo.start = new Promise((done) => {
    answer = done
  }) as never
  void one.tap()
  await new Promise((done) => setTimeout(done, 20))
  const event = { type: 'start-result', accepted: true, result: 'ACCEPTED', at: one.clock.now() } as const
  await one.payments.apply('command/cmd-1', event)
  answer({ result: 'ACCEPTED', timeout: 30 })
  await one.pass(100)
  expect((await one.payment()).state).toBe('awaiting-session')
  await one.close()
})

row('F18', 'a Session that runs before any answer to the command is proof', async () => {
  const one = await rig()
  await one.tap()
  expect((await one.push(sessionAt(1))).state).toBe('charging')
  await one.result('ACCEPTED')
  expect((await one.payment()).state).toBe('charging')
  await one.close()
})

row('F19', 'failed, and then it runs: while the hold is there the Session wins', async () => {
  const one = await rig({ card: 'void-fails-once' })
  await one.tap()
  await one.result('FAILED')
  expect((await one.payment()).state).toBe('voiding')
  expect(await occupantOf(one.payments, { peerId: 'peer-1', evseUid: 'E1' })).toBeUndefined()
  expect((await one.push(sessionAt(1))).state).toBe('charging')
  // Nobody begins anew at an EVSE that is in use after all. (F22)
  expect((await occupantOf(one.payments, { peerId: 'peer-1', evseUid: 'e1' }))?.id).toBe(REFERENCE)
  await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
  expect(await occupantOf(one.payments, { peerId: 'peer-1', evseUid: 'E1' })).toBeUndefined()
  await one.close()
})

row('F20', 'a session after the void is stopped at once, and its CDR is advised as FAILED', async () => {
  const one = await rig()
  await one.tap()
  await one.result('EVSE_OCCUPIED')
  expect((await one.payment()).state).toBe('voided')
  await one.push(sessionAt(2))
  expect(one.cpo.calls.filter((call) => call === 'stop')).toHaveLength(1)
  expect(await one.codes()).toContain('SESSION_UNPAID')
  await one.bill(cdrFor(1))
  expect(one.cpo.advices).toMatchObject([{ capture_status_code: 'FAILED', total_costs: { before_taxes: 0 } }])
  expect(one.booked()).toEqual(['authorize 5000 approved', 'void 5000 done'])
  await one.close()
})

test('an unpaid session that was told to stop and says nothing more is told again, five times in all', async () => {
  const one = await rig()
  await one.tap()
  await one.result('EVSE_OCCUPIED')
  await one.push(sessionAt(2))
  await one.pass(HOUR)
  expect(one.cpo.calls.filter((call) => call === 'stop')).toHaveLength(5)
  await one.close()
})

row(
  'F21',
  'another connector at another price is stopped and the driver told; at the same price it goes on',
  async () => {
    for (const there of [{ evse_uid: 'E2' }, { connector_id: '2' }]) {
      const one = await rig()
      await one.tap()
      expect(await one.push(sessionAt(2, there))).toMatchObject({ state: 'stopping', outcome: 'other-charger' })
      await one.pass(0)
      expect(one.cpo.calls.filter((call) => call === 'stop')).toHaveLength(1)
      expect(await one.codes()).toEqual(['SESSION_ELSEWHERE'])
      // The driver reads it until the money is decided, whatever the session says next; it is stopped once.
      expect(await one.push(sessionAt(3, { ...there, kwh: 3 }))).toMatchObject({ outcome: 'other-charger' })
      expect(paymentView(await one.payment(), { label: '1', now: 0 }).message).toBe('other-charger')
      await one.pass(4 * MINUTE)
      const end_date_time = new Date(T0 + 4 * MINUTE).toISOString()
      await one.push(sessionAt(4, { ...there, kwh: 3, status: 'COMPLETED', end_date_time }))
      expect(await one.payment()).toMatchObject({ state: 'awaiting-cdr', outcome: 'other-charger' })
      expect(one.cpo.calls.filter((call) => call === 'stop')).toHaveLength(1)
      await one.close()
    }
    const same = await rig({ sameTariff: true })
    await same.tap()
    const there = await same.push(sessionAt(2, { evse_uid: 'E2' }))
    expect([there.state, there.outcome, await same.codes()]).toEqual(['charging', undefined, ['SESSION_ELSEWHERE']])
    expect(same.cpo.calls).not.toContain('stop')
    await same.close()
  },
)

row('F22', 'one live payment per EVSE: the second is refused while the first may still start', async () => {
  const one = await rig()
  const first = await one.tap()
  expect((await one.payments.find(evseKey({ peerId: 'peer-1', evseUid: 'E1' })))?.id).toBe(first.id)
  const other = {
    id: '22222222-2222-4222-8222-222222222222',
    tapId: 'tap-2',
    tokenUid: 'OTHER',
    startCommandId: 'cmd-2',
    terminalId: 'T-2',
  }
  await expect(one.tap(other)).rejects.toThrow()
  expect(one.ledger.entries()).toHaveLength(1)
  await one.close()
})

row(
  'F23',
  'shown as available, is occupied or broken: voided in a minute, the driver knows why, the site is read again',
  async () => {
    for (const [result, outcome] of [
      ['EVSE_OCCUPIED', 'charger-occupied'],
      ['EVSE_INOPERATIVE', 'charger-broken'],
    ] as const) {
      const one = await rig()
      await one.tap()
      expect((await one.payments.find(evseKey({ peerId: 'peer-1', evseUid: 'E1' })))?.id).toBe(REFERENCE)
      await one.result(result)
      await one.pass(MINUTE)
      expect(await one.payment()).toMatchObject({ state: 'voided', outcome })
      expect(one.booked()).toEqual(['authorize 5000 approved', 'void 5000 done'])
      expect(one.refreshed).toEqual(['peer-1'])
      // The next driver may try again as soon as the CPO says that it is free.
      expect(await one.payments.find(evseKey({ peerId: 'peer-1', evseUid: 'E1' }))).toBeUndefined()
      await one.close()
    }
    const refused = await rig()
    await refused.tap()
    await refused.result('REJECTED')
    expect(refused.refreshed).toEqual([])
    await refused.close()
  },
)

row(
  'F24',
  'a token that changed in mid-session: an advice the partner refuses with 401 is sent again, the same bytes',
  async () => {
    const one = await charged()
    one.cpo.advice = refusal(401)
    await one.bill(cdrFor(10))
    await one.pass(10_000)
    one.cpo.advice = undefined
    await one.pass(30_000)
    expect(one.cpo.advices).toHaveLength(1)
    expect(new Set(one.cpo.advicesTried).size).toBe(1)
    expect(one.cpo.advicesTried.length).toBeGreaterThan(1)
    await one.close()
  },
)

row('F25', 'a CPO that has not answered five times in a row is not relied on for half a minute', async () => {
  let now = 0
  const breaker = createBreaker({ now: () => now })
  for (let silence = 0; silence < 4; silence++) breaker.told(partner('peer-1'), false)
  expect(breaker.isOpen(partner('peer-1'))).toBe(false)
  breaker.told(partner('peer-1'), false)
  expect(breaker.isOpen(partner('peer-1'))).toBe(true)
  expect(breaker.isOpen(partner('peer-2'))).toBe(false)
  now = 30_000
  expect(breaker.isOpen(partner('peer-1'))).toBe(false)
  breaker.told(partner('peer-1'), false)
  expect(breaker.isOpen(partner('peer-1'))).toBe(true)
  breaker.told(partner('peer-1'), true)
  expect(breaker.isOpen(partner('peer-1'))).toBe(false)
})
