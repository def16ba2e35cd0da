import { createOcpiClient } from '@plugtill/ocpi/client'
import { memoryPeers, type Peer } from '@plugtill/ocpi/peers'
import { expect, test } from 'vitest'
import { advise } from '../src/effects/advise.ts'
import { startSession, stopSession } from '../src/effects/commands.ts'
import { terminalKind } from '../src/terminals/terminal.ts'
import { paymentIn, session } from './samples.ts'
import { shelf } from './shelf.ts'

const role = (party_id: string) => ({ role: 'CPO', country_code: 'NL', party_id, business_details: { name: party_id } })
const at = (module: string) => ({
  identifier: module,
  role: 'RECEIVER',
  url: `https://cpo.example/ocpi/2.3.0/${module}`,
})
/** One connection that speaks for two CPOs, of which ours is the second. */
const two: Peer = {
  id: 'peer-1',
  status: 'registered',
  version: '2.3.0',
  roles: [role('AAA'), role('BBB')],
  endpoints: [at('commands'), at('payments')],
  tokenOut: 'token',
  tokensIn: [],
  updatedAt: 0,
}
const party = { countryCode: 'NL', partyId: 'BBB' }

async function told(peer: Peer) {
  const { documents, clock, close } = await shelf()
  const ids = () => 'id'
  const peers = memoryPeers([peer])
  const to: unknown[] = []
  const client = createOcpiClient({
    send: async ({ url, headers }) => {
      to.push([url.split('/').at(-1), headers['ocpi-to-party-id']])
      const data = url.includes('/commands/') ? '"data":{"result":"ACCEPTED","timeout":30},' : ''
      const body = `{${data}"status_code":1000,"timestamp":"2030-01-01T12:00:00Z"}`
      return { status: 200, headers: {}, body }
    },
    peers,
    clock,
    ids,
    party: { countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Test' },
  })
  const parts = {
    client,
    clock,
    ids,
    countryCode: 'NL',
    partyId: 'PTP',
    name: 'Test',
    responseUrl: () => 'https://ptp',
  }
  await startSession(parts)(paymentIn('starting', { party }), 1)
  const stop = { commandId: 'C1', sessionId: '1001' }
  await stopSession(parts)(paymentIn('stopping', { party, session: session({ id: '1001' }) }), stop)
  await advise({ client, peers, documents, clock })(paymentIn('captured', { party }), { adviceId: 'A1' }, 1)
  const terminal = { terminal_id: 'T-1', location_ids: [], evse_uids: [], last_updated: '2030-01-01T12:00:00Z' }
  const entity = { id: 'T-1', state: 'announcing', peerId: 'peer-1', model: 'apollo', terminal, party } as const
  await terminalKind(client).run({ do: 'announce' }, { entity } as never)
  await close()
  return to
}

test.each([
  ['of two CPOs', two],
  ['of a hub', { ...two, hub: { countryCode: 'NL', partyId: 'HUB' } }],
])(
  'what is for one party of a connection %s names that party: start, stop, advice and terminal (A-68, A-71)',
  async (_what, peer) => {
    expect(await told(peer)).toEqual([
      ['START_SESSION', 'BBB'],
      ['STOP_SESSION', 'BBB'],
      ['financial-advice-confirmations', 'BBB'],
      ['terminals', 'BBB'],
    ])
  },
)
