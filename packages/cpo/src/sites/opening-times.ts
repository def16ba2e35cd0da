/** Whether a site is open at a moment: weekly hours in its own time, exceptions in UTC. (locations › Hours) */
import type { Hours } from '@plugtill/ocpi/modules/locations-parts'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** A site that says nothing of its hours is open. A closing beats an opening, an opening the weekly hours. */
export function openAt(hours: Hours | null | undefined, timeZone: string, at: number): boolean {
  if (hours == null) return true
  const during = (periods: Hours['exceptional_openings']) =>
    (periods ?? []).some(
      ({ period_begin, period_end }) => at >= Date.parse(period_begin) && at < Date.parse(period_end),
    )
  if (during(hours.exceptional_closings)) return false
  if (hours.twentyfourseven || during(hours.exceptional_openings)) return true
  const { weekday, time } = localTime(timeZone, at)
  return (hours.regular_hours ?? []).some(
    ({ weekday: day, period_begin, period_end }) =>
      day === weekday && time >= period_begin && (time < period_end || period_end === '00:00'),
  )
}

function localTime(timeZone: string, at: number): { readonly weekday: number; readonly time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return { weekday: WEEKDAYS.indexOf(part['weekday'] ?? '') + 1, time: `${part['hour']}:${part['minute']}` }
}
