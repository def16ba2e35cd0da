import { expect, test } from 'vitest'
import { virtualClock } from '../src/virtual-clock.ts'

test('timers run in order of time, then of asking, each at its own time', async () => {
  const clock = virtualClock(1_000)
  const ran: string[] = []
  const say = (what: string) => () => ran.push(`${what}@${clock.now()}`)
  clock.after(20, say('b'))
  clock.after(10, say('a'))
  clock.after(20, say('c'))
  clock.after(31, say('late'))
  expect(clock.nextAt()).toBe(1_010)

  await clock.advanceBy(30)

  expect(ran).toEqual(['a@1010', 'b@1020', 'c@1020'])
  expect([clock.now(), clock.nextAt()]).toEqual([1_030, 1_031])
})

test('a timer set by a timer runs in the same advance when it is due by then', async () => {
  const clock = virtualClock(0)
  const at: number[] = []
  const tick = () => {
    at.push(clock.now())
    clock.after(10, tick)
  }
  clock.after(10, tick)
  await clock.advanceTo(35)
  expect(at).toEqual([10, 20, 30])
})

test('what a timer started in memory is finished before the next one', async () => {
  const clock = virtualClock(0)
  const ran: string[] = []
  clock.after(1, async () => {
    for (let n = 0; n < 50; n++) await undefined
    ran.push('slow first')
  })
  clock.after(2, () => ran.push('second'))
  await clock.advanceBy(5)
  expect(ran).toEqual(['slow first', 'second'])
})

test('a timer taken back does not run, and time never goes back', async () => {
  const clock = virtualClock(100)
  let ran = 0
  const cancel = clock.after(5, () => ran++)
  cancel()
  cancel()
  await clock.advanceBy(10)
  await clock.advanceTo(50)
  expect([ran, clock.now()]).toEqual([0, 110])
})
