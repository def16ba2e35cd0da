import { expect, test } from 'vitest'
import type { EffectRecord } from './effects.ts'
import { createLanes, type LaneWork } from './lanes.ts'
import { virtualClock } from './virtual-clock.ts'

const DUE = 1_000

const effect: EffectRecord = {
  ...{ seq: 1, lane: 'peer', kind: 'parcel', id: 'p', name: 'send', key: 'k', body: '{}' },
  ...{ dueAt: DUE, attempts: 1, status: 'pending' },
}

/** One effect, due at DUE, asked for in a store of which every answer takes a millisecond. */
function oneEffect() {
  const timers = virtualClock(0)
  let now = 0
  const takesAMillisecond = <T>(answer: T): T => {
    now++
    return answer
  }
  let state: 'waits' | 'runs' | 'done' = 'waits'
  const work: LaneWork = {
    due: async (at) => {
      const waits = state === 'waits'
      const lanes = waits && DUE <= at ? ['peer'] : []
      return takesAMillisecond({ lanes, next: waits && DUE > at ? DUE : undefined })
    },
    claim: async () => {
      if (state !== 'waits' || DUE > now) return []
      state = 'runs'
      return [effect]
    },
    run: async () => {
      state = 'done'
      return false
    },
    prepare: async () => {},
    poll: async () => {},
    trouble: (error) => expect.unreachable(String(error)),
  }
  const lanes = createLanes({ now: () => now, after: timers.after }, work, { width: 8 })
  return {
    lanes,
    done: () => state === 'done',
    stand: (at: number) => {
      now = at
    },
    /** Lets every timer ring, whatever time it is. */
    ring: () => timers.advanceBy(DUE),
  }
}

test('what comes due while a store is asked what is due is not forgotten', async () => {
  for (let before = 0; before < 5; before++) {
    const { lanes, done, stand, ring } = oneEffect()
    stand(DUE - before)
    lanes.start()
    await ring()
    await ring()
    expect(done(), `asked ${before} ms before it is due`).toBe(true)
    await lanes.stop()
  }
})

test('a moment that has come is not put off by those who are told of later ones', async () => {
  const timers = virtualClock(0)
  let now = 0
  let asked = 0
  const nothing = async () => undefined
  const work: LaneWork = {
    due: async () => {
      asked++
      return { lanes: [], next: undefined }
    },
    claim: async () => [],
    run: async () => false,
    prepare: nothing,
    poll: nothing,
    trouble: (error) => expect.unreachable(String(error)),
  }
  // A timer of Node rings after a millisecond at the soonest.
  const after = (delayMs: number, task: () => void) => timers.after(Math.max(1, delayMs), task)
  const lanes = createLanes({ now: () => now, after }, work, { width: 8 })
  lanes.start()
  await lanes.idle()
  const before = asked
  now = 100
  lanes.wake('peer', 101)
  for (now = 101; now < 110; now++) {
    for (let others = 0; others < 3; others++) lanes.wake('clock', now + 1_000)
    await timers.advanceBy(0.5)
    for (let others = 0; others < 3; others++) lanes.wake('clock', now + 1_000)
    await timers.advanceBy(0.5)
  }
  expect(asked).toBeGreaterThan(before)
  await lanes.stop()
})

test('a store that is away at the start is asked again: nothing begins before it is prepared, and it is prepared once', async () => {
  const clock = virtualClock(0)
  const told: string[] = []
  const work: LaneWork = {
    due: async () => ({ lanes: ['peer'], next: undefined }),
    claim: async () => {
      told.push('claim')
      return []
    },
    run: async () => false,
    prepare: async () => {
      const answer = clock.now() < 2_500 ? 'away' : 'prepared'
      told.push(answer)
      if (answer === 'away') throw new Error('The store is away.')
    },
    poll: async () => undefined,
    trouble: () => undefined,
  }
  const lanes = createLanes(clock, work, { width: 8 })
  lanes.start()
  for (let second = 0; second < 4; second++) {
    lanes.wake('peer', clock.now())
    await Promise.all([clock.advanceBy(1_000), lanes.sweep(), lanes.sweep()])
  }
  expect(told.filter((one) => one === 'away').length).toBeGreaterThan(1)
  expect(told.filter((one) => one === 'prepared')).toHaveLength(1)
  expect(told.indexOf('claim')).toBeGreaterThan(told.indexOf('prepared'))
  await lanes.stop()
})

test('what still runs at a stop keeps its lease to the end: no other node begins it a second time', async () => {
  const timers = virtualClock(0)
  const polled: number[][] = []
  let end = () => {}
  let isDue = true
  const work: LaneWork = {
    due: async () => ({ lanes: isDue ? ['peer'] : [], next: undefined }),
    claim: async () => {
      if (!isDue) return []
      isDue = false
      return [effect]
    },
    run: () => new Promise((done) => (end = () => done(false))),
    prepare: async () => {},
    poll: async (underway) => void polled.push([...underway]),
    trouble: (error) => expect.unreachable(String(error)),
  }
  const lanes = createLanes(timers, work, { width: 8, pollMs: 5_000 })
  lanes.start()
  await timers.advanceBy(1_000)
  const stopped = lanes.stop()
  await timers.advanceBy(20_000)
  expect(polled).toEqual([[1], [1], [1], [1]])
  end()
  await stopped
  await timers.advanceBy(20_000)
  expect(polled).toHaveLength(4)
})
