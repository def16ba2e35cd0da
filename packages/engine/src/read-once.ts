/** Values of a busy hour; then the memory begins anew. */
const READ_MAX = 1_000
/** Longer ones are rare and not worth the room. */
const TEXT_MAX = 10_000

const read = new Map<string, unknown>()

/**
 * Reads stored JSON. What is stored is a value that nobody changes, so the same text is the same value: an entity that
 * is looked at again and again, by its effects, by a sweep, by a terminal that waits, is parsed once.
 */
export function readOnce<T>(text: string): T {
  const known = read.get(text)
  if (known !== undefined) return known as T
  const value: unknown = JSON.parse(text)
  if (text.length > TEXT_MAX) return value as T
  if (read.size >= READ_MAX) read.clear()
  read.set(text, value)
  return value as T
}
