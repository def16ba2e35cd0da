/** Which URL below the base belongs to which row of which table, and the version details made from the same list. */
import type { Endpoint, InterfaceRole, Module } from './module.ts'
import { credentials } from './modules/credentials.ts'
import { versions as versionsModule } from './modules/versions.ts'
import type { VersionNumber } from './peers.ts'
import type { AnyHandler, HandshakeAcceptor, Mounted } from './server.ts'

export interface Route {
  /** Path segments below the base; ":name" is a parameter. */
  readonly segments: readonly string[]
  readonly version: VersionNumber
  readonly module: Module
  readonly role: InterfaceRole
  readonly name: string
  readonly endpoint: Endpoint
  readonly handler: AnyHandler
}

export interface Target {
  readonly route: Route
  /** Decoded exactly once. */
  readonly params: Readonly<Record<string, string>>
}

export type Found =
  | { readonly target: Target }
  /** The path exists, the method does not. */
  | { readonly allow: string; readonly route: Route }
  | 'unknown'

interface RouteParts {
  readonly baseUrl: string
  readonly modules: readonly Mounted[]
  readonly handshake: HandshakeAcceptor
  readonly versions: readonly VersionNumber[]
}

const split = (path: string): readonly string[] => path.split('/').filter((segment) => segment !== '')

/** The endpoint URL of one interface of a module, as version details tell it. */
export function endpointUrl(
  baseUrl: string,
  version: VersionNumber,
  mounted: { readonly module: Module; readonly role: InterfaceRole },
): string {
  if (mounted.module.id === credentials.id) return `${baseUrl}/${version}/${credentials.id}`
  return `${baseUrl}/${version}/${mounted.role.toLowerCase()}/${mounted.module.id}`
}

/** Every row of every table under every version, plus versions and version details. (B-01 to B-03) */
export function routesOf(parts: RouteParts): readonly Route[] {
  const handshake: Mounted = {
    module: credentials,
    role: 'RECEIVER',
    handlers: parts.handshake.credentials as unknown as Mounted['handlers'],
  }
  const mounted = [handshake, ...parts.modules]
  return [
    ...versionRoutes(parts),
    ...parts.versions.flatMap((version) => mounted.flatMap((one) => moduleRoutes(version, one))),
  ]
}

function moduleRoutes(version: VersionNumber, { module, role, handlers }: Mounted): readonly Route[] {
  const table = role === 'SENDER' ? module.sender : module.receiver
  const base = split(endpointUrl('', version, { module, role }))
  return Object.entries(table).map(([name, endpoint]) => {
    const handler = handlers[name]
    if (handler === undefined) throw new Error(`Module ${module.id} ${role} has no handler for "${name}".`)
    return { segments: [...base, ...split(endpoint.path)], version, module, role, name, endpoint, handler }
  })
}

function versionRoutes({ baseUrl, versions, modules }: RouteParts): readonly Route[] {
  const row = { module: versionsModule, role: 'SENDER' as const }
  const list = versions.map((version) => ({ version, url: `${baseUrl}/${version}` }))
  const details = (version: VersionNumber) => ({
    version,
    endpoints: [
      // Listed once; its role means nothing. (B-04, E-48)
      { identifier: credentials.id, role: 'SENDER', url: `${baseUrl}/${version}/${credentials.id}` },
      ...modules.map((one) => ({ identifier: one.module.id, role: one.role, url: endpointUrl(baseUrl, version, one) })),
    ],
  })
  return [
    ...versions.slice(0, 1).map((version) => ({
      ...row,
      segments: ['versions'],
      version,
      name: 'versions',
      endpoint: versionsModule.sender.versions,
      handler: async () => list,
    })),
    ...versions.map((version) => ({
      ...row,
      segments: [version],
      version,
      name: 'details',
      endpoint: versionsModule.sender.details,
      handler: async () => details(version),
    })),
  ]
}

/** Decodes one path segment once; an empty one or one with control characters names nothing. */
function decode(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment)
    return text === '' || /\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

function matchParams(
  route: Route,
  path: readonly (string | undefined)[],
): Readonly<Record<string, string>> | undefined {
  if (route.segments.length !== path.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, expected] of route.segments.entries()) {
    const text = path[index]
    if (text === undefined) return undefined
    if (expected.startsWith(':')) params[expected.slice(1)] = text
    else if (expected !== text) return undefined
  }
  return params
}

const parameterCount = (route: Route): number => route.segments.filter((segment) => segment.startsWith(':')).length

/** Finds the row for a path below the base, with or without a trailing slash; fixed words win over parameters. (E-60) */
export function findRoute(routes: readonly Route[], method: string, pathBelowBase: string): Found {
  const path = pathBelowBase.replace(/^\//, '').replace(/\/$/, '').split('/').map(decode)
  const matches = routes
    .flatMap((route) => {
      const params = matchParams(route, path)
      return params === undefined ? [] : [{ route, params }]
    })
    .sort((a, b) => parameterCount(a.route) - parameterCount(b.route))
  const target = matches.find(({ route }) => route.endpoint.method === method)
  if (target !== undefined) return { target }
  const nearest = matches[0]
  if (nearest === undefined) return 'unknown'
  const allow = [...new Set(matches.map(({ route }) => route.endpoint.method))].sort().join(', ')
  return { allow, route: nearest.route }
}
