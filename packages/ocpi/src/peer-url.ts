/** URLs at a partner: which endpoint, how a path is appended, which origins may be called with the partner's token. */
import { Fault } from './errors.ts'
import type { InterfaceRole, Module, Table } from './module.ts'
import type { Peer } from './peers.ts'
import { sameCi } from './types.ts'

const firstWord = (path: string): string | undefined => {
  const word = path.split('/').find((segment) => segment !== '')
  return word === undefined || word.startsWith(':') ? undefined : word
}

const tableOf = (module: Module, role: InterfaceRole): Table => (role === 'SENDER' ? module.sender : module.receiver)

/** The advertised entries of one interface; module ids are compared without regard to case. (E-01, E-48) */
export function entriesOf(peer: Peer, moduleId: string, role: InterfaceRole): Peer['endpoints'] {
  const named = peer.endpoints.filter((entry) => sameCi(entry.identifier, moduleId))
  return moduleId === 'credentials' ? named : named.filter((entry) => sameCi(entry.role, role))
}

/**
 * Endpoint URL for a path of the table. A URL that already ends in the first word of some path of the table is
 * cut back to the base, and of several entries the one ending in this path's word is taken. (E-03)
 */
export function endpointFor(peer: Peer, module: Module, role: InterfaceRole, path: string): string {
  const found = known.get(peer.endpoints) ?? new Map<string, string>()
  known.set(peer.endpoints, found)
  const asked = `${module.id} ${role} ${path}`
  const before = found.get(asked)
  if (before !== undefined) return before
  const url = endpointIn(peer, module, role, path)
  found.set(asked, url)
  return url
}

/** Every call needs one, and a partner's list stays the same for months; as many as there are paths in the tables. */
const known = new WeakMap<Peer['endpoints'], Map<string, string>>()

function endpointIn(peer: Peer, module: Module, role: InterfaceRole, path: string): string {
  const entries = entriesOf(peer, module.id, role)
  const words = new Set(
    Object.values(tableOf(module, role))
      .map((row) => firstWord(row.path))
      .filter((word) => word !== undefined),
  )
  const parsed = entries.map((entry) => {
    const url = new URL(entry.url)
    const segments = url.pathname.replace(/\/+$/, '').split('/')
    const last = segments.at(-1)
    const word = last !== undefined && words.has(last) ? last : undefined
    if (word !== undefined) url.pathname = segments.slice(0, -1).join('/')
    return { url: url.href, word }
  })
  const chosen = parsed.find((entry) => entry.word !== undefined && entry.word === firstWord(path)) ?? parsed[0]
  if (chosen === undefined) {
    throw new Fault(
      'PEER_LACKS_MODULE',
      `Peer ${peer.id} does not offer ${module.id} as ${role}. It offers: ${offered(peer)}.`,
    )
  }
  return chosen.url
}

const offered = (peer: Peer): string =>
  peer.endpoints.map((entry) => `${entry.identifier} ${entry.role}`).join(', ') || 'nothing'

/** Base, path with parameters and query as one URL: exactly one slash between, every parameter encoded once. (A-42, E-60) */
export function urlOf(
  base: string,
  path: string,
  input: {
    readonly params?: Readonly<Record<string, string>>
    readonly query?: Readonly<Record<string, string | number | undefined>>
  },
): string {
  const url = new URL(base)
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      if (!segment.startsWith(':')) return segment
      const value = input.params?.[segment.slice(1)]
      if (value === undefined || value === '' || value === '.' || value === '..') {
        throw new Fault('BAD_PATH_PARAMETER', `Path ${path} needs "${segment.slice(1)}"; given: "${value ?? ''}".`)
      }
      return encodeURIComponent(value)
    })
  if (segments.length > 0) url.pathname = `${url.pathname.replace(/\/+$/, '')}/${segments.join('/')}`
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value))
  }
  return url.href
}

const originOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).origin : undefined)

/** The partner's token goes to its own origins only. (A-33, E-49, T10) */
export function mayReceiveToken(peer: Peer, url: string): boolean {
  const origin = originOf(url)
  if (origin === undefined || origin === 'null') return false
  const own = [peer.versionsUrl, ...peer.endpoints.map((entry) => entry.url), ...(peer.origins ?? [])]
  return own.some((known) => known !== undefined && originOf(known) === origin)
}
