/** What strangers write reaches every screen of the kiosk as text: nothing runs, nothing moves, nothing of ours is turned. */
import { usualPlan } from '@plugtill/charger/car'
import { carPark } from '@plugtill/cpo/sites/car-park'
import { slipHtml } from '@plugtill/receipt/html'
import type { Slip } from '@plugtill/receipt/slip'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { sideways } from './console-rig.ts'
import { CONTROLS, ENDLESS, PICTURES, SCRIPT, strange, TURNED, UNSEEN } from './hostile-words.ts'
import { HANDSET, type KioskWorld, kioskWorld } from './kiosk-world.ts'

const WORDS = [SCRIPT, TURNED, ENDLESS, CONTROLS, PICTURES, UNSEEN]
const park = carPark(WORDS.length)
/** As far as OCPI lets a CPO go; what it does not let through is put in behind the platform, by `twist`. */
const sites = {
  locations: park.locations.map((site) => ({
    ...site,
    name: `${SCRIPT}مرحبا`,
    evses: site.evses.map((evse) => ({ ...evse, physical_reference: SCRIPT.slice(0, 16) })),
  })),
  tariffs: park.tariffs.map((tariff) => ({
    ...tariff,
    tariff_alt_text: [
      { language: 'en', text: SCRIPT },
      { language: 'en', text: `${'שלום '.repeat(80)}${'W'.repeat(100)}` },
    ],
  })),
}
const places = sites.locations.map(({ id }) => id)
/** Fields that say something to the driver and come from a partner, a provider or a contract. */
const SAID = [
  'label',
  'locationName',
  'merchant',
  'name',
  'brand',
  'standard',
  'status',
  'reason',
  'what',
  'masked',
  'message',
]

describe.runIf(executablePath)("strangers' words on the kiosk", () => {
  let browser: Browser
  let kiosk: KioskWorld
  /** The word of each charger, by its place among them; of a payment, the one that is the turn. */
  let turn = 0
  let twisted = false
  let broken = false

  const word = (at: number): string => WORDS[at % WORDS.length]!
  const twist = <T>(answer: T): T => {
    if (broken) return { ...answer, chargers: null }
    if (!twisted) return answer
    let at = turn
    const text = JSON.stringify(answer, (key, value: unknown) => {
      if (key === 'evseUid') at++
      if (key === 'texts' || key === 'eftData') return WORDS
      if (key === 'lines' || key === 'taxes') return manyOf(value as readonly object[])
      // What stands in `lines` and `taxes` has its words already.
      return SAID.includes(key) && typeof value === 'string' && !WORDS.includes(value) ? word(at) : value
    })
    return JSON.parse(text) as T
  }

  /** Each as it is, then once with each word. */
  const manyOf = (all: readonly object[]) => [
    ...all,
    ...WORDS.map((text) => ({ kind: 'other', amount: { amountMinor: 1, currency: 'EUR' }, text, name: text })),
  ]

  beforeAll(async () => {
    browser = await launch()
    kiosk = await kioskWorld(browser, { at: places[0]!, carPark: places, sites, twist })
  })
  afterAll(async () => {
    await kiosk?.close()
    await browser?.close()
  })

  /** What is wrong with the page as it stands. */
  const wrong = async (name: string, wcag = true): Promise<readonly string[]> => {
    const found = [...(await kiosk.look(`hostile-${name}`, wcag)), ...(await kiosk.page.evaluate(strange, 8_000))]
    return found.map((text) => `${name}: ${text}`)
  }

  test('as far as OCPI lets a partner go: all of it is text', async () => {
    await kiosk.begin()
    expect(await wrong('home')).toEqual([])
    await kiosk.click('start')
    expect(await wrong('choose')).toEqual([])
    await kiosk.page.locator('[data-testid^=offer-]').first().click()
    await kiosk.page.getByText(SCRIPT).first().waitFor()
    expect(await wrong('price')).toEqual([])
  })

  test('whatever words come through the platform: every screen before the tap stands', async () => {
    twisted = true
    await kiosk.begin()
    expect(await wrong('twisted-home')).toEqual([])
    await kiosk.click('start')
    for (let n = 0; n < WORDS.length; n++) {
      await kiosk.page.locator('[data-testid^=offer-]').nth(n).click()
      await kiosk.see('screen-price')
      expect(await wrong(`twisted-price-${n}`, n === 0)).toEqual([])
      await kiosk.click('accept')
      await kiosk.see('screen-tap')
      expect(await wrong(`twisted-tap-${n}`, n === 0)).toEqual([])
      await kiosk.click('home')
      await kiosk.click('start')
    }
  })

  /** The screen as it stands after a reload, with each word in turn. */
  const inTurn = async (screen: string, name = screen) => {
    // A screen has its time, however often it is reloaded.
    await kiosk.still()
    for (turn = 0; turn < WORDS.length; turn++) {
      await kiosk.page.reload()
      await kiosk.see(screen)
      expect(await wrong(`${name}-${turn}`, turn === 0)).toEqual([])
    }
    kiosk.run()
  }
  const pay = async (card: string) => {
    await kiosk.begin()
    await kiosk.toReader()
    await kiosk.click(`card-${card}`)
  }

  test('waiting, an end with a reason, charging, stopping and the receipts', { timeout: 90_000 }, async () => {
    twisted = true
    kiosk.behave({ plan: { ...usualPlan, after: 'never' } })
    await pay('approved')
    await kiosk.see('screen-waiting')
    await inTurn('screen-waiting')
    await kiosk.still()
    await kiosk.passTo('voided')
    await kiosk.see('screen-result')
    await inTurn('screen-result', 'voided')
    kiosk.behave({})

    await pay('approved')
    await kiosk.see('screen-charging')
    await inTurn('screen-charging')
    await kiosk.click('home')
    await kiosk.click('stop')
    expect(await wrong('running')).toEqual([])
    await kiosk.page.locator('[data-testid^=running-]').first().click()
    await kiosk.see('screen-tap')
    await kiosk.click('card-approved')
    await kiosk.see('screen-result')
    expect(await wrong('captured')).toEqual([])
    await kiosk.click('done')
    await kiosk.click('receipt')
    await kiosk.click('card-approved')
    await kiosk.see('screen-receipts')
    expect(await wrong('receipts')).toEqual([])
    await kiosk.page.locator('[data-testid^=receipt-]').first().click()
    await kiosk.see('screen-receipt')
    expect(await wrong('receipt')).toEqual([])
    expect(kiosk.complaints).toEqual([])
  })

  test('on the board of a tablet, at two sizes', async () => {
    twisted = true
    for (const size of [HANDSET, { width: 1280, height: 800 }]) {
      await kiosk.page.setViewportSize(size)
      await kiosk.begin('?layout=tablet')
      expect(await wrong(`board-${size.width}`)).toEqual([])
    }
    await kiosk.page.locator('[data-testid^=offer-]:not([disabled])').nth(1).click()
    await kiosk.see('screen-price')
    expect(await wrong('board-price')).toEqual([])
    expect(kiosk.complaints).toEqual([])
    await kiosk.page.setViewportSize(HANDSET)
  })

  test('on paper no word of theirs breaks an amount or a word of ours', async () => {
    const lines = WORDS.map((text) => ({ text, amountMinor: 123_456 }))
    const session = { place: WORDS, charger: ENDLESS, from: 0, until: 1, energyKwh: '20.500' }
    const taxes = WORDS.map((name) => ({ name, percentage: 21, netMinor: 123_456, amountMinor: 123_456 }))
    const slip: Slip = {
      ...{ kind: 'receipt', number: ENDLESS, reference: ENDLESS, language: 'en', issuedAt: 0, currency: 'EUR' },
      ...{ seller: { name: ENDLESS }, session, lines, taxes, net: 123_456, total: 123_456 },
    }
    const page = await browser.newPage({ viewport: HANDSET })
    await page.setContent(slipHtml(slip))
    const broken = await page.evaluate(() => {
      const own = [...document.querySelectorAll('td')].filter((cell) =>
        /^(€[\d,.]+|Total|Place|Charger|From|Until|Energy|Date)$/.test(cell.textContent ?? ''),
      )
      const tall = own.filter((cell) => (cell.firstElementChild?.getClientRects().length ?? 0) > 1)
      return { seen: own.length, tall: tall.map(({ textContent }) => textContent) }
    })
    expect(broken).toEqual({ seen: 33, tall: [] })
    expect(await page.evaluate(strange, 8_000)).toEqual([])
    expect(await sideways(page)).toBe(0)
    await page.close()
  })

  test('an answer that cannot be drawn leaves no empty screen, and the terminal comes back by itself', async () => {
    twisted = false
    await kiosk.page.clock.install()
    await kiosk.begin()
    broken = true
    await kiosk.page.reload()
    await kiosk.see('broken')
    expect(await kiosk.text('broken')).toContain('Please look under Stop or Receipt before you pay again.')
    expect(await wrong('broken')).toEqual([])
    broken = false
    await kiosk.page.clock.fastForward(15_000)
    await kiosk.see('screen-home')
  })
})
