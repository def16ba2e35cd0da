/** Totals, limits and taxes of the oracle, and where the engine says otherwise. */
import type { Tariff } from '@plugtill/ocpi/modules/tariffs'
import type { Decimal } from '../src/decimal.ts'
import type { Breakdown } from '../src/price.ts'
import { price } from '../src/price.ts'
import { type Case, componentOf, elementOf, type OracleLine, oracleLines } from './oracle.ts'
import { make, type Ratio, ratio, round, ZERO } from './ratio.ts'

const DIGITS: Readonly<Record<string, number>> = { EUR: 2, JPY: 0, KWD: 3 }

interface Tax {
  readonly rate?: number
  readonly net: Ratio
  readonly amount: Ratio
}

interface OracleTotal {
  readonly net: Ratio
  readonly gross: Ratio
  readonly taxes: readonly Tax[]
}

const sum = (values: readonly Ratio[]) => values.reduce((total, value) => total.plus(value), ZERO)
const higher = (a: Ratio, b: Ratio) => (a.below(b) ? b : a)
const lower = (a: Ratio, b: Ratio) => (b.below(a) ? b : a)

function taxesOf(one: Case, lines: readonly OracleLine[]): readonly Tax[] {
  const rateOf = (line: OracleLine) =>
    one.tariffs[line.tariff]!.tax_included === 'N/A' ? undefined : (componentOf(one, line).vat ?? undefined)
  const rates = [...new Set(lines.map(rateOf))].filter((rate) => rate !== undefined)
  return rates.map((rate) => ({
    rate,
    net: sum(lines.filter((line) => rateOf(line) === rate).map((line) => line.net)),
    amount: sum(lines.filter((line) => rateOf(line) === rate).map((line) => line.gross.minus(line.net))),
  }))
}

/** Limits bound net and gross each for itself; the tax is what lies between, spread as it was. (G-18) */
function totalOf(one: Case, lines: readonly OracleLine[]): OracleTotal {
  const [net, gross] = [sum(lines.map((line) => line.net)), sum(lines.map((line) => line.gross))]
  const bounded = { net, gross }
  const inUse = one.tariffs.filter(
    (tariff) => one.tariffs.length === 1 || one.session.periods.some((period) => period.tariffId === tariff.id),
  )
  const bound = (tariff: Tariff, which: 'min_price' | 'max_price', pick: typeof higher) => {
    const limit = tariff[which]
    if (limit == null) return
    const ratioOf = net.equals(ZERO) ? highestFactor(tariff) : gross.over(net)
    const ofNet = ratio(limit.before_taxes)
    bounded.net = pick(bounded.net, ofNet)
    bounded.gross = pick(bounded.gross, limit.after_taxes == null ? ofNet.times(ratioOf) : ratio(limit.after_taxes))
  }
  for (const tariff of inUse) bound(tariff, 'min_price', higher)
  for (const tariff of inUse) bound(tariff, 'max_price', lower)
  const taxes = taxesOf(one, lines)
  if (bounded.net.equals(net) && bounded.gross.equals(gross)) return { net, gross, taxes }
  const tax = bounded.gross.minus(bounded.net)
  const before = sum(taxes.map((each) => each.amount))
  if (before.equals(ZERO)) return { ...bounded, taxes: tax.equals(ZERO) ? taxes : [{ net: bounded.net, amount: tax }] }
  const taxed = sum(taxes.map((each) => each.net))
  const spread = (each: Tax) => ({
    ...each,
    net: taxed.equals(ZERO) ? ZERO : bounded.net.times(each.net).over(taxed),
    amount: each.amount.times(tax).over(before),
  })
  return { ...bounded, taxes: taxes.map(spread) }
}

function highestFactor(tariff: Tariff): Ratio {
  if (tariff.tax_included === 'N/A') return ratio(1)
  const rates = tariff.elements
    .filter((element) => element.restrictions?.reservation == null)
    .flatMap((element) => element.price_components.map((part) => ratio(part.vat ?? 0)))
  return ratio(1).plus(rates.reduce(higher, ZERO).over(ratio(100)))
}

const toRatio = ({ numerator, denominator }: Decimal) => make(BigInt(numerator), BigInt(denominator))
const fourDigits = (value: Ratio) => Number(round(value.times(ratio(10_000)))) / 10_000

/** What the engine says differently; empty when both agree on everything. */
export function differences(one: Case): readonly string[] {
  let engine: Breakdown
  try {
    const tariff = one.tariffs.length === 1 ? one.tariffs[0]! : one.tariffs
    engine = price(tariff, one.session, { timeRounding: one.together === true ? 'together' : 'parking-only' })
  } catch (error) {
    return [`the engine refuses: ${(error as Error).message}`]
  }
  const lines = oracleLines(one)
  const total = totalOf(one, lines)
  const found: string[] = []
  const say = (what: string, ours: unknown, theirs: unknown) => found.push(`${what}: engine ${ours}, oracle ${theirs}`)
  const same = (what: string, ours: Decimal, theirs: Ratio) => {
    if (!toRatio(ours).equals(theirs)) say(what, `${ours.numerator}/${ours.denominator}`, `${theirs.n}/${theirs.d}`)
  }
  same('net', engine.net, total.net)
  same('gross', engine.gross, total.gross)
  const minor = Number(round(total.gross.times(ratio(10n ** BigInt(DIGITS[engine.currency] ?? 2)))))
  if (engine.totalMinor !== minor) say('totalMinor', engine.totalMinor, minor)
  const wire = {
    before_taxes: fourDigits(total.net),
    taxes: total.taxes.map((tax) => [tax.rate, fourDigits(tax.amount)]),
  }
  const ours = {
    before_taxes: engine.price.before_taxes,
    taxes: (engine.price.taxes ?? []).map((tax) => [tax.percentage, tax.amount]),
  }
  for (const { rate, net, amount } of total.taxes) {
    const mine = engine.taxes.find((each) => each.percentage === rate)
    if (mine === undefined) continue
    same(`net at ${rate} %`, mine.net, net)
    same(`tax at ${rate} %`, mine.amount, amount)
  }
  const byRate = (a: readonly unknown[], b: readonly unknown[]) => Number(a[0] ?? -1) - Number(b[0] ?? -1)
  wire.taxes.sort(byRate)
  ours.taxes.sort(byRate)
  if (JSON.stringify(ours) !== JSON.stringify(wire)) say('price', JSON.stringify(ours), JSON.stringify(wire))
  sameLines(one, engine, lines, { same, say })
  return found
}

interface Saying {
  readonly same: (what: string, ours: Decimal, theirs: Ratio) => void
  readonly say: (what: string, ours: unknown, theirs: unknown) => void
}

function sameLines(one: Case, engine: Breakdown, lines: readonly OracleLine[], { same, say }: Saying): void {
  const priced = engine.lines.filter((line) => line.dimension !== 'LIMIT')
  if (priced.length !== lines.length) say('number of lines', priced.length, lines.length)
  for (const line of lines) {
    const name = `line ${line.tariff}/${line.element}/${line.component}`
    const mine = priced.find(
      (each) => each.tariff === line.tariff && each.element === line.element && each.component === line.component,
    )
    if (mine === undefined) {
      say(name, 'nothing', 'a line')
      continue
    }
    same(`${name} quantity`, mine.quantity, line.quantity)
    same(`${name} billed`, mine.billedQuantity, line.billed)
    same(`${name} net`, mine.net, line.net)
    same(`${name} gross`, mine.gross, line.gross)
  }
  const shares = engine.lines.reduce((all, line) => all + line.grossMinor, 0)
  if (shares !== engine.totalMinor) say('sum of shares', shares, engine.totalMinor)
  for (const kind of ['ENERGY', 'FLAT', 'TIME', 'PARKING_TIME', 'RESERVED'] as const) {
    const mine = lines.filter((line) => {
      const reserved = elementOf(one, line).restrictions?.reservation != null
      return kind === 'RESERVED' ? reserved : !reserved && componentOf(one, line).type === kind
    })
    const cost = kind === 'RESERVED' ? engine.reservation : engine.perDimension[kind]
    const expected = mine.length === 0 ? undefined : fourDigits(sum(mine.map((line) => line.net)))
    if (cost?.before_taxes !== expected) say(`cost of ${kind}`, cost?.before_taxes, expected)
  }
}
