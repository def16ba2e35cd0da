/** The first story once more, as a driver and an operator live it: in a real browser, by clicking only. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch, watchedPage } from './chromium.ts'
import { eventually, npmStart, type Started } from './started.ts'

interface Payment {
  readonly reference: string
  readonly state: string
  readonly held: { amount_minor: number }
  readonly captured: { amount_minor: number } | null
  readonly due: { amount_minor: number } | null
  readonly advice: { status: string; delivered_at: string | null } | null
}

describe.runIf(executablePath)('in Chromium against npm start', () => {
  let sandbox: Started
  let browser: Browser
  let page: Page
  let complaints: readonly string[]

  beforeAll(async () => {
    sandbox = await npmStart({ args: ['--speed', '10'] })
    browser = await launch()
    ;({ page, complaints } = await watchedPage(browser))
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await sandbox?.stop()
  })
  const see = (testId: string, limitMs = 30_000) => page.getByTestId(testId).waitFor({ timeout: limitMs })
  const click = (testId: string) => page.getByTestId(testId).click()
  const text = (testId: string) => page.getByTestId(testId).innerText()
  const newest = async () => (await sandbox.get<readonly Payment[]>('/ptp/api/payments'))[0]!

  test('from the start page to a paid charge and its receipt; a reload in mid-charge comes back to the right screen', {
    timeout: 120_000,
  }, async () => {
    await page.goto(`${sandbox.url}/`)
    await click('try-terminal')
    await see('screen-home')
    await click('start')
    await see('screen-choose')
    await page.locator('[data-testid^=offer-]').first().click()
    await see('price-lines')
    expect(await text('price-lines')).toMatch(/per kWh/)
    expect(await text('hold-amount')).toContain('50.00')
    await click('accept')
    await see('screen-tap')
    await click('card-approved')
    await see('screen-waiting')
    await see('screen-charging')
    await eventually('energy flows', async () => ((await text('energy')).startsWith('0.00') ? undefined : true))
    await page.reload()
    await see('screen-charging')

    await click('stop')
    await see('screen-tap')
    await click('card-approved-mastercard')
    await see('notice-why')
    expect((await newest()).state).toBe('charging')
    await click('home')
    await click('stop')
    const running = page.locator('[data-testid^=running-]')
    if (await running.count()) await running.first().click()
    await see('screen-tap')
    await click('card-approved')
    await see('screen-result', 60_000)

    const payment = await eventually('the advice is delivered', async () => {
      const found = await newest()
      return found.advice?.delivered_at ? found : undefined
    })
    expect(payment).toMatchObject({ state: 'captured', held: { amount_minor: 5000 }, advice: { status: 'SUCCESS' } })
    expect(payment.captured!.amount_minor).toBe(payment.due!.amount_minor)
    const euros = (payment.captured!.amount_minor / 100).toFixed(2)
    expect(await text('result-amount')).toContain(euros)
    await click('get-receipt')
    await see('screen-tap')
    await click('card-approved')
    await see('receipt-total')
    expect(await text('receipt-total')).toContain(euros)
    expect(complaints).toEqual([])
  })

  test('the console shows the payment with each of its OCPI messages', { timeout: 60_000 }, async () => {
    const { reference } = await newest()
    await page.goto(`${sandbox.url}/console/payments`)
    await page.getByRole('link', { name: reference }).click()
    await see('timeline')
    for (const message of [
      'POST START_SESSION',
      'PUT sessions',
      'POST cdrs',
      'financial-advice-confirmations',
      'StartTransaction',
    ]) {
      await page.getByTestId('timeline').getByText(message, { exact: false }).first().waitFor()
    }
    await page.getByTestId('exchange').first().click()
    await page.getByText('authorization_reference', { exact: false }).first().waitFor()
    expect(await page.content()).not.toMatch(/Token [A-Za-z0-9+/=_-]{20,}/)
    expect(complaints).toEqual([])
  })

  test('a declined card says so, says that nothing was taken, and leads home', { timeout: 60_000 }, async () => {
    const [terminal] = await sandbox.get<readonly { terminal_id: string }[]>('/ptp/api/terminals')
    await page.goto(`${sandbox.url}/terminal/${terminal!.terminal_id}`)
    await see('screen-home')
    await click('start')
    await page.locator('[data-testid^=offer-]').last().click()
    await click('accept')
    await click('card-declined')
    await see('screen-result')
    expect((await newest()).state).toBe('declined')
    await click('done')
    await see('screen-home')
  })

  test('a bank that wants the PIN gets it typed at the device: a wrong one is said, the right one holds the money', {
    timeout: 60_000,
  }, async () => {
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/tap')) asked.push(request.postData() ?? '')
    })
    await click('start')
    await page.locator('[data-testid^=offer-]').last().click()
    await click('accept')
    await click('card-pin-needed')
    await see('screen-result')
    expect(await text('result-money')).toContain('Nothing was reserved')
    await click('with-pin')
    await see('price-lines')
    await click('accept')
    await click('card-pin-needed')
    await see('screen-pin')
    await page.keyboard.type('1111')
    await page.keyboard.press('Enter')
    await page.getByTestId('pin-why').getByText('2 tries left').waitFor()
    for (const digit of '1234') await click(`pin-${digit}`)
    await click('pin-done')
    await see('screen-waiting')
    await eventually('the bank has agreed', async () => ((await newest()).held ? true : undefined))
    expect(asked.map((body) => (JSON.parse(body) as { verified?: string }).verified)).toEqual([undefined, 'pin'])
    await page.reload()
    await see('screen-waiting')
    expect(complaints).toEqual([])
  })
})
