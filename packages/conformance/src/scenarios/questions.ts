/** Questions that harm nobody, one per interface on offer: for probing tokens, headers and unknown ids. */

import { ownCredentials } from '@plugtill/ocpi/handshake-roles'
import type { InterfaceRole, Module } from '@plugtill/ocpi/module'
import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { tokens } from '@plugtill/ocpi/modules/tokens'
import { endpointFor, entriesOf, urlOf as pathOf } from '@plugtill/ocpi/peer-url'
import type { Peer, PeerEndpoint } from '@plugtill/ocpi/peers'
import type { Desk } from '../desk.ts'
import type { Probe } from '../probing.ts'

export interface Question extends Pick<Probe, 'place' | 'method' | 'url'> {
  readonly body?: string
  /** What it asks for: a list, an object that there is not, or a command that says nothing. */
  readonly kind: 'list' | 'one' | 'act'
}

interface Row {
  readonly module: Module
  readonly role: InterfaceRole
  readonly name: string
  readonly kind: Question['kind']
  readonly query?: Readonly<Record<string, string>>
}

/** Sessions are asked for since some time, always. */
export const LONG_AGO = '2000-01-01T00:00:00.000Z'

const ROWS: readonly Row[] = [
  { module: payments, role: 'SENDER', name: 'terminals', kind: 'list' },
  { module: payments, role: 'SENDER', name: 'advices', kind: 'list' },
  { module: locations, role: 'SENDER', name: 'list', kind: 'list' },
  { module: tariffs, role: 'SENDER', name: 'list', kind: 'list' },
  { module: sessions, role: 'SENDER', name: 'list', kind: 'list', query: { date_from: LONG_AGO } },
  { module: cdrs, role: 'SENDER', name: 'list', kind: 'list' },
  { module: payments, role: 'RECEIVER', name: 'terminal', kind: 'one' },
  { module: payments, role: 'RECEIVER', name: 'advice', kind: 'one' },
  { module: payments, role: 'SENDER', name: 'terminal', kind: 'one' },
  { module: locations, role: 'SENDER', name: 'location', kind: 'one' },
  { module: tariffs, role: 'SENDER', name: 'tariff', kind: 'one' },
  { module: locations, role: 'RECEIVER', name: 'location', kind: 'one' },
  { module: tariffs, role: 'RECEIVER', name: 'tariff', kind: 'one' },
  { module: sessions, role: 'RECEIVER', name: 'session', kind: 'one' },
  { module: cdrs, role: 'RECEIVER', name: 'cdr', kind: 'one' },
  { module: tokens, role: 'RECEIVER', name: 'token', kind: 'one' },
  { module: commands, role: 'RECEIVER', name: 'startSession', kind: 'act' },
]

const UNKNOWN_ID = 'NOT-THERE'

/** One question per row that the platform offers, lists first. */
export function functionalQuestions(
  offered: unknown,
  owner = { country_code: 'DE', party_id: 'JDG' },
): readonly Question[] {
  const endpoints = usable(offered)
  const peer: Peer = { id: '', status: 'registered', roles: [], endpoints, tokensIn: [], updatedAt: 0 }
  return ROWS.flatMap(({ module, role, name, kind, query }): readonly Question[] => {
    const row = (role === 'SENDER' ? module.sender : module.receiver)[name]
    if (row === undefined || entriesOf(peer, module.id, role).length === 0) return []
    const names = row.path.split('/').flatMap((part) => (part.startsWith(':') ? part.slice(1) : []))
    const params = { ...Object.fromEntries(names.map((one) => [one, UNKNOWN_ID])), ...owner }
    const url = pathOf(endpointFor(peer, module, role, row.path), row.path, { params, query })
    return [{ place: `${module.id}.${name}`, method: row.method, url, kind, ...(kind === 'act' ? { body: '{}' } : {}) }]
  })
}

function usable(offered: unknown): readonly PeerEndpoint[] {
  if (!Array.isArray(offered)) return []
  return offered.flatMap((entry: unknown): readonly PeerEndpoint[] => {
    const { identifier, role, url } = (entry ?? {}) as Readonly<Record<string, unknown>>
    return typeof identifier === 'string' && typeof role === 'string' && typeof url === 'string' && URL.canParse(url)
      ? [{ identifier, role, url }]
      : []
  })
}

/** The `url` of the last entry of a list that fits; undefined when nothing usable is there. */
export function urlIn(
  list: unknown,
  fits: (entry: Readonly<Record<string, unknown>>) => boolean = () => true,
): string | undefined {
  if (!Array.isArray(list)) return undefined
  const found = list.filter((entry) => typeof entry === 'object' && entry !== null && fits(entry)).at(-1) as
    | { url?: unknown }
    | undefined
  return typeof found?.url === 'string' && URL.canParse(found.url) ? found.url : undefined
}

/** The endpoint of credentials at the registered platform. */
export async function credentialsUrl(desk: Desk): Promise<string | undefined> {
  const peer = await desk.partner()
  return peer?.endpoints.find(({ identifier }) => identifier.toLowerCase() === 'credentials')?.url
}

/** Credentials of the judge that differ from the usual ones in `told`, with a token nobody uses. */
export async function credentialsBody(desk: Desk, versionsUrl = `${desk.parts.baseUrl}/versions`): Promise<string> {
  const { version = '2.3.0' } = (await desk.partner()) ?? {}
  return JSON.stringify(ownCredentials(desk.parts.party, { versionsUrl, version, token: desk.parts.randomToken() }))
}
