import { cdrs } from '@plugtill/ocpi/modules/cdrs'
import { commands } from '@plugtill/ocpi/modules/commands'
import { locations } from '@plugtill/ocpi/modules/locations'
import { payments, type TerminalReceived } from '@plugtill/ocpi/modules/payments'
import { sessions } from '@plugtill/ocpi/modules/sessions'
import { tariffs } from '@plugtill/ocpi/modules/tariffs'
import type { Party } from '@plugtill/ocpi/peers'
import { NEEDED_FROM_CPO } from '@plugtill/ocpi/roles'
import { mount } from '@plugtill/ocpi/server'
import { auditCdr } from '@plugtill/pricing/audit'
import { expect, test } from 'vitest'
import { createDesk } from '../src/desk.ts'
import { createLeanCpo } from '../src/lean-cpo.ts'
import { network, numbered, sha256 } from './network.ts'
import { testClock } from './test-clock.ts'

const CPO: Party = { countryCode: 'NL', partyId: 'ABC', role: 'CPO', name: 'ABC Charging' }
const PTP: Party = { countryCode: 'DE', partyId: 'PAY', role: 'PTP', name: 'Pay' }

/** A PTP that says yes to everything, so that its record shows what a CPO does. */
const yes = async () => undefined
const listener = () => {
  const terminals = new Map<string, TerminalReceived>()
  const known = (id = '') => terminals.get(id)
  return [
    mount(commands, 'sender', { result: yes }),
    mount(sessions, 'receiver', { session: yes, putSession: yes, patchSession: yes }),
    mount(cdrs, 'receiver', { cdr: yes, postCdr: yes }),
    mount(locations, 'receiver', {
      location: yes,
      evse: yes,
      connector: yes,
      putLocation: yes,
      putEvse: yes,
      putConnector: yes,
      patchLocation: yes,
      patchEvse: yes,
      patchConnector: yes,
    }),
    mount(payments, 'sender', {
      terminals: async () => ({ total: 0, items: [] }),
      terminal: async ({ params }) => known(params['terminal_id']) ?? { terminal_id: params['terminal_id'] ?? '' },
      patchTerminal: async ({ params, body }) =>
        void terminals.set(params['terminal_id'] ?? '', { terminal_id: params['terminal_id'] ?? '', ...body }),
      putTerminal: yes,
      activate: yes,
      deactivate: yes,
      advices: async () => ({ total: 0, items: [] }),
      advice: yes,
    }),
  ]
}

async function connected(version: '2.3.0' | '2.2.1') {
  const clock = testClock()
  const net = network()
  const shared = { send: net.send, clock, hash: sha256, patienceMs: 5_000, version }
  const lean = createLeanCpo(
    { ...shared, ...numbered('cpo'), party: CPO, baseUrl: 'https://cpo.example/ocpi' },
    { assignMs: 100 },
  )
  net.attach('https://cpo.example', lean.desk.serve)
  const ptp = createDesk({
    ...shared,
    ...numbered('ptp'),
    target: 'cpo',
    party: PTP,
    baseUrl: 'https://ptp.example/ocpi',
    modules: listener(),
    needs: NEEDED_FROM_CPO,
  })
  net.attach('https://ptp.example', ptp.serve)
  const invitation = await lean.desk.handshake.invite({ countryCode: 'DE', partyId: 'PAY' })
  await clock.flow(ptp.handshake.register(invitation))
  return { clock, lean, ptp }
}

const AT = '2030-07-02T10:00:00.000Z'
const start = (reference: string, version = '2.3.0') => ({
  response_url: `https://ptp.example/ocpi/${version}/sender/commands/${reference}`,
  token: {
    country_code: 'DE',
    party_id: 'PAY',
    uid: reference,
    type: 'AD_HOC_USER',
    contract_id: reference,
    issuer: 'Pay',
    valid: true,
    whitelist: 'NEVER' as const,
    last_updated: AT,
  },
  location_id: 'JDG-STREET',
  evse_uid: 'JDG-AC-1',
  connector_id: '1',
  authorization_reference: reference,
})

test.each(['2.3.0', '2.2.1'] as const)('in %s, a charge goes from the command to the CDR', async (version) => {
  const { clock, lean, ptp } = await connected(version)
  const work = async () => {
    const calls = await ptp.call(commands, 'receiver')
    const { data } = await calls.startSession({ body: start('ref-1', version) })
    const active = await ptp.waitFor((view) => view.valid('SessionPatch').at(-1), 10_000)
    await calls.stopSession({
      body: {
        session_id: lean.charging.sessions.all()[0]?.id ?? '',
        response_url: start('stop-1', version).response_url,
      },
    })
    const cdr = await ptp.waitFor((view) => view.valid('CDR').at(-1), 10_000)
    return { data, active, cdr }
  }
  const { data, active, cdr } = await clock.flow(work())
  expect(data).toMatchObject({ result: 'ACCEPTED' })
  expect(active?.value).toMatchObject({ status: 'ACTIVE' })
  expect(cdr?.value).toMatchObject({ authorization_reference: 'ref-1', auth_method: 'COMMAND', currency: 'EUR' })
  const view = ptp.view()
  expect(view.valid('Session').map(({ value }) => value.status)).toEqual(['PENDING', 'COMPLETED'])
  expect(view.valid('CommandResult').map(({ value }) => value.result)).toEqual(['ACCEPTED', 'ACCEPTED'])
  expect(view.of('partner', 'locations.patchEvse').map(({ question }) => question)).toMatchObject([
    { status: 'CHARGING' },
    { status: 'AVAILABLE' },
  ])
  const value = cdr?.value
  if (value === undefined) throw new Error('There is no CDR.')
  expect(auditCdr(value, { timeZone: 'Europe/Amsterdam' })).toMatchObject({ ok: true, findings: [] })
})

test('a terminal is kept and gets its assignment', async () => {
  const { clock, lean, ptp } = await connected('2.3.0')
  const work = async () => {
    await (await ptp.call(payments, 'receiver')).postTerminal({ body: { terminal_id: 'T-1', last_updated: AT } })
    return ptp.waitFor((view) => view.of('partner', 'payments.terminal').at(-1), 5_000)
  }
  await clock.flow(work())
  expect(ptp.view().found('TerminalChange')[0]?.value).toMatchObject({
    location_ids: ['JDG-STREET'],
    evse_uids: ['JDG-AC-3'],
  })
  expect(lean.terminals.get('T-1')).toBeDefined()
})

test('lists are read page by page, and what was said there is free of findings', async () => {
  const { clock, ptp } = await connected('2.2.1')
  const work = async () => {
    const ids: string[] = []
    for await (const one of (await ptp.call(locations, 'sender')).list()) ids.push(one.id)
    for await (const one of (await ptp.call(tariffs, 'sender')).list()) ids.push(one.id)
    return ids
  }
  expect(await clock.flow(work())).toEqual(['JDG-STREET', 'JDG-YARD', 'JDG-AC', 'JDG-DC', 'JDG-DEAR'])
  expect(ptp.view().valid('Location')).toHaveLength(2)
  expect(ptp.view().valid('Tariff')).toHaveLength(3)
})

test('a car that never comes ends INVALID and without a CDR', async () => {
  const { clock, lean, ptp } = await connected('2.3.0')
  lean.plan({ plugInMs: undefined })
  const work = async () => {
    await (await ptp.call(commands, 'receiver')).startSession({ body: start('ref-2') })
    return ptp.waitFor((view) => view.valid('Session').find(({ value }) => value.status === 'INVALID'), 10_000)
  }
  expect((await clock.flow(work()))?.value).toMatchObject({ authorization_reference: 'ref-2' })
  expect(lean.charging.cdrs.all()).toEqual([])
})
