import type { OcppStatus } from './events.ts'
import { evseStatusOf } from './evse-status.ts'
import { ChargerLinkError, type Payload } from './link.ts'

export function malformed(field: string, value: unknown, wanted: string): ChargerLinkError {
  return new ChargerLinkError(
    'refused',
    `${field} is ${JSON.stringify(value) ?? 'missing'}; send ${wanted}.`,
    'FormationViolation',
  )
}

export function textOf(payload: Payload, field: string, maxLength = 255): string {
  const value = payload[field]
  if (typeof value !== 'string' || value.length > maxLength)
    throw malformed(field, value, `text of at most ${maxLength} characters`)
  return value
}

export function integerOf(payload: Payload, field: string): number {
  const value = payload[field]
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw malformed(field, value, 'an integer')
  return value
}

export function momentOf(payload: Payload, field: string): number {
  const at = Date.parse(textOf(payload, field))
  if (Number.isNaN(at)) throw malformed(field, payload[field], 'an RFC 3339 date and time')
  return at
}

export function statusOf(payload: Payload, field = 'status'): OcppStatus {
  const value = textOf(payload, field)
  if (!Object.hasOwn(evseStatusOf, value)) throw malformed(field, value, 'a status of a connector')
  return value as OcppStatus
}

/** An object inside a message; absent is an empty one. */
export function partOf(payload: Payload, field: string): Payload {
  const value = payload[field]
  return typeof value === 'object' && value !== null ? (value as Payload) : {}
}
