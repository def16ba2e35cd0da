/** Somebody else's station beside the fast ones of the sandbox: adopted, worked on and sold from the command, in its own time. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { type Sandbox, startSandbox } from 'plugtill/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { knock, type RawStation, rawStation } from './raw-station.ts'
import { eventually, freePort } from './started.ts'
import { words201 } from './station-words.ts'

const data = mkdtempSync(join(tmpdir(), 'plugtill-adopted-'))
const EVSE = 'NLPLGEMYSTATION11'
let sandbox: Sandbox
let port: number
let terminal: string
let station: RawStation

async function plugtill(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const status = await run([...argv, '--api', sandbox.publicUrl], {
    env: {},
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    stopped: new AbortController().signal,
  })
  return { status, out: out.join('\n'), err: err.join('\n'), json: () => JSON.parse(out[0] ?? 'null') }
}
const answer = async (...argv: string[]) => (await plugtill(...argv, '--json')).json()
const now = () => new Date().toISOString()

beforeAll(async () => {
  port = await freePort()
  const flags = { port: String(port), data, speed: '3600', logLevel: 'silent' }
  sandbox = await startSandbox(readConfig({ env: {}, flags }), { cpo: true })
  terminal = sandbox.furnished!.terminals.find(({ location_ids }) => location_ids.includes('LOC-CITY'))!.terminal_id
  station = await rawStation({ port, id: 'MY-STATION', protocol: 'ocpp2.0.1' })
  await words201.boot(station)
  await words201.status(station, 'Available', now())
}, 60_000)
afterAll(async () => {
  await station.close()
  await sandbox.stop()
  rmSync(data, { recursive: true })
})

test('a station nobody knew waits in the list, and sells after it was adopted', async () => {
  const listed = await plugtill('chargers', 'list')
  expect(listed.out).toMatch(/MY-STATION +ocpp2\.0\.1 +quarantined +no/)
  const place = ['--location', 'LOC-CITY', '--tariffs', 'AC-ADHOC', '--power-kw', '22']
  const adopted = await plugtill('chargers', 'adopt', 'MY-STATION', ...place)
  expect([adopted.status, adopted.out]).toEqual([0, expect.stringContaining(`${EVSE} at LOC-CITY`)])
  expect((await plugtill('chargers', 'show', 'MY-STATION')).out).toMatch(/Make +Raw R2/)
  expect((await plugtill('chargers', 'adopt', 'MY-STATION', ...place.slice(0, 2), '--power-kw', 'much')).status).toBe(2)
  expect((await plugtill('chargers', 'show', 'NOBODY')).err).toContain('NOBODY')
})

test('what is ordered from afar arrives in the words of the station; a no is exit status 1', async () => {
  const orders: readonly (readonly [string[], string, object])[] = [
    [['availability', 'MY-STATION', 'out'], 'ChangeAvailability', { operationalStatus: 'Inoperative' }],
    [
      ['availability', 'MY-STATION', 'in', '--evse', '1', '--connector', '1'],
      'ChangeAvailability',
      { operationalStatus: 'Operative', evse: { id: 1, connectorId: 1 } },
    ],
    [['reset', 'MY-STATION', '--hard'], 'Reset', { type: 'Immediate' }],
    [['trigger', 'MY-STATION', 'StatusNotification'], 'TriggerMessage', { requestedMessage: 'StatusNotification' }],
  ]
  for (const [args, action, payload] of orders) {
    expect((await plugtill('chargers', ...args)).out).toBe('accepted')
    expect(station.got.at(-1)).toEqual({ action, payload })
  }
  station.answers['UnlockConnector'] = { status: 'UnlockFailed' }
  const unlock = await plugtill('chargers', 'unlock', 'MY-STATION', '--connector', '1')
  expect([unlock.status, unlock.out, unlock.err]).toEqual([1, 'failed', expect.stringContaining('did not do it')])
  expect((await plugtill('chargers', 'availability', 'MY-STATION', 'maybe')).status).toBe(2)
})

test('its settings are read, all or some, and one is changed', async () => {
  const interval = { component: { name: 'SampledDataCtrlr' }, variable: { name: 'TxUpdatedInterval' } }
  const telling: Promise<unknown>[] = []
  station.answers['GetBaseReport'] = ({ requestId }) => {
    const attribute = [{ value: '60' }]
    const reportData = [{ ...interval, variableAttribute: attribute }]
    telling.push(station.say('NotifyReport', { requestId, generatedAt: now(), seqNo: 0, tbc: false, reportData }))
    return { status: 'Accepted' }
  }
  expect((await plugtill('chargers', 'configuration', 'MY-STATION')).out).toMatch(
    /SampledDataCtrlr\.TxUpdatedInterval +60 +yes/,
  )
  await Promise.all(telling)
  station.answers['GetVariables'] = {
    getVariableResult: [
      { attributeStatus: 'Accepted', attributeValue: '60', ...interval },
      { attributeStatus: 'UnknownVariable', component: { name: 'A' }, variable: { name: 'B' } },
    ],
  }
  const some = 'SampledDataCtrlr.TxUpdatedInterval,A.B'
  expect(await answer('chargers', 'configuration', 'MY-STATION', '--names', some)).toMatchObject({
    settings: [{ value: '60' }],
    unknown: ['A.B'],
  })
  station.answers['SetVariables'] = { setVariableResult: [{ attributeStatus: 'RebootRequired', ...interval }] }
  const set = ['chargers', 'configuration', 'MY-STATION', '--set', 'SampledDataCtrlr.TxUpdatedInterval=30']
  expect((await plugtill(...set)).out).toBe('accepted')
  expect((await plugtill('chargers', 'configuration', 'MY-STATION', '--set', 'nothing')).status).toBe(2)
})

test('in a sandbox that runs 3,600 times faster it charges in its own time, and is billed what it gave', async () => {
  await words201.status(station, 'Available', now())
  const { reference } = await eventually('it is for sale', async () => {
    const tapped = await plugtill('tap', '--terminal', terminal, '--evse', EVSE, '--json')
    return tapped.status === 0 ? (tapped.json() as { readonly reference: string }) : undefined
  })
  await eventually('the command', async () =>
    station.got.some(({ action }) => action === 'RequestStartTransaction') ? true : undefined,
  )
  const begun = await words201.begin(station, now(), 1000)
  for (const wh of [1001, 1002, 1003]) {
    await new Promise((done) => setTimeout(done, 300))
    await words201.meter(station, begun.id, { at: now(), wh })
  }
  await eventually('the terminal’s platform has seen the energy', async () =>
    (await answer('payments', 'show', reference)).state === 'charging' ? true : undefined,
  )
  await new Promise((done) => setTimeout(done, 500))
  expect(station.got.filter(({ action }) => action === 'RequestStopTransaction')).toEqual([])
  await words201.end(station, begun.id, now(), 1250)
  await eventually('it is captured', async () =>
    (await answer('payments', 'show', reference)).state === 'captured' ? true : undefined,
  )
  const [cdr] = (await answer('cdrs', 'list')) as readonly { readonly id: string; readonly total_energy: number }[]
  expect(cdr?.total_energy).toBe(0.25)
  // 0.25 kWh at 0.40 and 0.50 for the start, with 21 % tax.
  expect((await answer('payments', 'show', reference)).captured.amount_minor).toBe(73)

  const credited = await plugtill('cdrs', 'credit', cdr!.id, '--reason', 'Meter read twice', '--energy-kwh', '0.125')
  expect(credited.out).toMatch(new RegExp(`Credit +${cdr!.id}-C`))
  await eventually('the correction', async () => ((await answer('cdrs', 'list')).length === 3 ? true : undefined))
  expect((await plugtill('cdrs', 'list')).out).toContain('0.125')
  expect((await plugtill('cdrs', 'credit', cdr!.id, '--reason', 'again')).err).toContain(cdr!.id)
  expect((await plugtill('cdrs', 'credit', cdr!.id, '--reason', 'x y z', '--energy-kwh', 'lots')).status).toBe(2)
})

test('an invoice to a partner covers what none has covered, once; a mistake is taken back', async () => {
  const cover = ['invoices', 'cover', '--partner', 'NL-PTL', '--invoice', '2030-17']
  expect((await plugtill(...cover)).out).toMatch(/2030-17: 3 CDRs/)
  expect((await plugtill(...cover)).status).not.toBe(0)
  const [record] = (await answer('invoices', 'list')).ours as readonly { readonly id: string }[]
  expect((await plugtill('invoices', 'list')).out).toContain('NL-PTL')
  expect((await plugtill('invoices', 'withdraw', record!.id)).status).toBe(0)
})

test('cards of providers are listed; a secret keeps everybody else from coming under the name of the station', async () => {
  expect(await answer('tokens')).toEqual({ total: 0, tokens: [] })
  expect(await answer('tokens', '--uid', 'CARD-A')).toEqual({ total: 0, tokens: [] })
  const { secret } = await answer('chargers', 'secret', 'MY-STATION')
  expect(await knock({ port, id: 'MY-STATION' })).toBe(401)
  expect(await knock({ port, id: 'MY-STATION', user: 'MY-STATION', password: secret })).toBe(101)
  expect((await plugtill('chargers', 'forget', 'MY-STATION')).out).toBe('MY-STATION is forgotten.')
  expect((await plugtill('chargers', 'list')).out).not.toMatch(/MY-STATION .*adopted/)
})
