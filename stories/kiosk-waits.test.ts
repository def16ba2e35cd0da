/** Every wait says what for and how long, and what happens then; a reload or a lost connection comes back to the same screen. */
import { usualPlan } from '@plugtill/charger/car'
import type { Psp } from '@plugtill/psp/psp'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch } from './chromium.ts'
import { type KioskWorld, kioskWorld } from './kiosk-world.ts'

const MINUTE = 60_000

/** A door before a question to the bank: closed, the question waits. */
function door() {
  let opened = Promise.resolve()
  let open: () => void = () => undefined
  return {
    passed: () => opened,
    open: () => open(),
    close: () => {
      opened = new Promise((resolve) => {
        open = resolve
      })
    },
  }
}

describe.runIf(executablePath)('what the driver waits for on the handset', () => {
  const doors = { authorize: door(), capture: door(), void: door() }
  const guarded = (psp: Psp): Psp => ({
    ...psp,
    authorize: async (...asked) => doors.authorize.passed().then(() => psp.authorize(...asked)),
    capture: async (...asked) => doors.capture.passed().then(() => psp.capture(...asked)),
    void: async (...asked) => doors.void.passed().then(() => psp.void(...asked)),
  })
  let browser: Browser
  let kiosk: KioskWorld

  beforeAll(async () => {
    browser = await launch()
    kiosk = await kioskWorld(browser, { at: 'LOC-CITY', psp: guarded })
  })
  afterAll(async () => {
    for (const { open } of Object.values(doors)) open()
    await kiosk?.close()
    await browser?.close()
  })
  afterEach(() => {
    kiosk.behave({})
    kiosk.run()
  })

  const tap = async (card: string) => {
    await kiosk.begin()
    await kiosk.toReader()
    await kiosk.click(`card-${card}`)
  }
  const stopWith = async (card: string) => {
    await kiosk.click('stop')
    await kiosk.see('screen-tap')
    await kiosk.click(`card-${card}`)
  }
  const shows = (state: string) =>
    kiosk.page
      .locator(state === 'charging' ? '[data-testid=screen-charging]' : `.moment[data-state=${state}]`)
      .waitFor()
  const reloaded = async (state: string) => {
    await kiosk.page.reload()
    await shows(state)
  }
  /** The wait that is on the screen: who for, how long, and what then; the same again after a reload. */
  const waits = async (state: string, title: string, then: RegExp) => {
    const timer = kiosk.page.getByRole('timer', { name: title })
    const reads = async () => {
      // How long a charger may take the CPO says in its answer, a moment after the wait has begun.
      await kiosk.page.getByTestId('then').filter({ hasText: then }).waitFor()
      expect(await timer.innerText()).toMatch(/^\d+:\d\d$/)
    }
    await shows(state)
    await reads()
    expect(await kiosk.look(`wait-${state}`)).toEqual([])
    await reloaded(state)
    await reads()
  }

  test('from the bank to a charger that does not start, and to the hold that is given back', async () => {
    kiosk.behave({ remoteStart: 'silent' })
    doors.authorize.close()
    doors.void.close()
    await tap('approved')
    await waits('authorizing', 'Waiting for your bank', /nothing is taken, and anything reserved is released/)
    doors.authorize.open()
    await waits('starting', 'Starting the charger', /If it does not start by then, the reserved €50.00 is released/)
    await kiosk.pass(3 * MINUTE)
    await waits('voiding', 'Releasing your money', /we keep trying. Nothing is taken/)
    doors.void.open()
    await shows('voided')
    const said = await kiosk.text('result-money')
    expect(said).toContain('Nothing was taken. The reserved €50.00 is released')
    await reloaded('voided')
    expect(await kiosk.text('result-money')).toBe(said)
  })

  test('from the plug to the bill', async () => {
    kiosk.behave({ plan: { ...usualPlan, after: 'never' } })
    await tap('approved')
    await waits('awaiting-plug', 'Plug in your car', /If no car is plugged in by then, the reserved €50.00 is released/)
    await kiosk.passTo('voided')
    await shows('voided')

    kiosk.behave({ remoteStop: 'silent' })
    doors.capture.close()
    await tap('approved')
    await shows('charging')
    await reloaded('charging')
    await kiosk.pass(2 * MINUTE)
    await stopWith('approved')
    await waits('stopping', 'Stopping the charger', /end it at your car/)
    const lost = kiosk.world.network.rule(({ method, url }) =>
      method === 'POST' && url.includes('/cdrs') ? { fate: 'unreachable' } : undefined,
    )
    for (const station of kiosk.world.stations.values()) station.unplug(1)
    await waits('awaiting-cdr', 'Working out the final amount', /The final amount follows. You find it under Receipt/)
    lost()
    await kiosk.pass(2 * MINUTE)
    await waits('capturing', 'Completing your payment', /The final amount follows. You find it under Receipt/)
    doors.capture.open()
    await shows('captured')
    await reloaded('captured')
    expect(await kiosk.text('result-money')).toMatch(/^You paid €\d+\.\d\d\. The other/)
  })

  test('a tap whose answer is lost, and a page that is reloaded then: one hold, and the screen of its payment', async () => {
    await kiosk.begin()
    await kiosk.toReader()
    const before = kiosk.world.ledger.entries().length
    await kiosk.page.route(/\/tap$/, async (route) => {
      await route.fetch()
      await route.abort()
    })
    await kiosk.click('card-approved')
    // News that still come through hide the line again until the tap is asked about once more.
    await kiosk.page.waitForFunction(
      (text) => document.querySelector('[data-testid=offline]')?.textContent === text,
      'No connection. We keep asking. However often we ask, your card is used once.',
    )
    await kiosk.page.unroute(/\/tap$/)
    await kiosk.page.reload()
    await shows('charging')
    expect(
      kiosk.world.ledger
        .entries()
        .slice(before)
        .map(({ operation }) => operation),
    ).toEqual(['authorize'])

    // The same driver, and a platform that is away while the car is unplugged.
    await kiosk.cut()
    await kiosk.see('offline')
    expect(await kiosk.text('offline')).toBe('No connection. Charging goes on; you never pay more than €50.00.')
    expect(await kiosk.look('offline-charging')).toEqual([])
    for (const station of kiosk.world.stations.values()) station.unplug(1)
    await kiosk.pass(MINUTE)
    await kiosk.mend()
    await shows('captured')
    expect(await kiosk.page.getByTestId('offline').count()).toBe(0)
  })
})
