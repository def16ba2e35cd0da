/** Every message of a story against the strict shapes: what we send is what the specification says, not what we tolerate. */

import { isDeepStrictEqual } from 'node:util'
import { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { CommandResponse, CommandResult, StartSession, StopSession } from '@plugtill/ocpi/modules/commands'
import { Credentials } from '@plugtill/ocpi/modules/credentials'
import { EvsePatch, Location } from '@plugtill/ocpi/modules/locations'
import { FinancialAdviceConfirmation, Terminal, TerminalPatch } from '@plugtill/ocpi/modules/payments'
import { Session, SessionPatch } from '@plugtill/ocpi/modules/sessions'
import { Tariff } from '@plugtill/ocpi/modules/tariffs'
import { findingsOf } from '@plugtill/ocpi/validate'
import { codecOf } from '@plugtill/ocpi/versions/negotiate'
import type { Passed } from '@plugtill/world/network'
import type { TSchema } from 'typebox'

interface Rule {
  readonly method: string
  readonly url: RegExp
  readonly body?: TSchema
  readonly data?: TSchema
  readonly list?: TSchema
  /** Configuration modules carry no routing headers. */
  readonly routed?: false
}

const RULES: readonly Rule[] = [
  { method: 'GET', url: /\/versions$|\/2\.[23]\.[01]$/, routed: false },
  { method: 'POST', url: /\/credentials$/, body: Credentials, data: Credentials, routed: false },
  { method: 'PUT', url: /\/credentials$/, body: Credentials, data: Credentials, routed: false },
  { method: 'DELETE', url: /\/credentials$/, routed: false },
  { method: 'GET', url: /\/locations(\?|$)/, list: Location },
  { method: 'GET', url: /\/tariffs(\?|$)/, list: Tariff },
  { method: 'GET', url: /\/sessions(\?|$)/, list: Session },
  { method: 'GET', url: /\/cdrs(\?|$)/, list: Cdr },
  { method: 'GET', url: /\/terminals(\?|$)/, list: Terminal },
  { method: 'GET', url: /\/(terminals|financial-advice-confirmations)\/[^/]+$/ },
  { method: 'PUT', url: /\/locations\/[^/]+\/[^/]+\/[^/]+$/, body: Location },
  { method: 'PATCH', url: /\/locations\/[^/]+\/[^/]+\/[^/]+\/[^/]+$/, body: EvsePatch },
  { method: 'PUT', url: /\/tariffs\/[^/]+\/[^/]+\/[^/]+$/, body: Tariff },
  { method: 'POST', url: /\/START_SESSION$/, body: StartSession, data: CommandResponse },
  { method: 'POST', url: /\/STOP_SESSION$/, body: StopSession, data: CommandResponse },
  { method: 'POST', url: /\/sender\/commands\/[^/]+$/, body: CommandResult },
  { method: 'PUT', url: /\/sessions\/[^/]+\/[^/]+\/[^/]+$/, body: Session },
  { method: 'PATCH', url: /\/sessions\/[^/]+\/[^/]+\/[^/]+$/, body: SessionPatch },
  { method: 'POST', url: /\/cdrs$/, body: Cdr },
  { method: 'POST', url: /\/terminals$/, body: Terminal },
  { method: 'PATCH', url: /\/terminals\/[^/]+$/, body: TerminalPatch },
  { method: 'PUT', url: /\/terminals\/[^/]+$/, body: Terminal },
  { method: 'POST', url: /\/financial-advice-confirmations$/, body: FinancialAdviceConfirmation },
]

const ROUTING = ['ocpi-to-party-id', 'ocpi-to-country-code', 'ocpi-from-party-id', 'ocpi-from-country-code']

/** One line for each thing that is wrong; a message that no rule knows is wrong too. */
export function wireFindings(passed: readonly Passed[]): readonly string[] {
  return passed.flatMap(({ request, response }) => {
    const name = `${request.method} ${request.url}`
    const rule = RULES.find((known) => known.method === request.method && known.url.test(request.url))
    if (!rule) return [`${name}: no rule for this message`]
    const envelope = JSON.parse(response?.body ?? 'null') as {
      data?: unknown
      status_code?: unknown
      timestamp?: unknown
    } | null
    return [
      ...headerFindings(rule, request.headers, response?.headers ?? {}),
      ...(typeof envelope?.status_code === 'number' && typeof envelope.timestamp === 'string' ? [] : ['no envelope']),
      ...(rule.body ? shapeFindings('body', rule.body, { value: JSON.parse(request.body), url: request.url }) : []),
      ...(rule.data && envelope?.data
        ? shapeFindings('data', rule.data, { value: envelope.data, url: request.url })
        : []),
      ...((rule.list ? (envelope?.data ?? []) : []) as unknown[]).flatMap((value) =>
        shapeFindings('item', rule.list!, { value, url: request.url }),
      ),
    ].map((finding) => `${name}: ${finding}`)
  })
}

/** Held against the shape as the version of the URL spells it; 2.2.1 has no place for fields it does not know. (F-08) */
function shapeFindings(
  where: string,
  shape: TSchema,
  { value, url }: { readonly value: unknown; readonly url: string },
): readonly string[] {
  const codec = codecOf(url.includes('/2.2.1') ? '2.2.1' : '2.3.0')
  const agreed = { payments: true }
  const wrong = findingsOf(codec.shapeOf(shape, agreed), value).map(
    (found) => `${where} ${found.path} ${found.rule} (${found.value})`,
  )
  const read = codec.read(shape, value)
  if (wrong.length > 0 || 'findings' in read) return wrong
  const again = codec.write(shape, read.value, agreed).value
  return isDeepStrictEqual(again, value) ? [] : [`${where} says what OCPI ${codec.version} has no place for`]
}

type Headers = Readonly<Record<string, string>>

function headerFindings(rule: Rule, request: Headers, response: Headers): readonly string[] {
  const missing = (headers: Headers, names: readonly string[], where: string) =>
    names.filter((name) => !headers[name]).map((name) => `${where} without ${name}`)
  const always = ['x-request-id', 'x-correlation-id']
  const echoed = always.filter((name) => request[name] !== response[name]).map((name) => `${name} is not repeated`)
  const routing =
    rule.routed === false
      ? ROUTING.filter((name) => request[name] || response[name]).map((name) => `${name} on a configuration module`)
      : [...missing(request, ROUTING, 'request'), ...missing(response, ROUTING, 'response')]
  return [...missing(request, [...always, 'authorization'], 'request'), ...echoed, ...routing]
}
