/** What operators and integrators do with the console beyond its forms: trouble on purpose, traffic, prices, the keyboard. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath } from './chromium.ts'
import { type ConsoleRig, consoleRig, type Said } from './console-rig.ts'
import { expectHar } from './har.ts'
import { eventually } from './started.ts'

describe.runIf(executablePath)('journeys through the console in Chromium', () => {
  let rig: ConsoleRig
  beforeAll(async () => {
    rig = await consoleRig(['--speed', '10', '--locations-poll-s', '1'])
    await rig.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  }, 180_000)
  afterAll(() => rig?.close())
  const copied = () => rig.page.evaluate(() => navigator.clipboard.readText())

  test('trouble on purpose is seen in the traffic, as often as was asked for, and ends when it is taken away', {
    timeout: 120_000,
  }, async () => {
    const { page, at, open, get, post, said } = rig
    await open('faults')
    const begin = async (kind: string, where: string, times: string) => {
      await at('trouble-kind').selectOption(kind)
      await at('trouble-where').selectOption(where)
      await at('trouble-times').fill(times)
      await at('trouble-add').click()
    }
    const lines = at('troubles').getByRole('listitem')
    /** What the payment side asked the charging side for and how it went, newest first. */
    const asked = (one: Said) => one.direction === 'out' && /\/sender\/tariffs/.test(one.url)

    // Silence lasts as long as the platform has patience: it is looked at in the end.
    await begin('silence', 'payments', '1')
    await lines.getByText('no answer · what we send').waitFor()
    const terminals = await get<readonly { terminal_id: string }[]>('/ptp/api/terminals')
    await post(`/ptp/api/terminals/${terminals[0]!.terminal_id}/push`)
    await lines.waitFor({ state: 'detached' })

    await begin('error', 'tariffs', '')
    await lines.getByText('error 500 · what we send').waitFor()
    expect(await said('ptp', (one) => asked(one) && one.status === 500)).toMatchObject({ method: 'GET' })
    await lines.getByText(/met [1-9]/).waitFor()
    await open('traffic?only=wrong&q=tariffs')
    await page.getByTestId('exchange').filter({ hasText: '500' }).first().waitFor()
    await open('faults')
    await lines.getByRole('button').click()
    await lines.waitFor({ state: 'detached' })
    expect(await get('/sandbox/api/troubles')).toEqual([])
    const { seq: last } = await said('ptp', (one) => asked(one) && one.status === 500)
    await said('ptp', (one) => asked(one) && one.status === 200 && one.seq > last)

    await begin('delay', 'tariffs', '1')
    const late = await said('ptp', (one) => asked(one) && one.duration_ms >= 5_000)
    expect(late.status).toBe(200)
    const silent = await said('ptp', (one) => one.method === 'POST' && one.status === 0)
    expect(silent.response_body).toMatch(/silence was asked for here/)
    await open('traffic?only=wrong&q=terminals')
    await page.getByTestId('exchange').filter({ hasText: 'no answer' }).first().waitFor()
  })

  test('a message is copied as curl that runs, only what changes nothing is asked again, and the HAR file is valid', {
    timeout: 90_000,
  }, async () => {
    const { page, at, open, get, post, said, sandbox } = rig
    // The handshake of the start lies far back by now.
    const [cpo] = await get<readonly { readonly id: string }[]>('/ptp/api/peers')
    await post(`/ptp/api/peers/${cpo!.id}/rotate`)
    const found = async (text: string) => {
      const exchange = page.getByTestId('exchange').filter({ hasText: text }).last()
      await eventually(text, async () => {
        if ((await exchange.count()) > 0) return true
        await page.getByRole('button', { name: 'Load older ones' }).click()
        return undefined
      })
      return exchange
    }
    await open('traffic?from=ptp&q=ocpi/versions')
    const versions = await found('/ocpi/versions')
    await versions.locator('summary').first().click()
    await versions.getByRole('button', { name: 'Copy as curl' }).click()
    await versions.getByText('Copied').waitFor()
    const curl = await copied()
    expect(curl).toMatch(/^curl \\\n {2}-X GET \\\n/)
    expect(curl).toContain('Token ***')
    const { token } = await post<{ token: string }>('/ptp/api/peers/invite', { country_code: 'DE', party_id: 'CUR' })
    const mine = curl
      .replace('***', Buffer.from(token).toString('base64'))
      .replace(/'http:\S+\/ocpi\/versions'/, `'${sandbox.url}/ptp/ocpi/versions'`)
    const answer = JSON.parse(execFileSync('sh', ['-c', `${mine} --silent`], { encoding: 'utf8' }))
    expect(answer).toMatchObject({ status_code: 1000, data: [{ version: '2.3.0' }, { version: '2.2.1' }] })

    await open('traffic?from=ptp&q=tariffs')
    const pull = page.getByTestId('exchange').filter({ hasText: 'sent' }).last()
    await pull.locator('summary').first().click()
    await pull.getByTestId('replay').click()
    await pull.getByRole('heading', { name: /^Asked again: 200/ }).waitFor()
    const credentials = await said('ptp', (one) => one.method !== 'GET' && one.url.endsWith('/credentials'))
    await open('traffic?from=ptp&q=credentials')
    const unsafe = await found('/credentials')
    await unsafe.locator('summary').first().click()
    await unsafe.getByRole('button', { name: 'Copy as curl' }).waitFor()
    expect(await unsafe.getByTestId('replay').count()).toBe(0)
    const refused = await post<object>(`/ptp/api/exchanges/${credentials.seq}/replay`)
    expect(refused).toMatchObject({ refused: 'not-replayable' })

    await open('traffic?from=ptp+cpo+ocpp')
    await at('traffic').waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), at('har').click()])
    const har: unknown = JSON.parse(readFileSync(await download.path(), 'utf8'))
    expectHar(har)
    expect(JSON.stringify(har)).not.toMatch(/Token [A-Za-z0-9+/=_-]{20,}/)
  })

  test('a tariff is priced by its sliders as the tool prices it, with its lint and its driver text in every language', {
    timeout: 60_000,
  }, async () => {
    const { page, at, open, get, post } = rig
    await open('tariffs/DC-ADHOC')
    const card = at('tariff-DC-ADHOC').first()
    const total = card.getByTestId('price-total')
    await total.waitFor()
    const before = await total.innerText()
    await card.getByTestId('slider-energy').focus()
    for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight')
    await card.getByTestId('slider-idle').focus()
    for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight')
    await eventually('another price', async () => ((await total.innerText()) === before ? undefined : true))

    const value = (name: string) => card.getByTestId(name).inputValue()
    const tariffs = await get<readonly { id: string }[]>('/cpo/api/tariffs')
    const priced = await post<{ total: { amount_minor: number }; curve: readonly object[] }>('/tools/api/price', {
      tariff: tariffs.find(({ id }) => id === 'DC-ADHOC'),
      ...{ start: '2030-01-01T11:00:00Z', time_zone: 'Europe/Amsterdam', power_kw: 50 },
      energy_kwh: Number(await value('slider-energy')),
      idle_minutes: Number(await value('slider-idle')),
    })
    const shown = `€${(priced.total.amount_minor / 100).toFixed(2)}`
    await eventually('the price of the tool', async () =>
      (await total.innerText()).includes(shown) ? true : undefined,
    )
    const drawn = await card.locator('.chart path.line').getAttribute('d')
    expect(drawn!.split('L').length).toBe(priced.curve.length)

    const view = await post<{ findings: readonly { path: string }[] }>('/tools/api/tariff', {
      tariff: tariffs.find(({ id }) => id === 'DC-ADHOC'),
    })
    expect(await card.locator('.findings li').count()).toBe(view.findings.length)
    await card.getByText(view.findings[0]!.path, { exact: true }).waitFor()
    await card.getByText('€1.21 per session').waitFor()
    await card.getByLabel('Language').selectOption('nl')
    await card.getByText(/1,21 per sessie/).waitFor()
  })

  test('a payment moves on before the eyes, its session has curves, its books agree, and a reload comes back to all of it', {
    timeout: 90_000,
  }, async () => {
    const { page, at, open, get, tap, reaches, stop } = rig
    const payment = await tap('approved')
    await open(`payments/${payment.reference}`)
    const head = page.locator('.page-head .state')
    // Told by the stream: what is only looked for comes after 20 s.
    await head.getByText('charging', { exact: true }).waitFor({ timeout: 15_000 })
    await page.waitForTimeout(6_000)
    await stop(payment, 'approved')
    await head.getByText('captured', { exact: true }).waitFor({ timeout: 10_000 })
    await reaches(payment.reference, 'captured')
    await page.reload()
    await head.getByText('captured', { exact: true }).waitFor()

    await page
      .getByRole('link', { name: /^[0-9a-f-]{36}$/ })
      .last()
      .click()
    await at('curves').locator('.chart path.line').nth(2).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)
    const curve = await get<readonly { energy_wh: number; cost_minor: number }[]>(`/cpo/api/sessions/${id}/curve`)
    const last = curve.at(-1)!
    expect(last.energy_wh).toBeGreaterThan(0)
    await at('curves')
      .getByText(`€${(last.cost_minor / 100).toFixed(2)}`)
      .first()
      .waitFor()
    await at('curves').getByText('Values').first().click()
    expect(await at('curves').getByRole('table').first().locator('tr').count()).toBe(Math.min(curve.length, 25))

    await open('reconciliation')
    // Of the period, and not of the day before: on a slow machine the run of the day is over by now.
    await head.getByText('All books agree').waitFor()
    const { totals } = await get<{ totals: readonly { captured: number }[] }>('/ptp/api/reconciliation')
    await page
      .getByRole('cell', { name: `€${(totals[0]!.captured / 100).toFixed(2)}` })
      .first()
      .waitFor()

    await open('payments')
    await at('filter-captured').click()
    await at('search').fill('1001')
    await page.waitForURL(/q=1001/)
    await page.reload()
    expect(await at('search').inputValue()).toBe('1001')
    expect(await at('filter-captured').getAttribute('aria-pressed')).toBe('true')
    await page.getByRole('link', { name: payment.reference }).click()
    await page.getByRole('heading', { level: 1, name: payment.reference }).waitFor()
    await page.goBack()
    await at('search').waitFor()
    expect(await at('search').inputValue()).toBe('1001')
  })

  test('without a mouse: a stuck payment is found in the palette, opened, and its hold given back', {
    timeout: 90_000,
  }, async () => {
    const { page, at, open, get, tap, reaches, draws, stop } = rig
    const payment = await tap('capture-fails')
    await draws(payment)
    await stop(payment, 'capture-fails')
    await reaches(payment.reference, 'stuck')
    await open('')
    await page.getByRole('heading', { level: 1 }).waitFor()
    const { keyboard } = page
    await keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to the page')
    await keyboard.press('Enter')
    await keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await keyboard.press('Escape')
    await keyboard.press('g')
    await keyboard.press('p')
    await at('search').waitFor()
    await keyboard.press('/')
    await keyboard.type('1007')
    await page.getByRole('link', { name: payment.reference }).waitFor()
    await keyboard.press('Control+k')
    await keyboard.type(payment.reference.slice(0, 8))
    await page.getByRole('option', { name: new RegExp(payment.reference) }).waitFor()
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: payment.reference }).waitFor()

    await at('decide-retry').waitFor()
    for (let step = 0; step < 60; step++) {
      const here = await page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '')
      if (here.startsWith('decide-')) break
      await keyboard.press('Tab')
    }
    await keyboard.press('Space')
    await keyboard.press('ArrowDown')
    expect(await at('decide-void').isChecked()).toBe(true)
    await keyboard.press('Tab')
    await keyboard.type('nobody answers the telephone')
    await keyboard.press('Enter')
    await page.locator('.page-head .state', { hasText: 'voided' }).waitFor()
    expect((await reaches(payment.reference, 'voided')).state).toBe('voided')
    const [audit] = await get<readonly { reason: string }[]>('/ptp/api/audit?limit=1')
    expect(audit!.reason).toBe('nobody answers the telephone')
    expect(rig.complaints).toEqual([])
  })
})
