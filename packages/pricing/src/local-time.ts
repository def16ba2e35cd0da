import { PricingError } from './pricing-error.ts'

/** Clock and calendar on the wall of a location at one instant. */
export interface LocalMoment {
  /** Minutes since local midnight. */
  readonly minute: number
  /** As in OCPI: MONDAY … SUNDAY. */
  readonly weekday: string
  /** YYYY-MM-DD */
  readonly date: string
}

/** A time zone with the offsets found so far. */
export interface Zone {
  readonly offsets: Intl.DateTimeFormat
  readonly blocks: Map<number, Block>
}

/** A day of UTC, in which a clock is moved at most once: between two moves lie four days at least. Offsets in ms, east is positive. */
interface Block {
  readonly before: number
  /** Infinity when the clock is not moved. */
  readonly movedAt: number
  readonly after: number
}

const secondMs = 1000
const minuteMs = 60_000
const dayMs = 86_400_000
export const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']

// Making a formatter takes 55 us, asking it 3 us, a known offset 0.02 us. There are about 600 zones; the spelling of a
// name is free, so both maps are emptied when they grow beyond what honest input needs (a zone: 14 years of days).
const zones = new Map<string, Zone>()
const mostZones = 2000
const mostBlocks = 5000

/** Each instant is converted on its own, so days of 23 and 25 hours need no care. (G-11) */
export function localMoment(at: number, timeZone: string): LocalMoment {
  const local = at + offsetAt(at, zoneOf(timeZone))
  return {
    minute: minuteOfDay(local),
    weekday: weekdays[weekdayOf(dayOf(local))] ?? '',
    date: new Date(local).toISOString().slice(0, 10),
  }
}

/** Whole days since 1970 of a local time. */
export function dayOf(local: number): number {
  return Math.floor(local / dayMs)
}

/** Index in `weekdays`; 1 January 1970 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

export function minuteOfDay(local: number): number {
  return Math.floor((local - dayOf(local) * dayMs) / minuteMs)
}

/** The instants strictly between `start` and `end` at which the local clock shows one of `minutes` or is moved. */
export function localCuts(start: number, end: number, timeZone: string, minutes: readonly number[]): readonly number[] {
  const zone = zoneOf(timeZone)
  const cuts = new Set<number>()
  for (let from = start; from < end; ) {
    const { movedAt } = blockAt(from, zone)
    const blockEnd = (dayOf(from) + 1) * dayMs
    const to = Math.min(end, from < movedAt ? Math.min(blockEnd, movedAt) : blockEnd)
    addShowing(cuts, minutes, { from, to, offset: offsetAt(from, zone) })
    if (to === movedAt) cuts.add(to)
    from = to
  }
  cuts.delete(end)
  return [...cuts].sort((a, b) => a - b)
}

interface Stretch {
  readonly from: number
  readonly to: number
  readonly offset: number
}

/** When the local clock shows one of `minutes`: after one instant, until another included, with the same offset between. */
function addShowing(cuts: Set<number>, minutes: readonly number[], { from, to, offset }: Stretch): void {
  const lastDay = dayOf(to + offset)
  for (let day = dayOf(from + offset); day <= lastDay; day++) {
    for (const minute of minutes) {
      const at = day * dayMs + minute * minuteMs - offset
      if (at > from && at <= to) cuts.add(at)
    }
  }
}

/** What to add to UTC for the local time, in ms. */
export function offsetAt(at: number, zone: Zone): number {
  const { before, movedAt, after } = blockAt(at, zone)
  return at < movedAt ? before : after
}

function blockAt(at: number, zone: Zone): Block {
  const index = dayOf(at)
  const known = zone.blocks.get(index)
  if (known !== undefined) return known
  if (zone.blocks.size >= mostBlocks) zone.blocks.clear()
  const [from, to] = [index * dayMs, (index + 1) * dayMs]
  const [before, after] = [askOffset(from, zone), askOffset(to, zone)]
  const block = { before, after, movedAt: before === after ? Number.POSITIVE_INFINITY : whenMoved(from, to, zone) }
  zone.blocks.set(index, block)
  return block
}

/** When the clock was moved between two instants, to the second: the first one with the new offset. */
function whenMoved(from: number, to: number, zone: Zone): number {
  const before = askOffset(from, zone)
  let [low, high] = [from / secondMs, to / secondMs]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (askOffset(middle * secondMs, zone) === before) low = middle
    else high = middle
  }
  return high * secondMs
}

/** What the formatter says at a whole second. */
function askOffset(at: number, zone: Zone): number {
  const parts: Record<string, number> = {}
  for (const part of zone.offsets.formatToParts(at)) parts[part.type] = Number(part.value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - at
}

/** The zone of an IANA name; a fixed offset such as +01:00 would be wrong for half of the year. */
export function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone)
  if (known !== undefined) return known
  if (typeof timeZone !== 'string' || !/^[A-Za-z]/.test(timeZone)) throw noZone(timeZone)
  try {
    const made = { offsets: formatterOf(timeZone), blocks: new Map<number, Block>() }
    if (zones.size >= mostZones) zones.clear()
    zones.set(timeZone, made)
    return made
  } catch {
    throw noZone(timeZone)
  }
}

function noZone(timeZone: unknown): PricingError {
  return new PricingError('timeZone', timeZone, 'must be an IANA time zone such as Europe/Amsterdam')
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}
