import { expect, test } from 'vitest'
import { Fault } from '../src/errors.ts'
import { pair, raw, told } from './two-platforms.ts'

const statusWith = async (platform: Awaited<ReturnType<typeof pair>>['cpo'], token: string | undefined) =>
  (await platform.serve(raw('GET', `${platform.baseUrl}/versions`, token))).status

test('B-25, B-29: PUT renews both tokens, started by the side that registered', async () => {
  const { cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()

  const renewed = await ptp.handshake.rotate(cpoSeenByPtp.id)

  const other = (await cpo.peers.get(ptpSeenByCpo.id))!
  expect(renewed.tokenOut).not.toBe(cpoSeenByPtp.tokenOut)
  expect(other.tokenOut).not.toBe(ptpSeenByCpo.tokenOut)
  expect(await statusWith(cpo, renewed.tokenOut)).toBe(200)
  expect(await statusWith(ptp, other.tokenOut)).toBe(200)
})

test('B-29: the accepting side can start the PUT as well', async () => {
  const { cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()

  const renewed = await cpo.handshake.rotate(ptpSeenByCpo.id)

  const other = (await ptp.peers.get(cpoSeenByPtp.id))!
  expect(await statusWith(ptp, renewed.tokenOut)).toBe(200)
  expect(await statusWith(cpo, other.tokenOut)).toBe(200)
})

test('B-25: the receiver of a PUT fetches versions and details again with the new token', async () => {
  const { cpo, ptp, cpoSeenByPtp } = await pair()
  cpo.exchanges.length = 0

  await ptp.handshake.rotate(cpoSeenByPtp.id)

  expect(cpo.exchanges.filter((one) => one.direction === 'out').map((one) => one.endpoint)).toEqual([
    'versions',
    'details',
  ])
})

test('E-37: the receiver accepts the old token for 60 s or until the new one is used', async () => {
  const { world, cpo, ptp, cpoSeenByPtp } = await pair()
  const old = cpoSeenByPtp.tokenOut
  const renewed = await ptp.handshake.rotate(cpoSeenByPtp.id)
  expect(await statusWith(cpo, old)).toBe(200)

  expect(await statusWith(cpo, renewed.tokenOut)).toBe(200)
  expect(await statusWith(cpo, old)).toBe(401)

  await ptp.handshake.rotate(cpoSeenByPtp.id)
  world.now += 60_000
  expect(await statusWith(cpo, renewed.tokenOut)).toBe(401)
})

test('E-37: until the PUT is answered its sender accepts the old and the new token', async () => {
  const { world, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  const during: number[] = []
  world.tamper = async (request, pass) => {
    if (request.method === 'PUT') {
      during.push(await statusWith(ptp, ptpSeenByCpo.tokenOut))
      during.push(await statusWith(ptp, (JSON.parse(request.body) as { token: string }).token))
    }
    return pass()
  }

  await ptp.handshake.rotate(cpoSeenByPtp.id)

  expect(during).toEqual([200, 200])
})

test('E-37: a refused PUT leaves everything as it was', async () => {
  const { world, cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  world.tamper = (request) =>
    request.method === 'PUT' ? Promise.resolve({ status: 200, headers: {}, body: '{"status_code":3001}' }) : undefined

  await expect(ptp.handshake.rotate(cpoSeenByPtp.id)).rejects.toMatchObject({ statusCode: 3001 })
  world.tamper = undefined

  expect((await ptp.peers.get(cpoSeenByPtp.id))?.tokensIn).toEqual(cpoSeenByPtp.tokensIn)
  expect([await statusWith(cpo, cpoSeenByPtp.tokenOut), await statusWith(ptp, ptpSeenByCpo.tokenOut)]).toEqual([
    200, 200,
  ])
})

test('E-37: a PUT whose call-back fails is 3001 and keeps the old tokens', async () => {
  const { world, cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  world.tamper = (request, pass) =>
    request.url.startsWith(ptp.origin) ? Promise.reject(new Fault('PEER_UNREACHABLE', 'down')) : pass()

  await expect(ptp.handshake.rotate(cpoSeenByPtp.id)).rejects.toMatchObject({ statusCode: 3001 })
  expect((await cpo.peers.get(ptpSeenByCpo.id))?.tokenOut).toBe(ptpSeenByCpo.tokenOut)
})

test('E-37: a PUT answer lost once is asked for again and both ends agree', async () => {
  const { world, cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  let lost = 0
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (request.method !== 'PUT') return answer
    lost += 1
    if (lost === 1) throw new Fault('PEER_SILENT', 'lost')
    return answer
  }

  const renewed = await ptp.handshake.rotate(cpoSeenByPtp.id)

  expect(lost).toBe(2)
  expect(await statusWith(cpo, renewed.tokenOut)).toBe(200)
  expect(await statusWith(ptp, (await cpo.peers.get(ptpSeenByCpo.id))!.tokenOut)).toBe(200)
})

test('E-37: after a PUT without any answer both tokens stay valid and renewing again mends it', async () => {
  const { world, cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (request.method === 'PUT') throw new Fault('PEER_SILENT', 'lost')
    return answer
  }
  await expect(ptp.handshake.rotate(cpoSeenByPtp.id)).rejects.toMatchObject({
    code: 'HANDSHAKE_ANSWER_LOST',
    retry: true,
  })
  world.tamper = undefined
  expect(await statusWith(ptp, ptpSeenByCpo.tokenOut)).toBe(200)
  expect(await statusWith(ptp, (await cpo.peers.get(ptpSeenByCpo.id))!.tokenOut)).toBe(200)

  const renewed = await ptp.handshake.rotate(cpoSeenByPtp.id)
  expect(await statusWith(cpo, renewed.tokenOut)).toBe(200)
})

test('both sides renewing at the same moment end with one of them told to come back', async () => {
  const { cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()

  const results = await Promise.allSettled([
    ptp.handshake.rotate(cpoSeenByPtp.id),
    cpo.handshake.rotate(ptpSeenByCpo.id),
  ])

  expect(results.some((one) => one.status === 'rejected')).toBe(true)
  const [seenByPtp, seenByCpo] = [await ptp.peers.get(cpoSeenByPtp.id), await cpo.peers.get(ptpSeenByCpo.id)]
  expect([await statusWith(cpo, seenByPtp?.tokenOut), await statusWith(ptp, seenByCpo?.tokenOut)]).toEqual([200, 200])
})

test('T04: roles beyond the invitation cannot be added by PUT', async () => {
  const { cpo, cpoSeenByPtp } = await pair()
  const role = (party_id: string) => ({ role: 'PTP', country_code: 'DE', party_id, business_details: { name: 'x' } })
  const body = JSON.stringify({
    token: 'new.b',
    url: 'https://ptp.example/pay/ocpi/versions',
    roles: [role('PAY'), role('NEW')],
  })

  const answer = await cpo.serve(raw('PUT', `${cpo.baseUrl}/2.3.0/credentials`, cpoSeenByPtp.tokenOut, { body }))

  expect(told(answer).status_code).toBe(2001)
})

test('E-44: a PUT at the endpoint of another version switches the connection', async () => {
  const { cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  await ptp.peers.save({ ...cpoSeenByPtp, versionWanted: '2.2.1' })

  await ptp.handshake.rotate(cpoSeenByPtp.id)

  expect((await ptp.peers.get(cpoSeenByPtp.id))?.version).toBe('2.2.1')
  expect((await cpo.peers.get(ptpSeenByCpo.id))?.version).toBe('2.2.1')
})

test('B-27, E-47: DELETE answers 200 without data and every token of the connection is 401 afterwards', async () => {
  const { cpo, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()

  expect((await ptp.handshake.unregister(cpoSeenByPtp.id)).status).toBe('removed')

  const answer = cpo.exchanges.findLast((one) => one.method === 'DELETE')!
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.responseBody)).toEqual({ status_code: 1000, timestamp: '2026-03-01T10:00:00.000Z' })
  expect(await cpo.peers.get(ptpSeenByCpo.id)).toMatchObject({ status: 'removed', tokensIn: [] })
  expect([await statusWith(cpo, cpoSeenByPtp.tokenOut), await statusWith(ptp, ptpSeenByCpo.tokenOut)]).toEqual([
    401, 401,
  ])
})

test('B-27: unregistering works although the partner is away', async () => {
  const { world, ptp, cpoSeenByPtp, ptpSeenByCpo } = await pair()
  world.network.delete('https://cpo.example')

  await ptp.handshake.unregister(cpoSeenByPtp.id)

  expect(ptp.notes.join()).toContain('did not confirm')
  expect(await statusWith(ptp, ptpSeenByCpo.tokenOut)).toBe(401)
})

test('B-26: a renewal of a connection that is not registered is refused here', async () => {
  const { cpo } = await pair()
  const { id } = await cpo.handshake.invite({ countryCode: 'FR', partyId: 'AAA' })

  await expect(cpo.handshake.rotate(id)).rejects.toMatchObject({ code: 'PEER_NOT_REGISTERED' })
  await expect(cpo.handshake.rotate('nobody')).rejects.toMatchObject({ code: 'PEER_UNKNOWN' })
})
