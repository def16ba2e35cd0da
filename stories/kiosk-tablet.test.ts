/** One terminal before two hundred charging points, on a tablet; and partners who put anything into their words. */
import { carPark, together } from '@plugtill/cpo/sites/car-park'
import { demoSites } from '@plugtill/cpo/sites/demo'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { HANDSET, type KioskWorld, kioskWorld } from './kiosk-world.ts'

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
      expect({ held, open }).toEqual({ held: evse === 'PARK-1-03' ? 4000 : 6000, open: 0 })
      expect(await kiosk.text('result-amount')).toBe(`€${(captured / 100).toFixed(2)}`)
    }
    await kiosk.click('get-receipt')
    await kiosk.click('card-approved-mastercard')
    await kiosk.see('receipt-total')
  })

  test('a narrow window shows the board, then the screen of the handset, and leads back', async () => {
    await kiosk.page.setViewportSize(SIZES.narrow)
    await kiosk.begin(LAYOUT)
    await kiosk.page.locator('[data-testid=offer-PARK-2-05-1]').click()
    await kiosk.see('screen-price')
    expect(await kiosk.look('tablet-narrow-price')).toEqual([])
    await kiosk.click('home')
    await kiosk.see('screen-home')
    expect(await kiosk.page.locator('.panel').isVisible()).toBe(false)
    expect(kiosk.complaints).toEqual([])
  })
})

const TRICKS = '<script>window.hacked=1</script><img src=x onerror=window.hacked=1>\u202Eebircs\u200B\u0000 🔌👩‍🚀"\'--'
const ENDLESS = `${TRICKS}${'W'.repeat(10_000)} ${'word '.repeat(500)}`
/** The fields that a partner fills, and a terminal shows. */
const SHOWN = new Set(['locationName', 'label', 'text', 'merchant', 'name', 'brand', 'standard', 'reason', 'status'])

/** A partner's words, each as bad as can be; with `null` where something may be missing. */
function poisoned(value: unknown, key = ''): unknown {
  if (Array.isArray(value))
    return value.map((item: unknown) =>
      ['texts', 'eftData'].includes(key) && typeof item === 'string' ? ENDLESS : poisoned(item, key),
    )
  if (typeof value === 'string')
    return SHOWN.has(key) ? ENDLESS : key === 'invoiceUrl' ? `javascript:${ENDLESS}` : value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poisoned(inner, name)]))
}

/** A status that nobody knows, and words where the terminal expects a name of its own. */
const twist = <T>(answer: T): T => {
  const bad = poisoned(answer) as Record<string, unknown>
  if (typeof bad['waitingFor'] === 'object' && bad['waitingFor'] !== null) bad['waitingFor'] = { what: ENDLESS }
  return ('state' in bad ? { ...bad, message: ENDLESS } : bad) as T
}

describe.runIf(executablePath).each([
  { layout: 'handset', viewport: HANDSET, query: '' },
  { layout: 'tablet', viewport: WIDE, query: LAYOUT },
])('hostile words on the $layout', ({ layout, viewport, query }) => {
  let browser: Browser
  let kiosk: KioskWorld

  beforeAll(async () => {
    browser = await launch()
    kiosk = await kioskWorld(browser, { at: 'LOC-CITY', viewport, twist })
  })
  afterAll(async () => {
    await kiosk?.close()
    await browser?.close()
  })
  const unharmed = async (name: string) => {
    expect(await kiosk.look(`hostile-${layout}-${name}`)).toEqual([])
    expect(await kiosk.page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(kiosk.complaints).toEqual([])
  }

  test('nothing runs, nothing leaves its box, and every button stays within reach, from home to receipt', {
    timeout: 90_000,
  }, async () => {
    await kiosk.begin(query)
    await unharmed('home')
    if (layout === 'handset') {
      await kiosk.click('start')
      await kiosk.see('screen-choose')
      await unharmed('choose')
    }
    await kiosk.page.locator('[data-testid^=offer-]').first().click()
    await kiosk.see('screen-price')
    await unharmed('price')
    await kiosk.page.getByTestId('accept').scrollIntoViewIfNeeded()
    await kiosk.click('accept')
    await kiosk.see('screen-tap')
    await unharmed('tap')
    await kiosk.still()
    await kiosk.click('card-approved')
    await kiosk.see('screen-waiting')
    await unharmed('waiting')
    kiosk.run()
    await kiosk.see('screen-charging')
    await unharmed('charging')
    await kiosk.pass(120_000)
    await kiosk.click('stop')
    await kiosk.see('screen-tap')
    await unharmed('tap-stop')
    await kiosk.click('back')
    await kiosk.see('screen-home')
    await kiosk.click('stop')
    await kiosk.page.locator('[data-testid^=running-]').first().click()
    await kiosk.click('card-approved')
    await kiosk.see('screen-result')
    await unharmed('result')
    await kiosk.click('get-receipt')
    await kiosk.click('card-approved')
    await kiosk.see('screen-receipt')
    await unharmed('receipt')
    await kiosk.click('home')
    await kiosk.see('screen-home')
  })
})
