/** Where versions differ: values are translated at the edge, everything inside speaks 2.3.0. (F-20) */
import type { TSchema } from 'typebox'
import type { Finding } from '../validate.ts'

/** The versions we speak, best first. (E-44) */
export const SPOKEN = ['2.3.0', '2.2.1'] as const

export type SpokenVersion = (typeof SPOKEN)[number]

/** What was agreed with a partner beyond its version. */
export interface Agreed {
  /** The module `payments`, and with it the field `preauthorize_amount` of a Tariff. (E-04, F-05, F-06) */
  readonly payments?: boolean
}

/** A value in the words of 2.3.0, or what is wrong with it in the partner's own words. */
export type Read = { readonly value: unknown } | { readonly findings: readonly Finding[] }

/** A value in the partner's words, and what had to be left out of it; without `value` it cannot be said at all. */
export interface Written {
  readonly value?: unknown
  /** One line for each thing that got lost against the table of differences. (F-03, F-09) */
  readonly losses: readonly string[]
}

/**
 * Translates between the wire of one version and the shapes of `modules/`. A shape is the one that stands in the row
 * of the table, so a new row needs nothing here. For a list both are called once per item.
 */
export interface Codec {
  readonly version: SpokenVersion
  /** Holds a value against the shape as this version spells it, then lifts it. `printable`: its texts need no look. */
  readonly read: (shape: TSchema, value: unknown, printable?: boolean) => Read
  /** Lowers a valid value. */
  readonly write: (shape: TSchema, value: unknown, agreed?: Agreed) => Written
  /** The shape as it stands on the wire of this version when it is sent; the same object where nothing differs. */
  readonly shapeOf: (shape: TSchema, agreed?: Agreed) => TSchema
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
