/** What is kept of the words about one Session, in whatever order they come. (sessions › Receiver) */
import { expect, onTestFinished, test } from 'vitest'
import { sessionsReceiver } from '../src/ocpi/sessions.receiver.ts'
import { shelf } from './shelf.ts'

async function sessionS1() {
  const place = await shelf()
  onTestFinished(place.close)
  const receiver = sessionsReceiver({ ...place, intake: { session: async () => undefined } as never })
  const params = { country_code: 'NL', party_id: 'CPO', session_id: 'S1' }
  const call = (body: object) => ({ peer: { id: 'peer-1' }, params, body, reference: () => undefined }) as never
  return { receiver, call }
}

test('a PATCH of a Session that comes twice adds its charging periods once, two at the same moment add both (I12, C-503)', async () => {
  const { receiver, call } = await sessionS1()
  const period = { start_date_time: '2030-01-01T12:00:00Z', dimensions: [{ type: 'ENERGY', volume: 1 }] }
  await receiver.putSession(call({ id: 'S1', charging_periods: [], last_updated: '2030-01-01T12:00:00Z' }))
  const patch = { charging_periods: [period], last_updated: '2030-01-01T12:01:00Z' }
  for (let n = 0; n < 2; n++) await receiver.patchSession(call(patch))
  expect(await receiver.session(call({}))).toMatchObject({ charging_periods: [period] })
  const more = ['2030-01-01T12:02:00Z', '2030-01-01T12:03:00Z'].map((at) => ({ ...period, start_date_time: at }))
  const words = more.map((one) => ({ charging_periods: [one], last_updated: one.start_date_time }))
  await Promise.all(words.map((word) => receiver.patchSession(call(word))))
  expect(await receiver.session(call({}))).toMatchObject({ charging_periods: [period, ...more] })
})

test('of a PATCH of a Session that was overtaken the periods not yet known are kept in their place, and nothing else (C-503, F27)', async () => {
  const { receiver, call } = await sessionS1()
  const at = (minute: number) => `2030-01-01T12:0${minute}:00Z`
  const period = (minute: number, volume: number) => ({
    start_date_time: at(minute),
    dimensions: [{ type: 'ENERGY', volume }],
  })
  const word = (minute: number, kwh: number) => ({ id: 'S1', status: 'ACTIVE', kwh, last_updated: at(minute) })
  await receiver.putSession(call({ ...word(1, 0), charging_periods: [period(1, 1)] }))
  await receiver.patchSession(call({ ...word(8, 9), charging_periods: [period(5, 4)] }))
  await receiver.patchSession(call({ ...word(4, 3), charging_periods: [period(5, 2), period(3, 2)] }))
  await receiver.patchSession(call({ ...word(2, 1), status: 'PENDING' }))
  expect(await receiver.session(call({}))).toEqual({
    ...word(8, 9),
    charging_periods: [period(1, 1), period(3, 2), period(5, 4)],
  })
})

test('a Session that was dated with a time to come is replaced by what comes later, and what comes late is still late (F27, F41)', async () => {
  const { receiver, call } = await sessionS1()
  const word = (status: string, last_updated: string) => ({ id: 'S1', status, last_updated })
  await receiver.putSession(call(word('ACTIVE', '2036-01-01T00:00:00Z')))
  await receiver.putSession(call(word('COMPLETED', '2030-01-01T12:05:00Z')))
  await receiver.putSession(call(word('ACTIVE', '2030-01-01T12:04:00Z')))
  expect(await receiver.session(call({}))).toEqual(word('COMPLETED', '2030-01-01T12:05:00Z'))
})
