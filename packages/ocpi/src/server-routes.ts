/** Which URL below the base belongs to which row of which table, and the version details made from the same list. */
import { type Endpoint, existsIn, type InterfaceRole, type Module } from './module.ts'
import { credentials } from './modules/credentials.ts'
import { versions as versionsModule } from './modules/versions.ts'
import type { VersionNumber } from './peers.ts'
import type { AnyHandler, Call, HandshakeAcceptor, Mounted } from './server.ts'

export interface Route {
  /** Path segments below the base; ":name" is a parameter. */
  readonly segments: readonly string[]
  /** Names and places of the parameters. */
  readonly parameters: readonly (readonly [name: string, at: number])[]
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

/** The row that a path belongs to, whatever the method. */
export const routeOf = (found: Found): Route | undefined =>
  found === 'unknown' ? undefined : 'target' in found ? found.target.route : found.route

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
    ...parts.versions.flatMap((version) =>
      mounted.filter(({ module }) => existsIn(module, version)).flatMap((one) => moduleRoutes(version, one)),
    ),
  ]
}

const parametersIn = (segments: readonly string[]): Route['parameters'] =>
  segments.flatMap((segment, at) => (segment.startsWith(':') ? [[segment.slice(1), at] as const] : []))

function moduleRoutes(version: VersionNumber, { module, role, handlers }: Mounted): readonly Route[] {
  const table = role === 'SENDER' ? module.sender : module.receiver
  const base = split(endpointUrl('', version, { module, role }))
  return Object.entries(table).map(([name, endpoint]) => {
    const handler = handlers[name]
    if (handler === undefined) throw new Error(`Module ${module.id} ${role} has no handler for "${name}".`)
    const segments = [...base, ...split(endpoint.path)]
    return { segments, parameters: parametersIn(segments), version, module, role, name, endpoint, handler }
  })
}

function versionRoutes({ baseUrl, versions, modules }: RouteParts): readonly Route[] {
  const row = { module: versionsModule, role: 'SENDER' as const, parameters: [] }
  const list = versions.map((version) => ({ version, url: `${baseUrl}/${version}` }))
  const details = (version: VersionNumber) => [
    // Listed once; its role means nothing. (B-04, E-48)
    { identifier: credentials.id, role: 'SENDER', url: `${baseUrl}/${version}/${credentials.id}` },
    ...modules
      .filter(({ module }) => existsIn(module, version))
      .map((one) => ({ identifier: one.module.id, role: one.role, url: endpointUrl(baseUrl, version, one) })),
  ]
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
      handler: async ({ peer }: Pick<Call, 'peer'>) => ({
        version,
        endpoints: details(version).filter(({ identifier }) => !peer.without?.includes(identifier)),
      }),
    })),
  ]
}

/** Between the slashes, decoded; a slash at the end says nothing. Undefined or empty: names nothing. */
function segmentsOf(path: string): readonly (string | undefined)[] {
  const segments: string[] = []
  const end = path.endsWith('/') ? path.length - 1 : path.length
  for (let from = 1; from <= end; ) {
    const slash = path.indexOf('/', from)
    const to = slash < 0 || slash > end ? end : slash
    segments.push(path.slice(from, to))
    from = to + 1
  }
  return path.includes('%') ? segments.map(decode) : segments
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

/** One path segment after another: the fixed words that may follow, or one parameter. */
interface Node {
  readonly words: Map<string, Node>
  parameter: Node | undefined
  /** Rows that end here, by method. */
  readonly rows: Map<string, Route>
}

export type RouteTree = Node

const newNode = (): Node => ({ words: new Map(), parameter: undefined, rows: new Map() })

/** The same rows as a tree: a request is found by its own segments, however many rows there are. */
export function treeOf(routes: readonly Route[]): RouteTree {
  const root = newNode()
  for (const route of routes) {
    let node = root
    for (const segment of route.segments) {
      if (segment.startsWith(':')) {
        node.parameter ??= newNode()
        node = node.parameter
      } else {
        const next = node.words.get(segment) ?? newNode()
        node.words.set(segment, next)
        node = next
      }
    }
    // Of two rows with one path and method the first counts.
    if (!node.rows.has(route.endpoint.method)) node.rows.set(route.endpoint.method, route)
  }
  return root
}

/** Decoded segments; undefined or empty ones name nothing. */
type Path = readonly (string | undefined)[]

/** The row at the end of the path, fixed words before parameters. */
function rowOf(node: Node, path: Path, method: string, at = 0): Route | undefined {
  if (at === path.length) return node.rows.get(method)
  const segment = path[at]
  if (!segment) return undefined
  // Most parameters stand where no word may follow: ids are then not looked up.
  const word = node.words.size === 0 ? undefined : node.words.get(segment)
  const fixed = word && rowOf(word, path, method, at + 1)
  return fixed ?? (node.parameter && rowOf(node.parameter, path, method, at + 1))
}

/** Every end that fits the whole path, whatever the method. */
function endsOf(node: Node, path: Path, at = 0): readonly Node[] {
  const segment = path[at]
  if (at === path.length) return node.rows.size > 0 ? [node] : []
  if (!segment) return []
  const word = node.words.get(segment)
  return [
    ...(word === undefined ? [] : endsOf(word, path, at + 1)),
    ...(node.parameter === undefined ? [] : endsOf(node.parameter, path, at + 1)),
  ]
}

function paramsOf(route: Route, path: Path): Readonly<Record<string, string>> {
  const params: Record<string, string> = {}
  for (const [name, at] of route.parameters) params[name] = path[at] ?? ''
  return params
}

/** Finds the row for a path below the base, with or without a trailing slash; fixed words win over parameters. (E-60) */
export function findRoute(tree: RouteTree, method: string, pathBelowBase: string): Found {
  const path = segmentsOf(pathBelowBase)
  const route = rowOf(tree, path, method)
  if (route !== undefined) return { target: { route, params: paramsOf(route, path) } }
  const ends = endsOf(tree, path)
  const nearest = ends[0]?.rows.values().next().value
  if (nearest === undefined) return 'unknown'
  const allow = [...new Set(ends.flatMap((end) => [...end.rows.keys()]))].sort().join(', ')
  return { allow, route: nearest }
}
