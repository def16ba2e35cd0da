/** Versions, tokens and credentials, rule by rule, where the story of the handshake does not tell them already. */
import { expect, test } from 'vitest'
import type { Peer } from '../src/peers.ts'
import { needsRenewal } from '../src/peers.ts'
import { tokenHeader } from '../src/token.ts'
import { aTariff, keeper, keeping } from './keeper.ts'
import { CPO_PARTY, newWorld, PTP_PARTY, pair, platform, raw, told } from './two-platforms.ts'

const TERMINALS = '/2.3.0/sender/payments/terminals'

test('A-04, E-40: no line feed is encoded with our token, and one in theirs does no harm', async () => {
  const { ptp, token } = await keeper()
  const withFeed = { authorization: `Token ${Buffer.from(`${token}\n`).toString('base64')}` }

  expect(Buffer.from(tokenHeader(token).slice(6), 'base64').toString()).toBe(token)
  expect((await ptp.serve({ ...raw('GET', `${ptp.baseUrl}/versions`), headers: withFeed })).status).toBe(200)
})

test('A-05: the token alone says who calls; routing headers do not make somebody else of a caller', async () => {
  const { ask, ptp } = await keeper()
  const other = await ptp.handshake.invite({ countryCode: 'BE', partyId: 'OTH' })
  const as = { 'ocpi-from-country-code': 'NL', 'ocpi-from-party-id': 'ABC' }

  expect((await ask('GET', TERMINALS, { headers: as })).status).toBe(200)
  expect((await ptp.serve(raw('GET', ptp.baseUrl + TERMINALS, other.token, { headers: as }))).status).toBe(401)
})

test('A-06: a token with blanks, control characters or more than 64 characters is refused in credentials', async () => {
  const { cpo } = await pair()
  const { token } = await cpo.handshake.invite({ countryCode: 'FR', partyId: 'AAA' })
  const role = { role: 'EMSP', country_code: 'FR', party_id: 'AAA', business_details: { name: 'A' } }
  const post = async (theirs: string) =>
    told(
      await cpo.serve(
        raw('POST', `${cpo.baseUrl}/2.3.0/credentials`, token, {
          body: JSON.stringify({ token: theirs, url: 'https://a.example/versions', roles: [role] }),
        }),
      ),
    )

  for (const bad of ['has blank', 'ümlaut', 'x'.repeat(65), ''])
    expect(await post(bad)).toMatchObject({
      status_code: 2001,
      status_message: expect.stringContaining('/token: ') as string,
    })
})

test('A-09: the word Token is read in any case', async () => {
  const { ptp, token } = await keeper()

  for (const word of ['Token', 'token', 'TOKEN']) {
    const headers = { authorization: tokenHeader(token).replace('Token', word) }
    expect((await ptp.serve({ ...raw('GET', `${ptp.baseUrl}/versions`), headers })).status).toBe(200)
  }
})

test('A-18: a partner sees in a list what its handler gives it, and the total says so', async () => {
  const { ask } = await keeper()

  expect((await ask('GET', TERMINALS)).headers['x-total-count']).toBe('0')
})

test('A-50: POST when registered, PUT and DELETE when not, are 405 and say what is possible', async () => {
  const { cpo, cpoSeenByPtp } = await pair()
  const invited = await cpo.handshake.invite({ countryCode: 'FR', partyId: 'AAA' })
  const body = JSON.stringify({
    token: 'x',
    url: 'https://a.example/v',
    roles: [{ role: 'CPO', country_code: 'FR', party_id: 'AAA', business_details: { name: 'A' } }],
  })
  const answers = []
  // One after another: of two handshake messages at once the second is told to come back.
  for (const [method, token] of [
    ['POST', cpoSeenByPtp.tokenOut],
    ['PUT', invited.token],
    ['DELETE', invited.token],
  ] as const) {
    answers.push(await cpo.serve(raw(method, `${cpo.baseUrl}/2.3.0/credentials`, token, { body })))
  }

  expect(answers.map((one) => [one.status, one.headers['allow']])).toEqual([
    [405, 'DELETE, GET, PUT'],
    [405, 'GET, POST'],
    [405, 'GET, POST'],
  ])
})

test('B-24, E-36: the state of the connection is told before what is wrong with the body', async () => {
  const { cpo, cpoSeenByPtp } = await pair()

  for (const body of ['', '{', '{}']) {
    expect(
      (await cpo.serve(raw('POST', `${cpo.baseUrl}/2.3.0/credentials`, cpoSeenByPtp.tokenOut, { body }))).status,
    ).toBe(405)
  }
})

test('B-11: the ids of a party and those in its EVSE ids need not match', async () => {
  const { say } = await keeper()
  const { aLocation, anEvse } = await import('./keeper.ts')

  expect(
    (
      await say('PUT', '/2.3.0/receiver/locations/NL/ABC/L1', {
        ...aLocation,
        evses: [{ ...anEvse, evse_id: 'DE*XYZ*E1' }],
      })
    ).status,
  ).toBe(201)
})

test('B-15, B-17, B-21: token B works before the POST is answered, token C afterwards, and each side keeps URL and roles of the other', async () => {
  const { cpoSeenByPtp, ptpSeenByCpo } = await pair()

  expect(cpoSeenByPtp).toMatchObject({
    versionsUrl: 'https://cpo.example/abc/ocpi/versions',
    roles: [{ party_id: 'ABC' }],
  })
  expect(ptpSeenByCpo).toMatchObject({
    versionsUrl: 'https://ptp.example/pay/ocpi/versions',
    roles: [{ party_id: 'PAY' }],
    version: '2.3.0',
  })
  expect([ptpSeenByCpo.tokenOut?.slice(0, 2), cpoSeenByPtp.tokenOut?.slice(0, 2)]).toEqual(['b.', 'c.'])
})

test('B-28: PATCH of credentials does not exist', async () => {
  const { ask } = await keeper()

  expect((await ask('PATCH', '/2.3.0/credentials', { body: '{}' })).headers['allow']).toBe('DELETE, GET, POST, PUT')
})

test('B-30: a connection needs new tokens 30 days after its last handshake, others do not', () => {
  const peer: Peer = { id: 'p', status: 'registered', roles: [], endpoints: [], tokensIn: [], updatedAt: 1_000 }
  const days = 24 * 3_600_000

  expect([needsRenewal(peer, 1_000 + 30 * days - 1), needsRenewal(peer, 1_000 + 30 * days)]).toEqual([false, true])
  expect(needsRenewal({ ...peer, status: 'invited' }, 1_000 + 90 * days)).toBe(false)
  expect(needsRenewal(peer, 1_000 + 2 * days, 1 * days)).toBe(true)
})

test('B-32: the roles of a PUT replace the list; a party that was dropped may push no more, its objects stay readable here', async () => {
  const world = newWorld()
  const second = { ...CPO_PARTY, partyId: 'DEF' }
  const shelf = new Map<string, string>()
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example', { modules: keeping(shelf) })
  const cpo = platform(world, { ...CPO_PARTY, also: [second] }, 'https://cpo.example')
  const peer = await cpo.handshake.register(await ptp.handshake.invite({ ...CPO_PARTY, role: 'CPO', also: [second] }))
  const put = async () =>
    (
      await ptp.serve(
        raw('PUT', `${ptp.baseUrl}/2.3.0/receiver/tariffs/NL/DEF/TA1`, (await cpo.peers.get(peer.id))!.tokenOut, {
          body: JSON.stringify({ ...aTariff, party_id: 'DEF' }),
          headers: { 'ocpi-from-country-code': 'NL', 'ocpi-from-party-id': 'ABC' },
        }),
      )
    ).status
  expect(await put()).toBe(201)

  const alone = platform(world, CPO_PARTY, 'https://cpo.example')
  for (const known of await cpo.peers.list()) await alone.peers.save(known)
  await alone.handshake.rotate(peer.id)
  await cpo.peers.save((await alone.peers.get(peer.id))!)

  expect(await put()).toBe(404)
  expect(shelf.size).toBe(1)
})

test.each([['initiator'], ['acceptor']] as const)(
  'A-03, E-41: a partner that cannot decode tokens is noticed as %s, and remembered',
  async (as) => {
    const world = newWorld()
    const cpo = platform(world, CPO_PARTY, 'https://cpo.example')
    const ptp = platform(world, PTP_PARTY, 'https://ptp.example')
    // The CPO takes raw tokens only, and sends its own raw.
    world.tamper = async (request, pass) => {
      const text = (request.headers['authorization'] ?? '').slice(6)
      if (request.url.startsWith('https://cpo.example'))
        return /^[abc]\./.test(text) ? pass() : { status: 401, headers: {}, body: '' }
      return ptp.serve({
        ...request,
        headers: {
          ...request.headers,
          authorization: `Token ${/^[abc]\./.test(text) ? text : Buffer.from(text, 'base64').toString()}`,
        },
      })
    }
    const [host, guest] = as === 'initiator' ? [cpo, ptp] : [ptp, cpo]
    const invitation = await host.handshake.invite({
      countryCode: guest.party.countryCode,
      partyId: guest.party.partyId,
    })
    const peer = await guest.handshake.register(invitation)

    const cpoSeenByPtp = as === 'initiator' ? peer : (await ptp.peers.get(invitation.id))!
    expect(cpoSeenByPtp).toMatchObject({ status: 'registered', tokenForm: 'raw' })
    expect((await ptp.handshake.rotate(cpoSeenByPtp.id)).tokenForm).toBe('raw')
  },
)
