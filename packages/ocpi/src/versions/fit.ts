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

type Fitter = (value: unknown, losses: Losses) => unknown

const known = new WeakMap<TSchema, Fitter>()

/** The value in this shape, or UNFIT. What got lost beyond fields unknown to the shape is noted. */
export function fit(shape: TSchema, value: unknown, losses: Losses): unknown {
  return fitterOf(shape as Shape)(value, losses)
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
  (value, losses) =>
    value === null || value === undefined || value === UNFIT ? value : fitter(value, losses)

function fitterFor(shape: Shape): Fitter {
  if (shape.enum !== undefined) return enumFitter(shape.enum)
  if (shape.anyOf !== undefined) return choiceFitter(shape.anyOf.filter(({ type }) => type !== 'null'))
  if (shape.items !== undefined) return listFitter(shape.items, shape.minItems ?? 0)
  if (shape.properties !== undefined) return objectFitter(shape.properties, shape.required ?? [])
  return (value) => value
}

const enumFitter =
  (values: readonly string[]): Fitter =>
  (value, { lines }) => {
    if (values.includes(value as string)) return value
    const other = values.includes('OTHER')
    lines.push(`: ${JSON.stringify(value)} ${other ? 'was sent as OTHER' : 'is not known there'}`)
    return other ? 'OTHER' : UNFIT
  }

function choiceFitter(choices: readonly Shape[]): Fitter {
  const only = choices.length === 1 && choices[0] !== undefined ? fitterOf(choices[0]) : undefined
  if (only !== undefined) return only
  return (value, losses) => {
    const choice = choices.find((one) => validatorOf(one).check(value))
    return choice === undefined ? value : fitterOf(choice)(value, losses)
  }
}

/** Where a part stands is written in front of what it lost, so that paths are made only when there is something to say. */
function fitPart(
  fitter: Fitter,
  part: { readonly value: unknown; readonly at: string | number },
  losses: Losses,
): unknown {
  const before = losses.lines.length
  const kept = fitter(part.value, losses)
  for (let index = before; index < losses.lines.length; index += 1) {
    losses.lines[index] = `/${part.at}${losses.lines[index]}`
  }
  return kept
}

function listFitter(items: Shape, minItems: number): Fitter {
  const fitter = fitterOf(items)
  return (value, losses) => {
    if (!Array.isArray(value)) return value
    const fitted: unknown[] = []
    for (const [at, one] of value.entries()) {
      const kept = fitPart(fitter, { value: one, at }, losses)
      if (kept === UNFIT) losses.lines.push(`/${at}: was left out`)
      else fitted.push(kept)
    }
    return fitted.length < minItems ? UNFIT : fitted
  }
}

function objectFitter(properties: NonNullable<Shape['properties']>, required: readonly string[]): Fitter {
  const fields = Object.entries(properties).map(([at, shape]) => [at, fitterOf(shape)] as const)
  return (value, losses) => {
    if (!isObject(value)) return value
    const fitted: Record<string, unknown> = {}
    for (const [at, fitter] of fields) {
      if (!Object.hasOwn(value, at)) continue
      const kept = fitPart(fitter, { value: (value as JsonObject)[at], at }, losses)
      if (kept !== UNFIT) fitted[at] = kept
      else if (required.includes(at)) return UNFIT
      else losses.lines.push(`/${at}: was left out`)
    }
    return fitted
  }
}
