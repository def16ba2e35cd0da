/** A priced session as a receipt with its reasons, for people. */
import type { Audit } from '@plugtill/pricing/audit'
import { fraction } from '@plugtill/pricing/decimal'
import { amountText } from '@plugtill/pricing/display-money'
import type { Explanation } from '@plugtill/pricing/explain'
import type { ExplanationText } from '@plugtill/pricing/explain-text'
import type { Forecast } from '@plugtill/pricing/forecast'
import { currencyDigits } from '@plugtill/pricing/money'
import { table } from './table.ts'

export interface Priced {
  readonly kind: 'CDR' | 'Session'
  readonly id: string
  readonly timeZone: string
  /** Why this zone was taken. */
  readonly zoneFrom: string
  readonly language: string
  readonly currency: string
  /** Absent when it could not be priced; the audit says why. */
  readonly explanation?: Explanation
  readonly text?: ExplanationText
  readonly audit?: Audit
  readonly forecast?: Forecast
}

export function priceLines(priced: Priced): readonly string[] {
  const { kind, id, timeZone, zoneFrom, audit, forecast } = priced
  return [
    `${kind} ${id}, times in ${timeZone} (${zoneFrom})`,
    '',
    ...receipt(priced),
    ...(forecast === undefined ? [] : ['', ...forecastLines(forecast, priced)]),
    ...(audit === undefined ? [] : ['', ...auditLines(audit)]),
  ]
}

function receipt({ text, explanation }: Priced): readonly string[] {
  if (text === undefined || explanation === undefined) return ['No cost could be calculated.']
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

const READINGS: Readonly<Record<Audit['reading'], string>> = {
  both: 'The CDR agrees with its tariff.',
  'edition-2': 'The CDR agrees with its tariff, by the reading of edition 2.',
  '2021': 'The CDR agrees with its tariff by the reading of 2021, not by that of edition 2.',
  neither: 'The CDR does not agree with its tariff.',
}

function auditLines({ reading, ok, totals, findings }: Audit): readonly string[] {
  const judged = totals.length === 0 ? 'The CDR could not be compared.' : READINGS[reading]
  return [
    ok || reading === 'neither' ? judged : `${judged} But it contradicts itself.`,
    '',
    ...(totals.length === 0
      ? []
      : table(totals, [
          { title: '', cell: ({ ok: good }) => (good ? '✓' : '✗') },
          { title: 'Total', cell: ({ name }) => name },
          { title: 'CDR', cell: ({ claimed }) => claimed, align: 'right' },
          { title: 'Computed', cell: ({ expected }) => expected, align: 'right' },
          { title: 'Off by', cell: ({ by }) => by, align: 'right' },
          { title: 'Unit', cell: ({ unit }) => unit },
        ])),
    ...findings.flatMap((one) => [
      '',
      `${one.severity === 'error' ? '✗' : one.severity === 'warning' ? '!' : '·'} ${one.path || '(whole)'}  ${one.id}`,
      `    ${one.reason}`,
      `    → ${one.fix}`,
    ]),
  ]
}

function forecastLines(said: Forecast, { language, timeZone, currency }: Priced): readonly string[] {
  const money = (minor: number) => amountText(fraction(minor, 10 ** currencyDigits(currency)), currency, language)
  const clock = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium', timeZone }).format(
    said.stopAt,
  )
  const stop = {
    now: 'Stop now: any longer and the hold may not be enough.',
    by: `Stop at ${clock} at the latest: then it costs ${money(said.worstMinor)} at the worst.`,
    'not-needed': `No stop is needed before ${clock}.`,
  }[said.stop]
  return [
    'Forecast',
    `  so far ${money(said.costMinor)}; from now ${money(said.perHourMinor.charging)} per hour at full power, ${money(said.perHourMinor.parking)} per hour connected without charging`,
    `  ${stop}`,
    ...(said.safeKwh === undefined
      ? []
      : [`  Until ${said.safeKwh} kWh in total the hold is enough however slowly they come.`]),
  ]
}
