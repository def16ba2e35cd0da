/** A platform that keeps whatever it is sent: every row of every table with the plainest handlers that obey the rules. */
import { OcpiError } from '../src/errors.ts'
import { merge, SESSION_MERGE, TERMINAL_MERGE } from '../src/merge.ts'
import type { Endpoint, Module, Table } from '../src/module.ts'
import { cdrs } from '../src/modules/cdrs.ts'
import { commands } from '../src/modules/commands.ts'
import { locations } from '../src/modules/locations.ts'
import { payments } from '../src/modules/payments.ts'
import { sessions } from '../src/modules/sessions.ts'
import { tariffs } from '../src/modules/tariffs.ts'
import { tokens } from '../src/modules/tokens.ts'
import type { AnyHandler, Mounted } from '../src/server.ts'
import { ciKey, parseDateTime } from '../src/types.ts'
import type { WireRequest } from '../src/wire.ts'
import { CPO_PARTY, newWorld, type PlatformOptions, PTP_PARTY, platform, raw, registered } from './two-platforms.ts'

export const MODULES: readonly Module[] = [cdrs, commands, locations, payments, sessions, tariffs, tokens]

type Shelf = Map<string, string>
type Call = Parameters<AnyHandler>[0]

interface Dated {
  readonly last_updated?: string | null
}

const RULES = { sessions: SESSION_MERGE, payments: TERMINAL_MERGE } as const

/** Terminals and advices share a module; the first fixed word of the path tells them apart. */
const kindOf = (row: Endpoint): string => row.path.split('/').find((word) => word !== '' && !word.startsWith(':')) ?? ''
/** The number of ids keeps EVSEs and connectors apart from their location. */
const keyOf = (module: Module, row: Endpoint, ids: readonly string[]) =>
  ciKey(module.id, kindOf(row), String(ids.length), ...ids)
const idsOf = (call: Call) => Object.values(call.params)
const isOlder = (before: Dated, word: Dated) =>
  typeof before.last_updated === 'string' &&
  typeof word.last_updated === 'string' &&
  parseDateTime(word.last_updated) < parseDateTime(before.last_updated)

const unknown = (module: Module) =>
  new OcpiError(module.id === 'locations' ? 2003 : 2001, 'This object is not known here. Send it whole by PUT first.', {
    http: 404,
  })

function changing(module: Module, row: Endpoint, shelf: Shelf): Partial<Record<Endpoint['kind'], AnyHandler>> {
  return {
    put: async (call) => {
      const key = keyOf(module, row, idsOf(call))
      const before = shelf.get(key)
      if (before !== undefined && isOlder(JSON.parse(before) as Dated, call.body as Dated)) return {}
      shelf.set(key, JSON.stringify(call.body))
      return { created: before === undefined }
    },
    patch: async (call) => {
      const key = keyOf(module, row, idsOf(call))
      const before = shelf.get(key)
      if (before === undefined) throw unknown(module)
      const object = JSON.parse(before) as Dated
      if (isOlder(object, call.body as Dated)) return {}
      shelf.set(key, JSON.stringify(merge(object, call.body as object, RULES[module.id as keyof typeof RULES] ?? {})))
      return {}
    },
    delete: async (call) => void shelf.delete(keyOf(module, row, idsOf(call))),
  }
}

/** Handlers by the kind of row alone; lists give every object of the module in order of creation. */
function rowsOf(module: Module, row: Endpoint, shelf: Shelf): Readonly<Record<Endpoint['kind'], AnyHandler>> {
  const all = () => {
    const kept = [...shelf.keys()].filter((key) => key.startsWith(`${ciKey(module.id, kindOf(row))}/`))
    const fewest = Math.min(...kept.map((key) => Number(key.split('/')[2])))
    return kept.filter((key) => Number(key.split('/')[2]) === fewest).map((key) => shelf.get(key) ?? '')
  }
  const { put, patch, delete: del } = changing(module, row, shelf)
  return {
    list: async ({ page }) => ({ total: all().length, items: all().slice(page.offset, page.offset + page.limit) }),
    one: async (call) => {
      const json = shelf.get(keyOf(module, row, idsOf(call)))
      return json === undefined ? undefined : { json }
    },
    post: async (call) => {
      if (module.id === 'commands') return { data: { result: 'ACCEPTED', timeout: 30 } }
      if (row.body === undefined) return {}
      const { id, terminal_id, reference } = (call.body ?? {}) as Readonly<Record<string, string | undefined>>
      const name = String(id ?? terminal_id ?? reference ?? '1').toWellFormed()
      shelf.set(keyOf(module, row, [name]), JSON.stringify(call.body))
      return { created: true, location: `${call.raw.url.replace(/\/$/, '')}/${encodeURIComponent(name)}` }
    },
    put: put as AnyHandler,
    patch: patch as AnyHandler,
    delete: del as AnyHandler,
  }
}

function handlersOf(module: Module, table: Table, shelf: Shelf) {
  return Object.fromEntries(Object.entries(table).map(([name, row]) => [name, rowsOf(module, row, shelf)[row.kind]]))
}

export function keeping(shelf: Shelf): readonly Mounted[] {
  return MODULES.flatMap((module) => [
    { module, role: 'SENDER' as const, handlers: handlersOf(module, module.sender, shelf) },
    { module, role: 'RECEIVER' as const, handlers: handlersOf(module, module.receiver, shelf) },
  ])
}

/** A PTP that keeps everything, and a registered CPO NL-ABC that talks to it. */
export async function keeper(options: PlatformOptions = {}) {
  const world = newWorld()
  const shelf: Shelf = new Map()
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', { modules: keeping(shelf), ...options })
  const cpo = platform(world, CPO_PARTY, 'https://cpo.example')
  const made = await registered(cpo, ptp)
  const token = (await cpo.peers.get(made.invitation.id))!.tokenOut!
  const ask = (method: WireRequest['method'], path: string, extra: Parameters<typeof raw>[3] = {}) =>
    ptp.serve(raw(method, `${ptp.baseUrl}${path}`, token, extra))
  /** Sends a value as JSON. */
  const say = (method: WireRequest['method'], path: string, body: unknown) =>
    ask(method, path, { body: JSON.stringify(body) })
  return { world, shelf, ptp, cpo, token, ask, say, ...made }
}

export const AT = '2026-03-01T10:00:00Z'

export const aToken = {
  country_code: 'NL',
  party_id: 'ABC',
  uid: 'T1',
  type: 'RFID',
  contract_id: 'C1',
  issuer: 'ABC',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: AT,
}
export const aTariff = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'TA1',
  currency: 'EUR',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.25, step_size: 1 }] }],
  last_updated: AT,
}
export const aConnector = {
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 16,
  tariff_ids: ['TA1'],
  last_updated: AT,
}
export const anEvse = { uid: 'E1', status: 'AVAILABLE', connectors: [aConnector], last_updated: AT }
export const aLocation = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'L1',
  publish: true,
  name: 'Here',
  address: 'Straat 1',
  city: 'Utrecht',
  country: 'NLD',
  coordinates: { latitude: '52.100000', longitude: '5.100000' },
  evses: [anEvse],
  time_zone: 'Europe/Amsterdam',
  last_updated: AT,
}
export const aSession = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'S1',
  start_date_time: AT,
  kwh: 0,
  cdr_token: { country_code: 'DE', party_id: 'PAY', uid: 'T1', type: 'AD_HOC_USER', contract_id: 'T1' },
  auth_method: 'COMMAND',
  location_id: 'L1',
  evse_uid: 'E1',
  connector_id: '1',
  currency: 'EUR',
  charging_periods: [{ start_date_time: AT, dimensions: [{ type: 'ENERGY', volume: 1 }] }],
  status: 'ACTIVE',
  last_updated: AT,
}
