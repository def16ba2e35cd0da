/** Reloads, lost connections, changed prices and odd ends: the screen comes back, and tells the books' truth. */
import { cars, usualPlan } from '@plugtill/charger/car'
import { demoSites } from '@plugtill/cpo/sites/demo'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { type KioskWorld, kioskWorld } from './kiosk-world.ts'

const MINUTE = 60_000
const walksAway = { plan: { ...usualPlan, after: 'never' } } as const
/** Two hours after the world begins. */
const NOON = '2030-07-02T12:00:00Z'

/** One charging point that uses up its hold in seconds; one by the kWh, dearer from noon on. */
const [city] = demoSites.locations
const evses = city!.evses.map((evse, index) => ({
  ...evse,
  connectors: evse.connectors.map((one) => ({
    ...one,
    tariff_ids: index === 0 ? ['DEAR'] : ['MORNING', 'AFTERNOON'],
  })),
}))
const tariff = { currency: 'EUR', type: 'AD_HOC_PAYMENT', tax_included: 'YES', preauthorize_amount: 5 } as const
const energy = (price: number) => [{ price_components: [{ type: 'ENERGY', price, step_size: 1 } as const] }]
const sites = {
  locations: [{ ...city!, evses }],
  tariffs: [
    { ...tariff, id: 'DEAR', elements: energy(100) },
    { ...tariff, id: 'MORNING', elements: energy(0.4), preauthorize_amount: 40, end_date_time: NOON },
    { ...tariff, id: 'AFTERNOON', elements: energy(0.6), preauthorize_amount: 40, start_date_time: NOON },
  ],
}
const [DEAR, BY_KWH] = evses.map(({ uid }) => uid) as [string, string]

describe.runIf(executablePath)('coming back to the handset', () => {
  let browser: Browser
  let kiosk: KioskWorld

  beforeAll(async () => {
    browser = await launch()
    kiosk = await kioskWorld(browser, { at: city!.id, sites, ptp: { minimumHoldShare: 0.6 } })
  })
  afterAll(async () => {
    await kiosk?.close()
    await browser?.close()
  })
  afterEach(() => {
    kiosk.behave({})
    kiosk.run()
  })
  const tap = async (card: string, evse: string) => {
    await kiosk.begin()
    await kiosk.toReader(evse)
    await kiosk.click(`card-${card}`)
  }
  const result = async (name: string) => {
    await kiosk.see('screen-result')
    expect(await kiosk.look(name)).toEqual([])
    const [, reference = ''] = /Reference (\S+)/.exec(await kiosk.text('screen')) ?? []
    return { books: kiosk.books(reference), says: await kiosk.text('result-money'), screen: await kiosk.text('screen') }
  }
  const stopWith = async (card: string) => {
    await kiosk.click('stop')
    await kiosk.see('screen-tap')
    await kiosk.click(`card-${card}`)
  }

  test('a charger that does not stop at the hold: all of the hold is captured, never more, and no rest is spoken of', async () => {
    kiosk.behave({ remoteStop: 'silent' })
    await tap('approved', DEAR)
    await kiosk.see('screen-charging')
    await kiosk.pass(2 * MINUTE)
    kiosk.world.stations.get('PLG-AC-1')!.unplug(1)
    const { books, says } = await result('captured-all')
    expect(books).toEqual({ held: 500, captured: 500, refunded: 0, open: 0 })
    expect(says).toBe('You paid €5.00.')
  })

  test('a car that takes nothing pays nothing', async () => {
    kiosk.behave({ car: { ...cars.family, soc: 100 } })
    await tap('approved', BY_KWH)
    await kiosk.see('screen-charging')
    await stopWith('approved')
    const { books, says, screen } = await result('no-energy')
    expect(screen).toContain('No energy was delivered.')
    expect(books).toEqual({ held: 4000, captured: 0, refunded: 0, open: 0 })
    expect(says).toContain('Nothing was taken. The reserved €40.00 is released')
  })

  test('a bank that holds too little: nothing starts, and what it held is released', async () => {
    await tap('partial-approval', BY_KWH)
    const { books, says, screen } = await result('hold-too-small')
    expect(screen).toContain('Your bank agreed to less than this charger needs.')
    expect(books).toEqual({ held: 2000, captured: 0, refunded: 0, open: 0 })
    expect(says).toContain('Nothing was taken. The reserved €20.00 is released')
  })

  test('a reload in each wait comes back to the same wait, and from it to the end', { timeout: 120_000 }, async () => {
    const { page, world } = kiosk
    const wait = (what: string) => page.locator(`[data-wait=${what}]`).waitFor()
    const reloads = async (what: string) => {
      await wait(what)
      await kiosk.still()
      await page.reload()
      await wait(what)
      expect(await kiosk.look(`wait-${what}`)).toEqual([])
      kiosk.run()
    }
    await kiosk.begin()
    await kiosk.toReader(BY_KWH)
    await kiosk.still()
    await kiosk.click('card-approved')
    await reloads('psp')
    await kiosk.see('screen-charging')
    kiosk.behave({ remoteStop: 'silent' })
    await stopWith('approved')
    await reloads('stop')
    kiosk.behave({})
    await kiosk.pass(5 * MINUTE)
    const station = world.stations.get('PLG-AC-1')!
    station.unplug(2)
    expect((await result('captured-late')).books).toMatchObject({ held: 4000, open: 0 })

    kiosk.behave({ remoteStart: 'silent' })
    await tap('approved', BY_KWH)
    await reloads('charger')
    await kiosk.pass(3 * MINUTE)
    expect((await result('start-timeout-reloaded')).books).toMatchObject({ captured: 0, open: 0 })

    kiosk.behave({})
    await tap('capture-later', BY_KWH)
    await kiosk.see('screen-charging')
    const mended = world.network.rule(({ url }) => (/\/cdrs/.test(url) ? { fate: 'unreachable' } : undefined))
    await kiosk.pass(MINUTE)
    await stopWith('capture-later')
    await reloads('cdr')
    mended()
    await kiosk.pass(2 * MINUTE)
    await reloads('capture')
    await kiosk.pass(30 * MINUTE)
    const { books } = await result('captured-later')
    expect(books.captured).toBeGreaterThan(0)
  })

  test('a platform that goes away says so on the screen and takes nothing; when it is back, so is the screen', async () => {
    kiosk.behave(walksAway)
    await tap('approved', BY_KWH)
    await kiosk.page.locator('[data-wait=plug]').waitFor()
    await kiosk.still()
    await kiosk.cut()
    await kiosk.see('offline')
    expect(await kiosk.look('offline')).toEqual([])
    await kiosk.mend()
    await kiosk.page.getByTestId('offline').waitFor({ state: 'detached' })
    expect(await kiosk.page.locator('[data-wait=plug]').count()).toBe(1)
    kiosk.run()
    await kiosk.pass(6 * MINUTE)
    expect((await result('offline-over')).books).toEqual({ held: 4000, captured: 0, refunded: 0, open: 0 })
  })

  test('a price that changes before the card is tapped has to be seen again: no bank is asked', async () => {
    await kiosk.begin()
    await kiosk.toReader(BY_KWH)
    const before = kiosk.world.ledger.entries().length
    await kiosk.pass(Date.parse(NOON) + MINUTE - kiosk.world.clock.now())
    // The page may have heard of it by itself meanwhile.
    if (await kiosk.page.getByTestId('screen-tap').count()) await kiosk.click('card-approved')
    await kiosk.see('screen-notice')
    expect(await kiosk.look('price-changed')).toEqual([])
    expect(await kiosk.text('notice-why')).toBe('The price has changed. Please look at it again.')
    expect(await kiosk.text('notice-money')).toBe('Nothing was reserved and nothing was taken.')
    expect(kiosk.world.ledger.entries()).toHaveLength(before)
  })

  test('a terminal that is switched off while the card is on its way refuses it: no bank is asked', async () => {
    await kiosk.begin()
    await kiosk.toReader(BY_KWH)
    const before = kiosk.world.ledger.entries().length
    await kiosk.ask(() => kiosk.world.ptpAdmin.post(`/terminals/${kiosk.terminal}/deactivate`, {}))
    if (await kiosk.page.getByTestId('screen-tap').count()) await kiosk.click('card-approved')
    await kiosk.see('screen-notice')
    expect(await kiosk.look('terminal-off')).toEqual([])
    expect(await kiosk.text('notice-why')).toMatch(/This terminal is out of service.|This charger is not available/)
    expect(await kiosk.text('notice-money')).toBe('Nothing was reserved and nothing was taken.')
    expect(kiosk.world.ledger.entries()).toHaveLength(before)
    expect(kiosk.complaints.filter((text) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE|ERR_EMPTY/.test(text))).toEqual([])
  })
})
