import { expect, test } from 'vitest'
import { PeerRefused } from '../src/client.ts'
import { CPO_PARTY, newWorld, offered, PTP_PARTY, pair, platform, raw, told } from './two-platforms.ts'

const POST = 'POST'

async function strangers(options: Parameters<typeof pair>[0] = {}) {
  const world = newWorld()
  const cpo = platform(world, CPO_PARTY, 'https://cpo.example', options.cpo)
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', options.ptp)
  const invitation = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })
  return { world, cpo, ptp, invitation }
}

/** What a hand-written initiator would POST. */
const credentials = (roles: object[], token = 'b-token-1', url = 'https://ptp.example/pay/ocpi/versions') =>
  JSON.stringify({ token, url, roles })
const payRole = { role: 'PTP', country_code: 'DE', party_id: 'PAY', business_details: { name: 'Pay' } }

test('B-12, B-19: an invitation is a versions URL and a token A that is stored as a hash only', async () => {
  const { cpo, invitation } = await strangers()

  expect(invitation.versionsUrl).toBe('https://cpo.example/abc/ocpi/versions')
  expect(invitation.token).toMatch(/^a\.[!-~]{10,62}$/)
  expect(JSON.stringify(await cpo.peers.list())).not.toContain(invitation.token)
})

test('B-13 to B-18: the initiator asks versions, details, then POSTs, and both ends are registered', async () => {
  const { cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()

  expect(ptp.exchanges.filter((one) => one.direction === 'out').map((one) => `${one.method} ${one.endpoint}`)).toEqual([
    'GET versions',
    'GET details',
    'POST post',
  ])
  expect(cpoSeenByPtp).toMatchObject({
    status: 'registered',
    version: '2.3.0',
    versionsUrl: 'https://cpo.example/abc/ocpi/versions',
  })
  expect(ptpSeenByCpo).toMatchObject({
    status: 'registered',
    version: '2.3.0',
    versionsUrl: 'https://ptp.example/pay/ocpi/versions',
  })
  expect(ptpSeenByCpo.roles.map((role) => role.role)).toEqual(['PTP'])
  expect(cpoSeenByPtp.tokensIn.map((token) => token.kind)).toEqual(['B'])
  expect(ptpSeenByCpo.tokensIn.map((token) => token.kind)).toEqual(['C'])
  expect(cpo.faults).toEqual([])
})

test('B-16: the acceptor reads versions and details with token B before it answers the POST', async () => {
  const { ptp } = await pair()

  const order = ptp.exchanges.map((one) => `${one.direction} ${one.endpoint}`)
  expect(order).toEqual(['out versions', 'out details', 'in versions', 'in details', 'out post'])
})

test('B-13, E-44: the highest version of both is chosen, an older one when only that is mutual', async () => {
  const { cpoSeenByPtp } = await pair({ cpo: { versions: ['2.2.1'] } })

  expect(cpoSeenByPtp.version).toBe('2.2.1')
  expect(cpoSeenByPtp.endpoints.find((entry) => entry.identifier === 'credentials')?.url).toBe(
    'https://cpo.example/abc/ocpi/2.2.1/credentials',
  )
})

test('E-02: a PTP calls itself EMSP on a 2.2.1 connection', async () => {
  const { ptpSeenByCpo } = await pair({ cpo: { versions: ['2.2.1'] } })

  expect(ptpSeenByCpo.roles.map((role) => role.role)).toEqual(['EMSP'])
})

test('B-14: when the partner lacks everything we need nothing is POSTed', async () => {
  const { cpo, ptp, invitation } = await strangers({ cpo: { modules: [offered('chargingprofiles', 'RECEIVER')] } })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ code: 'PEER_LACKS_MODULE' })
  expect(ptp.exchanges.some((one) => one.method === POST)).toBe(false)
  expect((await cpo.peers.get(invitation.id))?.status).toBe('invited')
})

test('E-45: a single missing module is registered and reported', async () => {
  const { ptp, cpoSeenByPtp } = await pair({ cpo: { modules: [offered('locations', 'SENDER')] } })

  expect(cpoSeenByPtp.status).toBe('registered')
  expect(ptp.notes.join()).toContain('lacks tariffs SENDER')
})

test('B-18: a refused POST leaves token B worthless and token A usable', async () => {
  const { world, ptp, cpo, invitation } = await strangers()
  world.tamper = (request) =>
    request.method === POST
      ? Promise.resolve({ status: 200, headers: {}, body: '{"status_code":3001,"timestamp":"2026-03-01T10:00:00Z"}' })
      : undefined

  await expect(ptp.handshake.register(invitation)).rejects.toThrow(PeerRefused)
  expect((await ptp.peers.list()).map((peer) => [peer.status, peer.tokensIn])).toEqual([['registering', []]])

  world.tamper = undefined
  expect((await ptp.handshake.register(invitation)).status).toBe('registered')
  expect(await ptp.peers.list()).toHaveLength(1)
  expect((await cpo.peers.get(invitation.id))?.status).toBe('registered')
})

test('B-20, A-08: token A opens versions, details and credentials and nothing else', async () => {
  const { cpo, invitation } = await strangers()
  const ask = async (path: string) => (await cpo.serve(raw('GET', `${cpo.baseUrl}${path}`, invitation.token))).status

  expect(await Promise.all(['/versions', '/2.3.0', '/2.2.1', '/2.3.0/credentials'].map(ask))).toEqual([
    200, 200, 200, 200,
  ])
  expect(await Promise.all(['/2.3.0/sender/locations', '/2.3.0/receiver/payments', '/nowhere'].map(ask))).toEqual([
    401, 401, 401,
  ])
})

test('B-22: a call-back that fails is 3001, stores nothing and leaves token A valid', async () => {
  const { cpo, invitation } = await strangers()
  const url = `${cpo.baseUrl}/2.3.0/credentials`

  const answer = await cpo.serve(raw(POST, url, invitation.token, { body: credentials([payRole], 'unknown-b') }))

  expect(answer.status).toBe(200)
  expect(told(answer).status_code).toBe(3001)
  expect((await cpo.peers.get(invitation.id))?.roles).toEqual([])
  expect((await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, invitation.token))).status).toBe(200)
})

test('B-22: a partner without the version of the called endpoint is 3002', async () => {
  const { world, cpo, ptp, invitation } = await strangers({ ptp: { versions: ['2.2.1'] } })
  world.tamper = (request, pass) =>
    request.method === POST ? cpo.serve({ ...request, url: `${cpo.baseUrl}/2.3.0/credentials` }) : pass()

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 3002, http: 200 })
})

test('B-22, E-45: a partner that offers nothing usable is 3003', async () => {
  const { ptp, invitation } = await strangers({ ptp: { modules: [offered('chargingprofiles', 'SENDER')] } })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 3003 })
})

test('E-45: in strict mode one missing module is 3003', async () => {
  const { ptp, invitation } = await strangers({
    cpo: { strictNeeds: true },
    ptp: { modules: [offered('payments', 'SENDER')] },
  })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 3003 })
})

test('B-23: token A dies with its first success', async () => {
  const { cpo, invitation } = await pair()

  expect((await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, invitation.token))).status).toBe(401)
})

test('T03: token A expires after 24 hours', async () => {
  const { world, cpo, invitation } = await strangers()
  world.now += 24 * 3_600_000 - 1
  expect((await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, invitation.token))).status).toBe(200)

  world.now += 1
  expect((await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, invitation.token))).status).toBe(401)
})

test('B-24, E-36: POST on a registered connection is 405 and says what is allowed', async () => {
  const { cpo, cpoSeenByPtp } = await pair()

  const answer = await cpo.serve(
    raw(POST, `${cpo.baseUrl}/2.3.0/credentials`, cpoSeenByPtp.tokenOut, { body: credentials([payRole]) }),
  )

  expect(answer.status).toBe(405)
  expect(answer.headers['allow']).toBe('DELETE, GET, PUT')
})

test('B-26, E-36: PUT and DELETE with token A are 405, with an unknown token 401', async () => {
  const { cpo, invitation } = await strangers()
  const url = `${cpo.baseUrl}/2.3.0/credentials`
  const statusOf = async (method: 'PUT' | 'DELETE', token: string) =>
    (await cpo.serve(raw(method, url, token, { body: credentials([payRole]) }))).status

  expect([await statusOf('PUT', invitation.token), await statusOf('DELETE', invitation.token)]).toEqual([405, 405])
  expect([await statusOf('PUT', 'x.unknown'), await statusOf('DELETE', 'x.unknown')]).toEqual([401, 401])
})
