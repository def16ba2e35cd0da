/** The payments part on a charging system of somebody else: our PTP sells there, and knows nothing of it but OCPI. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPaymentsPart, type PaymentsPart } from '@plugtill/cpo/component/payments-part'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { auditCdr } from '@plugtill/pricing/audit'
import { adminOf } from '@plugtill/world/call-admin'
import { type Life, life } from '@plugtill/world/mortal'
import { chance } from '@plugtill/world/seed'
import { createWorld, type World } from '@plugtill/world/world'
import { afterEach, describe, expect, test } from 'vitest'
import { type JsonCsms, openJsonCsms } from '../examples/json-csms/csms.ts'
import { type Database, databases, type PaymentRecord } from './rig.ts'
import { root } from './started.ts'
import { wireFindings } from './wire-check.ts'

const ORIGIN = 'https://json.example'
const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** The part registers with the PTP, and gets a terminal that sells at its depot. */
async function terminalAtDepot(world: World, part: PaymentsPart, party: object): Promise<string> {
  const admin = adminOf(part.admin)
  const invited = await world.ptpAdmin.post<{ id: string; versions_url: string; token: string }>('/peers/invite', {
    ...party,
    role: 'CPO',
  })
  const { versions_url, token } = invited
  await world.flow(admin.post('/peers/register', { versions_url, token }))
  await world.until('the depot is known', async () =>
    (await world.ptpAdmin.get<{ id?: string }[]>('/locations')).some(({ id }) => id === 'DEPOT'),
  )
  const { terminal_id: terminal } = await world.ptpAdmin.post<{ terminal_id: string }>('/terminals', {
    peer: invited.id,
    model: 'apollo',
    reference: 'JSON-1',
  })
  await world.until('the terminal has arrived', async () => (await admin.get<object[]>('/terminals')).length > 0)
  await world.flow(admin.post(`/terminals/${terminal}/assign`, { locations: ['DEPOT'] }))
  return terminal
}

interface Process {
  readonly part: PaymentsPart
  readonly csms: JsonCsms
  readonly being: Life
}

let taps = 0
const tapper = (world: World, terminal: string) => () =>
  world.ptp().link.tap(terminal, {
    ...{ locationId: 'DEPOT', evseUid: 'DEPOT-1', connectorId: '1', card: 'approved', language: 'en' },
    tapId: `json-${++taps}`,
  })

/** A PTP, the example's charging system with the payments part, and one terminal at its depot. */
async function depot(carKwh = 10, database: Database = databases[0]!) {
  const world = await createWorld({ seed: 3, openStore: () => openSqlite({ file: ':memory:' }) })
  ends.push(world.close)
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-json-'))
  ends.push(() => rmSync(folder, { recursive: true }))
  cpSync(join(root, 'examples/json-csms/data'), folder, { recursive: true })
  const errors: unknown[] = []
  const store = world.counted(await database.open('csms'))
  ends.push(store.close)
  await migrate(store)
  const { network } = world
  const party = { country_code: 'DE', party_id: 'JSN' }
  const luck = chance(3)
  /** The charging system and the part in one process, as the example's main.ts has them. */
  const born = (): Process => {
    const being = life({ clock: world.clock, store, send: network.send, psp: {} as never })
    const { clock } = being
    const onError = (error: unknown) => void (being.alive() && errors.push(error))
    const csms = openJsonCsms({ folder, party, clock, carKwh, onError })
    const part = createPaymentsPart({
      ...{ name: 'JSON Charging', countryCode: 'DE', partyId: 'JSN', csms, store: being.store, clock },
      ...luck,
      ...{ send: being.send, baseUrl: `${ORIGIN}/ocpi`, publicUrl: ORIGIN, onFault: onError },
    })
    return { part, csms, being }
  }
  let now = born()
  ends.push(() => world.flow(now.part.stop()))
  const begin = async () => {
    network.attach(`${ORIGIN}/ocpi`, now.part.serveOcpi)
    await world.flow(now.part.start())
    now.csms.tell(now.part)
  }
  await begin()
  /** As after kill -9: what the process was about to do is gone, and another one comes a while later. */
  const dies = async (awayMs = 20_000) => {
    now.being.kill()
    network.attach(`${ORIGIN}/ocpi`, undefined)
    await world.pass(awayMs)
    now = born()
    await begin()
  }
  const { part, csms } = now
  const terminal = await terminalAtDepot(world, part, party)
  const payment = (reference: string) => world.ptpAdmin.get<PaymentRecord>(`/payments/${reference}`)
  const reaches = async (reference: string, state: string) => {
    await world.until(`payment is ${state}`, async () => (await payment(reference)).state === state)
    return payment(reference)
  }
  const tap = tapper(world, terminal)
  const sentCdrs = () =>
    network.passed
      .filter(({ request }) => request.method === 'POST' && request.url.endsWith('/receiver/cdrs'))
      .map(({ request }) => JSON.parse(request.body) as Cdr)
  const invoice = async (reference: string) => String((await now.part.serveInvoice(reference)).body)
  return { ...world, part, csms, folder, errors, terminal, tap, payment, reaches, sentCdrs, dies, invoice }
}

const gross = ({ total_cost }: Cdr) =>
  Math.round((total_cost.before_taxes + (total_cost.taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)) * 100)
const statusOf = (folder: string) =>
  (JSON.parse(readFileSync(join(folder, 'locations.json'), 'utf8')) as { evses: { status: string }[] }[])[0]?.evses[0]
    ?.status

test('tap, charge at the JSON files, CDR, capture, advice, invoice', async () => {
  const story = await depot()
  const { reference } = await story.tap()
  await story.reaches(reference, 'charging')
  expect(statusOf(story.folder)).toBe('CHARGING')
  const { captured } = await story.reaches(reference, 'captured')

  const [cdr] = story.sentCdrs()
  expect(cdr).toMatchObject({ authorization_reference: reference, total_energy: 10, invoice_reference_id: reference })
  expect(auditCdr(cdr!, { timeZone: 'Europe/Berlin' }).findings).toEqual([])
  expect(captured).toEqual({ amount_minor: 714, currency: 'EUR' })
  expect(gross(cdr!)).toBe(714)
  await story.until('the advice has come', async () => {
    const { body } = await story.part.serveInvoice(reference)
    return String(body).includes('Paid by card')
  })
  expect(String((await story.part.serveInvoice(reference)).body)).toContain('7.14')
  expect((await story.part.serveInvoice(reference, { tail: 'pdf' })).headers['content-type']).toBe('application/pdf')
  expect(statusOf(story.folder)).toBe('AVAILABLE')
  expect(wireFindings(story.network.passed.filter(({ request }) => request.method !== 'GET'))).toEqual([])
  expect(story.errors).toEqual([])
})

test('a driver stops with his card; what the JSON files know of it is what is captured', async () => {
  const story = await depot(1000)
  const { reference } = await story.tap()
  await story.reaches(reference, 'charging')
  await story.pass(10 * 60_000)
  await story.ptp().link.stop(story.terminal, { reference, card: 'approved' })
  const { captured } = await story.reaches(reference, 'captured')
  const [cdr] = story.sentCdrs()
  expect(cdr?.total_energy).toBeGreaterThan(1)
  expect(captured?.amount_minor).toBe(gross(cdr!))
  expect(story.errors).toEqual([])
})

test('an EVSE that is taken is told as such, and nothing is captured', async () => {
  const story = await depot(1000)
  await story.csms.start({ id: 'somebody', token: {} as never, locationId: 'DEPOT' })
  const { reference } = await story.tap()
  await story.reaches(reference, 'voided')
  expect(story.sentCdrs()).toEqual([])
})

test('a status in the files reaches the partner within a second, as a PATCH of that EVSE', async () => {
  const story = await depot()
  const before = story.network.passed.length
  await story.csms.start({ id: 'local', token: {} as never, locationId: 'DEPOT' })
  await story.pass(1000)
  const patches = story.network.passed.slice(before).filter(({ request }) => request.method === 'PATCH')
  expect(patches.map(({ request }) => request.url.split('/').slice(-2))).toEqual([['DEPOT', 'DEPOT-1']])
  expect(JSON.parse(patches[0]!.request.body)).toMatchObject({ status: 'CHARGING' })
})

test('a CDR that is no CDR, or that was told otherwise before, is refused where it is told', async () => {
  const story = await depot()
  const { reference } = await story.tap()
  await story.reaches(reference, 'captured')
  const [order] = JSON.parse(readFileSync(join(story.folder, 'sessions.json'), 'utf8')) as { orderId: string }[]
  const [cdr] = JSON.parse(readFileSync(join(story.folder, 'cdrs.json'), 'utf8')) as Cdr[]
  const orderId = order?.orderId ?? ''
  await story.part.cdr(orderId, cdr!)
  await expect(story.part.cdr(orderId, { ...cdr!, total_energy: 1 })).rejects.toMatchObject({ code: 'CDR_CHANGED' })
  await expect(story.part.cdr(orderId, { ...cdr!, id: 'C-2' })).rejects.toMatchObject({ code: 'CDR_CREDITED' })
  await expect(story.part.cdr('nobody', cdr!)).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
  await expect(story.part.session(orderId, {} as never)).rejects.toMatchObject({ code: 'CSMS_WRONG' })
  expect(story.sentCdrs()).toHaveLength(1)

  await story.part.credit(orderId, { cdrId: cdr!.id, reason: 'Wrong meter' })
  await story.until('the credit is sent', () => story.sentCdrs().length === 2)
  expect(story.sentCdrs()[1]).toMatchObject({ credit: true, credit_reference_id: cdr!.id })
})

describe.each(databases)('on $name', (database) => {
  test('a process that dies while it charges, with the bill in its hand, and before the advice has come, bills once', async () => {
    const story = await depot(10, database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.dies()
    await story.pass(2 * 60_000)
    await story.dies(90_000)
    // Until the charging system has written the CDR; whether the part has kept it nobody knows.
    await story.until('the CDR is written', () => existsSync(join(story.folder, 'cdrs.json')))
    await story.dies()
    const { captured } = await story.reaches(reference, 'captured')
    await story.dies()
    await story.until('the advice has come', async () => (await story.invoice(reference)).includes('Paid by card'))

    const cdrs = story.sentCdrs()
    expect(new Set(cdrs.map((cdr) => JSON.stringify(cdr))).size).toBe(1)
    expect(cdrs[0]).toMatchObject({ authorization_reference: reference, total_energy: 10 })
    expect(auditCdr(cdrs[0]!, { timeZone: 'Europe/Berlin' }).findings).toEqual([])
    expect(captured).toEqual({ amount_minor: 714, currency: 'EUR' })
    expect(statusOf(story.folder)).toBe('AVAILABLE')
    // The PTP leaves a partner alone for a while that was away so often.
    await story.pass(10 * 60_000)
    const next = await story.tap()
    await story.reaches(next.reference, 'captured')
    expect(story.errors).toEqual([])
  })

  test('one that dies when it has taken an order starts it once', async () => {
    const story = await depot(1000, database)
    const { reference } = await story.tap()
    const taken = () => story.network.passed.some(({ request }) => request.url.endsWith('/START_SESSION'))
    await story.until('the order is taken', taken)
    await story.dies(5_000)
    await story.reaches(reference, 'charging')
    const sessions = JSON.parse(readFileSync(join(story.folder, 'sessions.json'), 'utf8')) as object[]
    expect(sessions).toHaveLength(1)
    await story.ptp().link.stop(story.terminal, { reference, card: 'approved' })
    const { captured } = await story.reaches(reference, 'captured')
    expect(captured?.amount_minor).toBe(gross(story.sentCdrs()[0]!))
  })
})
