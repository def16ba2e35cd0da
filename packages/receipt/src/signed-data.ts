/** Signed meter values as a file that the transparency software of the S.A.F.E. initiative opens. */
import { escaped, printable } from './printable.ts'
import type { SignedMeterData } from './slip.ts'

export const SIGNED_FILE = 'signed-meter-data.xml'

/** Names of OCPI's encoding methods in that software; it finds out the others by itself. */
const FORMATS: Readonly<Record<string, string>> = { ocmf: 'OCMF', 'alfen eichrecht': 'ALFEN' }
const CONTEXTS: Readonly<Record<string, string>> = { start: 'Transaction.Begin', end: 'Transaction.End' }

export function signedXml({ method, publicKey, values }: SignedMeterData): string {
  const format = FORMATS[method.toLowerCase()]
  const signedAttributes = `${format === undefined ? '' : ` format="${format}"`} encoding="base64"`
  const key = publicKey === undefined ? '' : `<publicKey encoding="base64">${text(publicKey)}</publicKey>`
  const entries = values.map(({ nature, signed }) => {
    const context = CONTEXTS[nature.toLowerCase()]
    const attributes = `transactionId="1"${context === undefined ? '' : ` context="${context}"`}`
    return `  <value ${attributes}>\n    <signedData${signedAttributes}>${text(signed)}</signedData>\n    ${key}\n  </value>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<values>\n${entries.join('')}</values>\n`
}

/** Never shortened: a signature of half a text is no signature. */
const text = (value: string) => escaped(printable(value, Math.max(1, value.length)))
