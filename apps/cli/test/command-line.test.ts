import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }
import { run } from '../src/command-line.ts'
import { plugtill as command } from './plugtill.ts'
import { type Tiny, tinyPlatform } from './tiny-platform.ts'

let tiny: Tiny
beforeAll(async () => {
  tiny = await tinyPlatform()
})
afterAll(() => tiny.close())

const plugtill = (line: string, env: Record<string, string> = {}) =>
  command(line.split(' '), { env: { PLUGTILL_API: tiny.url, ...env } })

test('--json prints one document and nothing else, wherever it stands', async () => {
  for (const line of ['terminals list --json', '--json terminals list', 'terminals --json list']) {
    const { status, out, err } = await plugtill(line)
    expect([status, err]).toEqual([0, ''])
    expect(out).toHaveLength(1)
    expect(JSON.parse(out[0]!)).toEqual([{ terminal_id: 'T-1', model: 'apollo', state: 'announced' }])
  }
})

test('without --json people get a table', async () => {
  const { out } = await plugtill('terminals list')
  expect(out[0]).toMatch(/^Terminal +Model/)
  expect(out[1]).toMatch(/^T-1 +apollo/)
})

test('--api names the platform and stands anywhere', async () => {
  expect(
    (await plugtill(`terminals list --json --api ${tiny.url}`, { PLUGTILL_API: 'http://localhost:1' })).status,
  ).toBe(0)
})

test.each([
  'nonsense',
  'terminals',
  'terminals nonsense',
  'tap --evse E',
  'tap --terminal T-1 --evse E --unknown',
  'peers invite --platform ptp --country-code NL',
  'peers list --platform emsp',
  'terminals list --api not-an-address',
  'payments list --limit many',
  'terminals assign --terminal T-1',
  'terminals push T-1 --platform cpo',
  'charger --central-system http://x --id A',
  'charger --central-system ws://x --id A --ocpp 2.1',
  'charger --central-system ws://x --id A --script f',
  'charger --central-system ws://x',
  'charger --id A',
  'charger --central-system ws://x --id A --fleet 0',
  'charger --central-system ws://x --id A --check',
  'sim plug A --connector one',
  'charger --central-system ws://x --id A --evses 0',
  'sandbox --port abc',
  'config --speed fast',
])('wrong usage ends with status 2 and says so on stderr: %s', async (line) => {
  const { status, out, err } = await plugtill(line)
  expect(status).toBe(2)
  expect(out).toEqual([])
  expect(err).not.toBe('')
})

test('help is a good end, and so is the version', async () => {
  expect((await plugtill('tap --help')).status).toBe(0)
  expect(await plugtill('--version')).toMatchObject({ status: 0, out: [packageJson.version], err: '' })
})

test('a platform that does not answer is status 3 with what to do', async () => {
  const { status, out, err } = await plugtill('terminals list --json --api http://localhost:1')
  expect([status, out]).toEqual([3, []])
  expect(err).toContain('npm start')
})

test('a CPO that does not run is named', async () => {
  const { status, err } = await plugtill('terminals list --platform cpo')
  expect(status).toBe(3)
  expect(err).toContain('CPO platform does not run')
})

test('the API key of the environment is sent', async () => {
  const locked = await tinyPlatform({ apiKey: 'correct-horse' })
  const env = { PLUGTILL_API: locked.url }
  expect((await plugtill('terminals list', env)).status).toBe(3)
  expect((await plugtill('terminals list', { ...env, PLUGTILL_API_KEY: 'correct-horse' })).status).toBe(0)
  await locked.close()
})

test('peers invite sends the partner in the words of the API', async () => {
  const { status } = await plugtill('peers invite --platform ptp --country-code NL --party-id ABC --role CPO --json')
  expect(status).toBe(0)
  expect(tiny.called.at(-1)?.body).toEqual({ country_code: 'NL', party_id: 'ABC', role: 'CPO' })
})

test('tap returns when the provider has decided', async () => {
  tiny.states.splice(0, 9, 'authorizing', 'authorizing', 'starting')
  const { status, out } = await plugtill('tap --terminal T-1 --evse E --json')
  expect(status).toBe(0)
  expect(JSON.parse(out[0]!)).toMatchObject({ reference: 'ref-1', state: 'starting' })
  expect(tiny.called.at(-1)?.body).toMatchObject({
    terminal: 'T-1',
    evse: 'E',
    card: 'approved',
    tap_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

test('a declined card is a payment in state declined, and status 1', async () => {
  tiny.states.splice(0, 9, 'authorizing', 'declined')
  const { status, out } = await plugtill('tap --terminal T-1 --evse E --card declined --json')
  expect(status).toBe(1)
  expect(JSON.parse(out[0]!)).toMatchObject({ state: 'declined' })
})

test('a refused tap is {refused} and status 1', async () => {
  const { status, out, err } = await plugtill('tap --terminal T-1 --evse taken --json')
  expect(status).toBe(1)
  expect(JSON.parse(out[0]!)).toMatchObject({ refused: 'not-available' })
  expect(err).toContain('OCCUPIED')
})

test('a model that cannot work is refused with the reason', async () => {
  const { status, out, err } = await plugtill('terminals add --peer P --model p6x --json')
  expect(status).toBe(1)
  expect(JSON.parse(out[0]!)).toEqual({ refused: 'unfit-model', message: 'No touch screen.' })
  expect(err).toContain('No touch screen.')
})

test('--follow prints one JSON line per event and ends with the payment', async () => {
  tiny.states.splice(0, 9, 'captured')
  const { status, out } = await plugtill('tap --terminal T-1 --evse E --follow --json')
  expect(status).toBe(0)
  expect(out.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ kind: 'state', reference: 'ref-1', state: 'authorizing' }),
    expect.objectContaining({ kind: 'state', reference: 'ref-1', state: 'captured' }),
  ])
})

test('a payment nobody knows is status 1', async () => {
  expect((await plugtill('payments show nope')).status).toBe(1)
})

test('config shows every setting with secrets masked', async () => {
  const { status, out } = await plugtill('config --json', {
    PLUGTILL_API_KEY: 'very-secret-key',
    PLUGTILL_CDR_DEADLINE_S: '60',
  })
  expect(status).toBe(0)
  const shown = JSON.parse(out[0]!) as Record<string, { value: string | null; from: string }>
  expect(shown['PLUGTILL_CDR_DEADLINE_S']).toEqual({ value: '60', from: 'environment' })
  expect(shown['PLUGTILL_API_KEY']?.value).toBe('***')
  expect(out[0]).not.toContain('very-secret-key')
})

test('a decision has an id, and without an answer the command says how to give the same one again', async () => {
  const asked = ['payments', 'resolve', 'R-1', '--refund', '--amount', '100', '--reason', 'slow']
  const ids: unknown[] = []
  for (const more of [[], [], ['--decision-id', '0b7c1a52-6d0e-4b6e-9d0b-3a1f5c2e7d10']]) {
    await command([...asked, ...more, '--json'], { env: { PLUGTILL_API: tiny.url } })
    const { decision_id } = tiny.called.at(-1)!.body as { readonly decision_id: string }
    ids.push(decision_id)
  }
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(ids).size).toBe(3)
  expect(ids[2]).toBe('0b7c1a52-6d0e-4b6e-9d0b-3a1f5c2e7d10')
  const lost = await command([...asked, '--decision-id', '0b7c1a52-6d0e-4b6e-9d0b-3a1f5c2e7d10'], {
    env: { PLUGTILL_API: 'http://localhost:1' },
  })
  expect([lost.status, lost.err]).toEqual([3, expect.stringContaining(`--decision-id ${ids[2]}`)])
})

test('who stops following is told in one line that the payment goes on', async () => {
  const stop = new AbortController()
  const err: string[] = []
  const status = await run('tap --terminal T-1 --evse E-1 --follow'.split(' '), {
    env: { PLUGTILL_API: tiny.url },
    // The first event that is shown; then Ctrl-C.
    out: () => stop.abort(),
    err: (text) => void err.push(text),
    stopped: stop.signal,
  })
  expect(status).toBe(3)
  expect(err.join('\n')).toMatch(/^plugtill: Stopped following payment \S+; it goes on by itself\.$/)
})
