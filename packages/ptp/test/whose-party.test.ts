/** Who is addressed where one connection has several parties: the one whose EVSE was paid for. */
import { createOcpiClient } from '@plugtill/ocpi/client'
import { memoryPeers, type Peer } from '@plugtill/ocpi/peers'
import { expect, test } from 'vitest'
import { advise } from '../src/effects/advise.ts'
import { startSession, stopSession } from '../src/effects/commands.ts'
import { findSession, pullCdr, type SearchParts } from '../src/effects/search.ts'
import { terminalKind } from '../src/terminals/terminal.ts'
import { paymentIn, session, T0 } from './samples.ts'
import { shelf } from './shelf.ts'

const roleOf = (party_id: string) =>
  ({ role: 'CPO', country_code: 'NL', party_id, business_details: { name: party_id } }) as const
const endpoint = (identifier: string, role: 'SENDER' | 'RECEIVER') =>
  ({ identifier, role, url: `https://cpo.example/ocpi/2.3.0/${identifier}` }) as const

const TWO_CPOS: Peer = {
  id: 'peer-1',
  status: 'registered',
  version: '2.3.0',
  roles: [roleOf('AAA'), roleOf('BBB')],
  endpoints: [
    endpoint('commands', 'RECEIVER'),
    endpoint('payments', 'RECEIVER'),
    endpoint('sessions', 'SENDER'),
    endpoint('cdrs', 'SENDER'),
  ],
  tokenOut: 'token',
  tokensIn: [],
  updatedAt: 0,
}
const payment = paymentIn('starting', { party: { countryCode: 'NL', partyId: 'BBB' } })

/** A partner that refuses each advice as unknown content, and takes everything else. */
async function asking(change: Partial<Peer> = {}) {
  const { documents, clock, close } = await shelf()
  const peers = memoryPeers([{ ...TWO_CPOS, ...change }])
  const asked: string[] = []
  const client = createOcpiClient({
    send: async ({ method, url, headers }) => {
      asked.push(`${method} ${new URL(url).pathname.split('/')[3]} ${headers['ocpi-to-party-id']}`)
      const data = url.includes('commands') ? { result: 'ACCEPTED', timeout: 30 } : []
      const status_code = method === 'POST' && url.includes('payments') ? 2001 : 1000
      return {
        status: 200,
        headers: {},
        body: JSON.stringify({ data, status_code, timestamp: '2030-01-01T12:00:00Z' }),
      }
    },
    peers,
    clock,
    ids: () => 'id',
    party: { role: 'PTP', countryCode: 'NL', partyId: 'PTP', name: 'Test' },
  })
  const own = { countryCode: 'NL', partyId: 'PTP', name: 'Test', responseUrl: () => 'https://ptp.example/x' }
  return { asked, close, parts: { client, clock, ids: () => 'id', peers, documents, ...own } }
}

type Asking = Awaited<ReturnType<typeof asking>>['parts']
const command = async (parts: Asking) => {
  const stop = { commandId: 'c', sessionId: 'S1' }
  return [
    await startSession(parts)(payment, 1),
    await stopSession(parts)({ ...payment, state: 'stopping', session: session() }, stop),
  ]
}
const search = async (parts: Asking) => {
  const searching = parts as unknown as SearchParts
  await findSession(searching)(payment, { last: false }, 1)
  await pullCdr(searching)({ ...payment, createdAt: T0 }, {})
}

const CONNECTIONS: readonly [string, Partial<Peer>][] = [
  ['of a platform', {}],
  ['behind a hub', { hub: { countryCode: 'NL', partyId: 'HUB' } }],
]

test.each(CONNECTIONS)(
  'a command for an EVSE of the second party %s is addressed to that party (A-68, A-70, A-71)',
  async (_who, peer) => {
    const { asked, parts, close } = await asking(peer)
    const events = await command(parts)
    expect(asked).toEqual(['POST commands BBB', 'POST commands BBB'])
    expect(events).toMatchObject([{ type: 'start-answered', accepted: true }, { outcome: 'accepted' }])
    await close()
  },
)

test.each(CONNECTIONS)(
  'a terminal of the second party %s is made known to that party (A-68, A-71)',
  async (_who, peer) => {
    const { asked, parts, close } = await asking(peer)
    const terminal = { terminal_id: 'T-1', location_ids: [], evse_uids: [], last_updated: '2030-01-01T12:00:00Z' }
    const own = { state: 'announcing', peerId: 'peer-1', model: 'apollo', party: payment.party } as const
    // The partner refuses all that is POSTed to its Payments module.
    expect(
      await terminalKind(parts.client).run({ do: 'announce' }, { entity: { id: 'T-1', ...own, terminal } } as never),
    ).toMatchObject({ type: 'announce-refused' })
    expect(asked).toEqual(['POST payments BBB'])
    await close()
  },
)

test('an advice, and the question whether it has arrived, go to the party whose bill was paid (A-68, F69)', async () => {
  const { asked, parts, close } = await asking()
  const captured = { ...paymentIn('captured'), party: payment.party }
  await expect(advise(parts)(captured, { adviceId: 'A1' }, 1)).rejects.toThrow()
  expect(asked).toEqual(['POST payments BBB', 'GET payments BBB'])
  await close()
})

test('a lost Session or CDR is looked for at its party; behind a hub in the whole list, which is asked of the hub (A-68, A-74)', async () => {
  const [direct, hub] = [await asking(), await asking({ hub: { countryCode: 'NL', partyId: 'HUB' } })]
  for (const { parts } of [direct, hub]) await search(parts)
  expect(direct.asked).toEqual(['GET sessions BBB', 'GET cdrs BBB'])
  expect(hub.asked).toEqual(['GET sessions HUB', 'GET cdrs HUB'])
  await Promise.all([direct.close(), hub.close()])
})
