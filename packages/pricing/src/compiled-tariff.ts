import type { PriceComponent, Tariff, TariffDimensionType, TariffElement } from '@plugtill/ocpi/modules/tariffs'
import type { Restrictions } from './compiled-restrictions.ts'
import { durationMs, energyBound, looksAtClock, minuteOf, readRestrictions } from './compiled-restrictions.ts'
import type { Decimal } from './decimal.ts'
import { add, compare, decimal, fraction, multiply, one, sign } from './decimal.ts'
import { currencyDigits } from './money.ts'
import { PricingError } from './pricing-error.ts'
import { taxIncluded } from './taxes.ts'

/** A price component, read once. */
export interface Component {
  readonly dimension: TariffDimensionType
  /** Index in tariff.elements, and in element.price_components. */
  readonly element: number
  readonly component: number
  readonly reservation: Reservation | undefined
  readonly price: Decimal
  /** Percent; undefined when none is stated, or none is meant. */
  readonly vat: number | undefined
  /** 1 + vat / 100; undefined as vat. */
  readonly taxFactor: Decimal | undefined
  readonly taxIncluded: 'YES' | 'NO' | 'N/A'
  /** Wh or seconds, at least 1. */
  readonly step: number
  /** When its element applies; undefined means always. */
  readonly when: Restrictions | undefined
}

export type Reservation = 'RESERVATION' | 'RESERVATION_EXPIRES'

/** The components of each dimension in list order: the first that applies sets the price. (G-01) */
export type Rates = { readonly [D in TariffDimensionType]: readonly Component[] }

/** Where the elements of a phase may switch on or off. */
export interface Switches {
  /** Minutes of the local day. */
  readonly minutes: readonly number[]
  /** Milliseconds after the start of the phase. */
  readonly durations: readonly number[]
}

/** Everything pricing needs of a tariff, checked. */
export interface CompiledTariff {
  readonly tariff: Tariff
  readonly digits: number
  readonly charging: Rates
  readonly reservation: Rates
  readonly expiry: Rates
  readonly chargingSwitches: Switches
  readonly reservationSwitches: Switches
  /** Energies at which an element may switch, ascending, each once. */
  readonly energies: readonly Decimal[]
  readonly needsPower: boolean
  readonly needsCurrent: boolean
  /** First element with two components of one dimension; -1 when there is none. */
  readonly doubleElement: number
}

// A tariff of quarter-hour prices for a week has 672 elements.
const mostElements = 1000
const mostComponents = 100
const largestStep = 1e9

// The tariffs of late, found again in 0.01 us where reading one takes 0.3 us, and 1.2 us more for each element with
// restrictions. Not a WeakMap: an entry for each tariff in a stream of CDRs makes the garbage collector spend 8 us more
// per CDR. Tariffs are data, nobody changes one.
const recent: CompiledTariff[] = []
const mostRecent = 16
let oldest = 0

/** Reads and checks a tariff, unless it has just been. */
export function compiled(tariff: Tariff): CompiledTariff {
  for (const one of recent) if (one.tariff === tariff) return one
  const made = compile(tariff)
  recent[oldest] = made
  oldest = (oldest + 1) % mostRecent
  return made
}

function compile(tariff: Tariff): CompiledTariff {
  const digits = currencyDigits(tariff.currency)
  const included = taxIncluded(tariff)
  const elements: readonly TariffElement[] = tariff.elements
  checkLength(elements, 'elements', 1, mostElements)
  const ofCharging = elements.filter(({ restrictions }) => restrictions?.reservation == null)
  const restricted = elements.some(({ restrictions }) => restrictions != null)
  const energies = restricted ? energyBounds(elements) : []
  const [charging, reservation, expiry] = [emptyRates(), emptyRates(), emptyRates()]
  let doubleElement = -1
  elements.forEach((element, index) => {
    const path = `elements[${index}]`
    const phase = reservationOf(element, path)
    const rates = phase === undefined ? charging : phase === 'RESERVATION' ? reservation : expiry
    const when = readRestrictions(element.restrictions, `${path}.restrictions`, energies)
    const parts: readonly PriceComponent[] = element.price_components
    checkLength(parts, `${path}.price_components`, 0, mostComponents)
    parts.forEach((part, position) => {
      const place = { element: index, component: position, reservation: phase, when, included }
      const read = readComponent(part, `${path}.price_components[${position}]`, place)
      const list = rates[part.type]
      // Of two components of one dimension in one element the first is used. (G-04)
      if (list?.at(-1)?.element !== index) list?.push(read)
      else if (doubleElement < 0) doubleElement = index
    })
  })
  return {
    tariff,
    digits,
    charging,
    reservation,
    expiry,
    chargingSwitches: restricted ? switchesOf(elements, false) : never,
    reservationSwitches: restricted ? switchesOf(elements, true) : never,
    energies,
    needsPower: ofCharging.some(({ restrictions: r }) => r?.min_power != null || r?.max_power != null),
    needsCurrent: ofCharging.some(({ restrictions: r }) => r?.min_current != null || r?.max_current != null),
    doubleElement,
  }
}

function checkLength(list: unknown, path: string, least: number, most: number): void {
  if (Array.isArray(list) && list.length >= least && list.length <= most) return
  const value = Array.isArray(list) ? list.length : list
  throw new PricingError(path, value, `must be a list of ${least} to ${most}`)
}

function emptyRates(): { [D in TariffDimensionType]: Component[] } {
  return { ENERGY: [], FLAT: [], PARKING_TIME: [], TIME: [] }
}

function reservationOf({ restrictions }: TariffElement, path: string): Reservation | undefined {
  const value: string | null | undefined = restrictions?.reservation
  if (value == null) return undefined
  if (value === 'RESERVATION' || value === 'RESERVATION_EXPIRES') return value
  throw new PricingError(`${path}.restrictions.reservation`, value, 'must be RESERVATION or RESERVATION_EXPIRES')
}

interface Place extends Pick<Component, 'element' | 'component' | 'reservation' | 'when'> {
  readonly included: 'YES' | 'NO' | 'N/A'
}

function readComponent(part: PriceComponent, path: string, place: Place): Component {
  const vat = place.included === 'N/A' || part.vat == null ? undefined : decimal(part.vat, `${path}.vat`)
  if (vat !== undefined && sign(vat) < 0) throw new PricingError(`${path}.vat`, part.vat, 'must not be negative')
  return {
    dimension: part.type,
    element: place.element,
    component: place.component,
    reservation: place.reservation,
    price: decimal(part.price, `${path}.price`),
    vat: vat === undefined ? undefined : (part.vat ?? undefined),
    taxFactor: vat === undefined ? undefined : add(one, multiply(vat, hundredth)),
    taxIncluded: place.included,
    step: part.type === 'FLAT' ? 1 : stepOf(part, `${path}.step_size`),
    when: place.when,
  }
}

const hundredth = fraction(1, 100)

/** A step_size of 0 is meant as "no step". (E-75) */
function stepOf({ step_size: step }: PriceComponent, path: string): number {
  if (!Number.isSafeInteger(step) || step < 0 || step > largestStep)
    throw new PricingError(path, step, `must be a whole number from 0 to ${largestStep}`)
  return Math.max(1, step)
}

function energyBounds(elements: readonly TariffElement[]): readonly Decimal[] {
  const bounds = elements.flatMap(({ restrictions: r }, index) => {
    const path = `elements[${index}].restrictions`
    return [
      ...(r?.min_kwh == null ? [] : [energyBound(r.min_kwh, `${path}.min_kwh`)]),
      ...(r?.max_kwh == null ? [] : [energyBound(r.max_kwh, `${path}.max_kwh`)]),
    ]
  })
  const sorted = bounds.sort(compare)
  return sorted.filter((bound, index) => index === 0 || compare(bound, sorted[index - 1] ?? bound) !== 0)
}

const never: Switches = { minutes: [], durations: [] }

function switchesOf(elements: readonly TariffElement[], reserved: boolean): Switches {
  const minutes = new Set<number>()
  const durations = new Set<number>()
  elements.forEach(({ restrictions: r }, index) => {
    if (r == null || (r.reservation != null) !== reserved) return
    const path = `elements[${index}].restrictions`
    // A day of the week and a date switch at midnight.
    if (looksAtClock(r)) minutes.add(0)
    if (r.start_time != null) minutes.add(minuteOf(r.start_time, `${path}.start_time`))
    if (r.end_time != null) minutes.add(minuteOf(r.end_time, `${path}.end_time`))
    if (r.min_duration != null) durations.add(durationMs(r.min_duration, `${path}.min_duration`))
    if (r.max_duration != null) durations.add(durationMs(r.max_duration, `${path}.max_duration`))
  })
  return { minutes: [...minutes], durations: [...durations] }
}
