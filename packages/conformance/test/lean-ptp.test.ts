import type { Party } from '@plugtill/ocpi/peers'
import { expect, test } from 'vitest'
import { createLeanCpo, type LeanCpoOptions } from '../src/lean-cpo.ts'
import { createLeanPtp } from '../src/lean-ptp.ts'
import { network, numbered, sha256 } from './network.ts'
import { testClock } from './test-clock.ts'

const CPO: Party = { countryCode: 'NL', partyId: 'ABC', role: 'CPO', name: 'ABC Charging' }
const PTP: Party = { countryCode: 'DE', partyId: 'PAY', role: 'PTP', name: 'Pay' }

/** A correct PTP and a correct CPO that are registered with each other. */
async function connected(version: '2.3.0' | '2.2.1', options: LeanCpoOptions = {}) {
  const clock = testClock()
  const net = network()
  const shared = { send: net.send, clock, hash: sha256, patienceMs: 5_000, version }
  const cpo = createLeanCpo(
    { ...shared, ...numbered('cpo'), party: CPO, baseUrl: 'https://cpo.example/ocpi' },
    { assignMs: 100, ...options },
  )
  const ptp = createLeanPtp(
    { ...shared, ...numbered('ptp'), party: PTP, baseUrl: 'https://ptp.example/ocpi' },
    { devices: ['SN-1'] },
  )
  net.attach('https://cpo.example', cpo.desk.serve)
  net.attach('https://ptp.example', ptp.desk.serve)
  const invitation = await cpo.desk.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })
  await clock.flow(ptp.desk.handshake.register(invitation))
  const pause = (ms: number) => new Promise<void>((done) => void clock.after(ms, done))
  return { clock, cpo, ptp, pause }
}

const pathOf = (url: string) =>
  url.replace(/^https:\/\/[a-z]+\.example\/ocpi\/2\.\d\.\d/, '').replace(/[0-9a-f-]{36}/, '…')

test.each(['2.3.0', '2.2.1'] as const)(
  'in %s, a card payment goes from the terminal to the advice',
  async (version) => {
    const { clock, cpo, ptp, pause } = await connected(version)
    const work = async () => {
      const { terminal_id } = await ptp.addTerminal({ invoice_creator: 'PTP' })
      await pause(1_000)
      const offer = ptp.offers(terminal_id).find(({ evse }) => evse.uid === 'JDG-DC-2')
      if (offer === undefined) throw new Error('Nothing is offered.')
      const { reference } = await ptp.sales.start(offer)
      await pause(4_000)
      await ptp.sales.stop(reference)
      await pause(4_000)
      return { terminal_id, sale: ptp.sales.get(reference) }
    }
    const { terminal_id, sale } = await clock.flow(work())
    expect(ptp.offers(terminal_id).map(({ evse, hold }) => [evse.uid, hold.amountMinor])).toEqual([
      ['JDG-AC-1', 6050],
      ['JDG-DC-2', 6050],
      ['JDG-AC-3', 500],
    ])
    expect(sale).toMatchObject({
      answer: { result: 'ACCEPTED' },
      result: 'ACCEPTED',
      session: { status: 'COMPLETED' },
      advice: { capture_status_code: 'SUCCESS', currency: 'EUR' },
    })
    expect(cpo.advices.all()).toEqual([sale?.advice])
    expect(cpo.advices.all()[0]?.authorization_reference).toBe(sale?.reference)
  },
)

test('more is never captured than was held', async () => {
  const { clock, cpo, ptp, pause } = await connected('2.3.0')
  const work = async () => {
    const { terminal_id } = await ptp.addTerminal()
    await pause(1_000)
    const offer = ptp.offers(terminal_id).find(({ evse }) => evse.uid === 'JDG-AC-3')
    if (offer === undefined) throw new Error('Nothing is offered.')
    await ptp.sales.start(offer)
    await pause(10_000)
  }
  await clock.flow(work())
  expect(cpo.advices.all()).toMatchObject([{ capture_status_code: 'PARTIAL_SUCCESS' }])
  const { before_taxes, taxes } = cpo.advices.all()[0]?.total_costs ?? { before_taxes: 0 }
  expect([before_taxes, taxes?.map(({ amount }) => amount)]).toEqual([4.13, [0.87]])
})

test('an assignment that names what the CPO does not offer is refused', async () => {
  const { clock, ptp, cpo, pause } = await connected('2.3.0', {
    assignment: { location_ids: ['NOWHERE'], evse_uids: [] },
  })
  const work = async () => {
    const { terminal_id } = await ptp.addTerminal()
    await pause(1_000)
    return terminal_id
  }
  const id = await clock.flow(work())
  expect(ptp.terminals.get(id)?.location_ids ?? []).toEqual([])
  expect(cpo.desk.view().of('us', 'payments.patchTerminal')[0]?.answer).toMatchObject({ statusCode: 2003 })
})

test('a PTP says nothing that its messages do not allow, and asks for nothing twice', async () => {
  const { clock, cpo, ptp, pause } = await connected('2.3.0')
  const work = async () => {
    const { terminal_id } = await ptp.addTerminal()
    await pause(1_000)
    const [offer] = ptp.offers(terminal_id)
    if (offer === undefined) throw new Error('Nothing is offered.')
    const { reference } = await ptp.sales.start(offer)
    await pause(3_000)
    await ptp.sales.stop(reference)
    await pause(5_000)
  }
  await clock.flow(work())
  const view = cpo.desk.view()
  const said = view.ordinary.filter(({ by, module }) => by === 'partner' && !/versions|credentials/.test(module))
  expect(said.map(({ method, url }) => `${method} ${pathOf(url)}`)).toEqual([
    'POST /receiver/payments/terminals',
    'GET /sender/locations',
    'GET /sender/locations?offset=1&limit=1',
    'GET /sender/tariffs',
    'GET /sender/tariffs?offset=1&limit=1',
    'GET /sender/tariffs?offset=2&limit=1',
    'POST /receiver/commands/START_SESSION',
    'POST /receiver/commands/STOP_SESSION',
    'POST /receiver/payments/financial-advice-confirmations',
  ])
  const kinds = ['Terminal', 'StartSession', 'StopSession', 'FinancialAdviceConfirmation'] as const
  expect(kinds.map((kind) => view.valid(kind).length)).toEqual([2, 1, 1, 1])
})
