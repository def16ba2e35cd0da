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
  keep(text, value)
  return value as T
}

function keep(text: string, value: unknown): void {
  if (text.length > TEXT_MAX) return
  if (newer.size >= HALF) {
    older = newer
    newer = new Map()
  }
  newer.set(text, value)
}

/** A value as it is stored: its text, and what will be read from it, which is known without reading. */
export interface Written<T> {
  readonly text: string
  readonly value: T
}

/** `before` is what was read of it last: what it shares with that is as stored already. */
export function writeOnce<T extends object>(given: T, before?: object): Written<T> {
  const value = asRead(given, before) as T
  const text = JSON.stringify(value)
  keep(text, value)
  return { text, value }
}

type Fields = Readonly<Record<string, unknown>>

/** What `JSON.parse(JSON.stringify(value))` gives, of which as much as possible is `value` itself. */
export function asRead(value: unknown, before?: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null
  if (typeof value !== 'object' || value === null || value === before) return value
  const old = (typeof before === 'object' && before !== null ? before : {}) as Fields
  if (Array.isArray(value)) {
    const items = Array.from(value, (item: unknown, index) => (isNothing(item) ? null : asRead(item, old[index])))
    return items.every((item, index) => Object.is(item, value[index])) ? value : items
  }
  if (Object.getPrototypeOf(value) !== Object.prototype || 'toJSON' in value) return JSON.parse(JSON.stringify(value))
  const fields = value as Fields
  const names = Object.keys(fields)
  // Most are read as they are: a copy begins with the first part that is not.
  let said: (readonly [name: string, part: unknown])[] | undefined
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string
    const part = fields[name]
    const read = isNothing(part) ? undefined : asRead(part, old[name])
    if (read === undefined || !Object.is(read, part)) said ??= names.slice(0, at).map((one) => [one, fields[one]])
    if (said !== undefined && read !== undefined) said.push([name, read])
  }
  return said === undefined ? value : Object.fromEntries(said)
}

const isNothing = (value: unknown): boolean =>
  value === undefined || typeof value === 'function' || typeof value === 'symbol'
