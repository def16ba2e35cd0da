/** A priced session as a receipt with its reasons, for people. */
import type { Audit } from '@plugtill/pricing/audit'
import { fraction } from '@plugtill/pricing/decimal'
import { amountText } from '@plugtill/pricing/display-money'
import type { Explanation } from '@plugtill/pricing/explain'
import type { ExplanationText } from '@plugtill/pricing/explain-text'
import type { Forecast } from '@plugtill/pricing/forecast'
import { currencyDigits } from '@plugtill/pricing/money'
import { filled, type PriceLanguage, type PriceWords, priceWords } from './price-words.ts'
import { table } from './table.ts'

/** Why this zone was taken: it was asked for, or it is that of a country, which may not be known. */
export interface ZoneFrom {
  readonly why: keyof PriceWords['from']
  readonly country: string
}

export interface Priced {
  readonly kind: 'CDR' | 'Session'
  readonly id: string
  readonly timeZone: string
  readonly zoneFrom: ZoneFrom
  readonly language: PriceLanguage
  readonly currency: string
  /** Absent when it could not be priced; the audit says why. */
  readonly explanation?: Explanation
  readonly text?: ExplanationText
  readonly audit?: Audit
  readonly forecast?: Forecast
}

export function priceLines(priced: Priced): readonly string[] {
  const { kind, id, timeZone, zoneFrom, audit, forecast } = priced
  const words = priceWords(priced.language)
  const from = filled(words.from[zoneFrom.why], { country: zoneFrom.country })
  return [
    filled(words.head, { kind, id, zone: timeZone, from }),
    '',
    ...receipt(priced, words),
    ...(forecast === undefined ? [] : ['', ...forecastLines(forecast, priced, words)]),
    ...(audit === undefined ? [] : ['', ...auditLines(audit, words)]),
  ]
}

function receipt({ text, explanation }: Priced, { noCost }: PriceWords): readonly string[] {
  if (text === undefined || explanation === undefined) return [noCost]
  const amounts = [...text.lines.map((line) => line.amount), text.total.amount]
  const width = Math.max(...amounts.map((amount) => amount.length))
  const entry = (amount: string, words: string, details: readonly string[]) => [
    `${amount.padStart(width)}  ${words}`,
    ...details.map((detail) => `${' '.repeat(width)}    ${detail}`),
  ]
  return [
    ...text.lines.flatMap((line) => entry(line.amount, line.text, line.details)),
    '─'.repeat(width),
    ...entry(text.total.amount, text.total.text, text.total.details),
    ...text.free.flatMap(({ text: words, details }) => ['', ...entry('', words, details)]),
    ...(explanation.findings.length === 0
      ? []
      : ['', ...explanation.findings.map((one) => `${' '.repeat(width)}  ! ${one.message}`)]),
  ]
}

function auditLines({ reading, ok, totals, findings }: Audit, { audit }: PriceWords): readonly string[] {
  const judged = totals.length === 0 ? audit.notCompared : audit.readings[reading]
  const [total, cdr, computed, off, unitTitle] = audit.columns
  return [
    ok || reading === 'neither' ? judged : `${judged} ${audit.contradicts}`,
    '',
    ...(totals.length === 0
      ? []
      : table(totals, [
          { title: '', cell: ({ ok: good }) => (good ? '✓' : '✗') },
          { title: total, cell: ({ name }) => name },
          { title: cdr, cell: ({ claimed }) => claimed, align: 'right' },
          { title: computed, cell: ({ expected }) => expected, align: 'right' },
          { title: off, cell: ({ by }) => by, align: 'right' },
          { title: unitTitle, cell: ({ unit }) => unit },
        ])),
    ...findings.flatMap((one) => [
      '',
      `${one.severity === 'error' ? '✗' : one.severity === 'warning' ? '!' : '·'} ${one.path || '(whole)'}  ${one.id}`,
      `    ${one.reason}`,
      `    → ${one.fix}`,
    ]),
  ]
}

function forecastLines(
  said: Forecast,
  { language, timeZone, currency }: Priced,
  { forecast: words }: PriceWords,
): readonly string[] {
  const money = (minor: number) => amountText(fraction(minor, 10 ** currencyDigits(currency)), currency, language)
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    said.stopAt,
  )
  const { charging, parking } = said.perHourMinor
  const stop = { now: words.now, by: words.by, 'not-needed': words.notNeeded }[said.stop]
  return [
    words.title,
    `  ${filled(words.rates, { cost: money(said.costMinor), charging: money(charging), parking: money(parking) })}`,
    `  ${filled(stop, { time, worst: money(said.worstMinor) })}`,
    ...(said.safeKwh === undefined ? [] : [`  ${filled(words.safe, { kwh: numberText(said.safeKwh, language) })}`]),
  ]
}

const numberText = (value: number, language: string) =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 3, useGrouping: false }).format(value)
