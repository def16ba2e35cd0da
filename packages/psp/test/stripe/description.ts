/** What Stripe's public description says about what is spoken here. */
import { existsSync, readFileSync } from 'node:fs'
import { describe } from '../openapi/description.ts'
import { type Description, type Json, type Operation, reduce } from '../openapi/reduce.ts'
import { stripeNow } from '../openapi/wanted.ts'

/** The full description of today, where the test is given one; else the part that is kept here, with what came since. */
function description(): Description {
  const file = process.env['PLUGTILL_TEST_STRIPE_OPENAPI']
  if (file && existsSync(file)) return reduce(JSON.parse(readFileSync(file, 'utf8')) as Json, stripeNow)
  const kept = JSON.parse(readFileSync(new URL('../openapi/stripe.json', import.meta.url), 'utf8')) as Description
  return {
    ...kept,
    operations: kept.operations.map(withNewName).concat(collect),
    schemas: withCollect(kept.schemas),
  }
}

/** API version 2026-10-28 calls the list of types by another name than the description that is kept. */
function withNewName(operation: Operation): Operation {
  if (operation.path !== '/v1/payment_intents' || operation.method !== 'POST') return operation
  const request = operation.request as { properties: Json }
  const { payment_method_types: types, ...rest } = request.properties
  return { ...operation, request: { ...request, properties: { ...rest, allowed_payment_method_types: types } } }
}

/** Asking a reader for a card came after the description that is kept. */
const collect: Operation = {
  method: 'POST',
  path: '/v1/terminal/readers/{reader}/collect_payment_method',
  query: [],
  request: { type: 'object', properties: { payment_intent: { type: 'string' } }, additionalProperties: false },
  answers: { 200: { $ref: 'terminal.reader' }, default: { $ref: 'error' } },
}

function withCollect(schemas: Json): Json {
  const name = 'terminal_reader_reader_resource_reader_action'
  const action = schemas[name] as { properties: Json }
  const type = action.properties['type'] as { enum: readonly string[] }
  const properties = { ...action.properties, type: { ...type, enum: [...type.enum, 'collect_payment_method'] } }
  return { ...schemas, [name]: { ...action, properties } }
}

export const described = describe(description())
