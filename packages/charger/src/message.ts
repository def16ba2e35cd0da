import { createRequire } from 'node:module'
import { createValidator } from 'ocpp-rpc'
import { OcppError, type OcppErrorCode, type OcppProtocol, type Payload } from './link.ts'

/** One OCPP-J message as it crosses the wire. (OCPP-J 1.6, 4.2) */
export type Message =
  | { readonly kind: 'call'; readonly id: string; readonly action: string; readonly payload: Payload }
  | { readonly kind: 'result'; readonly id: string; readonly payload: Payload }
  | { readonly kind: 'error'; readonly id: string; readonly code: OcppErrorCode; readonly description: string }

export function writeMessage(message: Message): string {
  if (message.kind === 'call') return JSON.stringify([2, message.id, message.action, message.payload])
  if (message.kind === 'result') return JSON.stringify([3, message.id, message.payload])
  return JSON.stringify([4, message.id, message.code, message.description, {}])
}

/** What is not a message at all is nobody's answer and is passed over. */
export function readMessage(text: string): Message | undefined {
  const parts = parsed(text)
  if (!Array.isArray(parts) || typeof parts[1] !== 'string') return undefined
  const [type, id, third, fourth] = parts as readonly unknown[]
  if (type === 2 && typeof third === 'string')
    return { kind: 'call', id: String(id), action: third, payload: payloadOf(fourth) }
  if (type === 3) return { kind: 'result', id: String(id), payload: payloadOf(third) }
  if (type === 4)
    return { kind: 'error', id: String(id), code: String(third) as OcppErrorCode, description: String(fourth ?? '') }
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function payloadOf(value: unknown): Payload {
  return typeof value === 'object' && value !== null ? (value as Payload) : {}
}

const schemas: Readonly<Record<OcppProtocol, string>> = {
  'ocpp1.6': 'ocpp-rpc/lib/schemas/ocpp1_6.json',
  'ocpp2.0.1': 'ocpp-rpc/lib/schemas/ocpp2_0_1.json',
}
const validators = new Map<OcppProtocol, ReturnType<typeof createValidator>>()

/** Read when first needed: the schemas of one version are a hundred files. */
function validatorOf(protocol: OcppProtocol): ReturnType<typeof createValidator> {
  const known = validators.get(protocol)
  if (known) return known
  const validator = createValidator(protocol, createRequire(import.meta.url)(schemas[protocol]))
  validators.set(protocol, validator)
  return validator
}

export interface Checked {
  readonly protocol: OcppProtocol
  readonly action: string
  readonly direction: 'req' | 'conf'
}

/** Holds a payload against the official schema, as the real link does; throws the refusal that fits. */
export function checkPayload({ protocol, action, direction }: Checked, payload: Payload): void {
  try {
    validatorOf(protocol).validate(`urn:${action}.${direction}`, payload)
  } catch (error) {
    const { rpcErrorCode, message } = error as { readonly rpcErrorCode?: string; readonly message: string }
    throw new OcppError('refused', `${action}.${direction}: ${message}`, corrected(rpcErrorCode))
  }
}

const corrections: Readonly<Record<string, OcppErrorCode>> = {
  FormatViolation: 'FormationViolation',
  OccurenceConstraintViolation: 'OccurrenceConstraintViolation',
}

function corrected(code = 'GenericError'): OcppErrorCode {
  return corrections[code] ?? (code as OcppErrorCode)
}
