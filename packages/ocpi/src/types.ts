/**
 * The alphabet in which the shapes of `modules/` are written: the types of the chapter "types" and the
 * cardinalities `1`, `?`, `*` and `+`. Objects are open: a field the specification does not know is kept.
 */
import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { ONE_LINE } from './printable.ts'

const ONE_LINE_RULE = 'printable text without line breaks or tabs'

/**
 * CiString: compared without regard to case (`sameCi`). The chapter allows printable ASCII only; that would
 * make "Málaga" unsayable as the city of a Terminal, so other characters are accepted. (types › CiString; A-56, E-18)
 */
export function ciString(max: number) {
  return Type.String({ maxLength: max, pattern: ONE_LINE, rule: ONE_LINE_RULE, caseInsensitive: true })
}

/** Case-sensitive string of at most `max` characters. (types › string; A-57) */
export function text(max: number) {
  return Type.String({ maxLength: max, pattern: ONE_LINE, rule: ONE_LINE_RULE })
}

/** JSON number; four decimals are the custom, more are not refused. (types › number; A-59) */
export const num = Type.Number()
export const int = Type.Integer()

/** Whole number within bounds. */
export function intBetween(minimum: number, maximum: number) {
  return Type.Integer({ minimum, maximum })
}

export const bool = Type.Boolean()

/** What nearly every address looks like; whatever fits is one, and the parser need not be asked. */
const USUAL_URL = /^https?:\/\/(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{2,20}(?::\d{1,4})?(?:\/[\w.~!$&'()*+,;=:@%/?-]*)?$/i

/** Absolute web address of at most 255 characters. (types › URL; A-60) */
export const url = Type.Refine(
  Type.String({ maxLength: 255 }),
  (value) => USUAL_URL.test(value) || (/^https?:\/\//i.test(value) && URL.canParse(value)),
  () => 'an absolute http or https URL',
)

/** A string of the given form, named in words for the partner who got it wrong. */
export function formatted(pattern: string, rule: string, max = 255) {
  return Type.String({ maxLength: max, pattern, rule })
}

/** `HH:MM` on a 24 hour clock. (locations › RegularHours) */
export const timeOfDay = formatted('^([0-1][0-9]|2[0-3]):[0-5][0-9]$', 'a time of day HH:MM', 5)

/** Closed enum: any other value is refused. (types › enum; A-64) */
export function closedEnum<const V extends readonly string[]>(values: V) {
  return Type.Unsafe<V[number]>(Type.Enum([...values]))
}

/** OpenEnum: the known values are listed, others are accepted and have to be coped with. (types › OpenEnum; A-64) */
export function openEnum<const V extends readonly string[]>(values: V) {
  // `string & {}` keeps the known values visible to the editor.
  return Type.Unsafe<V[number] | (string & {})>(
    Type.String({ minLength: 1, maxLength: 255, pattern: ONE_LINE, rule: ONE_LINE_RULE, known: values }),
  )
}

/** Cardinality `?`: absent or null. */
export function optional<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]))
}

/** Cardinality `*`: absent, null or empty all mean "none". */
export function listOf<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([Type.Immutable(Type.Array(schema)), Type.Null()]))
}

/** Cardinality `+`: at least one. */
export function oneOrMore<T extends TSchema>(schema: T) {
  return Type.Immutable(Type.Array(schema, { minItems: 1 }))
}

/** A class of the specification, open to unknown fields. (types › class; A-67) */
export function object<P extends TProperties>(properties: P) {
  return Type.Object(properties)
}

/** Body of a PATCH: only the changed fields, and nothing is said about the others. */
export function partial<P extends TProperties>(shape: Type.TObject<P>) {
  return Type.Partial(shape)
}

/** Body of a PATCH whose chapter demands `last_updated`. */
export function patchOf<P extends TProperties>(shape: Type.TObject<P>) {
  return Type.Unsafe<Partial<Static<Type.TObject<P>>> & { last_updated: string }>(
    Type.Object({ ...Type.Partial(shape).properties, last_updated: DateTime }),
  )
}

const DATE_TIME =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))?$/

/**
 * Milliseconds since 1970 of an OCPI time. Without designator it is UTC; offsets, a blank for the T, missing
 * seconds and fractions beyond milliseconds are understood although no partner should send them.
 * Throws RangeError for anything else. (A-58, E-54, E-55)
 */
export function parseDateTime(value: string): number {
  const ms = readDateTime(value)
  if (Number.isNaN(ms)) {
    throw new RangeError(`"${value.slice(0, 40)}" is not an OCPI time. Write it like 2030-01-31T12:00:00Z.`)
  }
  return ms
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** So far below zero that no sum of digits with it gets above. */
const NO_DIGIT = -1_000_000

const digit = (value: string, at: number): number => {
  const code = value.charCodeAt(at)
  return isDigit(code) ? code - 0x30 : NO_DIGIT
}
const two = (value: string, at: number): number => digit(value, at) * 10 + digit(value, at + 1)

/**
 * YYYY-MM-DDThh:mm:ssZ or the same with milliseconds, as nearly every partner writes it; NaN for all else. By hand, because
 * Date.parse takes four times as long, and the expression above took half of the time in which a Location was checked.
 */
function usualDateTime(value: string): number {
  const { length } = value
  if ((length !== 20 && length !== 24) || value.charCodeAt(length - 1) !== 0x5a) return Number.NaN
  if (value.charCodeAt(4) !== 0x2d || value.charCodeAt(7) !== 0x2d || value.charCodeAt(10) !== 0x54) return Number.NaN
  if (value.charCodeAt(13) !== 0x3a || value.charCodeAt(16) !== 0x3a) return Number.NaN
  const thousandths = length === 20 ? 0 : value.charCodeAt(19) === 0x2e ? two(value, 20) * 10 + digit(value, 22) : -1
  const year = two(value, 0) * 100 + two(value, 2)
  const month = two(value, 5)
  const day = two(value, 8)
  const hour = two(value, 11)
  const minute = two(value, 14)
  const second = two(value, 17)
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return Number.NaN
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || thousandths < 0)
    return Number.NaN
  return (((dayNumber(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + thousandths
}

/** Days since 1970. The year is taken to begin in March, so that a leap day is its last. */
function dayNumber(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1
  const months = month > 2 ? month - 3 : month + 9
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400)
  return years * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - 719_469
}

function readDateTime(value: string): number {
  const usual = usualDateTime(value)
  if (!Number.isNaN(usual)) return usual
  const found = DATE_TIME.exec(value)
  if (!found) return Number.NaN
  const [, year, month, day, hour, minute, second = '00', fraction = '', sign, offsetHours, offsetMinutes] = found
  if (Number(day) > daysIn(Number(year), Number(month)) || Number(hour) > 23) return Number.NaN
  // A leap second counts as the last moment of its minute.
  const seconds = second === '60' ? '59.999' : `${second}.${fraction.slice(0, 3).padEnd(3, '0')}`
  const utc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${seconds}Z`)
  if (sign === undefined) return utc
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return Number.NaN
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000
  return sign === '+' ? utc - offset : utc + offset
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const lastFormatted = { ms: 0, text: '1970-01-01T00:00:00.000Z' }

/** The only form we send: milliseconds and Z, 24 characters. Every answer says when it was made, many in one millisecond. (A-58, E-55) */
export function formatDateTime(ms: number): string {
  if (ms !== lastFormatted.ms) {
    lastFormatted.text = new Date(ms).toISOString()
    lastFormatted.ms = ms
  }
  return lastFormatted.text
}

/** An OCPI time, whatever form it came in, in the one that we send and keep. (E-54) */
export const usualForm = (value: string): string => formatDateTime(parseDateTime(value))

/** A moment in UTC. (types › DateTime; A-58) */
export const DateTime = Type.Refine(
  Type.String({ maxLength: 40 }),
  (value) => !Number.isNaN(readDateTime(value)),
  () => 'a UTC time like 2030-01-31T12:00:00Z',
)
export type DateTime = Static<typeof DateTime>

/** Text for people, in one language, without markup. (types › DisplayText; A-63) */
export const DisplayText = object({
  language: text(2),
  text: text(512),
})
export type DisplayText = Static<typeof DisplayText>

/** One tax within a price. (types › TaxAmount; A-62) */
export const TaxAmount = object({
  name: text(255),
  account_number: optional(text(255)),
  percentage: optional(num),
  amount: num,
})
export type TaxAmount = Static<typeof TaxAmount>

/** A cost with its taxes; an absent list means none or unknown, never a tax of 0 %. (types › Price; A-61, E-73) */
export const Price = object({
  before_taxes: num,
  taxes: listOf(TaxAmount),
})
export type Price = Static<typeof Price>

/** Lower or upper bound of a total. (tariffs › PriceLimit) */
export const PriceLimit = object({
  before_taxes: num,
  after_taxes: optional(num),
})
export type PriceLimit = Static<typeof PriceLimit>

/** Whether two CiStrings name the same thing. */
export function sameCi(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase()
}

/** Lookup key of an object: its ids in lower case joined by "/", each escaped so that no id can pose as two. */
export function ciKey(...parts: readonly string[]): string {
  let key = ''
  for (const part of parts) key += `/${inKey(part)}`
  return key.slice(1)
}

function inKey(part: string): string {
  const lower = part.toLowerCase()
  return lower.includes('%') || lower.includes('/') ? lower.replaceAll('%', '%25').replaceAll('/', '%2f') : lower
}
