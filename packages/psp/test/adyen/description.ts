/** What Adyen's public descriptions say about what is spoken here. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Described, describe } from '../openapi/description.ts'
import { type Description, isObject, type Json, reduce, type Wanted } from '../openapi/reduce.ts'
import { adyenCheckout, adyenMessages, adyenTerminal, adyenWebhooks } from '../openapi/wanted.ts'
import type { Answered, Asked } from '../stand-in.ts'

/** The full descriptions, where the test is given the folder `json` of them; else the parts that are kept here. */
function description(kept: string, full: string, wanted: Wanted): Description {
  const folder = process.env['PLUGTILL_TEST_ADYEN_OPENAPI']
  const file = folder ? join(folder, full) : undefined
  if (file && existsSync(file)) return reduce(JSON.parse(readFileSync(file, 'utf8')) as Json, wanted)
  return JSON.parse(readFileSync(new URL(`../openapi/${kept}.json`, import.meta.url), 'utf8')) as Description
}

/** The version that Adyen's library speaks; the description of the one before says the same about these operations. */
const PREFIX = '/v72'

const checkout = description('adyen-checkout', 'CheckoutService-v72.json', adyenCheckout)
export const described: Described = describe({
  ...checkout,
  operations: checkout.operations.map((one) => ({ ...one, path: PREFIX + one.path })),
})
export const terminal: Described = describe(
  description('adyen-terminal', 'TerminalAPI-v1.json', {
    ...adyenTerminal,
    ...(process.env['PLUGTILL_TEST_ADYEN_OPENAPI'] && { operations: {} }),
  }),
)

const webhooks = describe(description('adyen-webhooks', 'Webhooks-v1.json', adyenWebhooks))

/** A message to us, held against the schema of its event. */
export function messageDifferences(code: string, body: string): readonly string[] {
  const name = adyenMessages[code]
  if (name === undefined) return [`message ${code}: the event is not described`]
  return webhooks.wrongNamed(name, JSON.parse(body)).map((one) => `message ${code} ${one}`)
}

/** Messages to a terminal have one path: they are held against the schema of their category. */
export function terminalDifferences(asked: Asked, answered: Answered): readonly string[] | undefined {
  if (!asked.path.endsWith('/sync')) return undefined
  const request = asked.body['SaleToPOIRequest']
  const response = answered === 'cut' || !isObject(answered.body) ? undefined : answered.body['SaleToPOIResponse']
  return [...wrongIn('request', request), ...(response === undefined ? [] : wrongIn('response', response))]
}

function wrongIn(side: string, message: unknown): readonly string[] {
  if (!isObject(message)) return [`terminal ${side}: there is no message`]
  const { MessageHeader: header, ...rest } = message
  const [name = '', body] = Object.entries(rest)[0] ?? []
  const category = isObject(header) ? String(header['MessageCategory']) : ''
  const found = [...terminal.wrongNamed('MessageHeader', header), ...terminal.wrongNamed(name, body)]
  if (!new RegExp(`^${category}(Request|Response)$`).test(name)) found.push(`${name} under the header of ${category}`)
  return found.map((one) => `terminal ${name} ${one}`)
}
