/**
 * Times, coordinates and addresses: most objects of a message say in such a field what the one before them said, and
 * looking at its letters took as long as all other checks of a Location. So each field of a shape remembers the last text
 * that kept its rule.
 */
import type { TSchema } from 'typebox'
import { ONE_LINE } from './printable.ts'
import { type Shape, withKeywords, withoutKeyword, withTexts } from './versions/reshape.ts'

type Check = (value: unknown) => boolean

interface Text extends Shape {
  readonly '~refine'?: readonly { readonly check: Check; readonly error: (value: unknown) => string }[]
}

/** When it was right a moment ago, it still is. */
function remembered(check: Check): Check {
  let right: unknown
  return (value) => {
    if (value === right) return true
    if (!check(value)) return false
    right = value
    return true
  }
}

/** The same shape for checks that only say yes or no: forms become rules, and every rule has a memory. */
export const remembering = (shape: TSchema): TSchema =>
  withTexts(shape, (text) => {
    const { pattern, '~refine': rules = [] } = text as Text
    // What every text has to be is seldom said twice in a row.
    if (pattern === ONE_LINE) return text
    const own = pattern === undefined ? rules : [formOf(pattern), ...rules]
    const refine = own.map(({ check, error }) => ({ check: remembered(check), error }))
    return own.length === 0 ? text : withKeywords(withoutKeyword(text, 'pattern'), { '~refine': refine })
  })

function formOf(pattern: string) {
  const form = new RegExp(pattern, 'u')
  return { check: (value: unknown) => form.test(value as string), error: () => pattern }
}
