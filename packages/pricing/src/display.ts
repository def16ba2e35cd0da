import type { PriceComponent, Tariff, TariffDimensionType } from '@plugtill/ocpi/modules/tariffs'
import { validAt } from './choose.ts'
import type { Decimal } from './decimal.ts'
import { decimal, divide, fraction, isZero } from './decimal.ts'
import { moneyText } from './display-money.ts'
import { describeRestrictions } from './display-restrictions.ts'
import type { Words } from './display-words.ts'
import { fill, shownIn, wordsIn } from './display-words.ts'
import { isFree } from './free.ts'
import { grossLimit } from './limits.ts'
import { coverAll } from './lint/scope.ts'
import type { Money } from './money.ts'
import { currencyDigits, fromMinor } from './money.ts'
import { PricingError } from './pricing-error.ts'
import { taxIncluded, withTax } from './taxes.ts'

export interface PriceLine {
  readonly kind: 'energy' | 'time' | 'session' | 'parking' | 'other'
  readonly text: string
}

export type TariffDisplay =
  | {
      readonly lines: readonly PriceLine[]
      /** The tariff's own text in the language asked for, or the nearest there is. */
      readonly texts: readonly string[]
      /** Languages in which the tariff has texts. */
      readonly languages: readonly string[]
      readonly currency: string
      /** False only when the tariff says that no tax applies. */
      readonly taxIncluded: boolean
      readonly free: boolean
      /** Whether staying connected without charging costs something. */
      readonly idleFee: boolean
      /** What is held on the card, in words; when the amount was given. */
      readonly held?: string
    }
  | { readonly refused: string }

export interface DisplayOptions {
  readonly language: string
  /** ms; checks that the tariff is in force. */
  readonly at?: number
  /** What will be held on the card. */
  readonly hold?: Money
}

// The order AFIR asks for: per kWh, per minute, per session, other.
const order: readonly (readonly [TariffDimensionType, PriceLine['kind']])[] = [
  ['ENERGY', 'energy'],
  ['TIME', 'time'],
  ['FLAT', 'session'],
  ['PARKING_TIME', 'parking'],
]

/**
 * The prices a driver pays, taxes included, in the order of AFIR; or why they cannot be shown honestly, and then nothing
 * may be sold under this tariff.
 */
export function displayTariff(tariff: Tariff, options: DisplayOptions): TariffDisplay {
  try {
    return display(tariff, options)
  } catch (error) {
    if (error instanceof PricingError) return { refused: `Tariff ${tariff.id} cannot be shown: ${error.message}.` }
    throw error
  }
}

function display(tariff: Tariff, { language, at, hold }: DisplayOptions): TariffDisplay {
  const refuse = (why: string) => ({ refused: `Tariff ${tariff.id} cannot be shown: ${why}` })
  currencyDigits(tariff.currency)
  const taxes = taxIncluded(tariff)
  if (at !== undefined && !validAt(tariff, at)) return refuse('it is not in force now.')
  const words = wordsIn(language)
  const texts = tariff.tariff_alt_text ?? []
  const rest = {
    texts: nearestTexts(texts, language),
    languages: [...new Set(texts.map((text) => text.language.toLowerCase()))],
    currency: tariff.currency,
    taxIncluded: taxes !== 'N/A',
    ...(hold === undefined || hold.amountMinor === 0
      ? {}
      : { held: fill(words.held, { price: moneyText(fromMinor(hold), hold.currency, language) }) }),
  }
  if (isFree(tariff)) return { lines: [{ kind: 'other', text: words.free }], ...rest, free: true, idleFee: false }
  const lines = componentLines(tariff, language, words)
  if (lines.length === 0) {
    return refuse('it prices nothing. A free tariff has one element without restrictions with one FLAT component of 0.')
  }
  const unclear = unclearPrice(tariff)
  if (unclear !== undefined) return refuse(unclear)
  const idleFee = chargingComponents(tariff).some(({ type, price }) => type === 'PARKING_TIME' && price > 0)
  return { lines: [...lines, ...limitLines(tariff, language, words)], ...rest, free: false, idleFee }
}

const chargingComponents = (tariff: Tariff): readonly PriceComponent[] =>
  tariff.elements.filter((element) => element.restrictions?.reservation == null).flatMap((one) => one.price_components)

/** A price that nobody can know before the start must not be sold; what costs nothing has been refused before. (G-04, E-73) */
function unclearPrice(tariff: Tariff): string | undefined {
  const priced = chargingComponents(tariff).filter((component) => component.price !== 0)
  if (tariff.tax_included === 'NO' && priced.every((component) => component.vat == null))
    return 'its prices are without tax and no rate is given, so the price with tax is not known.'
  const twice = tariff.elements.findIndex(({ price_components: all }) =>
    all.some((one) =>
      all.some((other) => other.type === one.type && (other.price !== one.price || other.vat !== one.vat)),
    ),
  )
  return twice < 0 ? undefined : `elements[${twice}] has two prices for the same thing.`
}

/** A component that can never be reached, because one before it always applies, is not shown. (G-01) */
function componentLines(tariff: Tariff, language: string, words: Words): readonly PriceLine[] {
  const charging = tariff.elements
    .map((element, index) => ({ element, index }))
    .filter(({ element }) => element.restrictions?.reservation == null)
  const priced = order.flatMap(([dimension, kind]) => {
    const found: { readonly component: PriceComponent; readonly path: string; readonly when: string }[] = []
    for (const { element, index } of charging) {
      const position = element.price_components.findIndex((one) => one.type === dimension)
      const component = element.price_components[position]
      if (component === undefined) continue
      const when = describeRestrictions(element.restrictions, shownIn(language))
      const always = when === ''
      // Behind prices that hold at times, the one that always holds is for the rest.
      const told = always && found.length > 0 ? words.otherwise.last : when
      found.push({ component, path: `elements[${index}].price_components[${position}]`, when: told })
      if (always) break
    }
    return found.map((one) => ({ ...one, kind }))
  })
  const lines = priced.map(({ component, path, when, kind }) => {
    const gross = withTax(decimal(component.price, `${path}.price`), component, tariff, path)
    if (gross.numerator < 0n)
      throw new PricingError(`${path}.price`, component.price, 'must not be negative on a display')
    const text = [priceText(gross, component, tariff.currency, { language, words }), when, stepText(component, words)]
    return { zero: isZero(gross), line: { kind, text: text.filter((part) => part !== '').join(', ') } }
  })
  // Components of 0 say something only beside one that costs; alone they do not say "free". (C-206)
  if (lines.every((one) => one.zero)) return []
  return order.flatMap(([dimension, kind]) => {
    const mine = lines.filter((one) => one.line.kind === kind)
    const scopes = charging
      .map((one) => one.element)
      .filter((one) => one.price_components.some((each) => each.type === dimension))
      .map((one) => one.restrictions)
    const sometimes = dimension !== 'FLAT' && mine.some((one) => !one.zero) && !coverAll(scopes)
    return [...mine.map((one) => one.line), ...(sometimes ? [{ kind, text: otherwise(dimension, words) }] : [])]
  })
}

function otherwise(dimension: TariffDimensionType, { otherwise: texts }: Words): string {
  return dimension === 'ENERGY' ? texts.energy : dimension === 'TIME' ? texts.time : texts.parking
}

function priceText(
  gross: Decimal,
  component: PriceComponent,
  currency: string,
  { language, words }: { readonly language: string; readonly words: Words },
): string {
  const show = (amount: Decimal) => moneyText(amount, currency, language)
  if (component.type === 'ENERGY') return fill(words.perKwh, { price: show(gross) })
  if (component.type === 'FLAT') return fill(words.perSession, { price: show(gross) })
  const price = show(divide(gross, fraction(60, 1)))
  return fill(component.type === 'TIME' ? words.perMinute : words.perParkingMinute, { price, hour: show(gross) })
}

function stepText({ type, step_size: step }: PriceComponent, words: Words): string {
  if (type === 'FLAT' || step <= 1) return ''
  if (type === 'ENERGY') return fill(words.step, { step: step % 1000 === 0 ? `${step / 1000} kWh` : `${step} Wh` })
  return fill(words.step, { step: step % 60 === 0 ? `${step / 60} min` : `${step} s` })
}

function limitLines(tariff: Tariff, language: string, words: Words): readonly PriceLine[] {
  const line = (limit: Tariff['min_price'], path: string, template: string): readonly PriceLine[] => {
    if (limit == null) return []
    const gross = grossLimit(tariff, limit, path)
    return isZero(gross) && path === 'min_price'
      ? []
      : [{ kind: 'other', text: fill(template, { price: moneyText(gross, tariff.currency, language) }) }]
  }
  return [...line(tariff.min_price, 'min_price', words.minimum), ...line(tariff.max_price, 'max_price', words.maximum)]
}

function nearestTexts(texts: readonly { language: string; text: string }[], language: string): readonly string[] {
  const inLanguage = (wanted: string) => texts.filter((text) => text.language.toLowerCase() === wanted.toLowerCase())
  const own = inLanguage(language)
  const english = inLanguage('en')
  const nearest = own.length > 0 ? own : english.length > 0 ? english : texts.slice(0, 1)
  return nearest.map((text) => text.text)
}
