/** Two payment terminal platforms and two mobility providers at one operator, at the same stations. */
import { type Cdr, type CdrReceived, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import { type Token, tokens } from '@plugtill/ocpi/modules/tokens'
import { auditCdr } from '@plugtill/pricing/audit'
import { expect, test } from 'vitest'
import type { Sites } from '../src/sites/configuration.ts'
import { demoSites } from '../src/sites/demo.ts'
import type { Drivers, FakePtp } from './fake-ptp.ts'
import { advise, command, plugIn, REFERENCE, type Stage, stage, start, startBody, stopTransaction } from './stage.ts'

const ROAMING = ['AC-ROAMING', 'AC-ROAMING-EMB']

/** The demo sites with a price for every provider, and a better one for the provider EMB. */
const sites: Sites = {
  locations: demoSites.locations.map((site) => ({
    ...site,
    evses: site.evses.map((evse) => ({
      ...evse,
      connectors: evse.connectors.map((connector) => ({
        ...connector,
        tariff_ids: site.id === 'LOC-CITY' ? [...(connector.tariff_ids ?? []), ...ROAMING] : connector.tariff_ids,
      })),
    })),
  })),
  tariffs: [
    ...demoSites.tariffs,
    ...[
      { id: 'AC-ROAMING', price: 0.3, partners: ['DE-EMA'] },
      { id: 'AC-ROAMING-EMB', price: 0.25, partners: ['DE-EMB'] },
    ].map(({ id, price, partners }) => ({
      id,
      partners,
      currency: 'EUR',
      type: 'REGULAR' as const,
      tax_included: 'NO' as const,
      elements: [{ price_components: [{ type: 'ENERGY' as const, price, vat: 21, step_size: 1 }] }],
    })),
  ],
}

const token = (partyId: string, uid: string, change: Partial<Token> = {}): Token => ({
  country_code: 'DE',
  party_id: partyId,
  uid,
  type: 'RFID',
  contract_id: `DE-${partyId}-${uid}`,
  issuer: partyId,
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: '2030-01-15T09:00:00Z',
  ...change,
})

const driversOf = (...known: Token[]): Drivers => ({ tokens: known, authorize: () => undefined })

async function company() {
  const world = await stage({ sites })
  const emaDrivers = driversOf(token('EMA', 'CARD-A'))
  const embDrivers = driversOf(token('EMB', 'CARD-B', { whitelist: 'NEVER' }))
  const ptb = await world.partner('PTB')
  const ema = await world.partner('EMA', undefined, emaDrivers)
  const emb = await world.partner('EMB', undefined, embDrivers)
  await world.pass(10_000)
  for (const each of [world.ptp, ptb, ema, emb]) each.told.length = 0
  return { ...world, ptb, ema, emb, emaDrivers, embDrivers }
}
type Company = Awaited<ReturnType<typeof company>>

/** A driver shows a card at the station and plugs in. */
async function charge(world: Stage, idTag: string, { connectorId = 1, meterStart = 1000, meterStop = 11_000 } = {}) {
  const asked = await world.ac.say('Authorize', { idTag })
  const started = await world.ac.say('StartTransaction', { connectorId, idTag, meterStart, timestamp: world.now() })
  await world.settle()
  const transactionId = Number(started['transactionId'])
  await world.pass(30 * 60_000)
  await stopTransaction(world, transactionId, meterStop)
  return { asked, started }
}

const cdrOf = (partner: FakePtp) => partner.last('cdr') as unknown as CdrReceived

test('a card the provider lets us judge charges at once; session and CDR go to that provider only, at its price', async () => {
  const world = await company()
  const { asked, started } = await charge(world, 'CARD-A')

  expect(asked).toEqual({ idTagInfo: { status: 'Accepted' } })
  expect(started).toMatchObject({ idTagInfo: { status: 'Accepted' } })
  expect(world.ema.heard()).toEqual(['putSession ACTIVE', 'putSession COMPLETED', 'cdr'])
  expect(cdrOf(world.ema)).toMatchObject({
    auth_method: 'WHITELIST',
    cdr_token: { party_id: 'EMA', uid: 'CARD-A', contract_id: 'DE-EMA-CARD-A' },
    total_energy: 10,
    total_cost: { before_taxes: 3, taxes: [{ amount: 0.63 }] },
  })
  expect(cdrOf(world.ema)).not.toHaveProperty('invoice_reference_id')
  expect(auditCdr(cdrOf(world.ema) as Cdr, { timeZone: 'Europe/Amsterdam' }).findings).toEqual([])
  for (const other of [world.ptp, world.ptb, world.emb]) expect(other.heard()).toEqual([])
})

test('a card that may never be judged here is asked about; what the provider answers stands in session and CDR', async () => {
  const world = await company()
  world.embDrivers.authorize = (uid) => ({
    allowed: 'ALLOWED',
    token: token('EMB', uid),
    authorization_reference: 'EMB-AUTH-1',
  })
  await charge(world, 'CARD-B')

  expect(world.emb.last('authorize')).toEqual({
    uid: 'CARD-B',
    location_id: 'LOC-CITY',
    evse_uids: ['NLPLGE101', 'NLPLGE102'],
  })
  // One question for Authorize and StartTransaction together.
  expect(world.emb.told.filter(({ what }) => what === 'authorize')).toHaveLength(1)
  expect(cdrOf(world.emb)).toMatchObject({
    auth_method: 'AUTH_REQUEST',
    authorization_reference: 'EMB-AUTH-1',
    total_cost: { before_taxes: 2.5 },
  })
  expect(auditCdr(cdrOf(world.emb) as Cdr, { timeZone: 'Europe/Amsterdam' }).findings).toEqual([])
  expect(world.ema.heard()).toEqual([])
})

test('a card nobody has told us of is asked about at all providers, and belongs to the one that knows it', async () => {
  const world = await company()
  world.emaDrivers.authorize = (uid) => ({ allowed: 'ALLOWED', token: token('EMA', uid) })
  await charge(world, 'STRANGER')
  expect(world.ema.heard()).toEqual(['putSession ACTIVE', 'putSession COMPLETED', 'cdr'])
  expect(world.emb.heard()).toEqual([])
})

test.each([
  ['BLOCKED', 'Blocked'],
  ['EXPIRED', 'Expired'],
  ['NO_CREDIT', 'Blocked'],
  ['NOT_ALLOWED', 'Invalid'],
] as const)('a provider that says %s is told to the station as %s, and nothing begins', async (allowed, status) => {
  const world = await company()
  world.embDrivers.authorize = (uid) => ({ allowed, token: token('EMB', uid) })
  expect(await world.ac.say('Authorize', { idTag: 'CARD-B' })).toEqual({ idTagInfo: { status } })
  const started = { connectorId: 1, idTag: 'CARD-B', meterStart: 0, timestamp: world.now() }
  expect(await world.ac.say('StartTransaction', started)).toMatchObject({ idTagInfo: { status } })
  expect((await world.admin('GET', '/sessions')).body).toEqual([])
})

test('a card that no provider knows is invalid', async () => {
  const world = await company()
  expect(await world.ac.say('Authorize', { idTag: 'NOBODYS' })).toEqual({ idTagInfo: { status: 'Invalid' } })
})

test('a token its owner has withdrawn is blocked, and one for offline use charges while its owner is away', async () => {
  const world = await company()
  const put = (change: Partial<Token>) => {
    const body = token('EMA', 'CARD-A', { last_updated: world.now(), ...change })
    const params = { country_code: 'DE', party_id: 'EMA', token_uid: 'CARD-A' }
    return world.ema.client.of({ id: world.ema.cpoId }, tokens, 'receiver').putToken({ params, body })
  }
  await put({ valid: false })
  expect(await world.ac.say('Authorize', { idTag: 'CARD-A' })).toEqual({ idTagInfo: { status: 'Blocked' } })
  await put({ whitelist: 'ALLOWED_OFFLINE' })
  world.network.delete(world.ema.origin)
  expect(await world.ac.say('Authorize', { idTag: 'CARD-A' })).toEqual({ idTagInfo: { status: 'Accepted' } })
})

test('a provider cannot let the drivers of another one charge', async () => {
  const world = await company()
  world.emaDrivers.authorize = (uid) => ({ allowed: 'ALLOWED', token: token('EMB', uid) })
  expect(await world.ac.say('Authorize', { idTag: 'STRANGER' })).toEqual({ idTagInfo: { status: 'Invalid' } })
  expect(world.faults).toMatchObject([{ code: 'TOKEN_FOREIGN' }])
})

test('a card charges where its provider says, and at the other EVSEs of the station it does not', async () => {
  const world = await company()
  const location = { location_id: 'LOC-CITY', evse_uids: ['NLPLGE102'] }
  world.embDrivers.authorize = (uid) => ({ allowed: 'ALLOWED', token: token('EMB', uid), location })
  const at = async (connectorId: number) =>
    world.ac.say('StartTransaction', { connectorId, idTag: 'CARD-B', meterStart: 0, timestamp: world.now() })
  expect(await at(1)).toMatchObject({ idTagInfo: { status: 'Invalid' } })
  expect(await at(2)).toMatchObject({ idTagInfo: { status: 'Accepted' } })
})

test('a repeated StartTransaction of a driver at the station gets the same number, and one session', async () => {
  const world = await company()
  const message = { connectorId: 1, idTag: 'CARD-A', meterStart: 7, timestamp: world.now() }
  const first = await world.ac.say('StartTransaction', message)
  expect(await world.ac.say('StartTransaction', message)).toEqual(first)
  expect((await world.admin('GET', '/sessions')).body).toHaveLength(1)
})

test('an EVSE that a card payment has taken is not given to a driver at the station, and the other way round', async () => {
  const world = await company()
  await start(world.ptp)
  await world.settle()
  const other = { connectorId: 1, idTag: 'CARD-A', meterStart: 0, timestamp: world.now() }
  expect(await world.ac.say('StartTransaction', other)).toMatchObject({ idTagInfo: { status: 'ConcurrentTx' } })
  await world.ac.say('StartTransaction', { ...other, connectorId: 2 })
  await world.settle()
  expect((await start(world.ptb, { evse_uid: 'NLPLGE102' })).data.result).toBe('REJECTED')
})

test('on one EVSE the price for cards and the price for contracts hold side by side', async () => {
  const world = await company()
  await charge(world, 'CARD-A')
  await start(world.ptp)
  await world.settle()
  const paid = await plugIn(world, 11_000)
  await world.pass(30 * 60_000)
  await stopTransaction(world, paid, 21_000)

  expect(cdrOf(world.ema).tariffs?.map(({ id }) => id)).toEqual(['AC-ROAMING'])
  expect(cdrOf(world.ptp).tariffs?.map(({ id }) => id)).toEqual(['AC-ADHOC'])
  expect(cdrOf(world.ptp)).toMatchObject({ auth_method: 'COMMAND', total_cost: { before_taxes: 4.5 } })
  expect(auditCdr(cdrOf(world.ptp) as Cdr, { timeZone: 'Europe/Amsterdam' }).findings).toEqual([])
})

test('a provider that starts by command buys at its contract price; its driver is not stopped at the amount held for cards', async () => {
  const world = await company()
  const mine = { ...startBody().token, party_id: 'EMB', type: 'APP_USER' as const }
  await command(world.emb).startSession({ body: startBody({ token: mine }) })
  await world.settle()
  await plugIn(world)
  const [session] = (await world.admin('GET', '/sessions')).body as { tariff_id: string; peer: string }[]
  expect(session).toMatchObject({ tariff_id: 'AC-ROAMING-EMB' })
})

test('a partner may not start with a token of another one', async () => {
  const world = await company()
  const { data } = await command(world.ptb).startSession({ body: startBody() })
  expect(data).toMatchObject({ result: 'REJECTED', message: [{ text: expect.stringContaining('DE-PAY') }] })
})

test('a partner sees the tariffs made for it, and at a connector only the ids of those', async () => {
  const world = await company()
  const seen = async (partner: FakePtp) => {
    const to = { id: partner.cpoId }
    const found: string[] = []
    for await (const { id } of partner.client.of(to, tariffs, 'sender').list()) found.push(id)
    const params = { location_id: 'LOC-CITY', evse_uid: 'NLPLGE101', connector_id: '1' }
    const { data } = await partner.client.of(to, locations, 'sender').connector({ params })
    return { found, atConnector: data.tariff_ids }
  }
  const all = ['AC-ADHOC', 'DC-ADHOC']
  expect(await seen(world.ptb)).toEqual({ found: all, atConnector: ['AC-ADHOC'] })
  expect(await seen(world.ema)).toEqual({ found: [...all, 'AC-ROAMING'], atConnector: ['AC-ADHOC', 'AC-ROAMING'] })
  expect(await seen(world.emb)).toEqual({
    found: [...all, 'AC-ROAMING-EMB'],
    atConnector: ['AC-ADHOC', 'AC-ROAMING-EMB'],
  })
})

/** Everything a partner can read or reach at us. */
async function reach(partner: FakePtp, foreign: { session: string; terminal: string; advice: string }) {
  const to = { id: partner.cpoId }
  const ids = async (list: AsyncIterable<unknown>) => {
    const found: string[] = []
    for await (const item of list) {
      const { id, terminal_id } = item as { readonly id?: string; readonly terminal_id?: string }
      found.push(terminal_id ?? id ?? '')
    }
    return found
  }
  const refused = (work: Promise<unknown>) =>
    work.then(
      () => 'given',
      (error: { readonly http?: number }) => error.http,
    )
  const paid = partner.client.of(to, payments, 'receiver')
  const query = { date_from: '2020-01-01T00:00:00Z' }
  return {
    sessions: await ids(partner.client.of(to, sessions, 'sender').list({ query })),
    cdrs: await ids(partner.client.of(to, cdrs, 'sender').list({ query })),
    terminals: await ids(paid.terminals()),
    advices: await ids(paid.advices()),
    terminal: await refused(paid.terminal({ params: { terminal_id: foreign.terminal } })),
    advice: await refused(paid.advice({ params: { id: foreign.advice } })),
    stop: (
      await command(partner).stopSession({
        body: { response_url: `${partner.origin}/ocpi/2.3.0/sender/commands/x`, session_id: foreign.session },
      })
    ).data.result,
  }
}

async function sold(world: Company): Promise<string> {
  await start(world.ptp)
  await world.settle()
  const transaction = await plugIn(world)
  await stopTransaction(world, transaction, 11_000)
  await advise(world.ptp)
  const terminal = { terminal_id: 'T-1', last_updated: world.now() }
  await world.ptp.client.of({ id: world.ptp.cpoId }, payments, 'receiver').postTerminal({ body: terminal })
  await world.settle()
  const [session] = (await world.admin('GET', '/sessions')).body as { id: string; reference: string }[]
  expect(session?.reference).toBe(REFERENCE)
  return session?.id ?? ''
}

test.each(['ptb', 'ema', 'emb'] as const)('what one partner has at us %s neither sees nor touches', async (name) => {
  const world = await company()
  const session = await sold(world)
  const foreign = { session, terminal: 'T-1', advice: 'fac-1' }
  expect(await reach(world[name], foreign)).toEqual({
    sessions: [],
    cdrs: [],
    terminals: [],
    advices: [],
    terminal: 404,
    advice: 404,
    stop: 'UNKNOWN_SESSION',
  })
  expect(await reach(world.ptp, foreign)).toMatchObject({
    sessions: [session],
    cdrs: [expect.any(String)],
    terminals: ['T-1'],
    advices: ['fac-1'],
    terminal: 'given',
    advice: 'given',
  })
  expect(world[name].heard()).toEqual([])
})
