/**
 * Cuts a value down to what a shape can say: unknown fields go, an enum value it does not know becomes OTHER where
 * there is one, else the element or field goes, else the whole object. Nothing is made up. (F-08, F-09)
 */
import type { TSchema } from 'typebox'
import { validatorOf } from '../validate.ts'
import { isObject, type JsonObject } from './codec.ts'
import type { Shape } from './reshape.ts'

/** In place of a value that cannot be said. */
export const UNFIT = Symbol('unfit')

export interface Losses {
  readonly lines: string[]
}

type Fitter = (value: unknown, path: string, losses: Losses) => unknown

const known = new WeakMap<TSchema, Fitter>()

/** The value in this shape, or UNFIT. What got lost beyond fields unknown to the shape is noted. */
export function fit(shape: TSchema, value: unknown, losses: Losses): unknown {
  return fitterOf(shape as Shape)(value, '', losses)
}

function fitterOf(shape: Shape): Fitter {
  const found = known.get(shape)
  if (found !== undefined) return found
  const made = orNothing(fitterFor(shape))
  known.set(shape, made)
  return made
}

/** "None" fits everywhere; whether it may stand there is the validator's business. */
const orNothing =
  (fitter: Fitter): Fitter =>
  (value, path, losses) =>
    value === null || value === undefined || value === UNFIT ? value : fitter(value, path, losses)

function fitterFor(shape: Shape): Fitter {
  if (shape.enum !== undefined) return enumFitter(shape.enum)
  if (shape.anyOf !== undefined) return choiceFitter(shape.anyOf.filter(({ type }) => type !== 'null'))
  if (shape.items !== undefined) return listFitter(shape.items, shape.minItems ?? 0)
  if (shape.properties !== undefined) return objectFitter(shape.properties, shape.required ?? [])
  return (value) => value
}

const enumFitter =
  (values: readonly string[]): Fitter =>
  (value, path, { lines }) => {
    if (values.includes(value as string)) return value
    const other = values.includes('OTHER')
    lines.push(`${path}: ${JSON.stringify(value)} ${other ? 'was sent as OTHER' : 'is not known there'}`)
    return other ? 'OTHER' : UNFIT
  }

function choiceFitter(choices: readonly Shape[]): Fitter {
  return (value, path, losses) => {
    const choice = choices.length === 1 ? choices[0] : choices.find((one) => validatorOf(one).check(value))
    return choice === undefined ? value : fitterOf(choice)(value, path, losses)
  }
}

function listFitter(items: Shape, minItems: number): Fitter {
  const item = fitterOf(items)
  return (value, path, losses) => {
    if (!Array.isArray(value)) return value
    const fitted: unknown[] = []
    for (const [index, one] of value.entries()) {
      const kept = item(one, `${path}/${index}`, losses)
      if (kept === UNFIT) losses.lines.push(`${path}/${index}: was left out`)
      else fitted.push(kept)
    }
    return fitted.length < minItems ? UNFIT : fitted
  }
}

function objectFitter(properties: NonNullable<Shape['properties']>, required: readonly string[]): Fitter {
  const fields = Object.entries(properties).map(([name, shape]) => [name, fitterOf(shape)] as const)
  return (value, path, losses) => {
    if (!isObject(value)) return value
    const fitted: Record<string, unknown> = {}
    for (const [name, fitter] of fields) {
      if (!Object.hasOwn(value, name)) continue
      const kept = fitter((value as JsonObject)[name], `${path}/${name}`, losses)
      if (kept !== UNFIT) fitted[name] = kept
      else if (required.includes(name)) return UNFIT
      else losses.lines.push(`${path}/${name}: was left out`)
    }
    return fitted
  }
}
