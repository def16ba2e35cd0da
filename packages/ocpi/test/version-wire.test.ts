/** Versions on the wire: what a partner of 2.2.1 gets to see, what is told to the operator, and how a connection moves. */
import { expect, test } from 'vitest'
import { creditCdr } from '../src/credit.ts'
import { Fault } from '../src/errors.ts'
import { list } from '../src/module.ts'
import { Cdr, CdrReceived, cdrs } from '../src/modules/cdrs.ts'
import { Tariff, tariffs } from '../src/modules/tariffs.ts'
import { type AnyHandler, type Call, mount } from '../src/server.ts'
import { ciString, object } from '../src/types.ts'
import { validatorOf } from '../src/validate.ts'
import { codecOf } from '../src/versions/negotiate.ts'
import { CPO_PARTY, newWorld, offered, PTP_PARTY, pair, platform, raw, told } from './two-platforms.ts'

const AT = '2030-01-01T00:00:00.000Z'

const Thing = object({ id: ciString(36) })

const tariff = (id: string, tax_included: Tariff['tax_included'], vat?: number): Tariff => ({
  country_code: 'NL',
  party_id: 'ABC',
  id,
  currency: 'EUR',
  tax_included,
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.6, vat, step_size: 1 }] }],
  last_updated: AT,
})
const STORED = [tariff('net', 'NO'), tariff('gross', 'YES'), tariff('rounded', 'YES', 19)]

const cdr: Cdr = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'C1',
  start_date_time: AT,
  end_date_time: AT,
  cdr_token: { country_code: 'DE', party_id: 'PAY', uid: 'U', type: 'AD_HOC_USER', contract_id: 'U' },
  auth_method: 'COMMAND',
  cdr_location: {
    id: 'L',
    address: 'A 1',
    city: 'B',
    country: 'NLD',
    coordinates: { latitude: '51.00000', longitude: '4.00000' },
    evse_uid: 'E',
    evse_id: 'NL*ABC*E1',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  charging_periods: [{ start_date_time: AT, dimensions: [{ type: 'ENERGY', volume: 10 }] }],
  total_cost: { before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2.1 }] },
  total_energy: 10,
  total_time: 1,
  last_updated: AT,
}

async function sellers(version: '2.2.1' | '2.3.0') {
  const posted: Call<unknown>[] = []
  const find = (id?: string) => STORED.find((one) => one.id === id)
  const world = await pair({
    cpo: {
      modules: [
        mount(tariffs, 'sender', {
          list: async () => ({ total: STORED.length, items: STORED.map((one) => JSON.stringify(one)) }),
          tariff: async ({ params }) => find(params['tariff_id']),
        }),
      ],
    },
    ptp: {
      versions: version === '2.2.1' ? ['2.2.1'] : undefined,
      modules: [
        mount(cdrs, 'receiver', {
          postCdr: async (call) => void posted.push(call),
          cdr: async () => undefined,
        }),
      ],
    },
  })
  return { ...world, posted }
}

test('what cannot be said in 2.2.1 is left out of a list with a Fault; the total tells what is stored (F-03, F-09)', async () => {
  const { ptp, cpo, cpoSeenByPtp } = await sellers('2.2.1')
  const { items, total, skipped } = await ptp.client.of(cpoSeenByPtp, tariffs, 'sender').listPage()

  expect(items.map(({ id }) => id)).toEqual(['net', 'rounded'])
  expect([total, skipped]).toEqual([3, []])
  expect(cpo.faults).toMatchObject([
    { code: 'NOT_IN_VERSION', message: expect.stringContaining('tariffs list "gross" cannot be said in OCPI 2.2.1') },
    { code: 'LOST_IN_VERSION', message: expect.stringContaining('rounded to four decimals') },
  ])
  expect(ptp.exchanges.at(-1)?.responseBody).not.toMatch(/tax_included/)
})

test('a single object that cannot be said is 404 and says which version can; in 2.3.0 it is there', async () => {
  const old = await sellers('2.2.1')
  await expect(
    old.ptp.client.of(old.cpoSeenByPtp, tariffs, 'sender').tariff({ params: { tariff_id: 'gross' } }),
  ).rejects.toMatchObject({ http: 404, message: expect.stringContaining('Ask for it in version 2.3.0') })
  const now = await sellers('2.3.0')
  const { data } = await now.ptp.client
    .of(now.cpoSeenByPtp, tariffs, 'sender')
    .tariff({ params: { tariff_id: 'gross' } })
  expect(data.tax_included).toBe('YES')
  expect(now.cpo.faults).toEqual([])
})

test('a push that cannot be said is not sent; one that loses something is sent and told', async () => {
  const { cpo, ptpSeenByCpo, posted } = await sellers('2.2.1')
  const losses: Fault[] = []
  const call = cpo.client.of(ptpSeenByCpo, cdrs, 'receiver')
  await call.postCdr({ body: { ...cdr, cdr_token: { ...cdr.cdr_token, type: 'EMAID' } } })
  expect(posted[0]?.body).toMatchObject({ cdr_token: { type: 'OTHER' } })

  const sent = cpo.exchanges.length
  const unknown = { ...cdr, cdr_location: { ...cdr.cdr_location, connector_standard: 'MCS' } }
  await call.postCdr({ body: unknown }).catch((error: Fault) => losses.push(error))
  expect(losses).toMatchObject([{ code: 'NOT_IN_VERSION', retry: false }])
  expect(cpo.exchanges).toHaveLength(sent)
})

test('PUT credentials moves a connection: the same call speaks the other version afterwards, in both directions (B-25, E-44)', async () => {
  const { cpo, ptp, ptpSeenByCpo, cpoSeenByPtp, posted } = await sellers('2.3.0')
  const post = () => cpo.client.of(ptpSeenByCpo, cdrs, 'receiver').postCdr({ body: cdr })
  await post()
  await ptp.handshake.rotate(cpoSeenByPtp.id, '2.2.1')
  await post()
  // What an operator asked for holds, also against the partner, until he asks for something else.
  await expect(cpo.handshake.rotate(ptpSeenByCpo.id, '2.3.0')).rejects.toMatchObject({ statusCode: 3002 })
  expect((await cpo.peers.get(ptpSeenByCpo.id))?.versionWanted).toBeUndefined()
  const before = (await cpo.peers.get(ptpSeenByCpo.id))?.tokenOut
  expect(await cpo.handshake.rotate(ptpSeenByCpo.id)).toMatchObject({ version: '2.2.1' })
  expect((await cpo.peers.get(ptpSeenByCpo.id))?.tokenOut).not.toBe(before)
  await ptp.handshake.rotate(cpoSeenByPtp.id, '2.3.0')
  await post()

  const wire = cpo.exchanges
    .filter(({ endpoint }) => endpoint === 'postCdr')
    .map(({ url, requestBody }) => ({ url, requestBody }))
  expect(wire.map(({ url }) => url.split('/').at(-3))).toEqual(['2.3.0', '2.2.1', '2.3.0'])
  expect(JSON.parse(wire[1]!.requestBody)).toMatchObject({ total_cost: { excl_vat: 10, incl_vat: 12.1 } })
  expect(posted.map(({ version }) => version)).toEqual(['2.3.0', '2.2.1', '2.3.0'])
  expect(posted[1]?.body).toMatchObject({ total_cost: { before_taxes: 10, taxes: [{ name: 'VAT', amount: 2.1 }] } })
})

test('a refusal names the field in the words of the version that was spoken (A-47, F-01)', async () => {
  const { ptp, cpo, cpoSeenByPtp, ptpSeenByCpo } = await sellers('2.2.1')
  const token = (await cpo.peers.get(ptpSeenByCpo.id))!.tokenOut!
  const body = JSON.stringify({ ...cdr, total_cost: {} })
  const at = (version: string) => ptp.serve(raw('POST', `${ptp.baseUrl}/${version}/receiver/cdrs`, token, { body }))
  expect(cpoSeenByPtp.version).toBe('2.2.1')
  expect(told(await at('2.2.1'))).toMatchObject({
    status_code: 2001,
    status_message: '/total_cost/excl_vat: required, but missing (got nothing)',
  })
})

test('F-29: a platform of 2.1.1 or 2.2 is told 3002 and what to do, wherever it knocks', async () => {
  const { cpo, ptp, cpoSeenByPtp } = await sellers('2.3.0')
  const token = (await ptp.peers.get(cpoSeenByPtp.id))!.tokenOut!
  for (const [version, advice] of [
    ['2.1.1', /2\.1\.1 is not spoken here, only 2\.3\.0 and 2\.2\.1\. .*authorization_reference.*2\.2\.1 or later/],
    ['2.2', /2\.2\.1 is the small step/],
  ] as const) {
    for (const path of ['', '/credentials', '/locations/x']) {
      const answer = await cpo.serve(raw('GET', `${cpo.baseUrl}/${version}${path}`, token))
      expect([answer.status, told(answer).status_code]).toEqual([404, 3002])
      expect(told(answer).status_message).toMatch(advice)
    }
  }
  expect(told(await cpo.serve(raw('GET', `${cpo.baseUrl}/2.2.1/nothing`, token))).status_code).toBe(2001)
})

test('F-29: registering with a platform that offers older versions only ends with the same advice', async () => {
  const { ptp, world, cpo } = await sellers('2.3.0')
  world.tamper = (request) =>
    request.url.endsWith('/versions')
      ? Promise.resolve({
          status: 200,
          headers: {},
          body: JSON.stringify({
            data: [{ version: '2.1.1', url: `${cpo.baseUrl}/2.1.1` }],
            status_code: 1000,
            timestamp: AT,
          }),
        })
      : undefined
  await expect(ptp.handshake.register({ versionsUrl: `${cpo.baseUrl}/versions`, token: 'a.b' })).rejects.toMatchObject({
    code: 'PEER_NO_COMMON_VERSION',
    message: expect.stringMatching(/you offer 2\.1\.1.*direct payment needs 2\.2\.1 or later/) as string,
  })
})

test('C-601, C-610, E-67: a credit takes back the total under an id of its own; a credit is not taken back', () => {
  const credit = creditCdr({ ...cdr, total_energy_cost: { before_taxes: 10 } }, { id: 'C1-credit', lastUpdated: AT })
  expect(credit).toMatchObject({
    id: 'C1-credit',
    credit: true,
    credit_reference_id: 'C1',
    total_cost: { before_taxes: -10, taxes: [{ amount: -2.1 }] },
    total_energy_cost: { before_taxes: 10 },
  })
  expect(validatorOf(Cdr).findings(credit)).toEqual([])
  expect(() => creditCdr(credit, { id: 'x', lastUpdated: AT })).toThrow(Fault)
  expect(() => creditCdr(cdr, { id: 'c1', lastUpdated: AT })).toThrow(/id of its own/)
})

test('E-04, B-07: where payments was not agreed on it is neither listed nor served; the other modules are', async () => {
  const world = newWorld()
  const cpo = platform(world, CPO_PARTY, 'https://cpo.example')
  const served: AnyHandler = async () => ({ total: 0, items: [] })
  const { module } = offered('payments', 'SENDER')
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', {
    modules: [
      { module: { ...module, sender: { list: list('', Thing) } }, role: 'SENDER', handlers: { list: served } },
      offered('cdrs', 'RECEIVER'),
    ],
  })
  const invitation = await ptp.handshake.invite({ countryCode: 'NL', partyId: 'ABC', without: ['payments'] })
  const peer = await cpo.handshake.register({ ...invitation, version: '2.2.1' })

  expect(peer.endpoints.map(({ identifier }) => identifier)).toEqual(['credentials', 'cdrs'])
  const ask = () => ptp.serve(raw('GET', `${ptp.baseUrl}/2.2.1/sender/payments`, peer.tokenOut))
  expect((await ask()).status).toBe(404)
  await ptp.peers.save({ ...(await ptp.peers.get(invitation.id))!, without: [] })
  expect((await ask()).status).toBe(200)
})

test('C.11: a partner with Bookings is understood: its dimensions, conditions and fields', () => {
  const booked = {
    ...cdr,
    booking_id: 'B1',
    charging_periods: [{ start_date_time: AT, dimensions: [{ type: 'RESERVATION_OVERTIME', volume: 0.5 }] }],
  }
  const { read, write } = codecOf('2.3.0')
  expect(read(CdrReceived, booked)).toEqual({ value: booked })
  const restrictions = { booking: 'BOOKING_OVERTIME' }
  const plain = tariff('T', 'NO', 21)
  const withBooking = { ...plain, elements: [{ ...plain.elements[0]!, restrictions }, ...plain.elements] }
  expect(read(Tariff, withBooking)).toEqual({ value: withBooking })
  expect(write(Tariff, withBooking).value).toBe(withBooking)
  // Sent to 2.2.1 the condition would be lost and its price would be for everybody.
  const older = codecOf('2.2.1').write(Tariff, withBooking)
  expect((older.value as Tariff).elements).toEqual(plain.elements)
  expect(older.losses).toEqual(['/elements/0: was left out, its condition "booking" is unknown'])
})
