/** The schemas of both protocols, and the CALLERROR codes that each of them has for what breaks one. (OCPP-J 1.6, 4.2.3 with errata 1.0; OCPP 2.0.1, part 4, 4.3) */
import { createRequire } from 'node:module'
import ocppRpc from 'ocpp-rpc'
import type { Protocol } from './events.ts'

const { createRPCError, createValidator } = ocppRpc
const schemas = createRequire(import.meta.url)

interface StrictValidator {
  readonly subprotocol: Protocol
  readonly validate: (schemaId: string, params: unknown) => unknown
}

interface Broken {
  readonly message: string
  readonly details?: {
    readonly errors?: readonly { readonly keyword: string; readonly instancePath: string; readonly message?: string }[]
  }
}

/** In the words of OCPP 2.0.1; `spelled` gives those of 1.6. */
const CODE_OF: Readonly<Record<string, string>> = {
  type: 'TypeConstraintViolation',
  required: 'OccurrenceConstraintViolation',
  minItems: 'OccurrenceConstraintViolation',
  maxItems: 'OccurrenceConstraintViolation',
  enum: 'PropertyConstraintViolation',
  maxLength: 'PropertyConstraintViolation',
  minLength: 'PropertyConstraintViolation',
  maximum: 'PropertyConstraintViolation',
  minimum: 'PropertyConstraintViolation',
  multipleOf: 'PropertyConstraintViolation',
  pattern: 'PropertyConstraintViolation',
}

/** OCPP 1.6 has another name for the first, and none for the two that came with 2.0.1. */
const IN_16: Readonly<Record<string, string>> = {
  FormatViolation: 'FormationViolation',
  RpcFrameworkError: 'FormationViolation',
  MessageTypeNotSupported: 'ProtocolError',
}

export function spelled(protocol: Protocol, code: string): string {
  if (protocol === 'ocpp1.6') return IN_16[code] ?? code
  return code === 'FormationViolation' ? 'FormatViolation' : code
}

/** Longest text a CALLERROR may carry. (OCPP-J 1.6, 4.2.3) */
const LONGEST_TEXT = 255

function strict(protocol: Protocol, file: string): StrictValidator {
  const { validate } = boundTo(createValidator(protocol, schemas(file)))
  return {
    subprotocol: protocol,
    validate: (schemaId, params) => {
      try {
        return validate(schemaId, params)
      } catch (error) {
        const { message, details } = error as Broken
        const [first] = details?.errors ?? []
        if (first === undefined) throw createRPCError('NotImplemented', message.slice(0, LONGEST_TEXT))
        const code = spelled(protocol, CODE_OF[first.keyword] ?? 'FormatViolation')
        const where = first.instancePath === '' ? 'the message' : first.instancePath.slice(1).replaceAll('/', '.')
        throw createRPCError(code, `${where} ${first.message ?? 'is wrong'}`.slice(0, LONGEST_TEXT))
      }
    },
  }
}

const boundTo = (validator: { validate(schemaId: string, params: unknown): unknown }) => ({
  validate: (schemaId: string, params: unknown) => validator.validate(schemaId, params),
})

let made: readonly StrictValidator[] | undefined

/** Compiled once: every gate of a process shares them. */
export function strictValidators(): readonly StrictValidator[] {
  made ??= [
    strict('ocpp1.6', 'ocpp-rpc/lib/schemas/ocpp1_6.json'),
    strict('ocpp2.0.1', 'ocpp-rpc/lib/schemas/ocpp2_0_1.json'),
  ]
  return made
}
