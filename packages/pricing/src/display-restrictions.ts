import type { TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import type { Words } from './display-words.ts'
import { fill, wordsIn } from './display-words.ts'

const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY']

/** When a price applies, in words; empty when always. (tariffs › TariffRestrictions) */
export function describeRestrictions(restrictions: TariffRestrictions | null | undefined, language: string): string {
  if (restrictions == null) return ''
  const r = restrictions
  const words = wordsIn(language)
  const number = (value: number) => new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format(value)
  const kwh = range(words, r.min_kwh, r.max_kwh, (value) => `${number(value)} kWh`)
  const power = range(words, r.min_power, r.max_power, (value) => `${number(value)} kW`)
  const current = range(words, r.min_current, r.max_current, (value) => `${number(value)} A`)
  const elapsed = range(words, r.min_duration, r.max_duration, (value) => {
    if (value > 0 && value % 3600 === 0) return `${number(value / 3600)} h`
    return value % 60 === 0 ? `${number(value / 60)} min` : `${number(value)} s`
  })
  return [
    days(words, r.day_of_week ?? []),
    clock(words, r.start_time, r.end_time),
    r.start_date == null ? '' : fill(words.dates.from, { a: dateText(r.start_date, language) }),
    r.end_date == null ? '' : fill(words.dates.before, { b: dateText(r.end_date, language) }),
    kwh && fill(words.energy, { range: kwh }),
    power && fill(words.power, { range: power }),
    current && fill(words.current, { range: current }),
    elapsed && fill(words.elapsed, { range: elapsed }),
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function range(
  words: Words,
  from: number | null | undefined,
  until: number | null | undefined,
  show: (value: number) => string,
): string {
  if (from != null && until != null) return fill(words.between, { a: show(from), b: show(until) })
  if (from != null) return fill(words.from, { a: show(from) })
  return until == null ? '' : fill(words.until, { b: show(until) })
}

function clock(words: Words, start: string | null | undefined, end: string | null | undefined): string {
  const [a, b] = [start ?? '00:00', end ?? '00:00']
  return a === b ? '' : fill(words.at, { a, b: b === '00:00' ? '24:00' : b })
}

/** Three or more days in a row as a range. */
function days(words: Words, named: readonly string[]): string {
  const at = weekdays.flatMap((day, index) => (named.includes(day) ? [index] : []))
  if (at.length === 7) return ''
  const name = (index: number | undefined) => words.days[index as number] as string
  const runs = at.reduce<number[][]>((all, index) => {
    const run = all.at(-1)
    if (run !== undefined && run.at(-1) === index - 1) run.push(index)
    else all.push([index])
    return all
  }, [])
  return runs
    .map((run) => (run.length > 2 ? `${name(run[0])}–${name(run.at(-1))}` : run.map(name).join(', ')))
    .join(', ')
}

/** A day as it is written in a language. */
export function dateText(text: string, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' }).format(
    Date.parse(`${text}T00:00:00Z`),
  )
}
