/** A UUID in the text of a message: its digits may look like the groups of a card number. */
const UUID = /\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi

/** Perhaps in groups; what a small letter of a hash or a decimal point is glued to is none. */
const CANDIDATE = /(?<![\d.a-f])[2-6](?:[ -]?\d){12,18}(?![\d.a-f])/g

/** The digits of the first card number in a text: thirteen to nineteen, from 2 to 6 on, the last of them right (ISO/IEC 7812). */
export function cardNumberIn(text: string): string | undefined {
  for (const [found] of text.replace(UUID, ' ').matchAll(CANDIDATE)) {
    const digits = found.replace(/\D/g, '')
    const sum = [...digits].reverse().reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
    if (sum % 10 === 0) return digits
  }
  return undefined
}
