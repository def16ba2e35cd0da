/** Numbers, money and times as the reader's language writes them. */
import { localeOf, sayMoney } from '@plugtill/terminal/texts'
import { language } from './catalogue/catalogue.ts'
import type { MinorAmount } from './platform-api.ts'

export const money = ({ amount_minor, currency }: MinorAmount): string =>
  sayMoney(language(), { amountMinor: amount_minor, currency })

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(localeOf(language()), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

export const percent = (share: number): string =>
  new Intl.NumberFormat(localeOf(language()), { style: 'percent', maximumFractionDigits: 1 }).format(share)

export const kwh = (wh: number): string => `${number(wh / 1000, 2)} kWh`

/** The time of today, to the second; of another day the date and the minute; anything that is no time stays as it is. */
export function time(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const now = new Date()
  if (at.toDateString() === now.toDateString()) return at.toLocaleString(localeOf(language()), { timeStyle: 'medium' })
  const year = at.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const)
  return at.toLocaleString(localeOf(language()), {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
    ...year,
  })
}

export function milliseconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${number(ms / 1000, ms < 10_000 ? 1 : 0)} s`
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
]

export function ago(iso: string): string {
  const ms = Date.parse(iso) - Date.now()
  if (Number.isNaN(ms)) return iso
  const [unit, size] = STEPS.find(([, step]) => Math.abs(ms) >= step) ?? ['second', 1000]
  return new Intl.RelativeTimeFormat(localeOf(language()), { numeric: 'auto' }).format(Math.round(ms / size), unit)
}
