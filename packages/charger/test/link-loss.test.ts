import { expect, test } from 'vitest'
import { behaviours } from '../src/behaviour.ts'
import type { Payload } from '../src/link.ts'
import { started } from './rig.ts'

const minute = 60_000
const second = 1_000
const start = { connectorId: 1, idTag: 'AD0C0001' }

test('what happened while the link was down is told in order after it is back', async () => {
  const { ask, clock, of, said, memory, network, station } = await started()
  void ask('RemoteStartTransaction', start)
  await clock.advance(second)
  network.up = false
  memory.cut()
  await clock.advance(10 * minute)
  station.unplug(1)
  await clock.advance(minute)
  expect(of('StartTransaction')).toHaveLength(0)
  expect(station.state().queued).toBeGreaterThan(15)

  const before = said.length
  network.up = true
  await clock.advance(2 * minute)
  const told = said.slice(before).map(({ action }) => action)
  expect(told[0]).toBe('StartTransaction')
  expect(told.lastIndexOf('MeterValues')).toBeLessThan(told.indexOf('StopTransaction'))
  expect(told.indexOf('StopTransaction')).toBeLessThan(told.indexOf('StatusNotification'))
  expect(of('StopTransaction')[0]?.payload).toMatchObject({ transactionId: 1, reason: 'EVDisconnected' })
  expect(of('BootNotification')).toHaveLength(1)
  expect(station.state().queued).toBe(0)
})

test('an answer that was lost makes the station repeat the same StartTransaction', async () => {
  let lost = 0
  const { ask, clock, of } = await started({
    fate: ({ from, text }) => {
      if (from !== 'central' || !text.includes('transactionId') || !text.startsWith('[3') || lost > 0)
        return { delayMs: 0 }
      lost += 1
      return 'drop'
    },
  })
  void ask('RemoteStartTransaction', start)
  await clock.advance(2 * minute)
  expect(of('StartTransaction')).toHaveLength(2)
  expect(of('StartTransaction')[0]?.payload).toEqual(of('StartTransaction')[1]?.payload)
})

test('a refused StartTransaction is repeated TransactionMessageAttempts times, then energy stops', async () => {
  const { ask, clock, of, station } = await started({
    answers: {
      StartTransaction: () => {
        throw new Error('store is down')
      },
    },
  })
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  expect(of('StartTransaction')).toHaveLength(3)
  expect(of('StopTransaction')).toHaveLength(0)
  expect(station.state()).toMatchObject({ queued: 0, connectors: [{ status: 'Available' }, {}] })
})

test('a link that drops in mid-charge comes back with every sample', async () => {
  const { ask, clock, of } = await started({ behaviour: behaviours['link-drops-mid-charge'] })
  void ask('RemoteStartTransaction', start)
  await clock.advance(5 * minute)
  const times = of('MeterValues').map(({ payload }) => (payload['meterValue'] as readonly Payload[])[0]?.['timestamp'])
  expect(new Set(times).size).toBe(times.length)
  expect(times.length).toBe(9)
})
