/** The console as an operator and an integrator use it: in a real browser, by clicking only, for everybody's eyes. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { WireRequest, WireResponse } from '@plugtill/ocpi/wire'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath, launch, watchedPage } from './chromium.ts'
import { type ExternalCpo, externalCpo } from './external-cpo.ts'
import { eventually, npmStart, type Started } from './started.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

interface Payment {
  readonly reference: string
  readonly state: string
  readonly terminal_id: string
}

/** What an operator may call itself and its sites, within the length that OCPI gives a name. */
const HOSTILE = '<script>window.hacked=1</script><img src=x onerror=hacked=1>\u202Eebircs 🔌"\'--'
/** A field that the text does not know, as long as it likes, with what no terminal prints. */
const ENDLESS = `${'W'.repeat(10_000)}\u0007\u0000${HOSTILE}`

describe.runIf(executablePath)('the console in Chromium', () => {
  let sandbox: Started
  let other: ExternalCpo
  let browser: Browser
  let page: Page
  let complaints: readonly string[]
  let flawed = true

  /** An operator with odd names, whose lists lack their total until it is mended. */
  const flaws = (response: WireResponse, { url }: WireRequest): WireResponse => {
    const { 'x-total-count': _, ...untold } = response.headers
    const names = `"name":${JSON.stringify(HOSTILE)},"remark":${JSON.stringify(ENDLESS)},"nothing":null`
    return {
      ...response,
      body: response.body.replace(/"name":"[^"]*"/g, () => names),
      headers: flawed && /\/locations/.test(url) ? untold : response.headers,
    }
  }

  beforeAll(async () => {
    sandbox = await npmStart({ args: ['--speed', '10', '--locations-poll-s', '1'] })
    other = await externalCpo(10, flaws)
    browser = await launch()
    ;({ page, complaints } = await watchedPage(browser))
    await page.addInitScript({ content: readFileSync(AXE, 'utf8') })
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await other?.close()
    await sandbox?.stop()
  })
  const open = (path: string) => page.goto(`${sandbox.url}/console/${path}`)
  const at = (testId: string) => page.getByTestId(testId)
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(sandbox.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    return (await answer.json()) as T
  }
  const tap = async (card: string) => {
    const [terminal] = await sandbox.get<readonly { terminal_id: string }[]>('/ptp/api/terminals')
    const places = await sandbox.get<readonly { evse_uid: string; status: string }[]>(
      `/ptp/api/terminals/${terminal!.terminal_id}/sellable`,
    )
    const free = places.find(({ status }) => status === 'AVAILABLE')!
    return post<Payment>('/ptp/api/payments/tap', { terminal: terminal!.terminal_id, evse: free.evse_uid, card })
  }

  test('an integrator connects a CPO, sees a milestone fail, mends it and sees it pass', {
    timeout: 90_000,
  }, async () => {
    await open('connect')
    await at('invite-party').fill('XYZ')
    await at('invite').click()
    const token = await at('token-a').textContent()
    const header = await at('header').textContent()
    expect(header).toBe(`Authorization: Token ${Buffer.from(token!).toString('base64')}`)
    await other.admin.post('/peers/register', { versions_url: await at('versions-url').textContent(), token })
    for (const check of ['versions', 'details', 'credentials', 'back-versions', 'back-details', 'registered'])
      await page.locator(`[data-testid=check-${check}][data-status=done]`).waitFor()
    await at('connected').getByRole('link').first().click()

    const rule = at('rule-paging.count/1')
    await at('roots').getByText('paging.count/1').waitFor()
    expect(await rule.getAttribute('data-status')).toBe('fail')
    await rule.locator('summary').first().click()
    await rule.getByText('Expected', { exact: true }).waitFor()

    flawed = false
    await at('mended').click()
    await page.locator('[data-testid="rule-paging.count/1"][data-status=pass]').waitFor({ timeout: 30_000 })
    expect(complaints).toEqual([])
  })

  test('an operator finds the stuck payment by the digits of its card and gives the hold back', {
    timeout: 90_000,
  }, async () => {
    const { reference, terminal_id: terminal } = await tap('capture-fails')
    const until = (state: string) =>
      eventually(`it is ${state}`, async () =>
        (await sandbox.get<Payment>(`/ptp/api/payments/${reference}`)).state === state ? true : undefined,
      )
    await until('charging')
    await post('/ptp/api/payments/stop', { terminal, reference, card: 'capture-fails' })
    await until('stuck')
    await open('')
    await at('attention').getByRole('link').first().waitFor()
    await open('payments')
    await at('search').fill('1007')
    await at('filter-stuck').click()
    await page.getByRole('link', { name: reference }).click()
    await at('decide-void').click()
    await at('decide-reason').fill('the bank refused twice')
    await at('decide-go').click()
    await page.locator('.page-head .state', { hasText: 'voided' }).waitFor()
    await page.getByTestId('state-map').waitFor()
    await open('settings')
    await page.getByText('the bank refused twice').waitFor()
    expect((await sandbox.get<Payment>(`/ptp/api/payments/${reference}`)).state).toBe('voided')
    expect(complaints).toEqual([])
  })

  test('all traffic comes by itself, stands still when paused, and is taken along as HAR', {
    timeout: 60_000,
  }, async () => {
    await open('traffic?from=ptp+cpo+ocpp')
    await at('traffic').waitFor()
    await at('pause').click()
    const before = await page.getByTestId('exchange').count()
    await tap('approved')
    await page.getByRole('button', { name: /Go on \([1-9]/ }).waitFor()
    expect(await page.getByTestId('exchange').count()).toBe(before)
    await at('pause').click()
    await page.getByText('START_SESSION').first().waitFor()
    await page.getByTestId('frame').first().waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), at('har').click()])
    const har = JSON.parse(readFileSync(await download.path(), 'utf8'))
    expect(har.log.version).toBe('1.2')
    expect(har.log.entries.length).toBeGreaterThan(10)
    expect(JSON.stringify(har)).not.toMatch(/Token [A-Za-z0-9+/=_-]{20,}/)
  })

  test('keys: the palette finds a page, g and a letter go there, and the language changes all words', {
    timeout: 60_000,
  }, async () => {
    await open('')
    await page.keyboard.press('Control+k')
    await at('palette-field').fill('recon')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Reconciliation' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('t')
    await page.getByRole('heading', { level: 1, name: 'Traffic' }).waitFor()
    await at('language').selectOption('de')
    await page.getByRole('heading', { level: 1, name: 'Nachrichten' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('de')
    await at('language').selectOption('en')
    await page.getByRole('heading', { level: 1, name: 'Traffic' }).waitFor()
  })

  test('no page has an axe violation or scrolls sideways, wide and light as narrow and dark', {
    timeout: 240_000,
  }, async () => {
    const [payment] = await sandbox.get<readonly Payment[]>('/ptp/api/payments?state=captured,voided')
    const [session] = await sandbox.get<readonly { id: string }[]>('/cpo/api/sessions')
    const [peer] = await sandbox.get<readonly { id: string }[]>('/ptp/api/peers')
    const paths = [
      ...[
        '../',
        '',
        'connect',
        'milestones',
        'payments',
        'sessions',
        'terminals',
        'contracts',
        'chargers',
        'locations',
      ],
      ...['tariffs/DC-ADHOC', 'partners', 'traffic', 'reconciliation', 'faults', 'settings'],
      `payments/${payment!.reference}`,
      `sessions/${session!.id}`,
      `partners/ptp%2F${peer!.id}`,
      `milestones/ptp%2F${peer!.id}`,
    ]
    // What finds nothing may not have looked.
    await open('')
    await page.evaluate(() => document.body.append(new Image()))
    expect((await violations(page, 'planted')).join()).toContain('image-alt')
    const inTheDark = /^(payments\/|traffic|tariffs|milestones\/|connect|faults)/
    const found: string[] = []
    for (const path of paths) {
      await page.setViewportSize({ width: 1280, height: 800 })
      await page.emulateMedia({ colorScheme: 'light' })
      await open(path)
      await page.locator('main h1').waitFor()
      await page.getByText('Loading …').first().waitFor({ state: 'hidden' })
      found.push(...(await violations(page, `${path} light`)))
      await page.setViewportSize({ width: 360, height: 740 })
      await page.emulateMedia({ colorScheme: 'dark' })
      // The colours of one part are the same on every page: in the dark a few pages show all parts.
      if (inTheDark.test(path)) found.push(...(await violations(page, `${path} dark`)))
      else if ((await sideways(page)) > 0) found.push(`${path} scrolls sideways`)
    }
    expect(found).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.emulateMedia({ colorScheme: null })
  })

  test('whatever a partner calls its sites: nothing runs, nothing breaks', { timeout: 90_000 }, async () => {
    const mirrored = await sandbox.get<readonly { name?: string }[]>('/ptp/api/locations')
    expect(mirrored.map(({ name }) => name)).toContain(HOSTILE)
    for (const path of ['locations', 'traffic', 'tariffs', 'partners', 'milestones', 'faults', '']) {
      await open(path)
      await page.locator('main h1').waitFor()
      await page.waitForTimeout(300)
      expect(await page.evaluate(() => 'hacked' in window), path).toBe(false)
      expect(await sideways(page), path).toBe(0)
    }
    await page.goto(`${sandbox.url}/console/payments/${encodeURIComponent('"><script>window.hacked=1</script>')}`)
    await page.getByRole('heading', { level: 1, name: 'No such payment' }).waitFor()
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
    expect(complaints).toEqual([])
  })
})

const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

async function violations(page: Page, where: string): Promise<readonly string[]> {
  const wide = await sideways(page)
  const found = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: { run: (where: Document, options: object) => Promise<AxeResults> } }
    const { violations: all } = await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })
    return all.map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ html, failureSummary }) => `${html} ${failureSummary}`)
          .join(' | ')}`,
    )
  }, WCAG)
  return [...found, ...(wide > 0 ? [`scrolls sideways by ${wide}`] : [])].map((text) => `${where}: ${text}`)
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[]
  }[]
}
