/** Values of settings as text: the value, or why there is none: "has to be …". */
export type Read = (text: string) => { readonly value: unknown } | { readonly rule: string }

export const whole = (from: number, to: number) => (text: string) => {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  return value >= from && value <= to ? { value } : { rule: `a whole number from ${from} to ${to}` }
}

export const number = (from: number, to: number) => (text: string) => {
  const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN
  return value >= from && value <= to ? { value } : { rule: `a number from ${from} to ${to}` }
}

export const oneOf = (values: readonly string[]) => (text: string) =>
  values.includes(text) ? { value: text } : { rule: `one of ${values.join(', ')}` }

export function yesNo(text: string) {
  if (/^(true|1|yes)$/i.test(text)) return { value: true }
  return /^(false|0|no)$/i.test(text) ? { value: false } : { rule: 'true or false' }
}

export function address(protocols: readonly string[], example: string) {
  return (text: string) => {
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (!url || !protocols.includes(url.protocol)) return { rule: `an address like ${example}` }
    return { value: text.replace(/\/+$/, '') }
  }
}

export const plain = (pattern: RegExp, rule: string) => (text: string) =>
  pattern.test(text) ? { value: text } : { rule }
