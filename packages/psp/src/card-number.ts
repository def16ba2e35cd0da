/**
 * Card numbers are refused at the door, whatever field they hide in. (T30) A card number is 12 to 19 digits, begins with
 * 2 to 6, may be written in groups, and its last digit follows from the others (Luhn).
 */

/** Digits in groups, not glued to letters: an id like `tmr_4111…` or a hash is none. */
const CANDIDATE = /(?<![\p{L}\p{N}_])[2-6](?:[\s\u00a0.\-/]{0,2}\d){11,18}(?![\p{L}\p{N}_])/gu

/** A UUID may consist of digits only and look like four groups of a card. */
const UUID = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi

/** Most texts that are looked at are shorter than any card number. */
const SHORTEST = 12

export function carriesCardNumber(text: string): boolean {
  if (text.length < SHORTEST || text.search(CANDIDATE) < 0) return false
  for (const { index } of text.matchAll(CANDIDATE)) if (pieceCarriesCardNumber(pieceAt(text, index))) return true
  return false
}

const pieceCarriesCardNumber = (text: string): boolean =>
  (text.replace(UUID, ' uuid ').match(CANDIDATE) ?? []).some(isCardNumber)

/** From one quotation mark to the next: neither a card number nor a UUID goes beyond, and JSON of hundreds of payments is full of them. */
function pieceAt(text: string, index: number): string {
  const end = text.indexOf('"', index)
  return text.slice(text.lastIndexOf('"', index) + 1, end < 0 ? text.length : end)
}

/** The same text with all but the last four digits of every card number as stars. */
export function maskCardNumbers(text: string): string {
  if (!carriesCardNumber(text)) return text
  return text.replace(CANDIDATE, (found) => (isCardNumber(found) ? `**** ${digitsOf(found).slice(-4)}` : found))
}

const digitsOf = (text: string) => text.replace(/\D/g, '')

function isCardNumber(text: string): boolean {
  const digits = digitsOf(text)
  let sum = 0
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
