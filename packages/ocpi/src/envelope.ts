/** The envelope around every answer. */
import { formatDateTime } from './types.ts'

export interface EnvelopeParts {
  readonly statusCode: number
  readonly statusMessage?: string
  /** JSON text of `data`; undefined leaves the field out. */
  readonly dataJson?: string
  /** When the message is made, in ms. */
  readonly at: number
}

/** Writes the envelope around data that is already JSON text, so stored objects are not parsed again. */
export function envelopeText(parts: EnvelopeParts): string {
  const data = parts.dataJson === undefined ? '' : `"data":${parts.dataJson},`
  const message = parts.statusMessage === undefined ? '' : `"status_message":${JSON.stringify(parts.statusMessage)},`
  return `{${data}"status_code":${parts.statusCode},${message}"timestamp":"${formatDateTime(parts.at)}"}`
}

export interface Envelope {
  readonly data: unknown
  readonly statusCode: number
  readonly statusMessage: string | undefined
}

/** The envelope in a parsed answer, or undefined when it is none: `status_code` is what makes it one. */
export function readEnvelope(value: unknown): Envelope | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { data, status_code: code, status_message: message } = value as Readonly<Record<string, unknown>>
  // Some partners send the code as text; there is nothing else it could mean.
  const statusCode = typeof code === 'string' && /^\d{4}$/.test(code) ? Number(code) : code
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode)) return undefined
  return { data, statusCode, statusMessage: typeof message === 'string' ? message : undefined }
}

/** 1xxx means the request was done as asked. (A.8) */
export const isSuccess = (statusCode: number): boolean => statusCode >= 1000 && statusCode < 2000
