/** Our names as the outside contract spells them: amountMinor -> amount_minor, all the way down. */
export function spelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelled)
  if (typeof value !== 'object' || value === null) return value
  const words = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [words(name), spelled(part)]))
}
