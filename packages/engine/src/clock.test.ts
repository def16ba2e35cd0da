import { afterEach, expect, test, vi } from 'vitest'
import { wallClock } from './clock.ts'

const HOUR = 3_600_000

afterEach(() => void vi.useRealTimers())

/** What has rung, at how many milliseconds of the machine's own count. */
function rings() {
  vi.useFakeTimers({ now: 1_000_000 })
  const began = performance.now()
  const rung: [string, number][] = []
  return { rung, note: (name: string) => () => void rung.push([name, performance.now() - began]) }
}

test('a timer rings once, after its delay, however long that is', () => {
  const { rung, note } = rings()
  for (const delay of [-5, 0, 1, 9_999, 10_000, 10_001, 25_000, 30 * 24 * HOUR])
    wallClock.after(delay, note(`${delay}`))
  vi.advanceTimersByTime(31 * 24 * HOUR)
  expect(rung).toEqual([
    ['-5', 0],
    ['0', 0],
    ['1', 1],
    ['9999', 9_999],
    ['10000', 10_000],
    ['10001', 10_001],
    ['25000', 25_000],
    [`${30 * 24 * HOUR}`, 30 * 24 * HOUR],
  ])
})

test('after a sleep of the machine a timer whose time has passed rings within ten seconds', () => {
  const { rung, note } = rings()
  wallClock.after(HOUR, note('an hour'))
  wallClock.after(3 * HOUR, note('three hours'))
  vi.advanceTimersByTime(5_000)
  vi.setSystemTime(Date.now() + 2 * HOUR)
  vi.advanceTimersByTime(HOUR)
  expect(rung).toEqual([
    ['an hour', 10_000],
    ['three hours', HOUR],
  ])
})

test('a time that was set back keeps nobody waiting longer than the delay', () => {
  const { rung, note } = rings()
  wallClock.after(60_000, note('a minute'))
  vi.setSystemTime(Date.now() - HOUR)
  vi.advanceTimersByTime(HOUR)
  expect(rung).toEqual([['a minute', 60_000]])
})

test('a timer that was taken back never rings, not even between two looks', () => {
  const { rung, note } = rings()
  const cancel = wallClock.after(25_000, note('taken back'))
  vi.advanceTimersByTime(15_000)
  cancel()
  vi.advanceTimersByTime(HOUR)
  expect(rung).toEqual([])
})
