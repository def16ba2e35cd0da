/** Applies a change to every part of a value whose shape is named in a table, from the inside out. */
import type { TSchema } from 'typebox'
import { isObject, type JsonObject } from './codec.ts'
import type { Losses } from './fit.ts'
import type { Shape } from './reshape.ts'

/** Changes one object; what it is not sure about it leaves alone or notes. */
export type Turn = (value: JsonObject, losses: Losses, path: string) => unknown

/** Undefined: nothing to change below this shape, which is most of them. */
type Turner = ((value: unknown, losses: Losses, path: string) => unknown) | undefined

export function turnerOf(turns: ReadonlyMap<unknown, Turn>): (shape: TSchema) => NonNullable<Turner> {
  const known = new WeakMap<TSchema, NonNullable<Turner>>()
  return (shape) => {
    const found = known.get(shape)
    if (found !== undefined) return found
    const made = turner(shape as Shape, turns) ?? ((value: unknown) => value)
    known.set(shape, made)
    return made
  }
}

function turner(shape: Shape, turns: ReadonlyMap<unknown, Turn>): Turner {
  const inner = turnParts(shape, turns)
  const turn = turns.get(shape)
  if (turn === undefined) return inner
  return (value, losses, path) => {
    const turned = inner === undefined ? value : inner(value, losses, path)
    return isObject(turned) ? turn(turned, losses, path) : turned
  }
}

function turnParts(shape: Shape, turns: ReadonlyMap<unknown, Turn>): Turner {
  if (turns.has(shape) && shape.anyOf !== undefined) return undefined
  if (shape.anyOf !== undefined) {
    return shape.anyOf.map((choice) => turner(choice, turns)).find((one) => one !== undefined)
  }
  if (shape.items !== undefined) {
    const item = turner(shape.items, turns)
    if (item === undefined) return undefined
    return (value, losses, path) =>
      Array.isArray(value) ? value.map((one, index) => item(one, losses, `${path}/${index}`)) : value
  }
  const fields = Object.entries(shape.properties ?? {}).flatMap(([name, part]) => {
    const field = turner(part, turns)
    return field === undefined ? [] : [[name, field] as const]
  })
  if (fields.length === 0) return undefined
  return (value, losses, path) => {
    if (!isObject(value)) return value
    const turned: Record<string, unknown> = { ...value }
    for (const [name, field] of fields) {
      if (value[name] !== undefined && value[name] !== null)
        turned[name] = field(value[name], losses, `${path}/${name}`)
    }
    return turned
  }
}
