/** What version details may look like, ours and theirs. (version information endpoint; B-01 to B-08) */
import { expect, test } from 'vitest'
import { keeper } from './keeper.ts'
import { CPO_PARTY, newWorld, PTP_PARTY, platform, raw, registered, told } from './two-platforms.ts'

type Plain = Record<string, unknown>
const TERMINALS = '/2.3.0/sender/payments/terminals'

/** Two strangers, of whom the CPO lists other things in its version details. */
async function withDetails(change: (endpoints: Plain[]) => Plain[]) {
  const world = newWorld()
  const cpo = platform(world, CPO_PARTY, 'https://cpo.example')
  const ptp = platform(world, PTP_PARTY, 'https://ptp.example')
  world.tamper = async (request, pass) => {
    const answer = await pass()
    if (!/cpo\.example.*\/2\.3\.0$/.test(request.url)) return answer
    const envelope = JSON.parse(answer.body) as { data: { endpoints: Plain[] } }
    return {
      ...answer,
      body: JSON.stringify({ ...envelope, data: { ...envelope.data, endpoints: change(envelope.data.endpoints) } }),
    }
  }
  return { world, cpo, ptp }
}

test('A-39: calls go to the URLs of version details, wherever they are; A-40: with a final slash as well', async () => {
  const { world, cpo, invitation } = await keeper()
  const peer = (await cpo.peers.get(invitation.id))!
  const { tariffs } = await import('../src/modules/tariffs.ts')
  const asked: string[] = []
  world.tamper = async (request) => {
    asked.push(request.url)
    return { status: 404, headers: {}, body: '' }
  }
  for (const url of [
    'https://ptp.example/odd/place;v=1',
    'https://ptp.example/odd/place/',
    'https://ptp.example/q?key=1',
  ]) {
    await cpo.peers.save({ ...peer, endpoints: [{ identifier: 'tariffs', role: 'RECEIVER', url }] })
    const params = { country_code: 'NL', party_id: 'ABC', tariff_id: 'T 1' }
    await cpo.client
      .of({ id: peer.id }, tariffs, 'receiver')
      .tariff({ params })
      .catch(() => undefined)
  }

  expect(asked).toEqual([
    'https://ptp.example/odd/place;v=1/NL/ABC/T%201',
    'https://ptp.example/odd/place/NL/ABC/T%201',
    'https://ptp.example/q/NL/ABC/T%201?key=1',
  ])
})

test('B-01: versions and details need a token; B-02, B-03: they tell number and URL, then where each side of a module is', async () => {
  const { ptp, ask } = await keeper()
  for (const path of ['/versions', '/2.3.0', '/2.2.1'])
    expect((await ptp.serve(raw('GET', ptp.baseUrl + path))).status).toBe(401)

  const versions = told(await ask('GET', '/versions')).data as readonly { version: string; url: string }[]
  expect(versions.map((one) => Object.keys(one))).toEqual([
    ['version', 'url'],
    ['version', 'url'],
  ])
  const own = told(await ask('GET', '/2.3.0')).data as { version: string; endpoints: Plain[] }
  expect(own.endpoints.every((one) => Object.keys(one).join() === 'identifier,role,url')).toBe(true)
})

test('B-04, E-48: credentials is found whatever role it is listed with', async () => {
  const { world, cpo, ptp } = await withDetails((endpoints) =>
    endpoints.map((one) => (one['identifier'] === 'credentials' ? { ...one, role: 'RECEIVER' } : one)),
  )

  expect((await registered(cpo, ptp)).cpoSeenByPtp.status).toBe('registered')
  expect(world.tamper).toBeDefined()
})

test('B-05, B-33: edition 2 has no number: it is 2.3.0, and unknown versions beside it disturb nobody', async () => {
  const { world, cpo, ptp } = await withDetails((endpoints) => endpoints)
  const inner = world.tamper!
  world.tamper = async (request, pass) => {
    const answer = (await inner(request, pass)) ?? (await pass())
    if (!request.url.endsWith('/versions')) return answer
    const envelope = JSON.parse(answer.body) as { data: Plain[] }
    return {
      ...answer,
      body: JSON.stringify({
        ...envelope,
        data: [{ version: '2.3.0-ed2', url: 'https://x.example' }, ...envelope.data],
      }),
    }
  }

  expect((await registered(cpo, ptp)).cpoSeenByPtp.version).toBe('2.3.0')
})

test('B-06, E-01: unknown modules and broken entries in version details spoil nothing; ids are read in any case', async () => {
  const { cpo, ptp } = await withDetails((endpoints) => [
    { identifier: 'Booking', role: 'SENDER', url: 'https://cpo.example/b' },
    { identifier: 'nltnm-thing', role: 'WHATEVER', url: 'nowhere' },
    'nonsense' as unknown as Plain,
    ...endpoints.map((one) => ({ ...one, identifier: String(one['identifier']).toUpperCase() })),
  ])

  const { cpoSeenByPtp } = await registered(cpo, ptp)

  expect(cpoSeenByPtp.endpoints.map((one) => one.identifier)).toEqual(
    expect.arrayContaining(['Booking', 'PAYMENTS', 'LOCATIONS']),
  )
  expect(ptp.notes).toEqual([])
})

test('B-07: payments on a 2.2.1 connection is served as agreed custom module', async () => {
  const { ask } = await keeper()

  expect((await ask('GET', TERMINALS.replace('2.3.0', '2.2.1'))).status).toBe(200)
})

test('B-08: each version has URLs of its own', async () => {
  const { ask } = await keeper()
  const urls = async (version: string) =>
    (told(await ask('GET', `/${version}`)).data as { endpoints: { url: string }[] }).endpoints.map((one) => one.url)

  const [one, other] = [await urls('2.3.0'), new Set(await urls('2.2.1'))]
  expect(one.filter((url) => other.has(url))).toEqual([])
})
