/** Getting in sync again after an outage, and staying so. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { catchUp, nextPullMs, type PullMark, pullWindow } from '../src/catch-up.ts'
import { Fault } from '../src/errors.ts'

test('A-16: pulls come at an interval give or take a fifth', () => {
  expect([nextPullMs(1000, () => 0), nextPullMs(1000, () => 0.5), nextPullMs(1000, () => 1)]).toEqual([800, 1000, 1200])
})

test('A-15, A-78: after an outage one pull fetches what changed since the last good one, with an overlap', () => {
  const mark = { begunAt: Date.parse('2030-01-31T12:00:00Z'), wholeAt: Date.parse('2030-01-31T06:00:00Z') }
  const twoHoursLater = Date.parse('2030-01-31T14:00:00Z')

  expect(pullWindow(mark, twoHoursLater)).toEqual({ query: { date_from: '2030-01-31T11:50:00.000Z' }, whole: false })
  expect(pullWindow(mark, twoHoursLater, { overlapMs: 0 })).toEqual({
    query: { date_from: '2030-01-31T12:00:00.000Z' },
    whole: false,
  })
})

test('A-32: what is gone is only told by a pull of everything: the first one, and once a day', () => {
  const mark = { begunAt: Date.parse('2030-01-31T12:00:00Z'), wholeAt: Date.parse('2030-01-31T06:00:00Z') }

  expect(pullWindow(undefined, 0)).toEqual({ query: {}, whole: true })
  expect(pullWindow(mark, Date.parse('2030-02-01T06:00:00Z'))).toEqual({ query: {}, whole: true })
})

test('a pull that breaks off leaves the mark where it was; one that ends moves it to its own beginning', async () => {
  const clock = { now: () => 5_000_000 }
  const mark: PullMark = { begunAt: 4_000_000, wholeAt: 3_000_000 }
  const kept: number[] = []
  async function* items(breaks: boolean) {
    yield 1
    if (breaks) throw new Fault('PEER_SILENT', 'x', { retry: true })
    yield 2
  }
  const keep = async (item: number) => void kept.push(item)

  await expect(catchUp({ clock, mark, keep, read: () => items(true) })).rejects.toMatchObject({ code: 'PEER_SILENT' })
  expect(await catchUp({ clock, mark, keep, read: () => items(false) })).toEqual({
    mark: { begunAt: 5_000_000, wholeAt: 3_000_000 },
    items: 2,
    whole: false,
  })
  expect(await catchUp({ clock, mark: undefined, keep, read: () => items(false) })).toMatchObject({
    mark: { begunAt: 5_000_000, wholeAt: 5_000_000 },
    whole: true,
  })
  expect(kept).toEqual([1, 1, 2, 1, 2])
  await expect(catchUp({ clock, mark, keep, read: () => items(false), atMost: 1 })).rejects.toMatchObject({
    code: 'PULL_TOO_LARGE',
  })
})

test('A-78: whatever is missed while pulls fail now and then is there after the next good one', async () => {
  const change = fc.record({ id: fc.integer({ min: 0, max: 9 }), afterMs: fc.integer({ min: 1, max: 3_600_000 }) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(change, fc.constantFrom('pull' as const, 'failing pull' as const)), { maxLength: 40 }),
      async (steps) => {
        const at = { now: 1_900_000_000_000 }
        const theirs = new Map<number, number>()
        const ours = new Map<number, number>()
        let mark: PullMark | undefined
        const pull = async (fails: boolean) => {
          const read = async function* ({ date_from }: { readonly date_from?: string }) {
            const from = date_from === undefined ? 0 : Date.parse(date_from)
            for (const [id, changed] of theirs) {
              if (fails && id % 3 === 0) throw new Fault('PEER_SILENT', 'x')
              if (changed >= from) yield { id, changed }
            }
          }
          const done = await catchUp({
            clock: { now: () => at.now },
            mark,
            read,
            keep: async ({ id, changed }) => void ours.set(id, changed),
          }).catch(() => undefined)
          mark = done?.mark ?? mark
        }
        for (const step of steps) {
          if (typeof step === 'string') await pull(step === 'failing pull')
          else {
            at.now += step.afterMs
            theirs.set(step.id, at.now)
          }
        }
        await pull(false)
        expect([...ours].sort()).toEqual([...theirs].sort())
      },
    ),
    { numRuns: 100 },
  )
})
