/** What hostile partners, stations and operators say over the wire reaches the console as text: nothing runs, nothing breaks. */
import { createHash } from 'node:crypto'
import type { WireResponse } from '@plugtill/ocpi/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath } from './chromium.ts'
import { type ConsoleRig, consoleRig, type Payment, sideways } from './console-rig.ts'
import { type ExternalCpo, externalCpo } from './external-cpo.ts'
import { CONTROLS, ENDLESS, PICTURES, SCRIPT, strange, TURNED } from './hostile-words.ts'
import { type RawStation, rawStation } from './raw-station.ts'
import { eventually } from './started.ts'

const PICTURES_KEPT = process.env['PLUGTILL_TEST_PICTURES']
/** Every page of the console, and what it opens by its address alone. */
const PAGES = [
  ...['', 'connect', 'milestones', 'payments', 'sessions', 'cdrs', 'terminals', 'contracts', 'chargers', 'locations'],
  ...['tariffs', 'partners', 'tokens', 'traffic?from=ptp+cpo+ocpp', 'reconciliation', 'faults', 'settings'],
]

interface Charged extends Payment {
  readonly session_id: string
  readonly cdr_id: string
}

describe.runIf(executablePath)('a hostile world in Chromium', () => {
  let rig: ConsoleRig
  let other: ExternalCpo
  let station: RawStation
  /** An operator with odd names, texts and addresses, each within the length that OCPI gives it, and endless extras. */
  const odd = (response: WireResponse): WireResponse => ({
    ...response,
    body: response.body
      .replace(
        /"(name|text)":"[^"]*"/g,
        (_, name) =>
          `"${name}":${JSON.stringify(SCRIPT + TURNED)},"remark":${JSON.stringify(ENDLESS + CONTROLS)},"nothing":null`,
      )
      .replace(/"(address|city)":"[^"]*"/g, (_, name) => `"${name}":${JSON.stringify(SCRIPT.slice(0, 32))}`)
      .replace(/"physical_reference":"[^"]*"/g, () => `"physical_reference":${JSON.stringify(TURNED.slice(0, 12))}`)
      .replace(
        /"timeout":\d+/,
        (timeout) => `${timeout},"message":[{"language":"en","text":${JSON.stringify(SCRIPT)}}]`,
      ),
  })
  let pages: readonly string[] = []
  /** Of a payment at our own CPO. */
  let reference = ''

  beforeAll(async () => {
    rig = await consoleRig(['--speed', '10', '--locations-poll-s', '1'])
    other = await externalCpo(10, odd, SCRIPT + TURNED.slice(1, 20))
    const { post, get, tap, reaches, draws, stop, sandbox } = rig
    const own = await tap('approved')
    await draws(own)
    await stop(own, 'approved')
    await reaches(own.reference, 'captured')
    ;({ reference } = own)
    const { session_id, cdr_id } = await get<Charged>(`/ptp/api/payments/${own.reference}`)
    const invited = await post<{ versions_url: string; token: string }>('/ptp/api/peers/invite', {
      ...{ country_code: 'DE', party_id: 'XYZ', role: 'CPO' },
    })
    await other.admin.post('/peers/register', invited)
    station = await hostileStation(sandbox.port)
    const peers = await get<readonly { id: string; roles: readonly { party_id: string }[] }[]>('/ptp/api/peers')
    const stranger = peers.find(({ roles }) => roles[0]?.party_id === 'XYZ')!.id
    const contract = await post<{ id: string }>('/ptp/api/contracts', {
      ...{ peer: stranger, name: SCRIPT.slice(0, 60), customer_reference: TURNED },
    })
    const { terminal_id: terminal } = await post<{ terminal_id: string }>('/ptp/api/terminals', {
      ...{ peer: stranger, model: 'apollo', reference: SCRIPT.slice(0, 36) },
    })
    await eventually('the stranger sells by a terminal of ours', async () => {
      const arrived = await other.admin.get<readonly { terminal_id: string }[]>('/terminals')
      if (!arrived.some(({ terminal_id }) => terminal_id === terminal)) return undefined
      await other.admin.post(`/terminals/${terminal}/assign`, { locations: ['LOC-CITY'] })
      return true
    })
    const theirs = await eventually('a tap at the stranger', async () => {
      const made = await post<Partial<Payment>>('/ptp/api/payments/tap', {
        terminal,
        evse: 'NLPLGE101',
        card: 'approved',
      })
      return made.reference === undefined ? undefined : (made as Payment)
    })
    await reaches(theirs.reference, 'charging')
    await post(`/cpo/api/cdrs/${cdr_id}/credit`, { reason: SCRIPT + TURNED, by: TURNED })
    pages = [
      ...PAGES,
      '/account/',
      ...[own, theirs].map(({ reference }) => `payments/${reference}`),
      `sessions/${session_id}`,
      `cdrs/${cdr_id}`,
      `partners/ptp%2F${stranger}`,
      `milestones/ptp%2F${stranger}`,
      `terminals/${terminal}`,
      `contracts/${contract.id}`,
    ]
  }, 240_000)
  afterAll(async () => {
    await station?.close()
    await other?.close()
    await rig?.close()
  })

  /** Opens each page and everything on it that opens; what is wrong with it. */
  const looked = async (all: readonly string[]): Promise<readonly string[]> => {
    const { page, open } = rig
    const found: string[] = []
    for (const path of all) {
      await (path.startsWith('/') ? page.goto(rig.sandbox.url + path) : open(path))
      await page.locator('main h1').first().waitFor()
      await page.waitForFunction(() => !document.body.innerText.includes('Loading …'))
      await page.evaluate(() => {
        for (const one of [...document.querySelectorAll('details')].slice(0, 12)) one.open = true
      })
      found.push(...(await page.evaluate(strange, 50_000)).map((text) => `${path}: ${text}`))
      if ((await page.getByTestId('broken').count()) > 0)
        found.push(`${path}: ${await page.getByTestId('broken').innerText()}`)
      const wide = await sideways(page)
      if (wide > 0) found.push(`${path}: scrolls sideways by ${wide}`)
      if (PICTURES_KEPT)
        await page.screenshot({ path: `${PICTURES_KEPT}/console-${path.replaceAll(/\W/g, '-')}.png`, fullPage: true })
    }
    return found
  }

  test('what a partner, a station and an operator really say reaches the pages as text', {
    timeout: 120_000,
  }, async () => {
    const { page, open, get } = rig
    await eventually('the odd names are mirrored', async () =>
      (await get<readonly { name?: string }[]>('/ptp/api/locations')).some(({ name }) => name?.startsWith('<script>'))
        ? true
        : undefined,
    )
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await looked(pages)).toEqual([])
    await open('chargers')
    await page.getByTestId('charger-EVIL-1').getByText('<b onclick=hacked=1>').waitFor()
    await open('locations')
    await page.getByText('<script>window.hacked=1</script>').first().waitFor()
    await open(`payments/${encodeURIComponent('"><script>window.hacked=1</script>')}`)
    await page.getByRole('heading', { level: 1, name: 'No such payment' }).waitFor()
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(rig.complaints).toEqual([])
  })

  test('whatever is served names what may run in it, nothing inline: pages, papers, errors and files', async () => {
    const { get, sandbox } = rig
    const { receipt_url: receipt } = await get<{ receipt_url: string }>(`/ptp/api/payments/${reference}`)
    const console = await (await fetch(`${sandbox.url}/console/`)).text()
    const [, script = ''] = /src="(\/assets\/[^"]+)"/.exec(console) ?? []
    const pages = ['/', '/account/', '/console/', `/console/payments/${reference}`, '/terminal/T-1', script]
    const papers = [new URL(receipt).pathname, `${new URL(receipt).pathname}/pdf`, `/cpo/invoices/${reference}`]
    const errors = ['/none', '/ptp/receipts/none', '/cpo/invoices/none', '/cpo/api/none', '/ptp/api/payments/none']
    for (const path of [
      ...pages,
      ...papers,
      ...errors,
      '/ptp/ocpi/versions',
      '/cpo/ocpi/2.3.0/x',
      '/healthz',
      '/assets/none',
    ]) {
      const answer = await fetch(sandbox.url + path)
      expect(answer.ok, path).toBe(
        ![...errors, '/ptp/ocpi/versions', '/cpo/ocpi/2.3.0/x', '/assets/none'].includes(path),
      )
      const policy = answer.headers.get('content-security-policy') ?? ''
      expect(policy, path).toMatch(/^default-src 'none';/)
      expect(policy, path).toMatch(/base-uri 'none'; form-action 'none'; frame-ancestors '(none|self)'/)
      expect(policy, path).not.toMatch(/unsafe|https?:|\*/)
      expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff')
      if (!answer.headers.get('content-type')?.startsWith('text/html')) continue
      const html = await answer.text()
      expect(html, path).not.toMatch(/<script(?![^>]* src="\/assets\/)|\sstyle=|\son\w+=|javascript:/i)
      for (const [, style = ''] of html.matchAll(/<style>(.*?)<\/style>/gs))
        expect(policy, path).toContain(createHash('sha256').update(style).digest('base64'))
    }
  })
})

async function hostileStation(port: number): Promise<RawStation> {
  const station = await rawStation({ port, id: 'EVIL-1', protocol: 'ocpp1.6' })
  await station.say('BootNotification', {
    ...{ chargePointVendor: '<b onclick=hacked=1>', chargePointModel: '\u202E<script>🔌' },
    firmwareVersion: SCRIPT.slice(0, 50),
  })
  await station.say('StatusNotification', {
    ...{ connectorId: 1, errorCode: 'OtherError', status: 'Faulted', vendorErrorCode: TURNED },
    info: SCRIPT.slice(0, 50),
  })
  await station.say('DataTransfer', { vendorId: SCRIPT, messageId: PICTURES.slice(0, 40), data: ENDLESS })
  await station.say('Authorize', { idTag: '<img src=x>\u202Eabc' })
  return station
}
