/** Shapes of an older version, made from ours and a table of what differs; parts are recognised by identity. */
import type { TSchema } from 'typebox'

/** The keywords that lead from a shape to its parts. */
export interface Shape extends TSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly enum?: readonly string[]
  readonly minItems?: number
  readonly pattern?: string
  /** Values of an OpenEnum; the same list in every copy of the shape. */
  readonly known?: readonly string[]
}

export interface Differences {
  /** What stands in the place of a part; an OpenEnum is named by its list of values. */
  readonly replaced: ReadonlyMap<unknown, TSchema>
  /** Fields a class does not have. */
  readonly removed: ReadonlyMap<unknown, readonly string[]>
}

/** The same shape with its differing parts exchanged; the very same object when there are none. */
export function reshape(shape: TSchema, differences: Differences): TSchema {
  return reshaped(shape as Shape, differences)
}

function reshaped(shape: Shape, differences: Differences): Shape {
  const other = differences.replaced.get(shape) ?? differences.replaced.get(shape.known)
  if (other !== undefined) return withKeywords(other as Shape, optionality(shape))
  if (shape.anyOf !== undefined) return withParts(shape, 'anyOf', mapped(shape.anyOf, differences))
  if (shape.items !== undefined) return withParts(shape, 'items', reshaped(shape.items, differences))
  if (shape.properties === undefined) return shape
  const gone = differences.removed.get(shape) ?? []
  let changed = gone.length > 0
  const properties: Record<string, Shape> = {}
  for (const [name, part] of Object.entries(shape.properties)) {
    if (gone.includes(name)) continue
    properties[name] = reshaped(part, differences)
    changed ||= properties[name] !== part
  }
  const required = shape.required?.filter((name) => !gone.includes(name))
  return changed ? withKeywords(shape, { properties, required }) : shape
}

function mapped(parts: readonly Shape[], differences: Differences): readonly Shape[] {
  const others = parts.map((part) => reshaped(part, differences))
  return others.some((other, index) => other !== parts[index]) ? others : parts
}

const withParts = (shape: Shape, keyword: 'anyOf' | 'items', parts: unknown): Shape =>
  shape[keyword] === parts ? shape : withKeywords(shape, { [keyword]: parts })

/** A copy with some keywords changed. What is hidden on the shape (kind, cardinality, rules) is kept. */
export function withKeywords(shape: TSchema, keywords: Readonly<Record<string, unknown>>): Shape {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(shape)) as Record<string, unknown>
  for (const [keyword, value] of Object.entries(keywords)) {
    Object.defineProperty(copy, keyword, {
      value,
      enumerable: !keyword.startsWith('~'),
      configurable: true,
      writable: true,
    })
  }
  return copy as unknown as Shape
}

/** Cardinality is a mark on the part, not on the class around it. */
const optionality = (shape: Shape): Readonly<Record<string, unknown>> =>
  '~optional' in shape ? { '~optional': shape['~optional'] } : {}

/** A copy that lacks a keyword. */
export function withoutKeyword(shape: TSchema, keyword: string): Shape {
  const copy = withKeywords(shape, {})
  Reflect.deleteProperty(copy, keyword)
  return copy
}

/** A copy in which every text has been exchanged, each place by itself. */
export function withTexts(shape: TSchema, other: (text: Shape) => Shape): Shape {
  const { type, properties, items, anyOf } = shape as Shape
  if (type === 'string') return other(shape as Shape)
  return withKeywords(shape, {
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, withTexts(part, other)])),
    }),
    ...(items && { items: withTexts(items, other) }),
    ...(anyOf && { anyOf: anyOf.map((part) => withTexts(part, other)) }),
  })
}
