/** Every way a payment can end, as its driver reads it on the screen, held against the provider's books. */
import { usualPlan } from '@plugtill/charger/car'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { type KioskWorld, kioskWorld, SCRATCHED } from './kiosk-world.ts'

const euros = (minor: number) => `€${(minor / 100).toFixed(2)}`
const MINUTE = 60_000
const walksAway = { plan: { ...usualPlan, after: 'never' } } as const

describe.runIf(executablePath)('the end of a payment on the handset', () => {
  let browser: Browser
  let kiosk: KioskWorld

  beforeAll(async () => {
    browser = await launch()
    kiosk = await kioskWorld(browser, { at: 'LOC-CITY' })
  })
  afterAll(async () => {
    await kiosk?.close()
    await browser?.close()
  })
  afterEach(() => {
    kiosk.behave({})
    kiosk.run()
    expect(kiosk.complaints).toEqual([])
  })

  /** From the home screen to a card at the reader. */
  const tap = async (card: string) => {
    await kiosk.begin()
    await kiosk.toReader()
    await kiosk.click(`card-${card}`)
  }
  const reference = async () =>
    /Reference (\S+)/.exec(await kiosk.page.locator('.reference').first().innerText())?.[1] ?? 'none'
  const ended = async (name: string) => {
    await kiosk.see('screen-result')
    expect(await kiosk.look(name)).toEqual([])
    const books = kiosk.books(await reference())
    return { books, says: await kiosk.text('result-money'), screen: await kiosk.text('screen') }
  }
  const chargingWith = async (card: string) => {
    await tap(card)
    await kiosk.see('screen-charging')
    await kiosk.pass(2 * MINUTE)
  }
  const stopWith = async (card: string) => {
    await kiosk.click('stop')
    await kiosk.see('screen-tap')
    await kiosk.click(`card-${card}`)
  }
  const expectReleased = async (name: string, why: string) => {
    const { books, says, screen } = await ended(name)
    expect(screen).toContain(why)
    expect(books).toEqual({ held: 5000, captured: 0, refunded: 0, open: 0 })
    expect(says).toBe('Nothing was taken. The reserved €50.00 is released; your bank may show it for some days.')
  }

  test('paid: what was captured, and that the rest of the hold is released; a wrong card stops nothing', async () => {
    await chargingWith('approved')
    expect(await kiosk.look('charging')).toEqual([])
    await stopWith('approved-mastercard')
    await kiosk.see('screen-notice')
    expect(await kiosk.text('notice-why')).toBe('This is not the card that started it.')
    expect(await kiosk.text('notice-money')).toBe('Your payment is as it was.')
    expect(await kiosk.look('wrong-card')).toEqual([])
    await kiosk.click('done')
    await kiosk.click('stop')
    await kiosk.page.locator('[data-testid^=running-]').first().click()
    await kiosk.click('card-approved')
    const { books, says } = await ended('captured')
    expect(books).toMatchObject({ held: 5000, refunded: 0, open: 0 })
    expect(books.captured).toBeGreaterThan(0)
    expect(says).toBe(
      `You paid ${euros(books.captured)}. The other ${euros(5000 - books.captured)} that was reserved is released.`,
    )
    expect(await kiosk.text('result-amount')).toBe(euros(books.captured))
  })

  test('nobody plugs in: the hold is released', async () => {
    kiosk.behave(walksAway)
    await tap('approved')
    await kiosk.see('screen-waiting')
    expect(await kiosk.look('awaiting-plug')).toEqual([])
    await kiosk.passTo('voided')
    await expectReleased('not-plugged-in', 'No car was plugged in.')
  })

  test('the charger refuses, is silent, is taken or is broken: each says so, and the hold is released', {
    timeout: 150_000,
  }, async () => {
    kiosk.behave({ remoteStart: 'reject' })
    await tap('approved')
    await expectReleased('start-refused', 'The charger refused to start.')

    for (const [result, why] of [
      ['EVSE_OCCUPIED', 'The charger is in use.'],
      ['EVSE_INOPERATIVE', 'The charger is out of order.'],
    ] as const) {
      const mended = kiosk.world.network.rule((request) => {
        // The operator's own word on its way: the same message, another result.
        if (/\/sender\/commands\//.test(request.url))
          Object.assign(request, { body: request.body.replace(/"result":"\w+"/, `"result":"${result}"`) })
        return undefined
      })
      await tap('approved')
      await expectReleased(result.toLowerCase().replace('_', '-'), why)
      mended()
    }

    kiosk.behave({ remoteStart: 'silent' })
    await tap('approved')
    await kiosk.see('screen-waiting')
    await kiosk.passTo('voided')
    await expectReleased('start-timeout', 'The charger did not answer in time.')
  })

  test('a declined card and a bank that cannot be reached: nothing was reserved and nothing was taken', async () => {
    for (const [card, title] of [
      ['declined', 'Card declined'],
      ['unavailable', 'Your bank did not answer'],
    ] as const) {
      await tap(card)
      const { books, says, screen } = await ended(card)
      expect(screen).toContain(title)
      expect(books).toEqual({ held: 0, captured: 0, refunded: 0, open: 0 })
      expect(says).toBe('Nothing was reserved and nothing was taken.')
    }
  })

  test('a bank that holds half: the smaller hold is what the screens say from then on', async () => {
    await chargingWith('partial-approval')
    expect(await kiosk.text('screen')).toContain('€25.00')
    await stopWith('partial-approval')
    const { books, says } = await ended('partial-approval')
    expect(books).toMatchObject({ held: 2500, open: 0 })
    expect(says).toContain(`You paid ${euros(books.captured)}. The other ${euros(2500 - books.captured)}`)
  })

  test('a capture that is refused: never more than the hold, and the operator settles the rest', async () => {
    await chargingWith('capture-fails')
    await stopWith('capture-fails')
    const { books, says, screen } = await ended('stuck-capture')
    expect(screen).toContain('The payment could not be completed.')
    expect(books).toEqual({ held: 5000, captured: 0, refunded: 0, open: 5000 })
    expect(says).toBe('You never pay more than the reserved €50.00. The operator settles the rest with your bank.')
  })

  test('a hold that cannot be given back: the screen does not claim that it was', async () => {
    kiosk.behave({ remoteStart: 'reject' })
    await tap('void-fails')
    const { books, says } = await ended('stuck-void')
    expect(books).toEqual({ held: 5000, captured: 0, refunded: 0, open: 5000 })
    expect(says).toBe('You never pay more than the reserved €50.00. The operator settles the rest with your bank.')
  })

  test('a card that cannot be read: nothing is asked of any bank', async () => {
    const before = kiosk.world.ledger.entries().length
    await tap(SCRATCHED)
    await kiosk.see('screen-notice')
    expect(await kiosk.look('unreadable-card')).toEqual([])
    expect(await kiosk.text('notice-why')).toBe('This card could not be read.')
    expect(await kiosk.text('notice-money')).toBe('Nothing was reserved and nothing was taken.')
    expect(kiosk.world.ledger.entries()).toHaveLength(before)
  })

  test('the operator takes the bill back: the receipt says that the money came back, as the books do', async () => {
    await chargingWith('approved-mastercard')
    await stopWith('approved-mastercard')
    const { books } = await ended('captured-mastercard')
    const paid = await reference()
    const { world, ask } = kiosk
    const payment = await ask(() => world.ptpAdmin.get<{ cdr_id: string }>(`/payments/${paid}`))
    await ask(() => world.cpoAdmin.post(`/cdrs/${payment.cdr_id}/credit`, { reason: 'The meter was wrong.' }))
    await ask(() => world.until('it is paid back', () => kiosk.books(paid).refunded > 0))
    expect(kiosk.books(paid)).toEqual({ ...books, refunded: books.captured })
    // The world's time has leapt: a screen that hears of it ends. The driver comes back, and it stands still.
    await kiosk.still()
    await kiosk.begin()
    await kiosk.click('receipt')
    await kiosk.see('screen-tap')
    expect(await kiosk.look('tap-receipt')).toEqual([])
    await kiosk.click('card-approved-mastercard')
    await kiosk.click(`receipt-${paid}`)
    await kiosk.see('receipt-total')
    expect(await kiosk.look('receipt-refunded')).toEqual([])
    const lines = await kiosk.page.locator('.slip-lines').first().locator('li').allInnerTexts()
    expect(lines.at(-1)).toBe(`Paid back\n-${euros(books.captured)}`)
    expect(await kiosk.text('receipt-total')).toBe('€0.00')
  })
})
