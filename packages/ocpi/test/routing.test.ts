/** Several parties on a platform, and partners that are hubs: whom a message is from and for. */
import { expect, test } from 'vitest'
import { commands } from '../src/modules/commands.ts'
import { sessions } from '../src/modules/sessions.ts'
import { tariffs } from '../src/modules/tariffs.ts'
import type { Party, Peer } from '../src/peers.ts'
import { aSession, aTariff, keeper, keeping } from './keeper.ts'
import { CPO_PARTY, newWorld, PTP_PARTY, platform, raw, told } from './two-platforms.ts'

const HUB = { countryCode: 'DE', partyId: 'HUB' }
const SECOND: Party = { countryCode: 'BE', partyId: 'DEF', role: 'CPO', name: 'DEF Laden' }
const routingOf = (headers: Readonly<Record<string, string>>) =>
  ['from-country-code', 'from-party-id', 'to-country-code', 'to-party-id'].map((end) => headers[`ocpi-${end}`])

/** A CPO that talks to a PTP and to parties behind a hub; the PTP's server plays the hub. */
async function atHub() {
  const made = await keeper()
  const { cpo, invitation, ptp } = made
  const peer = (await cpo.peers.get(invitation.id))!
  const behind = { ...peer.roles[0]!, role: 'EMSP', country_code: 'FR', party_id: 'MSP' }
  await cpo.peers.save({ ...peer, hub: HUB, roles: [...peer.roles, behind] } satisfies Peer)
  // The hub answers whatever it is sent, also for parties behind it.
  const asked: Readonly<Record<string, string>>[] = []
  made.world.tamper = async (request) => {
    asked.push(request.headers)
    return {
      status: 200,
      headers: { 'ocpi-from-country-code': 'FR', 'ocpi-from-party-id': 'MSP' },
      body: JSON.stringify({
        status_code: 1000,
        data: request.method === 'GET' ? [] : { result: 'ACCEPTED', timeout: 30 },
      }),
    }
  }
  const push = cpo.client.of({ id: peer.id }, tariffs, 'receiver')
  const params = { country_code: 'NL', party_id: 'ABC', tariff_id: 'TA1' }
  const put = (options: Parameters<typeof push.putTariff>[1]) =>
    push.putTariff({ params, body: aTariff as never }, options)
  return { ...made, ptp, asked, put, peerId: peer.id }
}

test('B-09, B-10: a platform with several parties names each of them, and each may push under its own ids', async () => {
  const world = newWorld()
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', { modules: keeping(new Map()) })
  const cpo = platform(world, { ...CPO_PARTY, also: [SECOND] }, 'https://cpo.example')
  const invitation = await ptp.handshake.invite({ ...CPO_PARTY, role: 'CPO', also: [SECOND] })
  const peer = await cpo.handshake.register(invitation)
  const seen = (await ptp.peers.get(invitation.id))!

  expect(seen.roles.map((role) => [role.role, role.country_code, role.party_id])).toEqual([
    ['CPO', 'NL', 'ABC'],
    ['CPO', 'BE', 'DEF'],
  ])
  const push = cpo.client.of({ id: peer.id }, tariffs, 'receiver')
  const body = { ...aTariff, country_code: 'BE', party_id: 'DEF' } as never
  const params = { country_code: 'BE', party_id: 'DEF', tariff_id: 'TA1' }
  expect((await push.putTariff({ params, body }, { from: SECOND })).http).toBe(201)
})

test('E-50, B-09: parties beyond the invitation are 2001', async () => {
  const world = newWorld()
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example')
  const cpo = platform(world, { ...CPO_PARTY, also: [SECOND] }, 'https://cpo.example')
  const invitation = await ptp.handshake.invite({ ...CPO_PARTY, role: 'CPO' })

  await expect(cpo.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 2001 })
})

test('E-53, A-70: with several parties here a request must say which is meant, and the answer comes from that one', async () => {
  const { ptp, token } = await keeper()
  const many = platform(newWorld(), { ...PTP_PARTY, also: [{ ...PTP_PARTY, partyId: 'TWO' }] }, 'https://ptp.example', {
    modules: keeping(new Map()),
  })
  for (const peer of await ptp.peers.list()) await many.peers.save(peer)
  const ask = (headers: Record<string, string> = {}) =>
    many.serve(raw('GET', `${many.baseUrl}/2.3.0/sender/payments/terminals`, token, { headers }))

  expect(told(await ask())).toMatchObject({
    status_code: 2001,
    status_message: 'OCPI-to is missing. This platform speaks for DE-PAY, DE-TWO.',
  })
  const answer = await ask({ 'ocpi-to-country-code': 'DE', 'ocpi-to-party-id': 'TWO' })
  expect([answer.status, ...routingOf(answer.headers)]).toEqual([200, 'DE', 'TWO', 'NL', 'ABC'])
})

test('A-71: through a hub the headers name the two parties, not the hub', async () => {
  const { asked, put } = await atHub()

  const answer = await put({ to: { countryCode: 'FR', partyId: 'MSP' } })

  expect(routingOf(asked[0]!)).toEqual(['NL', 'ABC', 'FR', 'MSP'])
  expect(answer.from).toEqual({ countryCode: 'FR', partyId: 'MSP' })
})

test('A-72: a broadcast goes to the hub, under the ids of its owner, and only with data for everyone', async () => {
  const { asked, put, cpo, peerId } = await atHub()

  await put({ to: 'hub' })
  expect(routingOf(asked[0]!)).toEqual(['NL', 'ABC', 'DE', 'HUB'])

  const params = { country_code: 'NL', party_id: 'ABC', session_id: 'S1' }
  const session = cpo.client.of({ id: peerId }, sessions, 'receiver')
  await expect(session.putSession({ params, body: aSession as never }, { to: 'hub' })).rejects.toMatchObject({
    code: 'BAD_ROUTING',
  })
  await expect(
    cpo.client.of({ id: peerId }, tariffs, 'receiver').tariff({ params: { ...params, tariff_id: 'T' } }, { to: 'hub' }),
  ).rejects.toMatchObject({ code: 'BAD_ROUTING' })
  expect(asked).toHaveLength(1)
})

test('A-72: a broadcast arrives from the hub with the owner in the URL, and is taken', async () => {
  const { ptp, token, ...made } = await keeper()
  const known = (await ptp.peers.list()).find((peer) => peer.status === 'registered')!
  await ptp.peers.save({ ...known, hub: HUB })
  const headers = {
    'ocpi-from-country-code': 'DE',
    'ocpi-from-party-id': 'HUB',
    'ocpi-to-country-code': 'DE',
    'ocpi-to-party-id': 'PAY',
  }

  const answer = await made.ask('PUT', '/2.3.0/receiver/tariffs/NL/ABC/TA1', { headers, body: JSON.stringify(aTariff) })

  expect([answer.status, ...routingOf(answer.headers)]).toEqual([201, 'DE', 'PAY', 'DE', 'HUB'])
})

test('A-73: an open routing request names no receiver; a whole list cannot be asked that way', async () => {
  const { asked, cpo, peerId, ptp } = await atHub()
  const command = { response_url: `${ptp.baseUrl}/x`, session_id: 'S1' }

  await cpo.client.of({ id: peerId }, commands, 'receiver').stopSession({ body: command }, { to: 'anyone' })

  expect(routingOf(asked[0]!)).toEqual(['NL', 'ABC', undefined, undefined])
  const list = cpo.client.of({ id: peerId }, tariffs, 'sender').list({}, { to: 'anyone' })
  await expect(list[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'BAD_ROUTING' })
  await expect(
    cpo.client.of({ id: peerId }, commands, 'receiver').stopSession({ body: command }),
  ).rejects.toMatchObject({ code: 'PEER_WITHOUT_ROLE' })
})

test('A-73: only a hub can be asked to find the party', async () => {
  const { cpo, invitation } = await keeper()
  const calls = cpo.client.of({ id: invitation.id }, tariffs, 'sender')

  await expect(calls.listPage({}, { to: 'hub' })).rejects.toMatchObject({ code: 'PEER_NO_HUB' })
})

test('A-74: a whole list through a hub is asked of the hub, whoever is meant', async () => {
  const { asked, cpo, peerId } = await atHub()

  for await (const _ of cpo.client.of({ id: peerId }, tariffs, 'sender').list()) break

  const party = { countryCode: 'FR', partyId: 'MSP' }
  for await (const _ of cpo.client.of({ id: peerId }, tariffs, 'sender').list({}, { to: party })) break

  const routed = ['NL', 'ABC', 'DE', 'HUB']
  expect(asked.map((headers) => routingOf(headers))).toEqual([routed, routed])
})

test.each([
  ['2.3.0', { hub_party_id: 'DEHUB' }, 'EMSP'],
  ['2.2.1', {}, 'HUB'],
] as const)('A-77: in %s a hub is recognised by its credentials', async (version, extra, role) => {
  const world = newWorld()
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', { modules: keeping(new Map()) })
  const hub = platform(world, CPO_PARTY, 'https://cpo.example')
  const invitation = await hub.handshake.invite(PTP_PARTY)
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (request.method !== 'POST') return answer
    const envelope = JSON.parse(answer.body) as { data: { roles: object[] } }
    const roles = envelope.data.roles.map((one) => ({ ...one, role, country_code: 'DE', party_id: 'HUB' }))
    return { ...answer, body: JSON.stringify({ ...envelope, data: { ...envelope.data, ...extra, roles } }) }
  }

  expect((await ptp.handshake.register({ ...invitation, version })).hub).toEqual(HUB)
})

test('A-77: parties behind a 2.2.1 hub are known by hubclientinfo and may own what it brings', async () => {
  const { ptp, say } = await keeper()
  const known = (await ptp.peers.list()).find((peer) => peer.status === 'registered')!
  const put = async () =>
    (await say('PUT', '/2.3.0/receiver/tariffs/FR/CPX/TA1', { ...aTariff, country_code: 'FR', party_id: 'CPX' })).status

  expect(await put()).toBe(404)
  await ptp.peers.save({ ...known, behind: [{ countryCode: 'FR', partyId: 'CPX' }] })
  expect(await put()).toBe(201)
})
