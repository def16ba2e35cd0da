/** The payment provider in a process of its own: its books outlive it, and its messages bring the money in. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wallClock } from '@plugtill/engine/clock'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { type Listening, listen } from '@plugtill/psp/simulated/standalone/listen'
import { createSimulatedService } from '@plugtill/psp/simulated/standalone/serve'
import { SIGNATURE_HEADER, signatureOf } from '@plugtill/psp/simulated/standalone/signature'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { type Sandbox, startSandbox } from 'plugtill/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, freePort, root } from './started.ts'

const data = mkdtempSync(join(tmpdir(), 'plugtill-provider-service-'))
const key = 'key-of-the-story'
let providerPort = 0
let provider: ChildProcess
let sandbox: Sandbox

/** Another process, as an operator runs it. */
async function serve(...more: readonly string[]): Promise<ChildProcess> {
  const args = ['apps/cli/src/main.ts', 'psp', 'serve', '--json', '--port', String(providerPort), '--key', key]
  const child = spawn(
    process.execPath,
    [...args, '--data', join(data, 'psp'), '--latency-ms', '0', '--webhook-secret', 'secret', ...more],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise<void>((done, failed) => {
    child.stdout.once('data', () => done())
    child.once('exit', (code) => failed(new Error(`psp serve ended with ${code}`)))
  })
  return child
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}

async function plugtill(...argv: string[]) {
  const out: string[] = []
  const err: string[] = []
  const status = await run([...argv, '--json', '--api', sandbox.publicUrl], {
    env: {},
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    stopped: new AbortController().signal,
  })
  return { status, lines: out.map((line) => JSON.parse(line)), err: err.join('\n') }
}

const service = () => `http://127.0.0.1:${providerPort}`
const misbehave = (...names: readonly string[]) =>
  plugtill(
    'psp',
    'misbehave',
    ...(names.length > 0 ? [names.join()] : ['--none']),
    '--service',
    service(),
    '--key',
    key,
  )
const slow = () => sandbox.furnished?.terminals[0]?.terminal_id ?? ''

/** A second account, at a service that decides captures later and tells of it. */
const northLedger = openLedger()
let north: Listening
async function openNorth(platformPort: number): Promise<void> {
  const webhook = `http://localhost:${platformPort}/ptp/psp/webhooks/north`
  const deliver = async (message: { readonly body: string; readonly headers: Readonly<Record<string, string>> }) =>
    (await fetch(webhook, { method: 'POST', ...message })).ok
  const service = createSimulatedService({
    ...{ ledger: northLedger, clock: wallClock, random: Math.random, apiKey: 'key-of-the-north' },
    misbehaviours: ['captures-later'],
    messages: { secret: 'secret-of-the-north', deliver },
  })
  north = await listen(service)
  const account = { psp: 'simulated-http', url: north.url, api_key: 'key-of-the-north' }
  const file = { north: { ...account, webhook_secrets: ['secret-of-the-north', 'an-older-one'] } }
  // JSON is YAML.
  writeFileSync(join(data, 'accounts.yaml'), JSON.stringify(file), { mode: 0o600 })
}

beforeAll(async () => {
  const [port, platformPort] = [await freePort(), await freePort()]
  providerPort = port
  provider = await serve('--webhook-url', `http://localhost:${platformPort}/ptp/psp/webhooks`)
  const env = {
    PLUGTILL_PSP: 'simulated-http',
    PLUGTILL_PSP_URL: service(),
    PLUGTILL_PSP_API_KEY: key,
    PLUGTILL_PSP_WEBHOOK_SECRETS: 'secret',
  }
  await openNorth(platformPort)
  const config = readConfig({
    env: { ...env, PLUGTILL_PSP_ACCOUNTS: join(data, 'accounts.yaml') },
    flags: { port: String(platformPort), data: join(data, 'platform'), speed: '300', logLevel: 'silent' },
  })
  sandbox = await startSandbox(config, { cpo: true })
})
afterAll(async () => {
  await sandbox.stop()
  await north.close()
  await killed(provider)
  rmSync(data, { recursive: true })
})

interface Told {
  readonly state: string
  readonly captured: { readonly amount_minor: number } | null
  readonly timeline: readonly { readonly kind: string; readonly operation?: string; readonly event?: string }[]
}

const shown = async (reference: string): Promise<Told> => (await plugtill('payments', 'show', reference)).lines[0]

test('a capture that is decided later is paid when the provider says so, and by its message, not by waiting', {
  timeout: 60_000,
}, async () => {
  await misbehave('captures-later', 'messages-doubled', 'messages-forged')
  const tapped = await plugtill('tap', '--terminal', slow(), '--evse', 'NLPLGE101', '--follow')
  expect(tapped.err).toBe('')
  expect(tapped.status).toBe(0)
  const { reference } = tapped.lines[0]
  const payment = await shown(reference)
  const messages = payment.timeline.filter(({ operation }) => operation === 'message')
  expect(payment.state).toBe('captured')
  expect(messages.length).toBeGreaterThan(0)
  await misbehave()
})

test('a capture that the provider takes back is learned from its message, not from the hourly comparison', {
  timeout: 60_000,
}, async () => {
  const card = ['--card', 'capture-fails-afterwards']
  const tapped = await plugtill('tap', '--terminal', slow(), '--evse', 'NLPLGE101', ...card, '--follow')
  const { reference } = tapped.lines[0]
  const payment = await eventually('it is known to have failed', async () => {
    const one = await shown(reference)
    return one.state === 'stuck' ? one : undefined
  })
  expect(payment.captured).toBeNull()
  // The settlement shows it as taken and taken back: no book says anything else.
  const books = await plugtill('reconcile')
  expect([books.status, books.lines[0].findings]).toEqual([0, []])
})

test('a provider that is killed after it has taken the money has taken it once', { timeout: 60_000 }, async () => {
  await misbehave('captures-later')
  const tapped = await plugtill('tap', '--terminal', slow(), '--evse', 'NLPLGE102')
  const { reference } = tapped.lines[0]
  await eventually('the capture is asked', async () => {
    const { timeline } = await shown(reference)
    return timeline.some(({ operation }) => operation === 'capture') || undefined
  })
  await killed(provider)
  provider = await serve()
  const payment = await eventually('the payment is captured', async () => {
    const one = await shown(reference)
    return one.state === 'captured' ? one : undefined
  })
  const [ledger] = (await plugtill('psp', 'ledger')).lines
  const captures = ledger.filter(
    (entry: { reference: string; operation: string; status: string }) =>
      entry.reference === reference && entry.operation === 'capture' && entry.status === 'done',
  )
  expect(captures).toEqual([expect.objectContaining({ amount: payment.captured })])
})

test('a message that nobody signed, or that carries a card number, is refused and changes nothing', async () => {
  const post = (body: string) =>
    fetch(`${sandbox.publicUrl}/ptp/psp/webhooks`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
  const forged = await post('{"id":"ev-1","reference":"x"}')
  expect([forged.status, await forged.json()]).toMatchObject([400, { error: 'refused' }])
  const card = await post('{"number":"4242 4242 4242 4242"}')
  expect(card.status).toBe(400)
  expect(await card.text()).not.toMatch(/4242/)
})

test('a reader is named for a terminal, and stands in one terminal only', async () => {
  const [first, second] = (sandbox.furnished?.terminals ?? []).map(({ terminal_id }) => terminal_id)
  const named = await plugtill('terminals', 'reader', String(first), '--name', 'tmr_1')
  expect([named.status, named.lines[0]]).toEqual([0, { terminal_id: first, reader: 'tmr_1' }])
  const taken = await plugtill('terminals', 'reader', String(second), '--name', 'tmr_1')
  expect([taken.status, taken.lines[0].refused]).toEqual([1, 'reader-taken'])
  expect((await plugtill('terminals', 'reader', String(first), '--none')).lines[0].reader).toBeNull()
})

test('a contract that names an account moves its money there, and is told by what that account sends to its own entrance', {
  timeout: 60_000,
}, async () => {
  const { lines } = await plugtill('terminals', 'list')
  const { peer, terminal_id } = lines[0].find((one: { terminal_id: string }) => one.terminal_id === slow())
  const added = await plugtill('contracts', 'add', '--peer', peer, '--set', 'psp_account=north')
  expect([added.status, added.err]).toEqual([0, ''])
  const moved = await plugtill('terminals', 'move', '--terminal', terminal_id, '--contract', added.lines[0].id)
  expect([moved.status, moved.err]).toEqual([0, ''])
  const tapped = await eventually('it sells again', async () => {
    const one = await plugtill('tap', '--terminal', terminal_id, '--evse', 'NLPLGE101', '--follow')
    return one.status === 0 ? one : undefined
  })
  const { reference } = tapped.lines[0]
  const payment = await shown(reference)
  const messages = payment.timeline.filter(({ operation }) => operation === 'message')
  expect(messages.length).toBeGreaterThan(0)
  expect(messages).toEqual(messages.map(() => expect.objectContaining({ account: 'north' })))
  const booked = northLedger.entries().filter((entry) => entry.reference === reference && entry.status === 'done')
  expect(booked.map(({ operation, amount }) => [operation, amount.amountMinor])).toContainEqual([
    'capture',
    payment.captured?.amount_minor,
  ])
  const [main] = (await plugtill('psp', 'ledger')).lines
  expect(main.filter((entry: { reference: string }) => entry.reference === reference)).toEqual([])
})

test('what one account signs is refused at the entrance of another, and an account nobody configured has none', async () => {
  const body = '{"id":"ev-1","reference":"nobody"}'
  const signature = signatureOf('an-older-one', body, Date.now())
  const sent = { body, headers: { 'content-type': 'application/json', [SIGNATURE_HEADER]: signature } }
  const post = (path: string) => fetch(`${sandbox.publicUrl}/ptp/psp/webhooks${path}`, { method: 'POST', ...sent })
  expect((await post('/north')).status).toBe(200)
  expect((await post('')).status).toBe(400)
  expect((await post('/south')).status).toBe(404)
})
