import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localCuts, localMoment, offsetAt, zoneOf } from './local-time.ts'

const at = (text: string) => Date.parse(text)
const utc = (ms: number) => new Date(ms).toISOString()

test.each([
  ['Europe/Amsterdam', '2026-03-29T00:59:59Z', 1],
  ['Europe/Amsterdam', '2026-03-29T01:00:00Z', 2],
  ['Europe/Amsterdam', '2026-10-25T00:59:59Z', 2],
  ['Europe/Amsterdam', '2026-10-25T01:00:00Z', 1],
  ['Australia/Lord_Howe', '2026-04-04T14:59:59Z', 11],
  ['Australia/Lord_Howe', '2026-04-04T15:00:00Z', 10.5],
  ['Asia/Kathmandu', '2026-06-05T18:15:00Z', 5.75],
  ['Pacific/Apia', '2011-12-30T09:59:59Z', -10],
  ['Pacific/Apia', '2011-12-30T10:00:00Z', 14],
  ['America/New_York', '1969-12-31T23:59:59Z', -5],
  ['UTC', '2026-06-05T18:15:00Z', 0],
])('%s at %s is %d hours ahead of UTC', (zone, instant, hours) => {
  expect(offsetAt(at(instant), zoneOf(zone))).toBe(hours * 3_600_000)
})

test('every instant reads as the formatter of the machine reads it', () => {
  const zones = fc.constantFrom(
    'Europe/Amsterdam',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Kathmandu',
  )
  const instants = fc.integer({ min: at('1971-01-01T00:00:00Z'), max: at('2037-12-31T00:00:00Z') })
  fc.assert(
    fc.property(zones, instants, (timeZone, instant) => {
      const [date, time] = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
        .format(instant)
        .split(' ')
      const weekday = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'long' }).format(instant).toUpperCase()
      const [hours, minutes] = (time ?? '').split(':').map(Number)
      expect(localMoment(instant, timeZone)).toEqual({ date, weekday, minute: (hours ?? 0) * 60 + (minutes ?? 0) })
    }),
    { numRuns: 300 },
  )
})

test('a day before 1970 has its weekday too', () => {
  expect(localMoment(at('1969-12-31T12:00:00Z'), 'UTC').weekday).toBe('WEDNESDAY')
  expect(localMoment(at('1969-12-27T12:00:00Z'), 'UTC').weekday).toBe('SATURDAY')
})

test('the cuts of a night: minutes that come twice, minutes that never come, and the moving itself', () => {
  const cuts = (from: string, to: string, ...minutes: number[]) =>
    localCuts(at(from), at(to), 'Europe/Amsterdam', minutes).map(utc)
  expect(cuts('2026-10-24T22:00:00Z', '2026-10-25T03:00:00Z', 150)).toEqual([
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:00:00.000Z',
    '2026-10-25T01:30:00.000Z',
  ])
  expect(cuts('2026-03-28T23:00:00Z', '2026-03-29T03:00:00Z', 150)).toEqual(['2026-03-29T01:00:00.000Z'])
  // Only what lies strictly between; midnight is 23:00 UTC in winter.
  expect(cuts('2026-01-05T23:00:00Z', '2026-01-07T23:00:00Z', 0)).toEqual(['2026-01-06T23:00:00.000Z'])
  expect(cuts('2026-01-05T12:00:00Z', '2026-01-06T18:00:00Z', 0, 720)).toEqual([
    '2026-01-05T23:00:00.000Z',
    '2026-01-06T11:00:00.000Z',
  ])
})

test('a zone is a name; an offset, nothing or a guess is refused', () => {
  for (const zone of ['+01:00', '-05', '', 'Mars/Base', undefined as unknown as string, 5 as unknown as string])
    expect(() => zoneOf(zone)).toThrow(expect.objectContaining({ path: 'timeZone', value: zone }))
})

/** As many spellings of one zone as asked for, from a first one on. */
const spellings = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => {
    let bits = first + index
    return 'europe/amsterdam'.replaceAll(/[a-z]/g, (letter) => {
      const isLarge = bits % 2 === 1
      bits = Math.floor(bits / 2)
      return isLarge ? letter.toUpperCase() : letter
    })
  })

test('made-up spellings of zones do not fill the memory: of 2000 all are kept, then all are forgotten', () => {
  const kept = zoneOf('UTC')
  const all = spellings(0, 4000)
  const forgotten = all.findIndex((name) => zoneOf(name) !== undefined && zoneOf('UTC') !== kept)
  expect(forgotten).toBeGreaterThanOrEqual(0)
  // From here on the map holds the spelling that was one too many, and UTC once more.
  const again = zoneOf('UTC')
  for (const name of all.slice(forgotten + 1, forgotten + 1999)) zoneOf(name)
  expect(zoneOf('UTC')).toBe(again)
  zoneOf(spellings(4000, 1)[0] ?? '')
  expect(zoneOf('UTC')).not.toBe(again)
  expect(localMoment(at('2026-06-05T12:00:00Z'), all[0] ?? '').minute).toBe(14 * 60)
})

test('nor do the days of one zone: of 5000 all are kept, then all are forgotten', () => {
  const zone = zoneOf('Etc/UTC')
  const ask = (day: number) => offsetAt(day * 86_400_000, zone)
  for (let day = 0; day < 5000; day++) ask(day)
  expect(zone.blocks.size).toBe(5000)
  const first = zone.blocks.get(0)
  ask(0)
  expect(zone.blocks.get(0)).toBe(first)
  expect([ask(5000), zone.blocks.size]).toEqual([0, 1])
})

test('a moved clock is found to the second, at both ends of what is looked at', () => {
  const cuts = (from: string, to: string, zone = 'Europe/Amsterdam', ...minutes: number[]) =>
    localCuts(at(from), at(to), zone, minutes).map(utc)
  const [before, moved, after] = ['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-03-29T01:00:01Z']
  expect(cuts(before, after)).toEqual(['2026-03-29T01:00:00.000Z'])
  expect([cuts(before, moved), cuts(moved, after)]).toEqual([[], []])
  expect(cuts('2026-04-04T12:00:00Z', '2026-04-04T18:00:00Z', 'Australia/Lord_Howe')).toEqual([
    '2026-04-04T15:00:00.000Z',
  ])
  // 01:30 comes twice there: at 14:30 UTC, half an hour later the clock goes back by half an hour.
  expect(cuts('2026-04-04T12:00:00Z', '2026-04-04T18:00:00Z', 'Australia/Lord_Howe', 90)).toEqual([
    '2026-04-04T14:30:00.000Z',
    '2026-04-04T15:00:00.000Z',
  ])
  expect(cuts('2026-01-05T17:59:59Z', '2026-01-05T18:00:01Z', 'UTC', 1080)).toEqual(['2026-01-05T18:00:00.000Z'])
  expect(cuts('2026-01-05T18:00:00Z', '2026-01-05T19:00:00Z', 'UTC', 1080, 1140)).toEqual([])
  expect(cuts('2026-01-05T02:00:00Z', '2026-01-05T03:00:00Z', 'America/New_York', 0, 1290)).toEqual([
    '2026-01-05T02:30:00.000Z',
  ])
})

test('an instant between two seconds has the offset of its second', () => {
  expect(offsetAt(at('2026-03-29T00:59:59.999Z'), zoneOf('Europe/Amsterdam'))).toBe(3_600_000)
  expect(offsetAt(at('2026-03-29T01:00:00.001Z'), zoneOf('Europe/Amsterdam'))).toBe(7_200_000)
})
