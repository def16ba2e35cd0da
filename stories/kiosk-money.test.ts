/** What the driver has accepted is what is held and taken: the price, the maximum, and how far a hold may grow. */
import type { Browser, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { type KioskWorld, kioskWorld } from './kiosk-world.ts'
import { reprice, repriceable } from './reprice.ts'

const MINUTE = 60_000
const sites = repriceable()
const OFFERS = /\/offers\?/

describe.runIf(executablePath)('the money of the driver on the handset', () => {
  let browser: Browser
  let kiosk: KioskWorld

  beforeAll(async () => {
    browser = await launch()
    kiosk = await kioskWorld(browser, { at: 'LOC-CITY', sites })
  })
  afterAll(async () => {
    await kiosk?.close()
    await browser?.close()
  })
  afterEach(() => {
    kiosk.run()
    expect(kiosk.complaints).toEqual([])
  })

  const change = (price: number) => kiosk.ask(() => reprice(kiosk.world, sites, price))
  const booked = () => kiosk.world.ledger.entries().map(({ operation }) => operation)
  /** The terminal stands under a contract with these holds from now on. */
  const under = async (settings: object) => {
    const { ptpAdmin } = kiosk.world
    const { peers } = kiosk.furnished
    const { id } = await kiosk.ask(() => ptpAdmin.post<{ id: string }>('/contracts', { peer: peers.ptp, settings }))
    await kiosk.ask(() => ptpAdmin.post(`/terminals/${kiosk.terminal}/move`, { contract: id }))
    return id
  }
  const toPrice = async () => {
    await kiosk.begin()
    await kiosk.click('start')
    await kiosk.page.locator('[data-testid^=offer-]:not([disabled])').first().click()
    await kiosk.see('screen-price')
  }
  /** The driver stays and looks, until it is over at most: without a touch the screen leaves. */
  const linger = async (minutes: number, isOver = async () => false) => {
    for (let passed = 0; passed < minutes && !(await isOver()); passed += 2) {
      await kiosk.pass(2 * MINUTE)
      await kiosk.page.getByTestId('screen').dispatchEvent('pointerdown')
    }
  }
  const reference = async () => /Reference (\S+)/.exec(await kiosk.text('screen'))?.[1] ?? 'none'

  test('a tariff that changes between the look and the tap: no bank is asked, the new price is shown and charged', async () => {
    await toPrice()
    const shown = await kiosk.text('price-lines')
    // While it is read.
    await change(1)
    await kiosk.see('screen-notice')
    expect(await kiosk.look('price-changed')).toEqual([])
    expect(await kiosk.text('notice-money')).toBe('Nothing was reserved and nothing was taken.')
    await kiosk.click('new-price')
    expect(await kiosk.text('price-lines')).toContain('€1.21 per kWh')
    expect(await kiosk.text('price-lines')).not.toBe(shown)
    await kiosk.click('accept')
    await kiosk.see('screen-tap')

    // While the reader listens, and before the screen has heard of it.
    const held: Route[] = []
    await kiosk.page.route(OFFERS, (route) => void held.push(route))
    await change(2)
    await kiosk.click('card-approved')
    await kiosk.see('screen-notice')
    expect(await kiosk.text('notice-why')).toBe('The price has changed. Please look at it again.')
    expect(await kiosk.page.getByTestId('new-price').isEnabled()).toBe(false)
    expect(booked()).toEqual([])
    for (const route of held) await route.continue()
    await kiosk.page.unroute(OFFERS)
    await kiosk.click('new-price')
    expect(await kiosk.text('price-lines')).toContain('€2.42 per kWh')
    await kiosk.click('accept')
    await kiosk.click('card-approved')
    await kiosk.see('screen-charging')
    expect(booked()).toEqual(['authorize'])
    // What is shown as the cost so far is at the price that was accepted.
    await kiosk.pass(2 * MINUTE)
    const { cost, energyKwh } = await kiosk.ask(async () => {
      const [{ reference }] = await kiosk.world.ptpAdmin.get<[{ reference: string }]>('/payments')
      return kiosk.world.ptp().link.payment(kiosk.terminal, reference)
    })
    expect(cost!.amountMinor / energyKwh!).toBeCloseTo(242, -1)
  })

  test('the maximum that the driver chose outlives the news; charging ends there, and the screen says why', async () => {
    const contract = await under({ hold_strategy: 'driver', hold_choices_minor: { EUR: [300, 1500] } })
    await toPrice()
    await kiosk.click('maximum-300')
    // Something else changes at this place: the offers are loaded again.
    const again = kiosk.page.waitForResponse(OFFERS)
    await kiosk.ask(() => kiosk.world.ptpAdmin.post(`/terminals/${kiosk.terminal}/move`, { contract }))
    await again
    expect(await kiosk.text('hold-amount')).toBe('€3.00')
    expect(await kiosk.look('maximum')).toEqual([])
    await kiosk.click('accept')
    await kiosk.click('card-approved')
    await kiosk.see('screen-charging')
    expect(await kiosk.text('screen')).toContain('Stops at €3.00 at the latest.')
    // On a slow machine the car has begun later by this clock.
    await linger(30, () => kiosk.page.getByTestId('screen-result').first().isVisible())
    await kiosk.see('screen-result')
    expect(await kiosk.look('hold-used-up')).toEqual([])
    expect(await kiosk.text('screen')).toContain('Charging was stopped before it could cost more than was reserved.')
    const { held, captured, open } = kiosk.books(await reference())
    expect({ held, open }).toEqual({ held: 300, open: 0 })
    expect(captured).toBeGreaterThan(150)
    expect(captured).toBeLessThanOrEqual(300)
  })

  test('a hold that grows says up to what, before and while it does', async () => {
    await under({ hold_strategy: 'increments', hold_first_minor: { EUR: 300 }, hold_step_minor: { EUR: 200 } })
    await toPrice()
    expect(await kiosk.text('hold-amount')).toBe('€3.00')
    expect(await kiosk.text('hold-help')).toContain(
      'it may grow up to €50.00. You pay only for what you use, never more',
    )
    expect(await kiosk.look('growing-hold')).toEqual([])
    await kiosk.click('accept')
    await kiosk.click('card-approved')
    await kiosk.see('screen-charging')
    expect(await kiosk.text('screen')).toContain('The reservation may grow up to €50.00. You never pay more.')
    await linger(10)
    await kiosk.page.waitForFunction(
      () => !/€3.00$/.test(document.querySelector('[data-testid=held]')?.textContent ?? '€3.00'),
    )
    expect(await kiosk.look('grown-hold')).toEqual([])
    await kiosk.click('stop')
    await kiosk.see('screen-tap')
    await kiosk.click('card-approved')
    await kiosk.see('screen-result')
    const books = kiosk.books(await reference())
    expect(books.captured).toBeGreaterThan(200)
    expect(books.open).toBe(0)
  })
})
