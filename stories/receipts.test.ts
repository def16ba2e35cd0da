/** Receipts as a driver's phone gets them: over HTTP, at an address that only the terminal shows to the same card. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Receipt } from '@plugtill/terminal/link'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { type Sandbox, startSandbox } from 'plugtill/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from './started.ts'

const data = mkdtempSync(join(tmpdir(), 'plugtill-receipts-'))
let sandbox: Sandbox
let local = ''

async function plugtill(...argv: string[]) {
  const out: string[] = []
  const status = await run([...argv, '--json', '--api', local], {
    env: {},
    out: (line) => void out.push(line),
    err: () => undefined,
    stopped: new AbortController().signal,
  })
  return { status, lines: out.map((line) => JSON.parse(line)) }
}

beforeAll(async () => {
  const port = await freePort()
  local = `http://localhost:${port}`
  const flags = { port: String(port), data, speed: '300', logLevel: 'silent' }
  sandbox = await startSandbox(readConfig({ env: {}, flags }), { cpo: true })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(data, { recursive: true })
})

const terminal = () => sandbox.furnished!.terminals[0]!.terminal_id
/** A path of ours, whatever public name it was printed under. */
const open = (url: string) => fetch(local + new URL(url).pathname)
const shownTo = async (card: string): Promise<readonly Receipt[]> => {
  const answer = await fetch(`${local}/ptp/link/${terminal()}/receipts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ card }),
  })
  return (await answer.json()) as readonly Receipt[]
}

test('the same card sees its receipt at the terminal; page, PDF and code open on a phone; no other card does', {
  timeout: 60_000,
}, async () => {
  const contract = await plugtill(
    'contracts',
    'add',
    '--peer',
    sandbox.furnished!.peers.ptp,
    '--set',
    'invoice_creator=PTP',
  )
  await plugtill('terminals', 'move', '--terminal', terminal(), '--contract', contract.lines[0].id)
  const tapped = await plugtill('tap', '--terminal', terminal(), '--evse', 'NLPLGE101', '--language', 'nl', '--follow')
  expect(tapped.status).toBe(0)
  const { reference } = tapped.lines[0]
  const [payment] = (await plugtill('payments', 'show', reference)).lines
  const [receipt] = await shownTo('approved')
  expect(receipt).toMatchObject({
    reference,
    status: 'captured',
    total: { amountMinor: payment.captured.amount_minor },
  })
  expect(await shownTo('approved-mastercard')).toEqual([])

  expect(payment.receipt_url).toBe(receipt!.invoiceUrl)
  expect(payment.receipt_url.startsWith(`${sandbox.publicUrl}/ptp/receipts/${reference}.`)).toBe(true)
  const page = await open(payment.receipt_url)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.headers.get('cache-control')).toContain('private')
  const html = await page.text()
  const amount = `€ ${(payment.captured.amount_minor / 100).toFixed(2).replace('.', ',')}`
  for (const said of ['Betaald met kaart.', 'Plugtill Charging', '<svg class="qr"', reference])
    expect(html).toContain(said)
  expect(html.replaceAll('\u00a0', ' ')).toContain(amount)

  const pdf = await open(`${payment.receipt_url}/pdf`)
  expect(pdf.headers.get('content-type')).toBe('application/pdf')
  const bytes = Buffer.from(await pdf.arrayBuffer())
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  expect(Buffer.from(await (await open(`${payment.receipt_url}/pdf`)).arrayBuffer()).equals(bytes)).toBe(true)
})

test('a declined card has a receipt too, and it says that nothing was taken', async () => {
  const tapped = await plugtill(
    'tap',
    '--terminal',
    terminal(),
    '--evse',
    'NLPLGE102',
    '--card',
    'declined',
    '--follow',
  )
  expect(tapped.status).toBe(1)
  const [receipt] = await shownTo('declined')
  expect(receipt).toMatchObject({ status: 'declined', total: { amountMinor: 0 } })
  const [payment] = (await plugtill('payments', 'show', receipt!.reference)).lines
  expect(await (await open(payment.receipt_url)).text()).toContain('Your bank declined the card.')
})

test('who knows a reference finds no receipt, and a changed address is told no more than a made-up one', async () => {
  const [payment] = (await plugtill('payments', 'list')).lines[0]
  const shown = (await plugtill('payments', 'show', payment.reference)).lines[0].receipt_url as string
  const at = async (token: string) => {
    const answer = await fetch(`${local}/ptp/receipts/${token}`)
    return { status: answer.status, body: await answer.text() }
  }
  const made = await at('nonsense')
  expect(made.status).toBe(404)
  for (const wrong of [payment.reference, `${shown.split('/').at(-1)!.slice(0, -1)}_`, '%00', '%F0%9F%98%80'])
    expect(await at(wrong)).toEqual(made)
})
