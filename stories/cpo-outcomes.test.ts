/** What a CPO promises around one charge, over real WebSockets: who may begin, when it ends, and how its bill reaches the partner. */
import type { Sites } from '@plugtill/cpo/sites/configuration'
import { type Cdr, cdrs } from '@plugtill/ocpi/modules/cdrs'
import { payments } from '@plugtill/ocpi/modules/payments'
import { describe, expect, test } from 'vitest'
import { type At, openAt, type Plugged, worlds } from './plugged.ts'
import { type RawStation, rawStation } from './raw-station.ts'
import { audited, commandsOf, newAnswer, responseUrl, sitesOf, tokenOf } from './station-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const STATIONS = ['NAMED', 'TWICE', 'TAGS-1', 'TAGS-2', 'HOLD', 'BILL', 'AWAY', 'ORDERS']

/** At the station NAMED a start has to say which connector. */
function sites(): Sites {
  const plain = sitesOf(STATIONS)
  const named = (uid: string) => (uid === 'E-NAMED' ? ['START_SESSION_CONNECTOR_REQUIRED' as const] : [])
  const locations = plain.locations.map((site) => ({
    ...site,
    evses: site.evses.map((evse) => ({
      ...evse,
      capabilities: [...(evse.capabilities ?? []), ...named(evse.uid)],
    })),
  }))
  return { ...plain, locations }
}

const open = (at: At) => openAt(at, { sites: sites() })

/** The tag of the last remote start. */
function tagGiven(world: Plugged, station: RawStation): string {
  const { payload } = station.got.findLast(({ action }) => action === world.words.names.start)!
  const token = payload['idToken'] as { readonly idToken: string } | undefined
  return token?.idToken ?? String(payload['idTag'])
}

async function begun(world: Plugged, name: string, reference?: string) {
  const station = await world.plug(name)
  const id = reference ?? (await world.start(name))
  expect(await world.resultOf(id)).toBe('ACCEPTED')
  const t0 = Date.parse(world.now())
  const { id: transaction, answer } = await world.words.begin(station, world.now(), 0)
  expect(answer).toBe('Accepted')
  const at = (ms: number) => new Date(t0 + ms).toISOString()
  /** The station meters so much, so long after the beginning. */
  const meter = async (ms: number, wh: number) => {
    world.jump(t0 + ms - Date.parse(world.now()))
    await world.words.meter(station, transaction, { at: at(ms), wh })
  }
  const end = (ms: number, wh: number) => world.words.end(station, transaction, at(ms), wh)
  return { station, id, transaction, at, meter, end }
}

async function whoMayBegin(world: Plugged): Promise<void> {
  await world.plug('NAMED')
  expect(await world.start('NAMED'), 'no connector').toBe('REJECTED')
  const named = await world.start('NAMED', { connector_id: '1' })
  expect(await world.resultOf(named)).toBe('ACCEPTED')

  const twice = await world.plug('TWICE')
  const both = await Promise.all([world.start('TWICE'), world.start('TWICE')])
  expect(
    both.filter((one) => one === 'REJECTED'),
    'two at one moment',
  ).toHaveLength(1)
  await world.resultOf(both.find((one) => one !== 'REJECTED')!)
  expect(twice.got.filter(({ action }) => action === world.words.names.start)).toHaveLength(1)

  const token = { ...tokenOf('X'), uid: '0123456789abcdef0123456789abcdef0123', contract_id: 'C' }
  const tags: string[] = []
  for (const name of ['TAGS-1', 'TAGS-2']) {
    const station = await world.plug(name)
    await world.resultOf(await world.start(name, { token }))
    tags.push(tagGiven(world, station))
  }
  expect(tags.every((tag) => tag.length <= 20)).toBe(true)
  expect(new Set(tags).size, 'one tag for each session').toBe(2)
}

/** AC-ADHOC asks for 50.00 to be held: at 0.40 and a fee of 0.50, with 21 % tax, 100.5 kWh cost 49.25. */
async function holdIsKept(world: Plugged): Promise<void> {
  const { station, id, meter, end } = await begun(world, 'HOLD')
  const stops = () => station.got.filter(({ action }) => action === world.words.names.stop).length
  await meter(4 * HOUR, 88_000)
  await meter(4.5 * HOUR, 99_000)
  expect(stops()).toBe(0)
  await meter(4.57 * HOUR, 100_500)
  await world.until('the station is told to stop', () => stops() > 0 || undefined)
  await end(4.58 * HOUR, 100_700)
  const cdr = await world.cdrOf(id)
  expect(cdr.total_energy).toBe(100.7)
  expect(grossOf(cdr)).toBeLessThan(50)
}

const grossOf = ({ total_cost: { before_taxes: net, taxes = [] } }: Cdr) =>
  (taxes ?? []).reduce((sum, { amount }) => sum + amount, net)

const sent = (world: Plugged, reference: string) =>
  world.ptp.told.flatMap(({ what, body }) =>
    what === 'cdr' && body['authorization_reference'] === reference ? [body as unknown as Cdr] : [],
  )

/** Advice before the bill, a partner that refuses the bill, a credit and a corrected one, and all of it read by pages. */
async function billIsTaken(world: Plugged): Promise<void> {
  const { ptp, admin } = world
  const { id, meter, end } = await begun(world, 'BILL')
  await meter(30 * MINUTE, 10_000)
  const advice = {
    ...{ id: `fac-${id}`, authorization_reference: id, currency: 'EUR', capture_status_code: 'SUCCESS' as const },
    total_costs: { before_taxes: 4.5, taxes: [{ name: 'VAT', percentage: 21, amount: 0.945 }] },
    ...{ eft_data: ['VISA **** 1234', 'AUTH 000123'], last_updated: world.now() },
  }
  await ptp.client.of({ id: ptp.cpoId }, payments, 'receiver').postAdvice({ body: advice })
  ptp.fail('cdr', 2)
  await end(30 * MINUTE, 10_000)
  const original = await world.cdrOf(id)
  expect([original.total_energy, original.total_cost.before_taxes]).toEqual([10, 4.5])
  await world.until('the session is closed', async () => {
    const { state } = await admin.get<{ readonly state: string }>(`/sessions/${id}`)
    return state === 'closed' || undefined
  })
  const shown = await admin.get<{ readonly cdr: Cdr }>(`/cdrs/${original.id}`)
  expect(shown.cdr, 'refused twice, and the same bytes').toEqual(original)

  await admin.post(`/cdrs/${original.id}/credit`, { reason: 'Meter exchanged', replacement: { energy_kwh: 8 } })
  await world.until('the corrected CDR', () => sent(world, id).length === 3 || undefined)
  const [, credit, corrected] = sent(world, id)
  expect(credit).toMatchObject({ credit: true, credit_reference_id: original.id })
  expect(grossOf(credit!)).toBe(-grossOf(original))
  expect(audited(corrected!).total_energy).toBe(8)
  const pages: string[] = []
  for (let offset = 0; offset < 3; offset++) {
    const page = await ptp.client
      .of({ id: ptp.cpoId }, cdrs, 'sender')
      .listPage({ query: { offset: `${offset}`, limit: '1' } })
    pages.push(...page.items.map(({ id: one }) => one))
  }
  expect(await everyCdr(world)).toEqual(expect.arrayContaining([original.id, credit!.id, corrected!.id]))
  expect(new Set(pages).size, 'each page another one').toBe(3)

  const html = await world.cpo.serveInvoice(id, { languages: ['en'] })
  expect([html.status, String(html.body)]).toEqual([200, expect.stringContaining('VISA **** 1234')])
  const first = await world.cpo.serveInvoice(id, { tail: '1/pdf' })
  expect([first.status, Buffer.from(first.body).subarray(0, 5).toString()]).toEqual([200, '%PDF-'])
}

async function everyCdr({ ptp }: Plugged): Promise<readonly string[]> {
  const { items } = await ptp.client.of({ id: ptp.cpoId }, cdrs, 'sender').listPage({ query: { limit: '100' } })
  return items.map(({ id }) => id)
}

/** The whole charge happens while the station is away; it tells of it when it is back. */
async function toldLate(world: Plugged): Promise<void> {
  const station = await world.plug('AWAY')
  const id = await world.start('AWAY')
  expect(await world.resultOf(id)).toBe('ACCEPTED')
  const t0 = Date.parse(world.now())
  const at = (ms: number) => new Date(t0 + ms).toISOString()
  await station.close()
  await world.until('it is gone', () => !world.cpo.chargers.online('AWAY') || undefined)
  world.jump(4 * MINUTE)
  const back = await rawStation({ port: world.port, id: 'AWAY', protocol: station.protocol })
  back.got.push(...station.got)
  const { id: transaction } = await world.words.begin(back, at(MINUTE), 0)
  await world.words.meter(back, transaction, { at: at(2 * MINUTE), wh: 300 })
  await world.words.end(back, transaction, at(3 * MINUTE), 600)
  const cdr = await world.cdrOf(id)
  expect(cdr).toMatchObject({ total_energy: 0.6, start_date_time: at(MINUTE), end_date_time: at(3 * MINUTE) })
}

/** What the operator orders arrives in the words of the protocol; a no is a no. */
async function ordersArrive(world: Plugged): Promise<void> {
  const station = await world.plug('ORDERS')
  const two = station.protocol === 'ocpp2.0.1'
  const outlet = two ? { evse: 1, connector: 1 } : { connector: 1 }
  const order = (act: string, body: object) =>
    world.admin.post<{ readonly outcome: string }>(`/chargers/ORDERS/${act}`, body)
  station.answers['UnlockConnector'] = { status: 'Unlocked' }
  if (two)
    station.answers['SetVariables'] = (asked) => ({
      setVariableResult: (asked['setVariableData'] as readonly object[]).map((one) => ({
        ...Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'attributeValue')),
        attributeStatus: 'Accepted',
      })),
    })
  const name = two ? 'OCPPCommCtrlr.HeartbeatInterval' : 'HeartbeatInterval'
  for (const [act, body] of [
    ['availability', { operative: false }],
    ['unlock', outlet],
    ['reset', {}],
    ['trigger', { message: 'StatusNotification', ...outlet }],
    ['configuration', { name, value: '60' }],
  ] as const)
    expect([act, (await order(act, body)).outcome]).toEqual([act, 'accepted'])
  expect(station.got.map(({ action }) => action)).toEqual([
    ...['ChangeAvailability', 'UnlockConnector', 'Reset', 'TriggerMessage'],
    two ? 'SetVariables' : 'ChangeConfiguration',
  ])
  station.answers['Reset'] = { status: 'Rejected' }
  expect((await order('reset', { type: 'Hard' })).outcome).toBe('rejected')
  await station.close()
  await world.until('it is gone', () => !world.cpo.chargers.online('ORDERS') || undefined)
  expect((await order('reset', {})).outcome).toBe('offline')
}

/** A partner that gives the session up, and a car that never comes. */
async function nothingComes(world: Plugged): Promise<void> {
  await world.plug('AWAY')
  const stopped = await world.start('AWAY')
  await world.resultOf(stopped)
  const session = await world.until('the session', () =>
    world.ptp.told.find(({ body }) => body['authorization_reference'] === stopped && body['status'] === 'PENDING'),
  )
  const answer = newAnswer()
  const body = { response_url: responseUrl(answer.id), session_id: String(session.body['id']) }
  expect((await commandsOf(world.ptp).stopSession({ body })).data.result).toBe('ACCEPTED')
  await world.plug('TWICE')
  const waiting = await world.start('TWICE')
  await world.resultOf(waiting)
  for (const reference of [stopped, waiting])
    await world.until(`${reference} is INVALID`, async () => {
      const { state } = await world.admin.get<{ readonly state: string }>(`/sessions/${reference}`)
      return state === 'expired' || undefined
    })
  await world.until('the partner knows', () => world.ptp.heard().filter((one) => one.endsWith('INVALID')).length === 2)
  expect(world.ptp.heard()).not.toContain('cdr')
}

describe.each(worlds)('at stations that speak $name', (at) => {
  test('who may begin, the hold, a bill that is refused and corrected, a charge told late, orders: each comes out as it has to', async () => {
    const world = await open(at)
    await whoMayBegin(world)
    await holdIsKept(world)
    await billIsTaken(world)
    await toldLate(world)
    await ordersArrive(world)
    // The operator is told that the partner refused a bill, and of nothing else.
    expect(world.faults()).toEqual(['EFFECT_FAILED'])
    await world.close()
  }, 60_000)

  test('a session without a car becomes INVALID and is billed to nobody', async () => {
    const world = await openAt(at, { sites: sites(), settings: { plugInWindowS: 1 } })
    await nothingComes(world)
    expect(world.faults()).toEqual([])
    await world.close()
  })
})
