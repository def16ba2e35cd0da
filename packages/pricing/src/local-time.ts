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

const minuteMs = 60_000
const hourMs = 3_600_000
const weekdays = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY']

// Making a formatter costs a thousand times more than using it. There are about 600 zones, so this stays small.
const formatters = new Map<string, Intl.DateTimeFormat>()

/** Each instant is converted on its own, so days of 23 and 25 hours need no care. (G-11) */
export function localMoment(at: number, timeZone: string): LocalMoment {
  const local = new Date(at + offsetAt(at, timeZone))
  return {
    minute: local.getUTCHours() * 60 + local.getUTCMinutes(),
    weekday: weekdays[local.getUTCDay()] ?? '',
    date: local.toISOString().slice(0, 10),
  }
}

/** The instants strictly between `start` and `end` at which the local clock shows one of `minutes` or is moved. */
export function localCuts(start: number, end: number, timeZone: string, minutes: readonly number[]): readonly number[] {
  const cuts: number[] = []
  for (let from = start; from < end; from += 6 * hourMs) {
    const to = Math.min(from + 6 * hourMs, end)
    const offset = offsetAt(from, timeZone)
    const moved = offsetAt(to, timeZone) === offset ? undefined : movedAt(from, to, timeZone)
    cuts.push(...showing(from, moved ?? to, offset, minutes))
    if (moved !== undefined) cuts.push(moved, ...showing(moved, to, offsetAt(to, timeZone), minutes))
  }
  return [...new Set(cuts)].filter((cut) => cut > start && cut < end).sort((a, b) => a - b)
}

function showing(from: number, to: number, offset: number, minutes: readonly number[]): readonly number[] {
  const dayMs = 24 * hourMs
  const firstDay = Math.floor((from + offset) / dayMs)
  const lastDay = Math.floor((to + offset) / dayMs)
  const found: number[] = []
  for (let day = firstDay; day <= lastDay; day++) {
    for (const minute of minutes) {
      const at = day * dayMs + minute * minuteMs - offset
      if (at >= from && at <= to) found.push(at)
    }
  }
  return found
}

/** When the clock was moved between the two instants, to the minute. */
function movedAt(from: number, to: number, timeZone: string): number {
  const before = offsetAt(from, timeZone)
  let low = Math.floor(from / minuteMs)
  let high = Math.ceil(to / minuteMs)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * minuteMs, timeZone) === before) low = middle
    else high = middle
  }
  return high * minuteMs
}

function offsetAt(at: number, timeZone: string): number {
  const parts: Record<string, number> = {}
  for (const part of formatterOf(timeZone).formatToParts(at)) parts[part.type] = Number(part.value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  try {
    const made = new Intl.DateTimeFormat('en-US', {
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
    formatters.set(timeZone, made)
    return made
  } catch {
    throw new PricingError('timeZone', timeZone, 'must be an IANA time zone such as Europe/Amsterdam')
  }
}
