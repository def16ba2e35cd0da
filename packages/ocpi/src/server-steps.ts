/**
 * What happens to a request, one rule group per step, in the order of `checkRequest`. A step refuses by throwing; what an
 * answer or a refusal has to know is written down in the context as soon as it is learned.
 */
import type { TSchema } from 'typebox'
import { OcpiError } from './errors.ts'
import { type MessageIds, partyText, type Routing, readMessageIds, readParty, sameParty } from './headers.ts'
import { type Page, readPage } from './paging.ts'
import { JsonRefused, parseJson } from './parse-json.ts'
import { ownsParty, type Party, type PartyId, type Peer, partiesOf } from './peers.ts'
import { isPrintableJson } from './printable.ts'
import type { ServerParts } from './server.ts'
import { checkBody, checkUrlOwner } from './server-owner.ts'
import { type Found, findRoute, type RouteTree, routeOf, type Target } from './server-routes.ts'
import type { Recognised, Recogniser } from './token.ts'
import { explain, validatorOf } from './validate.ts'
import type { SpokenVersion } from './versions/codec.ts'
import { codecOf, isOtherVersion, otherVersion } from './versions/negotiate.ts'
import type { Headers, WireRequest } from './wire.ts'

/** A refusal with headers of its own, such as Allow. */
export class HttpRefusal extends OcpiError {
  readonly headers: Headers

  constructor(http: number, statusCode: number, message: string, headers: Headers = {}) {
    super(statusCode, message, { http })
    this.name = 'HttpRefusal'
    this.headers = headers
  }
}

/** The server's parts as every request meets them: what can be made once is made once. */
export type Ready = ServerParts & {
  readonly routes: RouteTree
  readonly maxLimit: number
  readonly base: { readonly origin: string; readonly path: string; readonly prefix: string }
  /** Every party this platform speaks for. */
  readonly here: readonly Party[]
  readonly recognise: Recogniser
}

/** One request on its way through the steps. */
export interface Context {
  readonly parts: Ready
  readonly request: WireRequest
  /** Below the base, as it was written; undefined: the request is for somewhere else. */
  readonly path: string | undefined
  /** "" or "?…" */
  readonly search: string
  readonly at: number
  readonly ids: MessageIds
  readonly found: Found
  caller: Recognised | undefined
  routing: Routing | undefined
  page: Page | undefined
  body: unknown
}

const MAX_BODY_BYTES = 1_000_000

/** Fields known before any rule applies; nothing in here refuses. */
export function openContext(parts: Ready, request: WireRequest): Context {
  const { path, search } = placeOf(parts, request.url)
  return {
    parts,
    request,
    path,
    search,
    at: parts.clock.now(),
    ids: readMessageIds(request.headers, parts.ids),
    found: path === undefined ? 'unknown' : findRoute(parts.routes, request.method, path),
    caller: undefined,
    routing: undefined,
    page: undefined,
    body: undefined,
  }
}

/** Words without dots, escapes or a query mean what they say; the rest is for the parser. */
const PLAIN = /^[\w/*~:-]*(?:\d\.\d\.\d[\w/*~:-]*)?$/

/** Path below the base and query; behind a proxy the request names another origin than the public one. */
function placeOf({ base, baseUrl }: Ready, asked: string): Pick<Context, 'path' | 'search'> {
  const below = asked.startsWith(base.prefix) ? asked.slice(base.prefix.length - 1) : ''
  if (below !== '' && PLAIN.test(below)) return { path: below, search: '' }
  const url = URL.parse(asked, baseUrl)
  if (!url?.pathname.startsWith(`${base.path}/`)) return { path: undefined, search: url?.search ?? '' }
  return { path: url.pathname.slice(base.path.length), search: url.search }
}

/** The request's path and query below the public base; few requests need it. */
export const publicUrlOf = ({ parts: { base }, path, search }: Context): URL =>
  new URL(base.origin + base.path + (path ?? '') + search)

/** Bodies above 1 MB are not read. (T26) */
export function checkSize(request: WireRequest): void {
  if (request.body.length > MAX_BODY_BYTES / 3 && Buffer.byteLength(request.body) > MAX_BODY_BYTES) {
    throw new HttpRefusal(413, 2001, `The body is larger than ${MAX_BODY_BYTES} bytes. Send less at once.`)
  }
}

/** One text for every 401, so that nothing can be learned from it. (T07) */
const unauthorised = () =>
  new HttpRefusal(
    401,
    2001,
    'The credentials token is missing, unknown or not valid here. Send "Authorization: Token <Base64 of your token>".',
    {
      'www-authenticate': 'Token',
    },
  )

/** Whether a connection in this state, with this token, may use the module. (A-08, B-16, B-20) */
function mayUse({ peer, issued }: Recognised, moduleId: string | undefined): boolean {
  const open = moduleId === 'versions' || moduleId === 'credentials'
  return open || (issued.kind !== 'A' && peer.status === 'registered')
}

/** Who calls; throws 401. */
export function admit(context: Context, caller: Recognised | undefined): Recognised {
  if (caller === undefined || !mayUse(caller, routeOf(context.found)?.module.id)) throw unauthorised()
  context.caller = caller
  return caller
}

/** Every rule about a request whose caller is known, in this order. */
export function checkRequest(context: Context, caller: Recognised): Target {
  const target = targetOf(context, caller.peer)
  const { module, endpoint } = target.route
  // The state of the connection comes before the content of a handshake message. (E-36)
  if (module.id === 'credentials')
    context.parts.handshake.timely?.(caller.peer, { method: context.request.method, token: caller.token })
  checkUrlOwner(target, caller.peer)
  if (module.routed) context.routing = routingOf(context, caller.peer)
  // Filters of a list. (A-25, E-56)
  if (endpoint.kind === 'list') context.page = readPage(queryOf(context.search), context.parts.maxLimit)
  if (endpoint.body !== undefined) context.body = readBody(context.request, target.route.version, endpoint.body)
  checkBody(target, caller.peer, context.body)
  return target
}

/** Unknown path 404, known path with another method 405. */
function targetOf(context: Context, peer: Peer): Target {
  const { found, request, parts } = context
  const route = routeOf(found)
  // What this partner is not offered is not here for it. (B-07)
  if (found === 'unknown' || route === undefined || peer.without?.includes(route.module.id)) {
    const { pathname } = publicUrlOf(context)
    const [segment = ''] = pathname.slice(parts.base.path.length).split('/').filter(Boolean)
    if (isOtherVersion(segment)) throw new HttpRefusal(404, 3002, otherVersion(segment, parts.versions))
    throw new HttpRefusal(404, 2001, `Nothing is served at ${pathname}. Use the URLs of version details.`)
  }
  if ('target' in found) return found.target
  const { allow } = found
  const why = `${request.method} is not possible at ${publicUrlOf(context).pathname}. Possible: ${allow}.`
  throw new HttpRefusal(405, 2001, why, { allow })
}

const onlyParty = (peer: Peer): PartyId | undefined => (partiesOf(peer).length === 1 ? partiesOf(peer)[0] : undefined)

/** Who speaks to whom; missing addresses are inferred when only one is possible. (A-68, E-53, T13) */
function routingOf({ parts, request }: Context, peer: Peer): Routing {
  const from = readParty(request.headers, 'from') ?? onlyParty(peer)
  const { here } = parts
  const to = readParty(request.headers, 'to') ?? (here.length === 1 ? parts.party : undefined)
  if (from === undefined) {
    const known = partiesOf(peer).map(partyText).join(', ')
    throw new OcpiError(
      2001,
      `OCPI-from-country-code and OCPI-from-party-id are missing and you have several parties (${known}). Send both headers.`,
    )
  }
  if (!ownsParty(peer, from)) {
    throw new OcpiError(
      2001,
      `OCPI-from names ${partyText(from)}, which is none of your roles. Use a party of your credentials.`,
    )
  }
  if (to === undefined || !here.some((one) => sameParty(one, to))) {
    const wrong = to === undefined ? 'OCPI-to is missing' : `OCPI-to names ${partyText(to)}, which is not here`
    throw new OcpiError(2001, `${wrong}. This platform speaks for ${here.map(partyText).join(', ')}.`)
  }
  return { from, to: { countryCode: to.countryCode, partyId: to.partyId } }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonRefused)) throw error
    throw new HttpRefusal(400, 2001, error.message)
  }
}

/**
 * Text that is no JSON, nests too deep or names a key twice: HTTP 400. Valid JSON, invalid object: HTTP 200 with 2001 and
 * every finding in the words of the partner's version. (A-46, A-47, E-52, T26)
 */
function readBody(request: WireRequest, version: SpokenVersion, schema: TSchema): unknown {
  // Where the text leaves the body out, an empty one reads as null.
  const body = request.body.trim() === '' && validatorOf(schema).check(null) ? null : parsed(request.body)
  const read = codecOf(version).read(schema, body, isPrintableJson(request))
  if ('findings' in read) throw new OcpiError(2001, explain(read.findings))
  return read.value
}

/** The query as a record; of a repeated parameter the first counts. */
export function queryOf(search: string): Readonly<Record<string, string>> {
  return search === '' ? {} : Object.fromEntries([...new URLSearchParams(search)].reverse())
}
