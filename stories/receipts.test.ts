/** Receipts as a driver's phone gets them, and the books behind them as `plugtill reconcile` compares them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import type { Offers, Receipt } from '@plugtill/terminal/link'
import { run } from 'plugtill/command-line'
import { readConfig } from 'plugtill/config'
import { type Sandbox, startSandbox } from 'plugtill/sandbox'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, freePort } from './started.ts'

const data = mkdtempSync(join(tmpdir(), 'plugtill-receipts-'))
let sandbox: Sandbox
let local = ''

const plugtill = async (...argv: string[]) => {
  const { status, out } = await printed(...argv, '--json')
  return { status, lines: out.map((line) => JSON.parse(line)) }
}

async function printed(...argv: string[]) {
  const out: string[] = []
  const status = await run([...argv, '--api', local], {
    env: {},
    out: (line) => void out.push(line),
    err: () => undefined,
    stopped: new AbortController().signal,
  })
  return { status, out }
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

  // The CPO makes the invoice: the terminal's code leads there, and so does our own page. (E-19)
  expect(receipt!.invoiceUrl).toBe(`${sandbox.publicUrl}/cpo/invoices/${reference}`)
  expect(payment.receipt_url.startsWith(`${sandbox.publicUrl}/ptp/receipts/${reference}.`)).toBe(true)
  const page = await open(payment.receipt_url)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.headers.get('cache-control')).toContain('private')
  const html = await page.text()
  const amount = `€ ${(payment.captured.amount_minor / 100).toFixed(2).replace('.', ',')}`
  for (const said of ['Betaald met kaart.', 'Plugtill Charging', '<svg class="qr"', `href="${receipt!.invoiceUrl}"`])
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

test('all books say the same, and of every book that somebody changes the difference is named', async () => {
  const even = await plugtill('reconcile')
  expect([even.status, even.lines[0].findings]).toEqual([0, []])
  const [total] = even.lines[0].totals
  expect(total.paid).toBeGreaterThan(0)
  expect([total.captured, total.advised, total.receipts, total.provider]).toEqual(Array(4).fill(total.paid))
  expect((await printed('reconcile')).out.at(-1)).toBe('All books say the same.')

  const ledger = openLedger({ file: join(data, 'psp.db') })
  const capture = ledger.entries().find(({ operation }) => operation === 'capture')!
  ledger.append({ ...capture, key: '' })
  ledger.close()
  const odd = await plugtill('reconcile')
  const found = odd.lines[0].findings as readonly { readonly id: string; readonly reference: string }[]
  expect(odd.status).toBe(1)
  expect(found.map(({ id }) => id)).toEqual(['PROVIDER_CAPTURED'])
  expect(new Set(found.map(({ reference }) => reference))).toEqual(new Set([capture.reference]))
  const told = (await printed('reconcile')).out.join('\n')
  expect(told).toContain('the rest is claimed there')
  expect(told).toMatch(/^2 payments begun from .*\n1 difference\.$/s)

  expect((await plugtill('reconcile', '--from', '2020-01-01', '--to', '2020-02-01')).lines[0].payments).toBe(0)
  expect((await plugtill('reconcile', '--from', 'yesterday')).status).toBe(2)
  expect((await plugtill('reconcile', '--from', '2030-01-01', '--to', '2029-01-01')).status).toBe(2)
})

test('a terminal learns the limit of its country, tells that the PIN was right, and finds its tap again after a reload', {
  timeout: 60_000,
}, async () => {
  const link = `${local}/ptp/link/${terminal()}`
  const json = async (path: string, body?: object) => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(link + path, body && post)
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const [offer] = ((await json('/offers')).body as unknown as Offers).chargers.filter((one) => one.available)
  expect(offer!.pinAbove).toEqual({ amountMinor: 5000, currency: 'EUR' })

  const { evseUid, connectorId, locationId } = offer!
  const tap = { locationId, evseUid, connectorId, card: 'pin-needed', language: 'en', tapId: 'tap-with-pin' }
  expect((await json('/tap', { ...tap, verified: '1234' })).status).toBe(400)
  expect((await json('/taps/tap-with-pin')).status).toBe(404)
  const tapped = await json('/tap', { ...tap, verified: 'pin' })
  expect(tapped.body).toMatchObject({ final: false })
  expect((await json('/taps/tap-with-pin')).body).toMatchObject({ reference: tapped.body['reference'] })
  const held = await eventually('the bank has agreed', async () => {
    const { body } = await json(`/payments/${String(tapped.body['reference'])}`)
    return body['held'] ? body : undefined
  })
  expect(held['message']).toBeUndefined()
})
