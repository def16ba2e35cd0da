/** Values of a busy hour, in two halves: when the newer one is full, the older one goes. */
const HALF = 1_000
/** Longer ones are rare and not worth the room. */
const TEXT_MAX = 10_000

let newer = new Map<string, unknown>()
let older = new Map<string, unknown>()

/**
 * Reads stored JSON. What is stored is a value that nobody changes, so the same text is the same value: an entity that
 * is looked at again and again, by its effects, by a sweep, by a terminal that waits, is parsed once.
 */
export function readOnce<T>(text: string): T {
  const known = newer.get(text)
  if (known !== undefined) return known as T
  const value: unknown = older.get(text) ?? JSON.parse(text)
  if (text.length > TEXT_MAX) return value as T
  if (newer.size >= HALF) {
    older = newer
    newer = new Map()
  }
  newer.set(text, value)
  return value as T
}
