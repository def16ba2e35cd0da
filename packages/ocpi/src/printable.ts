/** Text that can be printed: one rule for every text of every shape, and the one that looks at every letter. */
import type { TSchema } from 'typebox'
import { withoutKeyword, withTexts } from './versions/reshape.ts'
import type { WireRequest } from './wire.ts'

/**
 * No line ends, no tabs and nothing else that cannot be printed: control characters and halves of a character are
 * what databases and URLs choke on.
 */
export const ONE_LINE = '^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]*$'

/**
 * Whether every text in this JSON is printable already because of how it is written: in ASCII, without escapes and
 * without the one control character that JSON lets through. That is seen at once, where its texts one by one take as
 * long as all other checks of their shape. False says nothing.
 */
export const isPrintableJson = ({ body, ascii = false }: Pick<WireRequest, 'body' | 'ascii'>): boolean =>
  ascii && !body.includes('\\') && !body.includes('\u007f')

/** The same shape without this rule, for values from such a JSON. */
export const withoutPrintable = (shape: TSchema): TSchema =>
  withTexts(shape, (text) => (text.pattern === ONE_LINE ? withoutKeyword(text, 'pattern') : text))
