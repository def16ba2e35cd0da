/** A row in a table is all it takes: server, client and version details of every endpoint come from it, in both versions. */
import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import { OcpiError } from '../src/errors.ts'
import { type Endpoint, existsIn, type Module, type Table } from '../src/module.ts'
import { chargingProfiles } from '../src/modules/charging-profiles.ts'
import { hubClientInfo } from '../src/modules/hub-client-info.ts'
import { sessions } from '../src/modules/sessions.ts'
import { type Token, tokens } from '../src/modules/tokens.ts'
import type { AnyHandler, Call, Mounted } from '../src/server.ts'
import { tables } from '../src/tables.ts'
import { codecOf } from '../src/versions/negotiate.ts'
import { arbitraryOf } from './arbitrary.ts'
import { type Platform, pair, raw, told } from './two-platforms.ts'

type Version = '2.3.0' | '2.2.1'
const modules = tables.filter(({ id }) => id !== 'versions' && id !== 'credentials')

/** A value that both versions can say, always the same for the same shape. */
function sample(shape: TSchema, own: Readonly<Record<string, string>> = {}): unknown {
  const codec = codecOf('2.2.1')
  const [value] = fc.sample(arbitraryOf(codec.shapeOf(shape, { payments: true }), { extras: false }), {
    numRuns: 1,
    seed: 7,
  })
  const object = typeof value === 'object' && value !== null && !Array.isArray(value)
  const known = Object.keys((shape as { readonly properties?: object }).properties ?? {})
  const fields = Object.entries(own).filter(([name]) => known.includes(name))
  const read = codec.read(
    shape,
    JSON.parse(JSON.stringify(object ? { ...value, ...Object.fromEntries(fields) } : value)),
  )
  if ('findings' in read) throw new Error(JSON.stringify(read.findings))
  return read.value
}

/** Every interface of every module, answered with samples; calls are kept. */
function everything(calls: Map<string, Call<unknown>>): readonly Mounted[] {
  const handler =
    (name: string, row: Endpoint): AnyHandler =>
    async (call) => {
      calls.set(name, call)
      if (row.kind === 'list') return { total: 1, items: [JSON.stringify(sample(row.data!))] }
      if (row.kind === 'one') return sample(row.data!)
      return row.data === undefined ? undefined : { data: sample(row.data) }
    }
  const mounted = (module: Module, role: 'SENDER' | 'RECEIVER', table: Table): Mounted => ({
    module,
    role,
    handlers: Object.fromEntries(
      Object.entries(table).map(([name, row]) => [name, handler(`${module.id} ${role} ${name}`, row)]),
    ),
  })
  return modules.flatMap((module) => [
    mounted(module, 'SENDER', module.sender),
    mounted(module, 'RECEIVER', module.receiver),
  ])
}

const OWN = { country_code: 'DE', party_id: 'PAY', id: 'x-1', uid: 'x-1', terminal_id: 'x-1' }

const paramsOf = (row: Endpoint) =>
  Object.fromEntries(
    [...row.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, OWN[name as keyof typeof OWN] ?? 'x-1']),
  )

async function connected(version: Version) {
  const calls = new Map<string, Call<unknown>>()
  const world = await pair({
    cpo: { modules: everything(calls), versions: [version] },
    ptp: { modules: everything(calls) },
  })
  calls.clear()
  return { ...world, calls }
}

const rows = modules.flatMap((module) =>
  (['sender', 'receiver'] as const).flatMap((role) =>
    Object.entries(module[role]).map(([name, row]) => ({ module, role, name, row })),
  ),
)
type AnyCall = (input: object) => Promise<{ data: unknown }> & AsyncIterable<unknown>

async function ask(ptp: Platform, peer: { id: string }, { module, role, name, row }: (typeof rows)[number]) {
  const calls = ptp.client.of(peer, module, role) as unknown as Readonly<Record<string, AnyCall>>
  const body = row.body === undefined ? undefined : sample(row.body, OWN)
  const answer = calls[name]!({ params: paramsOf(row), body })
  if (row.kind !== 'list') return { body, data: (await answer).data }
  const items: unknown[] = []
  for await (const item of answer) items.push(item)
  return { body, data: items }
}

describe.each(['2.3.0', '2.2.1'] as const)('in %s', (version) => {
  const spoken = rows.filter(({ module }) => existsIn(module, version))

  test('every module of the specification stands in version details with both interface roles (F-19)', async () => {
    const { cpoSeenByPtp } = await connected(version)
    const listed = cpoSeenByPtp.endpoints.map(({ identifier, role }) => `${identifier} ${role}`)
    const expected = modules
      .filter((module) => existsIn(module, version))
      .flatMap(({ id }) => [`${id} SENDER`, `${id} RECEIVER`])
    expect(listed.filter((one) => !one.startsWith('credentials')).sort()).toEqual(expected.sort())
  })

  test.each(spoken)(
    '$module.id $role $name: asked by the client, served by the server, the value unchanged',
    async (place) => {
      const { ptp, cpoSeenByPtp, calls } = await connected(version)
      const { body, data } = await ask(ptp, cpoSeenByPtp, place)
      const call = calls.get(`${place.module.id} ${place.role.toUpperCase()} ${place.name}`)
      expect(call?.version).toBe(version)
      expect(call?.params).toEqual(paramsOf(place.row))
      if (place.row.body !== undefined) expect(call?.body ?? null).toEqual(body)
      if (place.row.data !== undefined) {
        const expected = sample(place.row.data)
        expect(data).toEqual(place.row.kind === 'list' ? [expected] : expected)
      }
      const sent = ptp.exchanges.at(-1)!
      expect(sent.url).toContain(`/${version}/`)
      expect('ocpi-to-party-id' in sent.requestHeaders).toBe(place.module.routed)
    },
  )
})

async function tokenOwner(authorize: AnyHandler, more: readonly Mounted[] = []) {
  const nothing: AnyHandler = async () => ({ total: 0, items: [] })
  const world = await pair({
    ptp: { modules: [{ module: tokens, role: 'SENDER', handlers: { list: nothing, authorize } }, ...more] },
    cpo: { needs: {} } as object,
  })
  const token = (await world.cpo.peers.get(world.ptpSeenByCpo.id))!.tokenOut!
  const url = `${world.ptp.baseUrl}/2.3.0/sender/tokens/012345678/authorize`
  return { ...world, token, url }
}

const TOKEN: Token = {
  country_code: 'DE',
  party_id: 'PAY',
  uid: '012345678',
  type: 'RFID',
  contract_id: 'c',
  issuer: 'i',
  valid: true,
  whitelist: 'NEVER',
  last_updated: '2030-01-01T00:00:00.000Z',
}

test('real-time authorization: an empty body reads as none, and the client sends none when there is none', async () => {
  const bodies: unknown[] = []
  const { ptp, cpo, ptpSeenByCpo, token, url } = await tokenOwner(async ({ body, query }) => {
    bodies.push([body, query['type']])
    return { data: { allowed: 'ALLOWED', token: TOKEN } }
  })

  for (const body of ['', '  \n', 'null', '{"location_id":"L1"}'])
    expect(told(await ptp.serve(raw('POST', `${url}?type=APP_USER`, token, { body }))).status_code).toBe(1000)
  expect(told(await ptp.serve(raw('POST', url, token, { body: '[]' }))).status_code).toBe(2001)
  const { data } = await cpo.client
    .of(ptpSeenByCpo, tokens, 'sender')
    .authorize({ params: { token_uid: 'u' }, body: null })

  expect(data.allowed).toBe('ALLOWED')
  expect(cpo.exchanges.at(-1)).toMatchObject({ requestBody: '' })
  expect(cpo.exchanges.at(-1)?.requestHeaders).not.toHaveProperty('content-type')
  expect(bodies).toEqual([
    [null, 'APP_USER'],
    [null, 'APP_USER'],
    [null, 'APP_USER'],
    [{ location_id: 'L1' }, 'APP_USER'],
    [null, undefined],
  ])
})

test('A-51, E-79: an unknown token is HTTP 404 and OCPI 2004; 2002 asks for the location', async () => {
  const { ptp, token, url } = await tokenOwner(async ({ params, body }) => {
    if (params['token_uid'] !== '012345678') throw new OcpiError(2004, 'Unknown token.', { http: 404 })
    if (body === null) throw new OcpiError(2002, 'Name the location.')
    return undefined
  })
  const unknown = await ptp.serve(raw('POST', url.replace('012345678', 'nobody'), token))
  expect([unknown.status, told(unknown).status_code, told(unknown).data]).toEqual([404, 2004, undefined])
  const unplaced = await ptp.serve(raw('POST', url, token))
  expect([unplaced.status, told(unplaced).status_code]).toEqual([200, 2002])
})

test('A-52: charging preferences where the EVSE cannot have any are HTTP 404 with 2001', async () => {
  const nothing: AnyHandler = async () => ({ total: 0, items: [] })
  const chargingPreferences: AnyHandler = async ({ body }) => {
    if ((body as { profile_type: string }).profile_type === 'GREEN') return { data: 'ACCEPTED' }
    throw new OcpiError(2001, 'This EVSE takes no charging preferences.', { http: 404 })
  }
  const { ptp, token } = await tokenOwner(nothing, [
    { module: sessions, role: 'SENDER', handlers: { list: nothing, chargingPreferences } },
  ])
  const put = (profile: string) =>
    ptp.serve(
      raw('PUT', `${ptp.baseUrl}/2.3.0/sender/sessions/s1/charging_preferences`, token, {
        body: JSON.stringify({ profile_type: profile }),
      }),
    )
  expect(told(await put('GREEN')).data).toBe('ACCEPTED')
  const refused = await put('FAST')
  expect([refused.status, told(refused).status_code]).toEqual([404, 2001])
})

test('C.9: a hub tells about parties that are not its own, without routing headers', async () => {
  const seen: Call<unknown>[] = []
  const putClientInfo: AnyHandler = async (call) => void seen.push(call)
  const nothing: AnyHandler = async () => undefined
  const { ptp, token } = await tokenOwner(nothing, [
    { module: hubClientInfo, role: 'RECEIVER', handlers: { clientInfo: nothing, putClientInfo } },
  ])
  const body = { country_code: 'SE', party_id: 'VOL', role: 'CPO', status: 'OFFLINE', last_updated: TOKEN.last_updated }
  const put = (path: string) =>
    ptp.serve(raw('PUT', `${ptp.baseUrl}/2.3.0/receiver/hubclientinfo/${path}`, token, { body: JSON.stringify(body) }))
  const answer = await put('SE/VOL')
  expect(told(answer).status_code).toBe(1000)
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('ocpi-'))).toEqual([])
  expect(seen[0]?.body).toEqual(body)
  expect(told(await put('SE/OTH')).status_code).toBe(2001)
})

test('C.10: a charging profile is asked for by query, and the result comes to the response_url', () => {
  expect(chargingProfiles.receiver.activeProfile).toMatchObject({ method: 'GET', path: '/:session_id' })
  expect(chargingProfiles.receiver.clearProfile).toMatchObject({ method: 'DELETE', path: '/:session_id' })
  expect(chargingProfiles.receiver.setProfile).toMatchObject({ method: 'PUT', path: '/:session_id' })
})
