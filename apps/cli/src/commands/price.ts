import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import type { Session } from '@plugtill/ocpi/modules/sessions'
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { explain as explainShape } from '@plugtill/ocpi/validate'
import { auditCdr } from '@plugtill/pricing/audit'
import { add, compare, decimal, subtract, zero } from '@plugtill/pricing/decimal'
import { explain } from '@plugtill/pricing/explain'
import { explanationText } from '@plugtill/pricing/explain-text'
import { forecast, soFarOf } from '@plugtill/pricing/forecast'
import { toMinor } from '@plugtill/pricing/money'
import { sessionOf } from '@plugtill/pricing/periods'
import { type PricedSession, price } from '@plugtill/pricing/price'
import { PricingError } from '@plugtill/pricing/pricing-error'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { couldNotRun, EXIT, Exit, wrongUsage } from '../exit.ts'
import { itemsOf, parsedOf, readText } from '../lint/read-json.ts'
import { readAs, recognise } from '../lint/recognise.ts'
import { needZone, zoneOfCountry } from '../lint/zones.ts'
import { type Priced, priceLines } from '../text/price-lines.ts'
import { PRICE_LANGUAGES, type PriceLanguage } from '../text/price-words.ts'

interface Options {
  readonly tariff?: string
  readonly cdr?: string
  readonly session?: string
  readonly timeZone?: string
  readonly maxPower?: string
  readonly hold?: string
  readonly language: PriceLanguage
}

/** `plugtill price`: what a session costs, why, and whether its CDR agrees. Needs no platform. */
export function addPriceCommand(program: Command, talk: Talk): void {
  program
    .command('price')
    .description('compute and explain the cost of a CDR or a session, and compare it with the CDR')
    .option('--tariff <file>', 'the tariff, or a list of them (default: those in the CDR)')
    .option('--cdr <file>', 'the CDR to price and to check')
    .option('--session <file>', 'the session to price')
    .option('--time-zone <zone>', 'of the location, such as Europe/Amsterdam (default: that of the country)')
    .option('--max-power <kW>', 'what the connector gives at most')
    .option('--hold <amount>', 'with --session: forecast until when this amount is enough')
    .option('--language <en|de|nl>', 'of everything but what lint finds', 'en')
    .action(async (options: Options) => {
      checkOptions(options)
      try {
        const priced =
          options.cdr === undefined
            ? await ofSession(options.session ?? '', options)
            : await ofCdr(options.cdr, options)
        talk.answer(documentOf(priced), () => priceLines(priced))
        if (priced.audit?.ok === false) throw new Exit(EXIT.no, '')
      } catch (error) {
        if (error instanceof PricingError) throw couldNotRun(`This cannot be priced: ${error.message}.`)
        throw error
      }
    })
}

function checkOptions({ tariff, cdr, session, maxPower, hold, language }: Options): void {
  if ((cdr === undefined) === (session === undefined)) throw wrongUsage('Give either --cdr FILE or --session FILE.')
  if (session !== undefined && tariff === undefined)
    throw wrongUsage('A session does not carry its tariff: give --tariff FILE.')
  if (!PRICE_LANGUAGES.includes(language)) throw wrongUsage(`--language is "${language}"; it has to be en, de or nl.`)
  if (hold !== undefined && session === undefined)
    throw wrongUsage('--hold is for a session that still runs: give --session FILE.')
  if (hold !== undefined && maxPower === undefined)
    throw wrongUsage('A forecast needs --max-power: what the connector gives at most, in kW.')
  for (const [name, text] of [
    ['--max-power', maxPower],
    ['--hold', hold],
  ] as const) {
    if (text !== undefined && !(Number(text) >= 0 && text.trim() !== '' && Number.isFinite(Number(text))))
      throw wrongUsage(`${name} is "${text}"; it has to be a number.`)
  }
}

async function ofCdr(file: string, options: Options): Promise<Priced> {
  const cdr = await readOne<Cdr>(file, 'CDR')
  const tariffs = options.tariff === undefined ? (cdr.tariffs ?? []) : await readTariffs(options.tariff)
  if (tariffs.length === 0) throw wrongUsage(`${file} carries no tariff: give --tariff FILE.`)
  const zone = zoneOf(options.timeZone, cdr.cdr_location.country, { tariffs })
  const audit = auditCdr(cdr, {
    tariff: tariffs,
    timeZone: zone.timeZone,
    ...(options.maxPower === undefined ? {} : { maxPowerKw: Number(options.maxPower) }),
  })
  const used = tariffs.length === 1 ? (tariffs[0] as Tariff) : tariffs
  const explained =
    audit.breakdown === undefined
      ? {}
      : explanationOf(used, sessionOf(cdr, zone.timeZone), options.language, audit.breakdown)
  return { kind: 'CDR', id: cdr.id, ...zone, language: options.language, currency: cdr.currency, audit, ...explained }
}

async function ofSession(file: string, options: Options): Promise<Priced> {
  const session = await readOne<Session>(file, 'Session')
  const tariffs = await readTariffs(options.tariff ?? '')
  const zone = zoneOf(options.timeZone, session.country_code, { tariffs })
  const used = tariffs.length === 1 ? (tariffs[0] as Tariff) : tariffs
  const soFar = soFarOf(session, zone.timeZone)
  const end =
    session.end_date_time == null
      ? soFar.at
      : Math.max(Date.parse(session.end_date_time), soFar.periods.at(-1)?.start ?? soFar.start)
  const priced: PricedSession = { start: soFar.start, end, timeZone: zone.timeZone, periods: withKwh(soFar, end) }
  const explained = explanationOf(used, priced, options.language)
  const first = tariffs[0] as Tariff
  const said =
    options.hold === undefined
      ? {}
      : {
          forecast: forecast(first, soFar, {
            holdMinor: toMinor(decimal(options.hold), first.currency),
            maxPowerKw: Number(options.maxPower),
          }),
        }
  return {
    kind: 'Session',
    id: session.id,
    ...zone,
    language: options.language,
    currency: first.currency,
    ...explained,
    ...said,
  }
}

/** What `kwh` knows beyond the periods belongs to the last one; without periods all time counts as charging. */
function withKwh({ start, periods, energyKwh = 0 }: ReturnType<typeof soFarOf>, end: number): PricedSession['periods'] {
  if (periods.length === 0) return [{ start, energyKwh, timeH: (end - start) / 3_600_000 }]
  const missing = periods.reduce((rest, period) => subtract(rest, decimal(period.energyKwh ?? 0)), decimal(energyKwh))
  const last = periods.at(-1)
  if (last === undefined || compare(missing, zero) <= 0) return periods
  return [...periods.slice(0, -1), { ...last, energyKwh: add(decimal(last.energyKwh ?? 0), missing) }]
}

function explanationOf(
  tariff: Tariff | readonly Tariff[],
  session: PricedSession,
  language: string,
  breakdown = price(tariff, session),
) {
  const explanation = explain(tariff, session, { breakdown })
  return { explanation, text: explanationText(tariff, explanation, { language }) }
}

function zoneOf(
  given: string | undefined,
  country: string,
  { tariffs }: { readonly tariffs: readonly Tariff[] },
): Pick<Priced, 'timeZone' | 'zoneFrom'> {
  if (given !== undefined) return { timeZone: given, zoneFrom: { why: 'asked', country } }
  const known = zoneOfCountry(country)
  if (known === undefined && needZone(tariffs))
    throw couldNotRun(
      `The price depends on the local time and the zone of ${country} is not known: name it, as in --time-zone Europe/Amsterdam.`,
    )
  return known === undefined
    ? { timeZone: 'UTC', zoneFrom: { why: 'unknown', country } }
    : { timeZone: known, zoneFrom: { why: 'country', country } }
}

async function readTariffs(file: string): Promise<readonly Tariff[]> {
  const items = await readItems(file)
  return items.map((value) => shaped<Tariff>(file, 'Tariff', value))
}

async function readOne<T>(file: string, kind: 'CDR' | 'Session'): Promise<T> {
  const [first, ...others] = await readItems(file)
  if (others.length > 0) throw wrongUsage(`${file} holds ${others.length + 1} objects; give one ${kind}.`)
  return shaped<T>(file, kind, first)
}

async function readItems(file: string): Promise<readonly unknown[]> {
  const read = parsedOf(await readText(file))
  if ('refused' in read) throw couldNotRun(`${file}: ${read.refused}`)
  const { items } = itemsOf(read.value)
  if (items.length === 0) throw wrongUsage(`${file} holds nothing to price.`)
  return items.map((item) => item.value)
}

function shaped<T>(file: string, kind: 'CDR' | 'Session' | 'Tariff', value: unknown): T {
  const said = readAs(kind, value)
  if ('value' in said) return said.value as T
  const is = recognise(value)?.kind
  if (is !== kind) throw wrongUsage(`${file} is ${is === undefined ? 'nothing of OCPI' : `a ${is}`}, not a ${kind}.`)
  throw couldNotRun(`${file} is no valid ${kind}: ${explainShape(said.findings)}. "plugtill lint ${file}" tells more.`)
}

/** Keys as everywhere in the machine output: snake_case. */
const snake = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(snake)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snake(inner),
    ]),
  )
}

function documentOf({ kind, id, timeZone, currency, explanation, text, audit, forecast: said }: Priced): unknown {
  const { lines = [], totalMinor, ...rest } = explanation ?? {}
  return snake({
    kind,
    id,
    ...rest,
    currency,
    timeZone,
    ...(totalMinor === undefined ? {} : { total: { amountMinor: totalMinor, currency } }),
    lines: lines.map((line, index) => ({
      ...line,
      text: text?.lines[index]?.text,
      details: text?.lines[index]?.details,
    })),
    ...(audit === undefined
      ? {}
      : { audit: { ok: audit.ok, reading: audit.reading, totals: audit.totals, findings: audit.findings } }),
    ...(said === undefined ? {} : { forecast: { ...said, stopAt: new Date(said.stopAt).toISOString() } }),
  })
}
