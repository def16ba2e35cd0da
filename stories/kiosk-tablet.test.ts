/** One terminal before two hundred charging points, on a tablet; and partners who put anything into their words. */
import { carPark, together } from '@plugtill/cpo/sites/car-park'
import { demoSites } from '@plugtill/cpo/sites/demo'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { type KioskWorld, kioskWorld } from './kiosk-world.ts'

const WIDE = { width: 1280, height: 800 }
const SIZES = { wide: WIDE, upright: { width: 768, height: 1024 }, narrow: { width: 360, height: 740 } }
const LAYOUT = '?layout=tablet'
const park = carPark(200)

describe.runIf(executablePath)('on a tablet before a car park', () => {
  let browser: Browser
  let kiosk: KioskWorld

  beforeAll(async () => {
    browser = await launch()
    const places = park.locations.map(({ id }) => id)
    kiosk = await kioskWorld(browser, {
      at: places[0]!,
      carPark: places,
      sites: together(demoSites, park),
      viewport: WIDE,
    })
  })
  afterAll(async () => {
    await kiosk?.close()
    await browser?.close()
  })
  const tiles = () => kiosk.page.locator('.tile')
  const start = async (evse: string, card: string) => {
    await kiosk.page.locator(`[data-testid=offer-${evse}-1]`).click()
    await kiosk.click('accept')
    await kiosk.see('screen-tap')
    await kiosk.click(`card-${card}`)
    await kiosk.see('screen-charging')
  }

  test('all charging points stand on one board, by place, and one is found by what is printed on it', async () => {
    await kiosk.begin(LAYOUT)
    expect(await tiles().count()).toBe(200)
    expect(await kiosk.page.locator('.place-name').allInnerTexts()).toEqual([
      ...[1, 2, 3, 4].map((deck) => `Car park, deck ${deck}`),
      'Car park, fast lane',
    ])
    await kiosk.page.getByTestId('find').fill('f07')
    expect(await tiles().count()).toBe(1)
    await kiosk.page.getByTestId('find').fill('')
    await kiosk.click('plug-IEC_62196_T2_COMBO')
    expect(await tiles().count()).toBe(40)
    await kiosk.click('plug-all')
    for (const [name, size] of Object.entries(SIZES)) {
      await kiosk.page.setViewportSize(size)
      expect(await kiosk.look(`tablet-${name}`)).toEqual([])
    }
    await kiosk.page.setViewportSize(WIDE)
  })

  test('two drivers charge at once; each stops with his own card and pays what the books say', {
    timeout: 90_000,
  }, async () => {
    await kiosk.begin(LAYOUT)
    await start('PARK-1-03', 'approved')
    expect(await kiosk.look('tablet-charging')).toEqual([])
    await start('PARK-FAST-02', 'approved-mastercard')
    await kiosk.click('home')
    await kiosk.page.locator('[data-kind=ours]').nth(1).waitFor()
    expect(await kiosk.look('tablet-two-running')).toEqual([])
    await kiosk.pass(120_000)

    for (const [evse, card] of [
      ['PARK-1-03', 'approved'],
      ['PARK-FAST-02', 'approved-mastercard'],
    ] as const) {
      await kiosk.page.locator(`[data-testid=offer-${evse}-1]`).click()
      await kiosk.see('screen-tap')
      await kiosk.click(`card-${card}`)
      await kiosk.see('screen-result')
      expect(await kiosk.look(`tablet-captured-${card}`)).toEqual([])
      const [, reference = ''] = /Reference (\S+)/.exec(await kiosk.text('screen')) ?? []
      const { captured, held, open } = kiosk.books(reference)
      expect(captured).toBeGreaterThan(0)
      expect({ held, open }).toEqual({ held: evse === 'PARK-1-03' ? 4000 : 5000, open: 0 })
      expect(await kiosk.text('result-amount')).toBe(`€${(captured / 100).toFixed(2)}`)
    }
    await kiosk.click('get-receipt')
    await kiosk.click('card-approved-mastercard')
    await kiosk.see('receipt-total')
  })

  test('a narrow window shows the board, then the screen of the handset, and leads back, also without a connection', async () => {
    await kiosk.page.setViewportSize(SIZES.narrow)
    await kiosk.begin(LAYOUT)
    await kiosk.page.locator('[data-testid=offer-PARK-2-05-1]').click()
    await kiosk.see('screen-price')
    expect(await kiosk.look('tablet-narrow-price')).toEqual([])
    await kiosk.page.route(/\/offers\?/, (route) => route.abort())
    await kiosk.click('home')
    await kiosk.see('screen-home')
    expect(await kiosk.page.locator('.panel').isVisible()).toBe(false)
    await kiosk.see('offline')
    expect(await kiosk.text('offline')).toContain('nothing can be started now')
    expect(await kiosk.look('tablet-narrow-offline')).toEqual([])
    expect(kiosk.complaints.filter((text) => !text.includes('net::ERR_FAILED'))).toEqual([])
  })
})
