/** Bodies and queries of our own APIs against the JSON Schema of their row: which field, which value, which rule. */
import { type Finding, validatorOf } from '@plugtill/ocpi/validate'

type Schema = Parameters<typeof validatorOf>[0]

export interface Wrong {
  readonly error: 'invalid'
  readonly message: string
  readonly findings: readonly { readonly field: string; readonly value: string; readonly rule: string }[]
}

export function wrongIn(what: 'body' | 'query', schema: object | undefined, value: unknown): Wrong | undefined {
  if (schema === undefined) return undefined
  const findings = [...unknownFields(schema, value), ...validatorOf(schema as Schema).findings(value)].map(
    (finding) => ({
      field: finding.path.replace(/^\//, '').replaceAll('/', '.') || what,
      value: finding.value,
      rule: finding.rule,
    }),
  )
  if (findings.length === 0) return undefined
  const told = findings.map(({ field, value: got, rule }) => `${field}: ${rule} (got ${got})`).join('; ')
  return { error: 'invalid', message: `The ${what} cannot be used. ${told}`, findings }
}

/** A misspelt optional field would otherwise be lost without a word. */
function unknownFields(schema: object, value: unknown): readonly Finding[] {
  const { properties } = schema as { readonly properties?: Readonly<Record<string, unknown>> }
  if (properties === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(properties, name))
    .slice(0, 10)
    .map((name) => ({
      path: `/${name.slice(0, 60)}`,
      value: 'a field of this name',
      rule: `not known here; known are ${Object.keys(properties).join(', ')}`,
    }))
}
