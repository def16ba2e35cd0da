/**
 * Every byte a partner can see, in files that people read: `pins/*.txt`. A change there is a change of behaviour and
 * wants the same care. Written anew by `vitest run -u`; then every changed line is reviewed.
 */
import { expect, test } from 'vitest'
import type { WireRequest, WireResponse } from '../src/wire.ts'
import { AT, aConnector, aLocation, anEvse, aSession, aTariff, aToken, keeper } from './keeper.ts'
import { CPO_PARTY, newWorld, PTP_PARTY, platform, raw, registered } from './two-platforms.ts'

type Asked = readonly [WireRequest['method'], string, (object | string)?]

const lines = (mark: string, headers: Readonly<Record<string, string>>) =>
  Object.entries(headers).map(([name, value]) => `${mark} ${name}: ${value}`)

function transcript(request: WireRequest, response: WireResponse): string {
  return [
    `> ${request.method} ${request.url}`,
    ...lines('>', request.headers),
    ...(request.body === ''
      ? []
      : ['>', `> ${request.body.length > 400 ? `${request.body.slice(0, 400)}…` : request.body}`]),
    `< ${response.status}`,
    ...lines('<', response.headers),
    '<',
    `< ${response.body}`,
    '',
  ].join('\n')
}

/** Asks one after another and writes down what came; the token is always the same and not shown. */
async function asked(requests: readonly Asked[], before: readonly Asked[] = []): Promise<string> {
  const { ptp, token } = await keeper({ maxLimit: 2 })
  const send = async ([method, path, body]: Asked) => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const request = raw(method, `${ptp.baseUrl}${path}`, token, {
      body: text,
      headers: { 'x-request-id': 'r1', 'x-correlation-id': 'c1' },
    })
    const response = await ptp.serve(request)
    const { authorization: _hidden, ...headers } = request.headers
    return transcript({ ...request, headers }, response)
  }
  for (const one of before) await send(one)
  const written: string[] = []
  for (const one of requests) written.push(await send(one))
  return written.join('\n')
}

const R = '/2.3.0/receiver'
const S = '/2.3.0/sender'
const LATER = '2026-03-01T10:05:00Z'
const L = `${R}/locations/NL/ABC/L1`
const advice = {
  id: 'A1',
  authorization_reference: 'ref-1',
  total_costs: { before_taxes: 10, taxes: [{ name: 'VAT', percentage: 21, amount: 2.1 }] },
  currency: 'EUR',
  eft_data: ['VISA **** 1234'],
  capture_status_code: 'SUCCESS',
  last_updated: AT,
}
const start = {
  response_url: 'https://cpo.example/r/1',
  token: aToken,
  location_id: 'L1',
  evse_uid: 'E1',
  authorization_reference: 'ref-1',
}
const cdr = {
  country_code: 'NL',
  party_id: 'ABC',
  id: 'CDR1',
  start_date_time: AT,
  end_date_time: LATER,
  cdr_token: aSession.cdr_token,
  auth_method: 'COMMAND',
  authorization_reference: 'ref-1',
  currency: 'EUR',
  cdr_location: {
    id: 'L1',
    address: 'Straat 1',
    city: 'Utrecht',
    country: 'NLD',
    coordinates: aLocation.coordinates,
    evse_uid: 'E1',
    evse_id: '#NA',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  charging_periods: aSession.charging_periods,
  total_cost: { before_taxes: 1 },
  total_energy: 1,
  total_time: 0.1,
  last_updated: LATER,
}

const PAGES: Readonly<Record<string, { readonly before?: readonly Asked[]; readonly requests: readonly Asked[] }>> = {
  locations: {
    requests: [
      ['PUT', L, aLocation],
      ['PUT', L, { ...aLocation, last_updated: LATER }],
      ['GET', L],
      ['GET', `${L}/E1`],
      ['PUT', `${L}/E1`, anEvse],
      ['GET', `${L}/E1`],
      ['PUT', `${L}/E1/1`, aConnector],
      ['GET', `${L}/E1/1`],
      ['PATCH', L, { name: 'There', last_updated: LATER }],
      ['PATCH', `${L}/E1`, { status: 'CHARGING', last_updated: LATER }],
      ['PATCH', `${L}/E1/1`, { max_amperage: 32, last_updated: LATER }],
      ['PATCH', `${L}/E9`, { status: 'CHARGING', last_updated: LATER }],
      ['GET', `${R}/locations/NL/ABC/none`],
      ['DELETE', L],
      ['GET', `${S}/locations`],
      ['GET', `${S}/locations?limit=1&date_from=2026-01-01T00:00:00Z`],
      ['GET', `${S}/locations/none`],
    ],
  },
  tariffs: {
    requests: [
      ['PUT', `${R}/tariffs/NL/ABC/TA1`, aTariff],
      ['GET', `${R}/tariffs/NL/ABC/TA1`],
      ['DELETE', `${R}/tariffs/NL/ABC/TA1`],
      ['GET', `${R}/tariffs/NL/ABC/TA1`],
      ['GET', `${S}/tariffs`],
      ['PATCH', `${R}/tariffs/NL/ABC/TA1`, {}],
    ],
  },
  tokens: {
    requests: [
      ['PUT', `${R}/tokens/NL/ABC/T1`, aToken],
      ['GET', `${R}/tokens/NL/ABC/T1`],
      ['PATCH', `${R}/tokens/NL/ABC/T1`, { valid: false, last_updated: LATER }],
      ['PATCH', `${R}/tokens/NL/ABC/T1`, { valid: false }],
      ['GET', `${R}/tokens/NL/ABC/none`],
      ['GET', `${S}/tokens`],
    ],
  },
  sessions: {
    requests: [
      ['PUT', `${R}/sessions/NL/ABC/S1`, aSession],
      ['GET', `${R}/sessions/NL/ABC/S1`],
      ['PATCH', `${R}/sessions/NL/ABC/S1`, { kwh: 1, last_updated: LATER }],
      ['PATCH', `${R}/sessions/NL/ABC/none`, { kwh: 1, last_updated: LATER }],
      ['PUT', `${R}/sessions/NL/ABC/S2`, aSession],
      ['GET', `${S}/sessions?date_from=2026-01-01T00:00:00Z`],
      ['PUT', `${S}/sessions/S1/charging_preferences`, { profile_type: 'CHEAP' }],
    ],
  },
  cdrs: {
    requests: [
      ['POST', `${R}/cdrs`, cdr],
      ['GET', `${R}/cdrs/CDR1`],
      ['GET', `${R}/cdrs/none`],
      ['PUT', `${R}/cdrs/CDR1`, cdr],
      ['GET', `${S}/cdrs`],
      ['POST', `${R}/cdrs`, { ...cdr, party_id: 'XYZ' }],
    ],
  },
  commands: {
    requests: [
      ['POST', `${R}/commands/START_SESSION`, start],
      ['POST', `${R}/commands/STOP_SESSION`, { response_url: 'https://cpo.example/r/2', session_id: 'S1' }],
      ['POST', `${R}/commands/START_SESSION`, { ...start, response_url: 'nowhere' }],
      ['POST', `${R}/commands/DANCE`, {}],
      ['POST', `${S}/commands/1`, { result: 'ACCEPTED' }],
      ['POST', `${S}/commands/1`, { result: 'PERHAPS' }],
    ],
  },
  payments: {
    requests: [
      ['POST', `${R}/payments/terminals`, { terminal_id: 'T1', last_updated: AT }],
      ['POST', `${R}/payments/financial-advice-confirmations`, advice],
      ['GET', `${R}/payments/financial-advice-confirmations/none`],
      ['POST', `${S}/payments/terminals/activate`, { reference: 'SN-1', location_ids: ['L1'] }],
      ['POST', `${S}/payments/terminals/T1/deactivate`],
      ['PUT', `${S}/payments/terminals/T1`, { terminal_id: 'T1', location_ids: ['L1'], last_updated: AT }],
      ['PATCH', `${S}/payments/terminals/T1`, { evse_uids: ['E1'], last_updated: LATER }],
      ['GET', `${S}/payments/terminals/T1`],
      ['GET', `${S}/payments/terminals`],
      ['GET', `${S}/payments/terminals/none`],
      ['PUT', `${S}/payments/terminals/T1`, { terminal_id: 'T2' }],
      ['POST', `${R}/payments/financial-advice-confirmations`, { ...advice, eft_data: [] }],
      ['DELETE', `${S}/payments/terminals/T1`],
    ],
  },
  pages: {
    before: ['T1', 'T2', 'T3', 'T4', 'T5'].map(
      (uid): Asked => ['PUT', `${R}/tokens/NL/ABC/${uid}`, { ...aToken, uid }],
    ),
    requests: [
      ['GET', `${S}/tokens`],
      ['GET', `${S}/tokens?offset=2`],
      ['GET', `${S}/tokens?offset=4`],
      ['GET', `${S}/tokens?offset=99`],
      ['GET', `${S}/tokens?limit=2000&date_from=2026-01-01T00:00:00Z&date_to=2027-01-01T00:00:00&unknown=1`],
      ['GET', `${S}/tokens?limit=0`],
      ['GET', `${S}/tokens?limit=ten`],
      ['GET', `${S}/tokens?offset=-1`],
      ['GET', `${S}/tokens?date_from=yesterday`],
      ['GET', `${S}/tokens?limit=1&limit=2`],
    ],
  },
  refusals: {
    before: [['PUT', L, aLocation]],
    requests: [
      ['PUT', L],
      ['PUT', L, '{"id":'],
      ['PUT', L, 'nonsense'],
      ['PUT', L, '{"id":"L1","id":"L2"}'],
      ['PUT', L, '{"n":1e999}'],
      ['PUT', L, '['.repeat(40) + ']'.repeat(40)],
      ['PUT', L, 'null'],
      ['PUT', L, '[]'],
      ['PUT', L, '"text"'],
      ['PUT', L, {}],
      ['PUT', L, { ...aLocation, id: 'L2' }],
      ['PUT', L, { ...aLocation, country_code: 'DE' }],
      ['PUT', L, { ...aLocation, party_id: 'XYZ' }],
      ['PUT', `${R}/locations/NL/XYZ/L1`, { ...aLocation, party_id: 'XYZ' }],
      [
        'PUT',
        L,
        {
          ...aLocation,
          publish: 'yes',
          name: 7,
          city: 'x'.repeat(50),
          country: 'a\nb',
          coordinates: { latitude: 'north' },
          evses: [{ ...anEvse, status: 'FINE' }],
          opening_times: [],
          last_updated: 'now',
        },
      ],
      ['PATCH', L, { name: 'x' }],
      ['PATCH', L, { name: 'x', last_updated: '2026-02-30T00:00:00Z' }],
      ['PATCH', `${R}/locations/NL/ABC/none`, { name: 'x', last_updated: AT }],
      ['GET', '/nowhere'],
      ['GET', '/2.1.1'],
      ['GET', '/2.2/sender/locations'],
      ['GET', `${S}/locations/%E0%A4%A`],
      ['POST', L, {}],
      ['POST', '/2.3.0/credentials', {}],
    ],
  },
}

test.each(Object.entries(PAGES))('pinned: %s', async (name, { before, requests }) => {
  await expect(await asked(requests, before)).toMatchFileSnapshot(`pins/${name}.txt`)
})

test('A-46, A-47, E-52: every wrong body is 400, or 2001 by HTTP 200 with field, value and rule in the message', async () => {
  const wrong = PAGES['refusals']!.requests.filter(([method, path]) => method === 'PUT' && path === L)
  const { ask } = await keeper()
  for (const [method, path, body] of wrong) {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    const { status, body: told } = await ask(method, path, { body: text })
    const envelope = JSON.parse(told) as { status_code: number; status_message: string }
    expect([200, 400]).toContain(status)
    expect(envelope.status_code).toBe(2001)
    // Field, rule and value of every finding; or the two values that contradict each other.
    if (status === 200) expect(envelope.status_message).toMatch(/: .+ \(got .+\)|in the body but|none of your roles/)
  }
})

test('pinned: a registration, a renewal and an end as both sides see them', async () => {
  const world = newWorld()
  const cpo = platform(world, CPO_PARTY, 'https://cpo.example')
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example')
  const written: string[] = []
  world.tamper = async (request, pass) => {
    const response = await pass()
    written.push(transcript(request, response))
    return response
  }
  const { cpoSeenByPtp, invitation } = await registered(cpo, ptp)
  await ptp.handshake.rotate(cpoSeenByPtp.id)
  await ptp.handshake.unregister(cpoSeenByPtp.id)
  for (const [method, token] of [
    ['GET', undefined],
    ['GET', 'b.unknown'],
    ['POST', invitation.token],
    ['DELETE', invitation.token],
  ] as const) {
    const request = raw(method, `${cpo.baseUrl}/2.3.0/credentials`, token)
    written.push(transcript(request, await cpo.serve(request)))
  }
  const second = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const body =
      method === 'PUT'
        ? JSON.stringify({
            token: 'x',
            url: 'https://x.example',
            roles: [{ role: 'PTP', country_code: 'DE', party_id: 'PAY', business_details: { name: 'P' } }],
          })
        : ''
    const request = raw(method, `${cpo.baseUrl}/2.3.0/credentials`, second.token, { body })
    written.push(transcript(request, await cpo.serve(request)))
  }

  await expect(written.join('\n')).toMatchFileSnapshot('pins/handshake.txt')
})
