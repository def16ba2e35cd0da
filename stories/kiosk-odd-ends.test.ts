/** Odd ends of a payment on the handset: what the screen says of the money is what the books say. */
import { cars } from '@plugtill/charger/car'
import { demoSites } from '@plugtill/cpo/sites/demo'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { type KioskWorld, kioskWorld } from './kiosk-world.ts'

/** One site whose price is by the kWh and whose hold is large enough to be cut in half. */
const [city] = demoSites.locations
const evses = city!.evses.map((evse) => ({
  ...evse,
  connectors: evse.connectors.map((one) => ({ ...one, tariff_ids: ['BY-KWH'] })),
}))
const sites = {
  locations: [{ ...city!, evses }],
  tariffs: [
    {
      ...({
        id: 'BY-KWH',
        currency: 'EUR',
        type: 'AD_HOC_PAYMENT',
        tax_included: 'YES',
        preauthorize_amount: 40,
      } as const),
      elements: [{ price_components: [{ type: 'ENERGY', price: 0.4, step_size: 1 } as const] }],
    },
  ],
}
const EVSE = evses[1]!.uid

describe.runIf(executablePath)('odd ends on the handset', () => {
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

  test('a car that takes nothing pays nothing', async () => {
    kiosk.behave({ car: { ...cars.family, soc: 100 } })
    await tap('approved', EVSE)
    await kiosk.see('screen-charging')
    await stopWith('approved')
    const { books, says, screen } = await result('no-energy')
    expect(screen).toContain('No energy was delivered.')
    expect(books).toEqual({ held: 4000, captured: 0, refunded: 0, open: 0 })
    expect(says).toContain('Nothing was taken. The reserved €40.00 is released')
  })

  test('a bank that holds too little: nothing starts, and what it held is released', async () => {
    await tap('partial-approval', EVSE)
    const { books, says, screen } = await result('hold-too-small')
    expect(screen).toContain('Your bank agreed to less than this charger needs.')
    expect(books).toEqual({ held: 2000, captured: 0, refunded: 0, open: 0 })
    expect(says).toContain('Nothing was taken. The reserved €20.00 is released')
  })

  test('a terminal that is switched off while the card is on its way refuses it: no bank is asked', async () => {
    await kiosk.begin()
    await kiosk.toReader(EVSE)
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
