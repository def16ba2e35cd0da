/** A CPO with one partner and its two demo chargers, on bytes, in memory, on a clock the test moves. */
import type { AdminTable } from '@plugtill/engine/admin'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { type VirtualClock, virtualClock } from '@plugtill/engine/virtual-clock'
import { Fault } from '@plugtill/ocpi/errors'
import { commands, type StartSession } from '@plugtill/ocpi/modules/commands'
import { type FinancialAdviceReceived, payments } from '@plugtill/ocpi/modules/payments'
import type { Send, Serve } from '@plugtill/ocpi/wire'
import { type Cpo, type CpoParts, createCpo } from '../src/cpo.ts'
import { demoSites } from '../src/sites/demo.ts'
import { fakeCharger } from './fake-charger.ts'
import { type Drivers, type FakePtp, fakePtp } from './fake-ptp.ts'

export const CPO_URL = 'https://cpo.example'
const START = Date.parse('2030-01-15T10:00:00Z')

/** Calls a row of the operator's table. */
function call(table: AdminTable, { method, path, body }: { method: string; path: string; body: unknown }) {
  const [before = '', query] = path.split('?')
  const given = before.split('/')
  for (const route of table) {
    const names = route.path.split('/')
    if (route.method !== method || names.length !== given.length) continue
    if (!names.every((name, index) => name.startsWith(':') || name === given[index])) continue
    const named = names.flatMap((name, index) => (name.startsWith(':') ? [[name.slice(1), given[index]!]] : []))
    return route.run({ params: Object.fromEntries(named), query: Object.fromEntries(new URLSearchParams(query)), body })
  }
  throw new Error(`no route ${method} ${path}`)
}

function timeOf(cpo: Cpo, clock: VirtualClock) {
  /** Work that is due now, all of it. */
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      await cpo.idle()
      await new Promise((done) => setImmediate(done))
    }
  }
  const pass = async (ms: number) => {
    await settle()
    const until = clock.now() + ms
    for (let next = clock.nextAt(); next !== undefined && next <= until; next = clock.nextAt()) {
      await clock.advanceTo(next)
      await settle()
    }
    await clock.advanceTo(until)
    await settle()
  }
  return { settle, pass }
}

interface Around {
  readonly send: Send
  readonly clock: VirtualClock
  readonly network: Map<string, Serve>
}

/** Partners that register, and chargers that connect. */
function companyOf(cpo: Cpo, { send, clock, network }: Around) {
  const partner = async (name?: string, version?: '2.2.1' | '2.3.0', drivers?: Drivers): Promise<FakePtp> => {
    const ptp = fakePtp({ send, clock, ...(name === undefined ? {} : { name }), ...(drivers && { drivers }) })
    network.set(ptp.origin, ptp.serve)
    const invited = { country_code: 'DE', party_id: name ?? 'PAY', version }
    const { body } = await call(cpo.admin, { method: 'POST', path: '/peers/invite', body: invited })
    const { versions_url, token } = body as { versions_url: string; token: string }
    const peer = await ptp.handshake.register({ versionsUrl: versions_url, token, version })
    ptp.cpoId = peer.id
    return ptp
  }

  const plug = async (id: string) => {
    const charger = fakeCharger(id)
    cpo.chargers.accept(charger.link)
    await charger.say('BootNotification', { chargePointVendor: 'Test', chargePointModel: 'T1' })
    for (const connectorId of [1, 2])
      await charger.say('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available' })
    return charger
  }
  return { partner, plug }
}

type Faults = { readonly code: string; readonly message: string }[]

function partsOf({
  store,
  clock,
  send,
  faults,
}: Pick<CpoParts, 'store' | 'clock' | 'send'> & { faults: Faults }): CpoParts {
  let count = 0
  const ids = () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`
  return {
    name: 'Plugtill Charging',
    countryCode: 'NL',
    partyId: 'PLG',
    store,
    clock,
    random: () => 0.5,
    ids,
    randomToken: () => `cpo_${String(++count).padStart(38, '0')}`,
    send,
    baseUrl: `${CPO_URL}/cpo/ocpi`,
    publicUrl: CPO_URL,
    sites: demoSites,
    onFault: (fault) => void faults.push(fault as Fault),
  }
}

export async function stage(options: Partial<CpoParts> = {}) {
  const store = await openSqlite({ file: ':memory:' })
  const clock = virtualClock(START)
  await migrate(store, clock)
  const network = new Map<string, Serve>()
  const send: Send = async (request) => {
    const serve = network.get(new URL(request.url).origin)
    if (serve === undefined) throw new Fault('PEER_UNREACHABLE', `Nobody is at ${request.url}.`, { retry: true })
    return serve(request)
  }
  const faults: Faults = []
  const parts = { ...partsOf({ store, clock, send, faults }), ...options }
  const cpo = createCpo(parts)
  network.set(CPO_URL, cpo.serveOcpi)
  await cpo.start()

  const { settle, pass } = timeOf(cpo, clock)

  const admin = (method: string, path: string, body?: unknown) => call(cpo.admin, { method, path, body })
  const { partner, plug } = companyOf(cpo, { send, clock, network })

  const ptp = await partner()
  const ac = await plug('PLG-AC-1')
  await pass(10_000)
  ptp.told.length = 0
  return {
    store,
    clock,
    network,
    send,
    cpo,
    ptp,
    ac,
    admin,
    settle,
    pass,
    partner,
    plug,
    faults,
    /** The next process, on the same store. */
    again: () => {
      const next = createCpo(parts)
      network.set(CPO_URL, next.serveOcpi)
      return next
    },
    /** The first charger connects anew, to this process or to the next. */
    back: async (to = cpo) => to.chargers.accept(ac.link),
    passWith: (next: Cpo, ms: number) => timeOf(next, clock).pass(ms),
    now: () => new Date(clock.now()).toISOString(),
  }
}

export type Stage = Awaited<ReturnType<typeof stage>>

export const REFERENCE = '0b0b0b0b-0000-4000-8000-000000000001'

export const startBody = (change: Partial<StartSession> = {}): StartSession => ({
  response_url: 'https://ptp.example/ocpi/2.3.0/sender/commands/start-1',
  token: {
    country_code: 'DE',
    party_id: 'PAY',
    uid: 'CARD0001',
    type: 'AD_HOC_USER',
    contract_id: 'CARD0001',
    issuer: 'Pay GmbH',
    valid: true,
    whitelist: 'NEVER',
    last_updated: '2030-01-15T10:00:00Z',
  },
  location_id: 'LOC-CITY',
  evse_uid: 'NLPLGE101',
  connector_id: '1',
  authorization_reference: REFERENCE,
  ...change,
})

export const command = (ptp: FakePtp) => ptp.client.of({ id: ptp.cpoId }, commands, 'receiver')
export const start = async (ptp: FakePtp, change: Partial<StartSession> = {}) => {
  const body = startBody(change)
  return command(ptp).startSession({ body: { ...body, token: { ...body.token, party_id: ptp.partyId } } })
}

export const advice = (change: Partial<FinancialAdviceReceived> = {}): FinancialAdviceReceived => ({
  id: 'fac-1',
  authorization_reference: REFERENCE,
  total_costs: { before_taxes: 8.7, taxes: [{ name: 'VAT', percentage: 21, amount: 1.83 }] },
  currency: 'EUR',
  eft_data: ['VISA **** 1234', 'AUTH 000123'],
  capture_status_code: 'SUCCESS',
  last_updated: '2030-01-15T12:00:00Z',
  ...change,
})
export const advise = (ptp: FakePtp, change: Partial<FinancialAdviceReceived> = {}) =>
  ptp.client.of({ id: ptp.cpoId }, payments, 'receiver').postAdvice({ body: advice(change) })

/** The car is plugged in: the charger starts the transaction of its last remote start. */
export async function plugIn({ ac, clock, settle }: Stage, meterStart = 1000): Promise<number> {
  const { idTag } = ac.got.findLast(({ action }) => action === 'RemoteStartTransaction')!.payload as { idTag: string }
  const answer = await ac.say('StartTransaction', {
    connectorId: 1,
    idTag,
    meterStart,
    timestamp: new Date(clock.now()).toISOString(),
  })
  await ac.say('StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Charging',
    timestamp: new Date(clock.now()).toISOString(),
  })
  await settle()
  return Number(answer['transactionId'])
}

export async function read({ ac, clock, settle }: Stage, transactionId: number, wh: number): Promise<void> {
  await ac.say('MeterValues', {
    connectorId: 1,
    transactionId,
    meterValue: [{ timestamp: new Date(clock.now()).toISOString(), sampledValue: [{ value: String(wh), unit: 'Wh' }] }],
  })
  await settle()
}

/** Reading after reading, as fast as 22 kW are. */
export async function charge(world: Stage, transactionId: number, wh: { from: number; to: number }): Promise<void> {
  for (let now = wh.from; now < wh.to; ) {
    now = Math.min(wh.to, now + 3600)
    await world.pass(10 * 60_000)
    await read(world, transactionId, now)
  }
}

export async function stopTransaction(
  { ac, clock, settle }: Stage,
  transactionId: number,
  wh: number,
  reason = 'EVDisconnected',
): Promise<void> {
  await ac.say('StopTransaction', {
    transactionId,
    meterStop: wh,
    reason,
    timestamp: new Date(clock.now()).toISOString(),
  })
  await ac.say('StatusNotification', {
    connectorId: 1,
    errorCode: 'NoError',
    status: 'Available',
    timestamp: new Date(clock.now()).toISOString(),
  })
  await settle()
}
