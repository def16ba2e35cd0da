/** Input that cannot be priced: which part, its value, and the rule it breaks. */
export class PricingError extends Error {
  readonly path: string
  readonly value: unknown
  readonly rule: string

  constructor(path: string, value: unknown, rule: string) {
    super(`${path} is ${show(value)}: ${rule}`)
    this.name = 'PricingError'
    this.path = path
    this.value = value
    this.rule = rule
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}
