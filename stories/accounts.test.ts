/** Logging in as people do it, in a real browser; and the role of every route that changes something. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNamed, roleFor } from '../apps/cli/src/accounts/roles.ts'
import { CLIENT, type CompanyServer, companyServer } from '../apps/cli/test/company-server.ts'
import { executablePath, launch, watchedPage } from './chromium.ts'
import { plugtill } from './shell.ts'
import { eventually, freePort, npmStart, type Started } from './started.ts'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const KEY = 'a-key-of-the-operator'
const PASSWORD = 'correct horse battery'

let sandbox: Started
let company: CompanyServer
beforeAll(async () => {
  const port = await freePort()
  company = await companyServer(`http://localhost:${port}/account/api/company/callback`)
  const env = {
    PLUGTILL_API_KEY: KEY,
    PLUGTILL_OIDC_ISSUER: company.issuer,
    PLUGTILL_OIDC_CLIENT_ID: CLIENT.id,
    PLUGTILL_OIDC_CLIENT_SECRET: CLIENT.secret,
    PLUGTILL_OIDC_ROLES: 'charging desk=operate',
  }
  sandbox = await npmStart({ port, env })
}, 180_000)
afterAll(async () => {
  await sandbox?.stop()
  await company?.close()
})

test('every route that changes something stands in the table of roles', async () => {
  const headers = { authorization: `Bearer ${KEY}` }
  const unnamed: string[] = []
  for (const room of ['ptp', 'cpo', 'judge', 'live', 'sandbox', 'tools', 'sim']) {
    const answer = await fetch(`${sandbox.url}/${room}/api/openapi.json`, { headers })
    const { paths } = (await answer.json()) as { readonly paths: Readonly<Record<string, object>> }
    for (const [path, methods] of Object.entries(paths))
      for (const method of Object.keys(methods).filter((one) => one !== 'get')) {
        const whole = `/${room}/api${path.replace(/\{\w+\}/g, 'x')}`
        if (!isNamed(method.toUpperCase(), whole)) unnamed.push(`${method} ${whole}`)
      }
  }
  expect(unnamed).toEqual([])
  expect(roleFor('POST', '/ptp/api/nobody/thought/of/this')).toBe('admin')
})

test('with a key set the sandbox knows its own chargers by their secrets, and no others', {
  timeout: 40_000,
}, async () => {
  const headers = { authorization: `Bearer ${KEY}` }
  const chargers = await eventually(
    'all chargers connected',
    async () => {
      const all = (await (await fetch(`${sandbox.url}/cpo/api/chargers`, { headers })).json()) as readonly {
        readonly connected: boolean
        readonly secret: boolean
      }[]
      return all.every(({ connected }) => connected) ? all : undefined
    },
    30_000,
  )
  expect(chargers.length).toBeGreaterThan(0)
  expect(chargers.every(({ secret }) => secret)).toBe(true)
})

describe.runIf(executablePath)('in Chromium', () => {
  let browser: Browser
  let page: Page
  let complaints: readonly string[]
  beforeAll(async () => {
    const made = await plugtill(['accounts', 'add', 'anna', '--role', 'admin', '--json'], {
      api: sandbox.url,
      env: { PLUGTILL_API_KEY: KEY },
    })
    expect(made.status).toBe(0)
    const { password } = made.json<{ password: string }>()
    expect(password).toMatch(/^[\w-]{24}$/)
    browser = await launch()
    ;({ page, complaints } = await watchedPage(browser))
    await page.addInitScript({ content: readFileSync(AXE, 'utf8') })
    await page.goto(`${sandbox.url}/console/payments`)
    await page.waitForURL(/\/account\/\?next=/)
    await page.getByLabel('Name').fill('anna')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Log in' }).click()
  }, 60_000)
  afterAll(() => browser?.close())
  const violations = () =>
    page.evaluate(async (values) => {
      type Axe = { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> }
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run({ runOnly: { type: 'tag', values } })
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)
    }, WCAG)

  test('who logs in comes to the page that was asked for, gives others a role, and they can do no more than it says', {
    timeout: 90_000,
  }, async () => {
    await page.waitForURL(/\/console\/payments$/)
    await page.goto(`${sandbox.url}/account/`)
    const form = page.getByRole('form', { name: 'New account' })
    await form.getByLabel('Name').fill('bert')
    await form.getByLabel('Role').selectOption('view')
    await form.getByLabel('Password').fill(PASSWORD)
    await form.getByRole('button', { name: 'Add' }).click()
    await page.getByLabel('Role of bert').waitFor()
    expect(await violations()).toEqual([])
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await violations()).toEqual([])

    await page.getByLabel('Name').fill('bert')
    await page.getByLabel('Password').fill('a wrong password')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('Name, password or code is wrong.').waitFor()
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(/\/console\/$/)
    const refused = await page.evaluate(async () => {
      const { csrf } = (await (await fetch('/account/api/me')).json()) as { csrf: string }
      const headers = { 'content-type': 'application/json', 'x-csrf-token': csrf }
      const body = JSON.stringify({ country_code: 'DE', party_id: 'XYZ' })
      const answer = await fetch('/ptp/api/peers/invite', { method: 'POST', headers, body })
      return [answer.status, ((await answer.json()) as { message: string }).message]
    })
    expect(refused).toEqual([403, 'This needs the role "admin"; bert has "view". An admin can change that.'])
  })

  test('a second factor is set up by scanning, and asked at the next login', { timeout: 60_000 }, async () => {
    await page.goto(`${sandbox.url}/account/`)
    await page.getByRole('button', { name: 'Set it up' }).click()
    const secret = await page.getByTestId('totp-secret').textContent()
    const app = new TOTP({ secret: Secret.fromBase32(secret ?? '') })
    await page.getByLabel('Code').fill(app.generate())
    await page.getByRole('button', { name: 'Confirm' }).click()
    await page.getByText('On: six digits').waitFor()
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByLabel('Name').fill('bert')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByText('Type the six digits of your app as well.').waitFor()
    // The one that confirmed is used up; the next one counts already.
    await page.getByLabel('Code').fill(app.generate({ timestamp: Date.now() + 30_000 }))
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.waitForURL(/\/console\/$/)
    expect(complaints.filter((one) => !/40[13]/.test(one))).toEqual([])
  })

  test("the company's own login brings people to the page they wanted, with the role of their group; others read why not", {
    timeout: 60_000,
  }, async () => {
    const visit = async () => {
      const page = await (await browser.newContext()).newPage()
      await page.goto(`${sandbox.url}/console/chargers`)
      await page.getByRole('link', { name: 'Log in through your company' }).click()
      return page
    }
    company.person.claims = { email: 'carla@company.example', email_verified: true, groups: ['charging desk'] }
    const carla = await visit()
    await carla.waitForURL(/\/console\/chargers$/)
    const { name, role } = await carla.evaluate(async () => (await fetch('/account/api/me')).json())
    expect([name, role]).toEqual(['carla@company.example', 'operate'])
    await carla.goto(`${sandbox.url}/account/`)
    await carla.getByRole('heading', { name: 'carla@company.example' }).waitFor()
    expect(await carla.getByRole('form').count(), 'neither a password nor a second factor of ours').toBe(0)

    company.person.sub = 'u-2'
    company.person.claims = { email: 'dirk@company.example', email_verified: true, groups: ['football'] }
    const dirk = await visit()
    await dirk.getByRole('alert').getByText('None of your groups gives you a role here. Ask an admin.').waitFor()
    expect(await dirk.getByLabel('Name').isVisible()).toBe(true)
    await carla.context().close()
    await dirk.context().close()
  })
})
