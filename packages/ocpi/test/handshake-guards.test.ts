import { expect, test } from 'vitest'
import { Fault } from '../src/errors.ts'
import { CPO_PARTY, newWorld, PTP_PARTY, pair, platform, raw, registered, told } from './two-platforms.ts'

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

test('B-28, E-42: GET credentials gives our object with the token of this request', async () => {
  const { cpo, invitation } = await strangers()

  const { data } = told(await cpo.serve(raw('GET', `${cpo.baseUrl}/2.3.0/credentials`, invitation.token)))

  expect(data).toEqual({
    token: invitation.token,
    url: 'https://cpo.example/abc/ocpi/versions',
    roles: [
      {
        role: 'CPO',
        country_code: 'NL',
        party_id: 'ABC',
        business_details: { name: 'ABC Charging', website: 'https://abc.example' },
      },
    ],
  })
})

test('E-39: a lost POST answer is not repeated; a new invitation that replaces the half-open connection mends it', async () => {
  const { world, cpo, ptp, invitation } = await strangers()
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (request.method === POST) throw new Fault('PEER_SILENT', 'lost', { retry: true })
    return answer
  }
  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ code: 'HANDSHAKE_ANSWER_LOST' })
  expect(ptp.notes.join()).toContain('ask it for a new token A')
  world.tamper = undefined
  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ code: 'PEER_UNUSABLE' })

  const again = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY', replaces: invitation.id })
  expect((await ptp.handshake.register(again)).status).toBe('registered')
  expect((await cpo.peers.get(invitation.id))?.status).toBe('removed')
})

test('E-39: with the grace setting the POST may be repeated until token C was used', async () => {
  const { world, ptp, cpo, invitation } = await strangers({ cpo: { repeatPostGraceMs: 60_000 } })
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (request.method === POST) throw new Fault('PEER_SILENT', 'lost')
    return answer
  }
  await expect(ptp.handshake.register(invitation)).rejects.toThrow()
  world.tamper = undefined

  const peer = await ptp.handshake.register(invitation)
  await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, peer.tokenOut))

  expect((await cpo.serve(raw('GET', `${cpo.baseUrl}/versions`, invitation.token))).status).toBe(401)
})

test('E-43: a role that another live connection holds is 2001 unless the invitation replaces it', async () => {
  const { cpo, ptp } = await pair()
  const second = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })

  await expect(ptp.handshake.register(second)).rejects.toMatchObject({ statusCode: 2001 })
  expect(cpo.notes.join()).toContain('already holds one of its roles')
})

test('E-43, T13: a partner that answers with the role of another connection is not registered', async () => {
  const { world, cpo, ptp, cpoSeenByPtp } = await pair()
  const liar = platform(world, CPO_PARTY, 'https://liar.example')
  const invitation = await liar.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ code: 'PEER_ROLE_TAKEN' })
  expect((await ptp.peers.get(cpoSeenByPtp.id))?.status).toBe('registered')
  expect((await liar.peers.get(invitation.id))?.status).toBe('removed')
  expect(cpo.faults).toEqual([])
})

test('E-46: the same role, country and party twice is 2001, whatever the case', async () => {
  const { cpo, invitation } = await strangers()
  const twice = credentials([payRole, { ...payRole, party_id: 'pay' }])

  const answer = await cpo.serve(raw(POST, `${cpo.baseUrl}/2.3.0/credentials`, invitation.token, { body: twice }))

  expect(told(answer)).toMatchObject({ status_code: 2001, status_message: expect.stringContaining('twice') as string })
})

test('E-50: a party other than the invited one is 2001', async () => {
  const { cpo, ptp } = await strangers()
  const invitation = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'XYZ' })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({
    statusCode: 2001,
    message: expect.stringContaining('the invitation is for DE-XYZ') as string,
  })
})

test('E-50: an invitation for a CPO cannot be taken by a PTP', async () => {
  const { cpo, ptp } = await strangers()
  const invitation = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY', role: 'CPO' })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 2001 })
})

test('E-49: a partner URL that may not be called is 3001 without a call', async () => {
  const { cpo, ptp, invitation } = await strangers({ cpo: { mayCall: () => false } })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 3001 })
  expect(cpo.exchanges.filter((one) => one.direction === 'out')).toEqual([])
})

test('B-31, E-38: an acceptor that answers 201 is understood', async () => {
  const { world, ptp, invitation } = await strangers()
  world.tamper = async (request, pass) => ({ ...(await pass()), ...(request.method === POST ? { status: 201 } : {}) })

  expect((await ptp.handshake.register(invitation)).status).toBe('registered')
})

test('a 2.2.1 invitation refuses the 2.3.0 endpoint with 3002', async () => {
  const { cpo, ptp } = await strangers()
  const invitation = await cpo.handshake.invite({ countryCode: 'DE', partyId: 'PAY', version: '2.2.1' })

  await expect(ptp.handshake.register(invitation)).rejects.toMatchObject({ statusCode: 3002 })
  expect((await ptp.handshake.register({ ...invitation, version: '2.2.1' })).version).toBe('2.2.1')
})

test('tokens never stand readable in what is told about exchanges', async () => {
  const { ptp, cpo, cpoSeenByPtp, ptpSeenByCpo, invitation } = await pair()
  const text = JSON.stringify([...ptp.exchanges, ...cpo.exchanges])

  for (const token of [invitation.token, cpoSeenByPtp.tokenOut!, ptpSeenByCpo.tokenOut!]) {
    expect(text).not.toContain(token)
    expect(text).not.toContain(Buffer.from(token).toString('base64'))
  }
})

test('a second connection between the same two after an unregistration works', async () => {
  const { cpo, ptp, cpoSeenByPtp } = await pair()
  await ptp.handshake.unregister(cpoSeenByPtp.id)

  const again = await registered(cpo, ptp)

  expect(again.cpoSeenByPtp.status).toBe('registered')
})
