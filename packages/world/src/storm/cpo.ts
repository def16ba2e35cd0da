/** The scripted CPO: it speaks OCPI in bytes and nothing else, and keeps books of its own. */
import type { Clock } from '@plugtill/engine/clock'
import type { Send, Serve, WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Bank } from './bank.ts'
import { adviceTaken, takeAdvice } from './cpo-advices.ts'
import { answer, failure, json } from './cpo-answers.ts'
import { type Books, emptyBooks } from './cpo-books.ts'
import { type ChargingParts, charging, type Tell } from './cpo-charging.ts'
import { type Rooms, started, stopped } from './cpo-commands.ts'
import { type CpoLink, linkOf, VERSION } from './cpo-link.ts'
import type { Names } from './cpo-names.ts'
import { iso, locationOf, type Owner, RAISE, tariffsOf } from './cpo-objects.ts'
import { type CpoTerminals, terminalsOf } from './cpo-terminals.ts'
import type { Currency } from './currencies.ts'
import type { Script } from './script.ts'
import type { Weather } from './weather.ts'

export interface CpoParts {
  readonly clock: Clock
  readonly weather: Weather
  readonly bank: Bank
  readonly owner: Owner
  readonly currency: Currency
  readonly names: Names
  /** Which connection it speaks over; one that carries two parties has the name of neither. */
  readonly connection: string
  readonly also?: readonly Owner[]
  readonly hubParty?: string
  /** Of the party that has made the connection, where it is another one. */
  readonly link?: CpoLink
  /** Everybody who is reached over this connection. */
  readonly together?: () => readonly Cpo[]
  /** So much dearer from the beginning on. */
  readonly dearer?: number
  /** Of its OCPI entrance, ending in /ocpi; default: a name of the simulated world. */
  readonly baseUrl?: string
  readonly sendAs: (label: string) => Send
  readonly ids: () => string
  readonly randomToken: () => string
  readonly skewMs: number
  /** Objects on one page of a list. (F60) */
  readonly pageSize: number
  readonly scriptOf: (reference: string) => Script | undefined
  readonly other: () => Cpo
  /** The PTP dies. */
  readonly die: (why: string) => void
  readonly onWord: (reference: string) => void
  /** What it calls the session of this driver. */
  readonly onSession: (sessionId: string, n: number) => void
  /** The platform has lost all memory of that moment. (F75) */
  readonly isForgotten: (at: number) => boolean
}

export interface Cpo extends CpoTerminals {
  readonly owner: Owner
  readonly names: Names
  readonly connection: string
  readonly link: CpoLink
  readonly lists: Lists
  /** What is for this party. */
  readonly work: (request: WireRequest, path: string) => Promise<WireResponse>
  readonly baseUrl: string
  readonly books: Books
  readonly serve: Serve
  readonly tell: Tell
  readonly register: (versionsUrl: string, token: string) => Promise<void>
  /** New tokens for both sides by PUT. (F24) */
  readonly renew: () => Promise<void>
  readonly changeTariffs: () => Promise<void>
  readonly endAll: () => void
  /** It takes no work: it says for how long, or says nothing at all. (F71) */
  away: boolean
  silent: boolean
}

const MODULES = [
  ['credentials', 'RECEIVER'],
  ['credentials', 'SENDER'],
  ['locations', 'SENDER'],
  ['tariffs', 'SENDER'],
  ['commands', 'RECEIVER'],
  ['sessions', 'SENDER'],
  ['cdrs', 'SENDER'],
  ['payments', 'RECEIVER'],
] as const

/** A CPO that is away often says for how long it wants to be left alone. (F71) */
export const LEFT_ALONE_MS = 120_000
const LATER = { 'retry-after': String(LEFT_ALONE_MS / 1000) }

export function createCpo(parts: CpoParts): Cpo {
  const { owner, names, connection, clock, baseUrl = `https://${connection.toLowerCase()}.example/ocpi` } = parts
  const books = emptyBooks(parts)
  const link = parts.link ?? linkOf(parts, baseUrl)
  const tell = link.tellAs(owner)
  const chargingParts: ChargingParts = { ...parts, books, tell, otherTell: () => parts.other().tell }
  const charges = charging(chargingParts)
  const routes = routesOf(parts, { books, charges })
  const cpo: Cpo = {
    owner,
    names,
    connection,
    link,
    lists: routes.lists,
    work: routes.serve,
    baseUrl,
    books,
    away: false,
    silent: false,
    tell,
    register: link.register,
    renew: link.renew,
    endAll: charges.endAll,
    ...terminalsOf(parts, tell),
    changeTariffs: () => changeTariffs(parts, { books, routes, tell }),
    serve: async (request) => {
      const url = new URL(request.url)
      const path = url.pathname.slice('/ocpi'.length)
      if (cpo.away && cpo.silent) return new Promise(() => undefined)
      if (cpo.away && path !== '/versions') return { status: 503, headers: LATER, body: '' }
      if (path === '/versions') return answer(clock, [{ version: VERSION, url: `${baseUrl}/${VERSION}` }])
      if (path === `/${VERSION}`) return answer(clock, { version: VERSION, endpoints: endpointsOf(baseUrl) })
      if (!link.knows(request.headers['authorization'])) return failure(clock, 401, 2001, 'unknown token')
      return atDoor(parts, cpo, { request, url, path: path.slice(VERSION.length + 1) })
    },
  }
  return cpo
}

interface Arrived {
  readonly request: WireRequest
  readonly url: URL
  readonly path: string
}

/** The lists of all parties of the connection are one; everything else is for the party that is named. */
function atDoor(parts: CpoParts, cpo: Cpo, { request, url, path }: Arrived): Promise<WireResponse> {
  const all = parts.together?.() ?? [cpo]
  const lists = request.method === 'GET' ? all.flatMap(({ lists }) => lists[path] ?? []) : []
  if (lists.length > 0) return Promise.resolve(listed(parts, url, (from) => lists.flatMap((since) => since(from))))
  const meant = all.find(({ owner }) => owner.party_id === request.headers['ocpi-to-party-id'])
  return (meant ?? cpo).work(request, path)
}

type Lists = Readonly<Record<string, (from: string) => readonly Listed[]>>

interface Routes {
  raise: number
  pricedAt: number
  changing: boolean
  changedAt: number
  readonly lists: Lists
  readonly serve: Cpo['work']
}

interface Selling {
  readonly books: Books
  readonly routes: Omit<Routes, 'lists' | 'serve'>
  readonly tell: Tell
}

const AGAIN_MS = 20_000
const TRIES = 500

/** New prices, told until they have been taken. (F38) */
async function changeTariffs(parts: CpoParts, { books, routes, tell }: Selling): Promise<void> {
  const { owner, clock, weather } = parts
  if (routes.changing) return
  routes.changing = true
  routes.raise += RAISE
  routes.pricedAt = clock.now()
  const running = [...books.charges.values()].some((one) => one.runsSince !== undefined && one.endedAt === undefined)
  if (running) weather.met('F38')
  for (const tariff of tariffsOf({ ...parts, raise: routes.raise }, routes.pricedAt)) {
    const path = `/receiver/tariffs/${owner.country_code}/${owner.party_id}/${encodeURIComponent(tariff.id)}`
    const request = { method: 'PUT', path, body: JSON.stringify(tariff) } as const
    for (let tries = 0, status = 0; tries < TRIES && status !== 200 && status !== 201; tries++) {
      status = (await tell(`tariff ${owner.party_id}`, request)) ?? 0
      if (status >= 300 || status === 0) await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve))
    }
  }
  routes.changing = false
  routes.changedAt = clock.now()
}

const endpointsOf = (baseUrl: string) =>
  MODULES.map(([identifier, role]) => ({ identifier, role, url: `${baseUrl}/${VERSION}/${identifier}` }))

function routesOf(parts: CpoParts, rooms: Rooms) {
  const { clock } = parts
  // Unchanged since: whoever asks for what is newer than its last look is told that there is nothing.
  const location = locationOf(parts, clock.now())
  const routes: Routes = {
    raise: parts.dearer ?? 0,
    pricedAt: clock.now(),
    changing: false,
    changedAt: Number.NEGATIVE_INFINITY,
    lists: {
      '/locations': changed(() => [location]),
      '/tariffs': changed(() => tariffsOf({ ...parts, raise: routes.raise }, routes.pricedAt)),
      '/sessions': (from) => shownSince(rooms.books, from),
      '/cdrs': (from) => billedSince(rooms.books, from),
    },
    serve: async (request, path) => {
      switch (`${request.method} ${path}`) {
        case 'POST /commands/START_SESSION':
          return started(parts, { ...rooms, tariff: routes }, request)
        case 'POST /commands/STOP_SESSION':
          return stopped(parts, rooms, request)
        case 'POST /payments/terminals':
          return answer(clock, undefined)
        case 'POST /payments/financial-advice-confirmations':
          return said(clock, takeAdvice({ now: clock.now(), weather: parts.weather, books: rooms.books }, request))
        default:
          return adviceAt(parts, rooms, path)
      }
    },
  }
  return routes
}

const said = (clock: Pick<Clock, 'now'>, [status, code]: readonly [number, number]) =>
  code === 1000 ? answer(clock, undefined) : failure(clock, status, code, 'not now')

function adviceAt({ clock }: CpoParts, { books }: Rooms, path: string): WireResponse {
  const id = path.split('/financial-advice-confirmations/')[1]
  const bytes = id === undefined ? undefined : adviceTaken(books, id)
  return bytes === undefined ? failure(clock, 404, 2000, 'nothing there') : answer(clock, JSON.parse(bytes))
}

interface Listed {
  readonly last_updated: string
  /** Its bytes, where they are made already. */
  readonly body?: string
}

const changed = (all: () => readonly Listed[]) => (from: string) =>
  all().filter(({ last_updated }) => last_updated >= from)

/** The sessions as they are now, and the bills, that were written since: the last ones first. */
function shownSince({ shown }: Books, from: string): readonly Listed[] {
  const found: Listed[] = []
  for (let at = shown.length - 1; at >= 0; at--) {
    const one = shown[at]
    if (one === undefined || one.session.last_updated < from) break
    if (one.charge.shown === one.session) found.push(one.session)
  }
  return found
}

function billedSince({ billed }: Books, from: string): readonly Listed[] {
  const first = billed.findLastIndex(({ last_updated }) => last_updated < from) + 1
  const since = billed.slice(first)
  for (const bill of since) bill.isOut = true
  return since
}

/** One page, in the order of the last change: what changes while it is read moves on. (F60) */
function listed(
  { clock, pageSize, weather }: CpoParts,
  url: URL,
  since: (from: string) => readonly Listed[],
): WireResponse {
  const from = url.searchParams.get('date_from') ?? ''
  const offset = Number(url.searchParams.get('offset') ?? 0)
  const found = [...since(from)]
  found.sort((a, b) => (a.last_updated < b.last_updated ? -1 : a.last_updated > b.last_updated ? 1 : 0))
  const page = found.slice(offset, offset + pageSize)
  const headers: Record<string, string> = {
    ...json,
    'x-total-count': String(found.length),
    'x-limit': String(pageSize),
  }
  if (offset > 0) weather.met('F60')
  if (offset + pageSize < found.length) {
    const next = new URL(url)
    next.searchParams.set('offset', String(offset + pageSize))
    headers['link'] = `<${next.href}>; rel="next"`
  }
  const data = page.map((one) => one.body ?? JSON.stringify(one)).join(',')
  return { status: 200, headers, body: `{"data":[${data}],"status_code":1000,"timestamp":"${iso(clock.now())}"}` }
}
