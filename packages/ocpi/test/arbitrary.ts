/** Random values of any shape of the tables, for properties that hold for all of them. */
import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { validatorOf } from '../src/validate.ts'
import type { Shape } from '../src/versions/reshape.ts'

interface Options {
  /** Also fields and enum values that no version knows. */
  readonly extras: boolean
}

interface Keywords extends Shape {
  readonly properties?: Readonly<Record<string, Keywords>>
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

export function arbitraryOf(shape: TSchema, options: Options): fc.Arbitrary<unknown> {
  const raw = arbitraryFor(shape as Keywords, options)
  // Rules about a whole value are left to the validator.
  return '~refine' in shape ? raw.filter((value) => validatorOf(shape).check(value)) : raw
}

function arbitraryFor(shape: Keywords, options: Options): fc.Arbitrary<unknown> {
  if (shape.enum) return fc.constantFrom(...shape.enum)
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map((choice) => arbitraryOf(choice, options)))
  if (shape.items) {
    return fc.array(arbitraryOf(shape.items, options), { minLength: shape.minItems ?? 0, maxLength: 3 })
  }
  if (shape.properties) return objectOf(shape, options)
  switch (shape.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: shape.minimum ?? -100_000, max: shape.maximum ?? 100_000 })
    case 'number':
      return fc.integer({ min: -10_000_000, max: 10_000_000 }).map((whole) => whole / 10_000)
    default:
      return textOf(shape, options)
  }
}

function objectOf({ properties = {}, required = [] }: Keywords, options: Options): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, arbitraryOf(property, options)]),
  )
  const known = fc.record(fields, { requiredKeys: [...required], noNullPrototype: true })
  if (!options.extras) return known
  const extra = fc.option(fc.record({ nlplg_extension: fc.jsonValue() }, { noNullPrototype: true }), { nil: {} })
  return fc.tuple(known, extra).map(([value, more]) => ({ ...value, ...more }))
}

const DAYS = { min: new Date('2020-01-01T00:00:00Z'), max: new Date('2039-12-31T23:59:59Z'), noInvalidDate: true }

function textOf(shape: Keywords, options: Options): fc.Arbitrary<string> {
  const { pattern, known, minLength = 0, maxLength = 40 } = shape
  // Times and URLs are the only texts with a rule of their own.
  if ('~refine' in shape) return maxLength === 40 ? fc.date(DAYS).map((date) => date.toISOString()) : fc.webUrl()
  if (known) return options.extras ? fc.constantFrom(...known, 'LATER_VALUE') : fc.constantFrom(...known)
  const text = pattern === undefined ? fc.string({ maxLength: 40 }) : fc.stringMatching(new RegExp(pattern, 'u'))
  return text
    .map((one) => [...one].slice(0, maxLength).join(''))
    .filter((one) => validatorOf(shape).check(one) && one.length >= minLength)
}
