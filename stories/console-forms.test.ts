/** Every form of the console, clicked in a real browser; what came of it is asked of the admin APIs and of the wire. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executablePath } from './chromium.ts'
import { type ConsoleRig, consoleRig, violations } from './console-rig.ts'
import { eventually } from './started.ts'

interface Terminal {
  readonly terminal_id: string
  readonly reference?: string
  readonly state?: string
  readonly contract?: string | null
  readonly location_ids?: readonly string[]
  readonly evse_uids?: readonly string[]
}

interface Peer {
  readonly id: string
  readonly updated_at: string
}

describe.runIf(executablePath)('the forms of the console in Chromium', () => {
  let rig: ConsoleRig
  beforeAll(async () => {
    rig = await consoleRig(['--speed', '10', '--locations-poll-s', '1'])
  }, 180_000)
  afterAll(() => rig?.close())

  /** One terminal at one side, once it is as it should be. */
  const terminal = (side: 'ptp' | 'cpo', fits: (one: Terminal) => boolean) =>
    eventually('the terminal at this side', async () =>
      (await rig.get<readonly Terminal[]>(`/${side}/api/terminals`)).find(fits),
    )
  const contract = async (id: string) =>
    rig.get<{ name: string; settings: object; effective: Record<string, unknown> }>(`/ptp/api/contracts/${id}`)

  test('a contract is made and changed; what it says counts, and the platform counts again when it is unset', {
    timeout: 60_000,
  }, async () => {
    const { page, at, open, get } = rig
    await open('contracts')
    await at('contract-name').fill('Roadside')
    await at('contract-add').getByRole('button').click()
    await page.getByRole('link', { name: 'Roadside' }).click()
    await page.getByRole('heading', { level: 1, name: 'Roadside' }).waitFor()
    const [made] = await get<readonly { id: string; name: string }[]>('/ptp/api/contracts')
    expect(made).toMatchObject({ name: 'Roadside' })

    await at('setting-name').selectOption('start_grace_s')
    await at('setting-value').fill('45')
    await at('setting-set').click()
    await eventually('the contract says so', async () =>
      (await contract(made!.id)).effective['start_grace_s'] === 45 ? true : undefined,
    )
    await page.getByRole('row', { name: /start_grace_s 45 yes/ }).waitFor()
    await at('setting-unset').click()
    await page.getByRole('row', { name: /start_grace_s 30/ }).waitFor()
    expect(await contract(made!.id)).toMatchObject({ settings: {}, effective: { start_grace_s: 30 } })

    await at('setting-value').fill('for ever')
    await at('setting-set').click()
    await page
      .getByRole('alert')
      .getByText(/start_grace_s/)
      .waitFor()
  })

  test('a terminal is added, assigned, moved under a contract, deactivated, and asked for by its serial number', {
    timeout: 90_000,
  }, async () => {
    const { page, at, open, said } = rig
    await open('terminals')
    await at('terminal-serial').fill('SN-4711')
    await at('terminal-add').getByRole('button').click()
    const { terminal_id: id } = await terminal('ptp', ({ reference }) => reference === 'SN-4711')
    const announced = await said('cpo', (one) => one.method === 'POST' && one.request_body.includes('SN-4711'))
    expect(announced).toMatchObject({ direction: 'in', status: 201 })

    const there = at(`known-${id}`)
    await there.getByTestId('assign-locations').fill('LOC-CITY')
    await there.getByTestId('assign-evses').fill('NLPLGE203')
    await there.getByTestId('assign').click()
    await terminal('ptp', (one) => one.terminal_id === id && one.location_ids?.[0] === 'LOC-CITY')
    expect((await terminal('ptp', (one) => one.terminal_id === id)).evse_uids).toEqual(['NLPLGE203'])
    expect(await said('cpo', (one) => one.method === 'PATCH' && one.url.includes(id))).toMatchObject({
      direction: 'out',
      status: 200,
    })

    const here = at(`terminal-${id}`)
    // Pushed: without it the page looks again after 20 s only.
    await here.getByText('NLPLGE203').waitFor({ timeout: 10_000 })
    const [roadside] = await rig.get<readonly { id: string }[]>('/ptp/api/contracts')
    await here.getByTestId('move-to').selectOption(roadside!.id)
    await here.getByTestId('move').click()
    await terminal('ptp', (one) => one.terminal_id === id && one.contract === roadside!.id)
    expect(await violations(page, 'terminals')).toEqual([])

    await here.getByTestId('deactivate').click()
    await here.getByRole('button', { name: 'No' }).click()
    await here.getByTestId('deactivate').waitFor()
    expect((await terminal('ptp', (one) => one.terminal_id === id)).state).not.toBe('deactivated')
    await here.getByTestId('deactivate').click()
    await here.getByTestId('sure').click()
    await here.getByText('deactivated').waitFor({ timeout: 10_000 })
    expect((await terminal('ptp', (one) => one.terminal_id === id)).state).toBe('deactivated')

    await at('activate-serial').fill('SN-4711')
    await at('activate-locations').fill('LOC-HIGHWAY')
    await at('terminal-activate').getByRole('button').click()
    await page.getByText('The partner was asked for SN-4711.').waitFor()
    const asked = await said('cpo', (one) => one.method === 'POST' && one.url.endsWith('/activate'))
    expect(asked).toMatchObject({ direction: 'out', status: 200 })
    await terminal('ptp', (one) => one.terminal_id === id && one.location_ids?.[0] === 'LOC-HIGHWAY')
    await there.getByText('LOC-HIGHWAY').waitFor({ timeout: 10_000 })
    await there.getByTestId('cpo-deactivate').click()
    await there.getByTestId('sure').click()
    await terminal('ptp', (one) => one.terminal_id === id && one.state === 'deactivated')
  })

  test('a car is plugged in and pulled out, a connector breaks and is mended, and the partner is told of it', {
    timeout: 90_000,
  }, async () => {
    const { at, open, get } = rig
    await open('chargers')
    const connector = at('connector-PLG-AC-1-2')
    const simulated = async () => {
      const { connectors } = await get<{ connectors: readonly { car: string | null }[] }>('/sim/api/chargers/PLG-AC-1')
      return connectors[1]!
    }
    /** As the payment side knows it by OCPI. */
    const mirrored = (status: string) =>
      eventually(`the mirror says ${status}`, async () => {
        const locations =
          await get<readonly { evses: readonly { uid: string; status: string }[] }[]>('/ptp/api/locations')
        const evse = locations.flatMap(({ evses }) => evses).find(({ uid }) => uid === 'NLPLGE102')
        return evse?.status === status ? true : undefined
      })
    await connector.getByLabel('Car').selectOption('city')
    await connector.getByTestId('plug').click()
    await connector.getByText('Preparing').waitFor()
    expect((await simulated()).car).toBe('city')
    await connector.getByTestId('unplug').click()
    await connector.getByText('Available').waitFor()
    expect((await simulated()).car).toBeNull()

    await connector.getByLabel('Error').selectOption('GroundFailure')
    await connector.getByTestId('fault').click()
    await connector.getByText('Faulted').waitFor()
    await mirrored('OUTOFORDER')
    await connector.getByTestId('clear').click()
    await connector.getByText('Available').waitFor()
    await mirrored('AVAILABLE')
  })

  test('a bill is taken back and replaced, and the way from one to the other is shown; a card nobody knows is seen when it was shown', {
    timeout: 120_000,
  }, async () => {
    const { page, at, open, get, post, tap, reaches, draws, stop } = rig
    const payment = await tap('approved')
    await draws(payment)
    await stop(payment, 'approved')
    await reaches(payment.reference, 'captured')
    const cdrs = () =>
      get<readonly { id: string; authorization_reference?: string; credit?: boolean; total_energy: number }[]>(
        '/cpo/api/cdrs',
      )
    const original = (await cdrs()).find((one) => one.authorization_reference === payment.reference && !one.credit)!
    await open('cdrs')
    await at(`cdr-${original.id}`).getByRole('link').first().click()
    await at('cdr-facts').waitFor()
    await at('credit-reason').fill('Meter exchanged')
    await at('credit-energy').fill('0.01')
    await at('credit-go').click()
    await at('correction').getByText('done').waitFor({ timeout: 20_000 })
    expect(await violations(page, 'cdrs/…')).toEqual([])
    await at('correction').getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: `${original.id}-C` }).waitFor()
    const mine = (await cdrs()).filter((one) => one.authorization_reference === payment.reference)
    expect(mine.map(({ credit = false }) => credit).sort()).toEqual([false, false, true])
    expect(mine.map(({ total_energy }) => total_energy)).toContain(0.01)

    await open('tokens')
    await at('shown-cards').waitFor()
    await post('/sim/api/chargers/PLG-AC-1/card', { connector: 2, id_tag: 'NOBODYS' })
    // Pushed: without it the page looks again after 20 s only.
    await at('shown-cards').getByText('NOBODYS').waitFor({ timeout: 10_000 })
    await at('shown-cards').getByText('Invalid').waitFor()
  })

  test('tokens of a partner are renewed, and what waits for it is delivered at once when it is asked to', {
    timeout: 90_000,
  }, async () => {
    const { page, at, open, get, post, said } = rig
    const peer = async () => (await get<readonly Peer[]>('/ptp/api/peers'))[0]!
    const { id, updated_at: before } = await peer()
    await open(`partners/ptp%2F${id}`)
    await at('rotate').click()
    expect(await said('ptp', (one) => one.method === 'PUT' && one.url.endsWith('/credentials'))).toMatchObject({
      direction: 'out',
      status: 200,
    })
    expect(Date.parse((await peer()).updated_at)).toBeGreaterThan(Date.parse(before))

    const trouble = { platform: 'ptp', peer: id, of: 'sent', kind: 'error', where: 'payments' }
    const { id: met } = await post<{ id: string }>('/sandbox/api/troubles', trouble)
    const { terminal_id: terminalId } = await terminal('ptp', ({ state }) => state === 'announced')
    await post(`/ptp/api/terminals/${terminalId}/push`)
    await at('retry-now').waitFor()
    await fetch(`${rig.sandbox.url}/sandbox/api/troubles/${met}`, { method: 'DELETE' })
    await at('retry-now').click()
    await page.getByText('Everything has arrived.').waitFor({ timeout: 10_000 })
    expect(await get(`/ptp/api/peers/${id}/deliveries`)).toEqual([])
  })

  test('unregistering asks first; settings are shown with where they come from, and no secret', {
    timeout: 60_000,
  }, async () => {
    const { page, at, open, get } = rig
    await open('settings')
    const settings = await get<readonly { name: string; value: string | null }[]>('/sandbox/api/settings')
    const table = page.getByRole('table', { name: 'Settings' })
    await table.getByText('PLUGTILL_SPEED', { exact: true }).waitFor()
    expect(await table.locator('tbody tr').count()).toBe(settings.length)
    await table.getByRole('row', { name: /PLUGTILL_SPEED --speed 10 flag/ }).waitFor()

    const [peer] = await get<readonly { id: string; status: string }[]>('/cpo/api/peers')
    await open(`partners/cpo%2F${peer!.id}`)
    await at('unregister').click()
    await page.keyboard.press('Escape')
    await at('unregister').waitFor()
    expect((await get<{ status: string }>(`/cpo/api/peers/${peer!.id}`)).status).toBe('registered')
    await at('unregister').click()
    await at('sure').click()
    await page.locator('.page-head .state', { hasText: 'removed' }).waitFor()
    expect(rig.complaints).toEqual([])
  })
})
