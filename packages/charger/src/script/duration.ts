const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 }

/** `500ms`, `5s`, `2min`, `1h`. */
export const DURATION = '^\\d{1,6}(\\.\\d{1,3})?(ms|s|min|h)$'
export const DURATION_OR_NEVER = '^(never|\\d{1,6}(\\.\\d{1,3})?(ms|s|min|h))$'
/** The same, ahead with `+`, behind with `-`. */
export const SKEW = '^[+-]?\\d{1,6}(\\.\\d{1,3})?(ms|s|min|h)$'

/** Of a text that fits one of the patterns. */
export function msOf(text: string): number {
  const [, sign = '', digits = '0', unit = 'ms'] = /^([+-]?)([\d.]+)(ms|s|min|h)$/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * Number(digits) * (units[unit] ?? 1)
}

export const msOrNever = (text: string): number | 'never' => (text === 'never' ? 'never' : msOf(text))
