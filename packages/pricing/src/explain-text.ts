import type { Tariff, TariffElement, TariffRestrictions } from '@plugtill/ocpi/modules/tariffs'
import { decimal, fraction } from './decimal.ts'
import { amountText, moneyText } from './display-money.ts'
import { dateText, describeRestrictions } from './display-restrictions.ts'
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
    const on = { net: money(net, voice) }
    const of =
      percentage === undefined
        ? fill(words.taxTotalUnrated, on)
        : fill(words.taxTotal, { ...on, rate: percent(percentage, language) })
    return `${of}: ${money(amount, voice)}`
  })
  return {
    lines: explanation.lines.map((line) => ({
      amount: minorText(line.amountMinor, voice),
      text: headOf(line, voice),
      // A limit comes from no rule: there is nothing to say why.
      details:
        line.limit === undefined
          ? [...sumDetails(line, voice), ...spanDetails(line, voice), ...whyDetails(line, voice)]
          : [],
    })),
    total: { amount: minorText(totalMinor, voice), text: words.total, details: taxes },
    free: explanation.unpriced.map((one) => ({
      text: freeText(one, voice),
      details: [
        ...spanDetails(one, voice),
        ...(one.others.every((other) => other.why === 'no-component')
          ? [words.noPrice]
          : whyDetails({ ...one, element: -1 }, voice)),
      ],
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

type Why = Pick<ExplainedLine, 'tariff' | 'element' | 'others'>

/** Which price rule it was, and what kept each of the others from being it. */
function whyDetails({ tariff: id, element, others }: Why, voice: Voice): readonly string[] {
  const { words, tariffs } = voice
  const tariff = tariffs.find((one) => one.id === id) as Tariff
  const rule = fill(words.rule, { rule: String(element + 1) })
  const isOnly = tariffs.length === 1 && tariff.elements.length === 1
  const mine = element < 0 || isOnly ? [] : [tariffs.length === 1 ? rule : `${rule} (${tariff.id})`]
  const absent = others.filter((other) => other.why === 'no-component').map((other) => other.element + 1)
  const texts = [
    ...mine,
    ...others
      .filter((other) => other.why !== 'no-component')
      .map((other) =>
        otherText(other, { mine: element, other: tariff.elements[other.element] as TariffElement }, voice),
      ),
    ...(absent.length === 0 ? [] : [fill(words.noComponent, { rule: absent.join(', ') })]),
  ]
  return texts.length === 0 ? [] : [texts.join('; ')]
}

function otherText(
  reason: Exclude<Other, { readonly why: 'no-component' }>,
  { mine, other }: { readonly mine: number; readonly other: TariffElement },
  voice: Voice,
): string {
  const { words } = voice
  const rule = String(reason.element + 1)
  if (reason.why === 'later-in-list') return fill(words.later, { rule, mine: String(mine + 1) })
  const { miss } = reason
  if (miss.restriction === 'reservation') return fill(reservationWords(miss, words), { rule })
  const when = describeRestrictions(
    sameKind(other.restrictions as TariffRestrictions, miss.restriction),
    voice.language,
  )
  return fill(words.restricted, { rule, when, actual: actualText(miss, voice) })
}

function reservationWords({ bound, actual }: Miss, words: ExplainWords): string {
  if (bound === 'none') return words.notForReservation
  if (actual === 'charging') return words.onlyForReservation
  return actual === 'expired' ? words.replacedByExpiry : words.onlyForExpiry
}

/** min_kwh and max_kwh speak of kwh, start_time and end_time of time. */
const kindOf = (name: string) => name.slice(name.indexOf('_'))

/** The restrictions of an element that speak about the same thing as this one. */
const sameKind = (restrictions: TariffRestrictions, name: string): TariffRestrictions =>
  Object.fromEntries(Object.entries(restrictions).filter(([each]) => kindOf(each) === kindOf(name)))

function actualText({ restriction, actual }: Miss, { language, words }: Voice): string {
  if (actual === undefined) return words.unknown
  const number = typeof actual === 'number' ? new Intl.NumberFormat(language).format(actual) : actual
  if (restriction.endsWith('_kwh')) return `${number} kWh`
  if (restriction.endsWith('_power')) return `${number} kW`
  if (restriction.endsWith('_current')) return `${number} A`
  if (restriction.endsWith('_duration')) return durationOf(Number(actual))
  if (restriction.endsWith('_date')) return dateText(String(actual), language)
  if (restriction === 'day_of_week') return describeRestrictions({ day_of_week: [actual as 'MONDAY'] }, language)
  return number
}

function freeText({ dimension, quantity, unit }: Unpriced, { words, language }: Voice): string {
  const template = dimension === 'ENERGY' ? words.energy : dimension === 'TIME' ? words.time : words.parking
  return fill(words.unpriced, { what: template.split(':')[0] as string, quantity: amountOf(quantity, unit, language) })
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
