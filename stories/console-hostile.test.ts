/** What hostile partners, stations and operators say over the wire reaches the console as text: nothing runs, nothing breaks. */
import type { WireResponse } from '@plugtill/ocpi/wire'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath } from './chromium.ts'
import { type ConsoleRig, consoleRig, sideways } from './console-rig.ts'
import { type ExternalCpo, externalCpo } from './external-cpo.ts'
import { type RawStation, rawStation } from './raw-station.ts'
import { eventually } from './started.ts'

const SCRIPT = '<script>window.hacked=1</script><img src=x onerror=window.hacked=1>"\'--'
/** Turned around, isolated, Arabic, and invisible in between. */
const TURNED = '\u202Eebircs\u2066 \u200Fمرحبا\u200B\u200D\uFEFF \u202A--'
const CONTROLS = 'a\u0000b\u0007c\u001B[31m\u2028d\u0085\uD800'
const PICTURES = `${'👩‍👩‍👧‍👦🔌🏴‍☠️'.repeat(30)}z\u0338\u0337\u0336${'\u0301'.repeat(60)}`
const ENDLESS = 'W'.repeat(10_000)
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
      .replace(/"physical_reference":"[^"]*"/g, () => `"physical_reference":${JSON.stringify(TURNED.slice(0, 12))}`),
  })

  beforeAll(async () => {
    rig = await consoleRig(['--speed', '10', '--locations-poll-s', '1'])
    other = await externalCpo(10, odd)
    const { post, get, tap, reaches, stop } = rig
    const invited = await post<{ versions_url: string; token: string }>('/ptp/api/peers/invite', {
      ...{ country_code: 'DE', party_id: 'XYZ', role: 'CPO' },
    })
    await other.admin.post('/peers/register', invited)
    station = await rawStation({ port: rig.sandbox.port, id: 'EVIL-1', protocol: 'ocpp1.6' })
    await station.say('BootNotification', {
      ...{ chargePointVendor: '<b onclick=hacked=1>', chargePointModel: '\u202E<script>🔌' },
      firmwareVersion: SCRIPT.slice(0, 50),
    })
    await station.say('StatusNotification', {
      ...{
        connectorId: 1,
        errorCode: 'OtherError',
        status: 'Faulted',
        vendorErrorCode: TURNED,
        info: SCRIPT.slice(0, 50),
      },
    })
    await station.say('DataTransfer', { vendorId: SCRIPT, messageId: PICTURES.slice(0, 40), data: ENDLESS })
    const [peer] = await get<readonly { id: string }[]>('/ptp/api/peers')
    await post('/ptp/api/contracts', { peer: peer!.id, name: SCRIPT.slice(0, 60), customer_reference: TURNED })
    await post('/ptp/api/terminals', { peer: peer!.id, model: 'apollo', reference: SCRIPT.slice(0, 36) })
    const payment = await tap('approved')
    await reaches(payment.reference, 'charging')
    await stop(payment, 'approved')
    await reaches(payment.reference, 'captured')
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
      await open(path)
      await page.locator('main h1').first().waitFor()
      await page.waitForTimeout(250)
      await page.evaluate(() => {
        for (const one of [...document.querySelectorAll('details')].slice(0, 12)) one.open = true
      })
      await page.waitForTimeout(50)
      if (await page.evaluate(() => 'hacked' in window)) found.push(`${path}: it ran`)
      if ((await page.getByTestId('broken').count()) > 0)
        found.push(`${path}: ${await page.getByTestId('broken').innerText()}`)
      const wide = await sideways(page)
      if (wide > 0) found.push(`${path}: scrolls sideways by ${wide}`)
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
    expect(
      await looked([
        '',
        'chargers',
        'locations',
        'terminals',
        'contracts',
        'partners',
        'tariffs',
        'traffic?from=ptp+cpo+ocpp',
      ]),
    ).toEqual([])
    await open('chargers')
    await page.getByTestId('charger-EVIL-1').getByText('<b onclick=hacked=1>').waitFor()
    await open('locations')
    await page.getByText('<script>window.hacked=1</script>').first().waitFor()
    await open(`payments/${encodeURIComponent('"><script>window.hacked=1</script>')}`)
    await page.getByRole('heading', { level: 1, name: 'No such payment' }).waitFor()
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(rig.complaints).toEqual([])
  })
})
