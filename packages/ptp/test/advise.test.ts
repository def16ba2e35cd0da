import { createOcpiClient } from '@plugtill/ocpi/client'
import { memoryPeers, type Peer } from '@plugtill/ocpi/peers'
import { expect, test } from 'vitest'
import { advise } from '../src/effects/advise.ts'
import { paymentIn, T0 } from './samples.ts'
import { shelf } from './shelf.ts'

const CPO: Peer = {
  id: 'peer-1',
  status: 'registered',
  version: '2.3.0',
  roles: [{ role: 'CPO', country_code: 'NL', party_id: 'CPO', business_details: { name: 'CPO' } }],
  endpoints: [{ identifier: 'payments', role: 'RECEIVER', url: 'https://cpo.example/ocpi/2.3.0/payments' }],
  tokenOut: 'token',
  tokensIn: [],
  updatedAt: 0,
}
const gone = { endpoints: [], tokenOut: undefined } as const

async function advising(peer: Partial<Peer>) {
  const { documents, clock, close } = await shelf()
  const peers = memoryPeers([{ ...CPO, ...peer }])
  const sent: string[] = []
  const client = createOcpiClient({
    send: async ({ url }) => {
      sent.push(url)
      return { status: 200, headers: {}, body: '{"status_code":1000,"timestamp":"2030-01-01T12:00:00Z"}' }
    },
    peers,
    clock,
    ids: () => 'id',
    party: { countryCode: 'NL', partyId: 'PTP', role: 'PTP', name: 'Test' },
  })
  const tell = advise({ client, peers, documents, clock })
  return { peers, sent, close, tell: () => tell(paymentIn('captured'), { adviceId: 'A1' }, 1) }
}

test.each<[string, Partial<Peer>]>([
  ['is registering again', { status: 'registering', ...gone }],
  ['was removed', { status: 'removed', ...gone }],
  ['is unknown', { id: 'other' }],
])('the advice waits for a partner that %s, and is delivered when it is back', async (_what, peer) => {
  const { peers, tell, sent, close } = await advising(peer)
  await expect(tell()).rejects.toMatchObject({ code: 'ADVICE_NOT_DELIVERED', retry: true })
  expect(sent).toEqual([])

  await peers.save(CPO)

  expect(await tell()).toEqual({ type: 'advice-delivered', adviceId: 'A1', at: T0 })
  expect(sent).toEqual(['https://cpo.example/ocpi/2.3.0/payments/financial-advice-confirmations'])
  await close()
})

test('a registered partner without the Payments receiver is told nothing, and nothing is left to do (E-16)', async () => {
  const { tell, sent, close } = await advising({
    endpoints: [{ identifier: 'payments', role: 'SENDER', url: 'https://cpo.example/ocpi/2.3.0/payments' }],
  })
  expect(await tell()).toBeUndefined()
  expect(sent).toEqual([])
  await close()
})
