/** `npm start` told as a test: one process, real sockets, from an empty folder to captured money and back after a stop. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { type Sandbox, startSandbox } from 'plugtill/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'

const data = mkdtempSync(join(tmpdir(), 'plugtill-sandbox-'))
const config = readConfig({ env: {}, flags: { port: '0', data, speed: '300' } })
let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox(config, { cpo: true })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(data, { recursive: true })
})

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

const slow = () => sandbox.furnished!.terminals[0]!.terminal_id

test('a card is tapped, a car charges, and the money is captured once with one advice', {
  timeout: 60_000,
}, async () => {
  const tapped = await plugtill('tap', '--terminal', slow(), '--evse', 'NLPLGE101', '--follow')
  expect(tapped.err).toBe('')
  expect(tapped.status).toBe(0)
  expect(tapped.lines.at(-1)).toMatchObject({ state: 'captured' })
  const { reference } = tapped.lines[0]
  const [payment] = (await plugtill('payments', 'show', reference)).lines
  expect(payment).toMatchObject({
    state: 'captured',
    evse_uid: 'NLPLGE101',
    held: { amount_minor: 5000, currency: 'EUR' },
    advice: { status: 'SUCCESS', delivered_at: expect.any(String) },
  })
  const [ledger] = (await plugtill('psp', 'ledger')).lines
  const captures = ledger.filter((entry: { operation: string }) => entry.operation === 'capture')
  expect(captures).toEqual([expect.objectContaining({ reference, amount: payment.captured, status: 'done' })])
  expect(payment.captured.amount_minor).toBeGreaterThan(50)
  const invoice = await fetch(`${sandbox.publicUrl}/cpo/invoices/${reference}`)
  expect(invoice.status).toBe(200)
})

test('a declined card ends as a declined payment with status 1', { timeout: 20_000 }, async () => {
  const { status, lines } = await plugtill('tap', '--terminal', slow(), '--evse', 'NLPLGE102', '--card', 'declined')
  expect([status, lines[0].state]).toEqual([1, 'declined'])
})

test('a stop and a start find everything again, also on another port', { timeout: 30_000 }, async () => {
  const before = sandbox.furnished
  const [payments] = (await plugtill('payments', 'list')).lines
  await sandbox.stop()
  sandbox = await startSandbox(config, { cpo: true })
  expect(sandbox.furnished).toEqual(before)
  expect((await plugtill('payments', 'list')).lines[0]).toEqual(payments)
  const [peers] = (await plugtill('peers', 'list')).lines
  expect(peers.map((peer: { versions_url: string }) => new URL(peer.versions_url).origin)).toEqual([
    sandbox.publicUrl,
    sandbox.publicUrl,
  ])
})

test('a second process on the same data, and a taken port, are told in one line', async () => {
  await expect(startSandbox(config, { cpo: true })).rejects.toThrow(/in use by another process/)
  const port = new URL(sandbox.publicUrl).port
  const taken = readConfig({ env: {}, flags: { port, data } })
  await expect(startSandbox(taken, { cpo: true })).rejects.toThrow(`Port ${port} is taken`)
})
