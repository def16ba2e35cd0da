import type { Tariff, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { decimal, fraction } from './decimal.ts'
import { amountText, moneyText } from './display-money.ts'
import { describeRestrictions } from './display-restrictions.ts'
import { fill, shownIn, wordsIn } from './display-words.ts'
import type { ExplainedLine, ExplainedSpan, Explanation, Other, Unpriced } from './explain.ts'
import { listOf } from './explain.ts'
import type { Miss } from './explain-miss.ts'
import type { ExplainWords } from './explain-words.ts'
import { explainWordsIn } from './explain-words.ts'
import { currencyDigits } from './money.ts'

export interface TextLine {
  /** With tax; the amounts of all lines add up to the total. */
  readonly amount: string
  readonly text: string
  /** When, why, what was rounded and taxed. */
  readonly details: readonly string[]
}

/** The explanation as a driver or an operator reads it. */
export interface ExplanationText {
  readonly lines: readonly TextLine[]
  readonly total: { readonly amount: string; readonly text: string; readonly details: readonly string[] }
  /** What was used and costs nothing. */
  readonly free: readonly { readonly text: string; readonly details: readonly string[] }[]
}

interface Voice {
  readonly tariffs: readonly Tariff[]
  readonly language: string
  readonly words: ExplainWords
  readonly currency: string
  readonly timeZone: string
}

/** An explanation in the language of the driver: en, de or nl, any other in English. */
export function explanationText(
  tariff: Tariff | readonly Tariff[],
  explanation: Explanation,
  options: { readonly language: string },
): ExplanationText {
  const { currency, timeZone, totalMinor } = explanation
  const language = shownIn(options.language)
  const words = explainWordsIn(language)
  const voice = { tariffs: listOf(tariff), language, words, currency, timeZone }
  const taxes = explanation.taxes.map(({ percentage, net, amount }) => {
    const rate = percentage === undefined ? '' : percent(percentage, language)
    return `${fill(words.taxTotal, { rate, net: money(net, voice) })}: ${money(amount, voice)}`
  })
  return {
    lines: explanation.lines.map((line) => ({
      amount: minorText(line.amountMinor, voice),
      text: headOf(line, voice),
      details: [...sumDetails(line, voice), ...spanDetails(line, voice), ...otherDetails(line, voice)],
    })),
    total: { amount: minorText(totalMinor, voice), text: words.total, details: taxes },
    free: explanation.unpriced.map((one) => ({
      text: freeText(one, voice),
      details: [...spanDetails(one, voice), ...otherDetails({ ...one, element: -1 }, voice)],
    })),
  }
}

const money = (amount: number, { currency, language }: Voice) => moneyText(decimal(amount), currency, language)

const minorText = (minor: number, { currency, language }: Voice) =>
  amountText(fraction(minor, 10 ** currencyDigits(currency)), currency, language)

const percent = (rate: number, language: string) =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 3 }).format(rate / 100)

function headOf(line: ExplainedLine, voice: Voice): string {
  const { words, language } = voice
  const reserved = line.reservation !== undefined
  if (line.limit !== undefined) return line.limit === 'min_price' ? words.minimum : words.maximum
  if (line.dimension === 'FLAT') return reserved ? words.reservationFee : words.flat
  const quantity = amountOf(line.billedQuantity, line.unit, language)
  const each = money(line.unitPrice, voice)
  if (line.dimension === 'ENERGY')
    return fill(words.energy, { quantity, price: fill(wordsIn(language).perKwh, { price: each }) })
  const template = reserved ? words.reservation : line.dimension === 'TIME' ? words.time : words.parking
  return fill(template, { quantity, price: fill(words.perHour, { price: each }) })
}

function sumDetails(line: ExplainedLine, voice: Voice): readonly string[] {
  const { words, language } = voice
  const { rounding, vat, unit } = line
  const details: string[] = []
  if (rounding !== undefined) {
    const step = unit === 'kWh' ? amountOf(rounding.stepSize / 1000, unit, language) : durationOf(rounding.stepSize)
    const [used, added] = [amountOf(line.quantity, unit, language), amountOf(rounding.added, unit, language)]
    details.push(fill(words.rounded, { used, step, added }))
  }
  if (vat !== undefined) {
    const template = line.taxIncluded === 'YES' ? words.taxIncluded : words.taxAdded
    details.push(fill(template, { rate: percent(vat, language), amount: money(line.tax, voice) }))
  }
  return details
}

function spanDetails(
  { spans, dimension, unit }: Pick<ExplainedLine, 'spans' | 'dimension' | 'unit'>,
  voice: Voice,
): readonly string[] {
  const { words, language } = voice
  const several = spans.length > 1
  return spans.map((span) => {
    const [from, to] = timesOf(span, voice)
    if (dimension === 'FLAT') return fill(words.once, { from })
    return `${fill(words.span, { from, to })}${several ? `: ${amountOf(span.quantity, unit, language)}` : ''}`
  })
}

/** The day is said once when both ends have the same. */
function timesOf({ from, to }: ExplainedSpan, { language, timeZone }: Voice): readonly [string, string] {
  const day = (at: string) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone }).format(Date.parse(at))
  const clock = (at: string) =>
    new Intl.DateTimeFormat(language, {
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      timeZone,
    })
      .format(Date.parse(at))
      .replace(/:00$/, '')
  return [`${day(from)} ${clock(from)}`, day(from) === day(to) ? clock(to) : `${day(to)} ${clock(to)}`]
}

function otherDetails(
  {
    tariff: id,
    element,
    others,
  }: { readonly tariff?: string; readonly element: number; readonly others: readonly Other[] },
  voice: Voice,
): readonly string[] {
  const { words, tariffs } = voice
  if (element < 0 && others.every((other) => other.why === 'no-component')) return [words.noPrice]
  const tariff = tariffs.find((one) => one.id === id) ?? tariffs[0]
  const rule = fill(words.rule, { rule: String(element + 1) })
  const mine =
    element < 0 ? [] : tariffs.length > 1 ? [`${rule} (${tariff?.id})`] : tariff?.elements.length === 1 ? [] : [rule]
  const absent = others.filter((other) => other.why === 'no-component').map((other) => other.element + 1)
  const rest = others.filter((other) => other.why !== 'no-component')
  const texts = [
    ...mine,
    ...rest.map((other) =>
      otherText(other, { element, restrictions: tariff?.elements[other.element]?.restrictions ?? {} }, voice),
    ),
    ...(absent.length === 0 ? [] : [fill(words.noComponent, { rule: absent.join(', ') })]),
  ]
  return texts.length === 0 ? [] : [texts.join('; ')]
}

function otherText(
  other: Other,
  { element, restrictions }: { readonly element: number; readonly restrictions: TariffRestrictions },
  voice: Voice,
): string {
  const { words } = voice
  const rule = String(other.element + 1)
  if (other.why === 'later-in-list') return fill(words.later, { rule, mine: String(element + 1) })
  if (other.why === 'no-component') return fill(words.noComponent, { rule })
  const { miss } = other
  if (miss.restriction === 'reservation') return fill(reservationWords(miss, words), { rule })
  const when = describeRestrictions(sameKind(restrictions, miss.restriction), voice.language)
  return fill(words.restricted, { rule, when, actual: actualText(miss, voice) })
}

function reservationWords({ bound, actual }: Miss, words: ExplainWords): string {
  if (bound === 'none') return words.notForReservation
  if (actual === 'charging') return words.onlyForReservation
  return actual === 'expired' ? words.replacedByExpiry : words.onlyForExpiry
}

const pairs: readonly (readonly (keyof TariffRestrictions)[])[] = [
  ['start_time', 'end_time'],
  ['start_date', 'end_date'],
  ['min_kwh', 'max_kwh'],
  ['min_current', 'max_current'],
  ['min_power', 'max_power'],
  ['min_duration', 'max_duration'],
  ['day_of_week'],
]

/** The restrictions of an element that speak about the same thing as this one. */
function sameKind(restrictions: TariffRestrictions, name: keyof TariffRestrictions): TariffRestrictions {
  const names = pairs.find((pair) => pair.includes(name)) ?? [name]
  return Object.fromEntries(names.map((each) => [each, restrictions[each]]))
}

function actualText({ restriction, actual }: Miss, { language, words }: Voice): string {
  if (actual === undefined) return words.unknown
  const number =
    typeof actual === 'number' ? new Intl.NumberFormat(language, { maximumFractionDigits: 3 }).format(actual) : actual
  if (restriction.endsWith('_kwh')) return `${number} kWh`
  if (restriction.endsWith('_power')) return `${number} kW`
  if (restriction.endsWith('_current')) return `${number} A`
  if (restriction.endsWith('_duration')) return durationOf(Number(actual))
  if (restriction === 'day_of_week') return describeRestrictions({ day_of_week: [actual as 'MONDAY'] }, language)
  return number
}

function freeText({ dimension, quantity, unit }: Unpriced, { words, language }: Voice): string {
  const template = dimension === 'ENERGY' ? words.energy : dimension === 'TIME' ? words.time : words.parking
  return fill(words.unpriced, { what: template.split(':')[0] ?? '', quantity: amountOf(quantity, unit, language) })
}

function amountOf(quantity: number, unit: ExplainedLine['unit'], language: string): string {
  if (unit === 'h') return durationOf(Math.round(quantity * 3600))
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: 4 }).format(quantity)} kWh`
}

/** 3660 -> 1 h 1 min; the letters are the same in all three languages. */
function durationOf(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [Math.round(seconds % 60), 's'],
  ] as const
  const shown = parts.filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`)
  return shown.length === 0 ? '0 min' : shown.join(' ')
}
