/** Where versions differ: values are translated at the edge, everything inside speaks 2.3.0. (F-20) */

/** The versions we speak, best first. (E-44) */
export const SPOKEN = ['2.3.0', '2.2.1'] as const

export type SpokenVersion = (typeof SPOKEN)[number]

/**
 * Translates between the wire of one version and the shapes of `modules/`. Reading comes before validation, so
 * it takes any value and leaves alone what it does not recognise. For a list it is called once per item.
 */
export interface Codec {
  readonly version: SpokenVersion
  /** Body of a request we got. */
  readonly readBody: (module: string, endpoint: string, value: unknown) => unknown
  /** Body of a request we send. */
  readonly writeBody: (module: string, endpoint: string, value: unknown) => unknown
  /** `data` of an answer we got. */
  readonly readData: (module: string, endpoint: string, value: unknown) => unknown
  /** `data` of an answer we send. */
  readonly writeData: (module: string, endpoint: string, value: unknown) => unknown
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
