/** Text that can be printed: one rule for every text of every shape, and the one that looks at every letter. */
import type { TSchema } from 'typebox'
import { type Shape, withKeywords } from './versions/reshape.ts'
import type { WireRequest } from './wire.ts'

/**
 * No line ends, no tabs and nothing else that cannot be printed: control characters and halves of a character are
 * what databases and URLs choke on.
 */
export function isPrintable(value: string): boolean {
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false
    if (code < 0xd800 || code > 0xdfff) continue
    // A high half is good when a low one follows; nothing else is.
    const next = value.charCodeAt(at + 1)
    if (code >= 0xdc00 || !(next >= 0xdc00 && next <= 0xdfff)) return false
    at += 1
  }
  return true
}

/**
 * Whether every text in this JSON is printable already because of how it is written: in ASCII, without escapes and
 * without the one control character that JSON lets through. That is seen at once, where its texts one by one take as
 * long as all other checks of their shape. False says nothing.
 */
export const isPrintableJson = ({ body, ascii = false }: Pick<WireRequest, 'body' | 'ascii'>): boolean =>
  ascii && !body.includes('\\') && !body.includes('\u007f')

/** The same shape without this rule, for values from such a JSON. */
export function withoutPrintable(shape: TSchema): TSchema {
  const { properties, items, anyOf, '~refine': rules } = shape as Shape & { readonly '~refine'?: readonly Rule[] }
  return withKeywords(shape, {
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, withoutPrintable(part)])),
    }),
    ...(items && { items: withoutPrintable(items) }),
    ...(anyOf && { anyOf: anyOf.map(withoutPrintable) }),
    ...(rules && { '~refine': rulesBut(isPrintable, rules) }),
  })
}

interface Rule {
  readonly check: unknown
}

/** No list instead of an empty one, which would still be walked through for every text. */
function rulesBut(check: unknown, rules: readonly Rule[]): readonly Rule[] | undefined {
  const others = rules.filter((rule) => rule.check !== check)
  return others.length === 0 ? undefined : others
}
