/** Platform, contract, terminal: terms of their own, terminals that move, holds as the contract wants them. */
import { describe, expect, test } from 'vitest'
import { chargeWith, operations } from './charge-with.ts'
import { databases, type Story, tell } from './rig.ts'

const MINUTE = 60_000

interface Contract {
  readonly id: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly effective: Readonly<Record<string, unknown>>
  readonly terminals: readonly string[]
}
interface TerminalRecord {
  readonly terminal_id: string
  readonly state: string
  readonly contract: string | null
  readonly customer_reference?: string
  readonly location_ids: readonly string[]
}

const add = (story: Story, settings: object, more: object = {}) =>
  story.ptpAdmin.post<Contract>('/contracts', { peer: story.peers.ptp, settings, ...more })
const move = (story: Story, contract: string, terminal = story.terminal) =>
  story.ptpAdmin.post<TerminalRecord>(`/terminals/${terminal}/move`, { contract })
/** The first terminal stands under a contract of its own from now on. */
const under = async (story: Story, settings: object, more: object = {}) => {
  const contract = await add(story, settings, more)
  await move(story, contract.id)
  return contract
}
const park = (story: Story) => {
  for (const station of story.stations.values())
    station.behave({
      plan: { after: 'never', stopAtSoc: 100, unplugAfterFullMs: 0, leaveAfterMs: 0, unplugAfterStopMs: 0 },
    })
}

describe.each(databases)('on $name', (database) => {
  test('two contracts, two plug-in windows: each payment waits as long as its own contract says, also when it changes', async () => {
    const story = await tell(database)
    park(story)
    const hasty = await under(story, { plug_in_window_s: 60 })
    const other = story.terminals.find(({ location_ids }) => location_ids.includes('LOC-HIGHWAY'))!.terminal_id
    const patient = await add(story, { plug_in_window_s: 600 })
    await move(story, patient.id, other)
    const slow = await story.ptp().link.tap(other, {
      locationId: 'LOC-HIGHWAY',
      evseUid: 'NLPLGE203',
      connectorId: '',
      card: 'approved',
      language: 'en',
      tapId: 'slow',
    })
    const fast = await story.tap()
    await story.reaches(fast.reference, 'awaiting-session')
    await story.ptpAdmin.post(`/contracts/${hasty.id}`, { settings: { plug_in_window_s: 3000 } })
    await story.pass(2 * MINUTE)
    expect((await story.payment(fast.reference)).state).toBe('voided')
    expect((await story.payment(slow.reference)).state).toBe('awaiting-session')
    await story.pass(10 * MINUTE)
    expect((await story.payment(slow.reference)).state).toBe('voided')
    const shown = await story.ptpAdmin.get<Contract>(`/contracts/${hasty.id}`)
    expect(shown).toMatchObject({ settings: { plug_in_window_s: 3000 }, terminals: [story.terminal] })
    expect(shown.effective).toMatchObject({ plug_in_window_s: 3000, cdr_deadline_s: 900, no_cdr: 'void' })
    await story.close()
  })

  test('a setting that does not exist or cannot have the value is refused, and nothing is changed', async () => {
    const story = await tell(database)
    await expect(add(story, { plug_in_window: 1 })).rejects.toThrow(/plug_in_window_s/)
    await expect(add(story, { hold_strategy: 'most' })).rejects.toThrow(/full, increments, driver, capped/)
    await expect(add(story, { psp_account: 'other' })).rejects.toThrow(/No provider account/)
    expect(await story.ptpAdmin.get('/contracts')).toEqual([])
    await story.close()
  })

  test('the driver chooses the maximum: that much is held, and the session stops at it', async () => {
    const story = await tell(database)
    await under(story, { hold_strategy: 'driver', hold_choices_minor: { EUR: [500, 1500] } })
    const [offer] = (await story.ptp().link.offers(story.terminal)).chargers
    expect(offer!.holdChoices?.map(({ amountMinor }) => amountMinor)).toEqual([500, 1500, 5000])
    const tap = { locationId: 'LOC-CITY', evseUid: 'NLPLGE101', connectorId: '1', card: 'approved', language: 'en' }
    await expect(
      story.ptp().link.tap(story.terminal, { ...tap, tapId: 'odd', maximumMinor: 700 }),
    ).rejects.toMatchObject({ code: 'no-such-maximum' })
    const { reference } = await story.ptp().link.tap(story.terminal, { ...tap, tapId: 'chosen', maximumMinor: 500 })
    await story.reaches(reference, 'charging')
    await story.reaches(reference, 'stopping')
    const payment = await story.ends(reference)
    expect(payment.held).toEqual({ amount_minor: 500, currency: 'EUR' })
    expect(payment.state).toBe('captured')
    expect(payment.captured!.amount_minor).toBeLessThanOrEqual(500)
    expect(payment.captured!.amount_minor).toBeGreaterThan(400)
    expect((await story.ptp().link.payment(story.terminal, reference)).message).toBe('hold-used-up')
    await story.close()
  })

  test('a small hold grows with the session, step by step, and never beyond what the tariff asks for', async () => {
    const story = await tell(database)
    await under(story, { hold_strategy: 'increments', hold_first_minor: { EUR: 300 }, hold_step_minor: { EUR: 300 } })
    const most = { amountMinor: 5000, currency: 'EUR' }
    const [offer] = (await story.ptp().link.offers(story.terminal)).chargers
    expect(offer).toMatchObject({ hold: { amountMinor: 300 }, holdUpTo: most })
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    expect(await story.ptp().link.payment(story.terminal, reference)).toMatchObject({ holdUpTo: most })
    await story.pass(60 * MINUTE)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)
    const booked = await operations(story, reference)
    expect(booked[0]).toBe('authorize 300')
    expect(await story.ptp().link.payment(story.terminal, reference)).not.toHaveProperty('holdUpTo')
    const raises = booked.filter((line) => line.startsWith('increment')).map((line) => Number(line.split(' ')[1]))
    expect(raises.length).toBeGreaterThanOrEqual(2)
    expect([...raises].sort((a, b) => a - b)).toEqual(raises)
    expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    expect(payment.captured!.amount_minor).toBeLessThanOrEqual(raises.at(-1)!)
    expect(payment.captured!.amount_minor).toBeGreaterThan(300)
    await story.close()
  })

  test('capped: never more than a fixed sum is held, whatever the tariff asks for', async () => {
    const story = await tell(database)
    await under(story, { hold_strategy: 'capped', hold_cap_minor: { EUR: 900 } })
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    expect((await story.payment(reference)).held!.amount_minor).toBe(900)
    await story.close()
  })

  test('a contract sells its currencies and speaks its languages only', async () => {
    const story = await tell(database)
    const { languages } = await story.ptp().link.offers(story.terminal)
    await under(story, { currencies: ['GBP'], languages: ['nl'] })
    const offers = await story.ptp().link.offers(story.terminal)
    expect(offers.chargers.every(({ available, reason }) => !available && reason === 'no-price')).toBe(true)
    expect(languages.length).toBeGreaterThan(1)
    expect(offers.languages.filter((language) => language !== 'en' && language !== 'nl')).toEqual([])
    await expect(story.tap()).rejects.toMatchObject({ code: 'no-price' })
    await story.close()
  })

  test('two contracts, two accounts at the provider: each payment is held, captured, refunded and compared at its own', async () => {
    const story = await tell(database, { accounts: ['second'] })
    const second = await under(story, { psp_account: 'second' })
    const other = story.terminals.find(({ location_ids }) => location_ids.includes('LOC-HIGHWAY'))!.terminal_id
    const first = await story.ptp().link.tap(other, {
      locationId: 'LOC-HIGHWAY',
      evseUid: 'NLPLGE203',
      connectorId: '',
      card: 'approved',
      language: 'en',
      tapId: 'own-account',
    })
    const { reference } = await chargeWith(story, (cdr) => cdr)
    const captured = (await story.ends(reference)).captured!.amount_minor
    await story.ptpAdmin.post(`/payments/${reference}/resolve`, {
      decision: 'refund',
      reason: 'half of it',
      amount_minor: 10,
    })
    await story.until('the refund is done', async () => {
      const { refunds } = await story.ptpAdmin.get<{ refunds: readonly { status: string }[] }>(`/payments/${reference}`)
      return refunds[0]?.status === 'done'
    })
    const books = story.accounts.get('second')!.entries()
    expect(books.map(({ reference: of, operation, amount }) => [of, operation, amount.amountMinor])).toEqual([
      [reference, 'authorize', 5000],
      [reference, 'capture', captured],
      [reference, 'refund', 10],
    ])
    expect(new Set(story.ledger.entries().map((entry) => entry.reference))).toEqual(new Set([first.reference]))
    expect(await story.ptpAdmin.get(`/payments/${reference}`)).toMatchObject({ contract: second.id })

    const [receipt] = await story.ptp().link.receipts(story.terminal, 'approved')
    expect(receipt).toMatchObject({ reference, total: { amountMinor: captured - 10 } })
    expect(await story.ptpAdmin.get('/reconciliation')).toMatchObject({
      equal: true,
      accounts: [{ account: null }, { account: 'second' }],
      totals: [{ currency: 'EUR', captured, refunded: 10, provider: captured - 10 }],
    })
    await story.close()
  })

  test('activation with the agreed customer_reference works, with another one it is OCPI 2001 and changes nothing', async () => {
    const story = await tell(database)
    const contract = await add(story, {}, { customer_reference: 'AGREED-7' })
    const added = await story.ptpAdmin.post<TerminalRecord>('/terminals', { contract: contract.id, reference: 'SN-7' })
    expect(added.customer_reference).toBe('AGREED-7')
    const activate = (customer_reference: string) =>
      story.cpoAdmin.post<object>('/terminals/activate', {
        reference: 'SN-7',
        customer_reference,
        location_ids: ['LOC-CITY'],
      })
    await expect(activate('WRONG')).rejects.toThrow(/customer_reference/)
    expect((await story.ptpAdmin.get<TerminalRecord>(`/terminals/${added.terminal_id}`)).location_ids).toEqual([])
    await activate('agreed-7')
    const active = await story.ptpAdmin.get<TerminalRecord>(`/terminals/${added.terminal_id}`)
    expect(active).toMatchObject({ contract: contract.id, location_ids: ['LOC-CITY'] })
    await story.close()
  })

  test('a terminal moves to another contract: it keeps its places, tells the CPO, and the payment that runs keeps its terms', async () => {
    const story = await tell(database)
    const first = await under(story, { plug_in_window_s: 120 }, { customer_reference: 'ONE' })
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    const second = await add(
      story,
      { hold_strategy: 'capped', hold_cap_minor: { EUR: 700 } },
      { customer_reference: 'TWO' },
    )
    const moved = await move(story, second.id)
    expect(moved).toMatchObject({ contract: second.id, customer_reference: 'TWO', location_ids: ['LOC-CITY'] })
    await story.until('the CPO knows', async () => {
      const there = await story.cpoAdmin.get<{ readonly customer_reference?: string }>(`/terminals/${story.terminal}`)
      return there.customer_reference === 'TWO'
    })
    expect(await story.ptpAdmin.get(`/payments/${reference}`)).toMatchObject({ contract: first.id })
    await story.pass(10 * MINUTE)
    story.stations.get('PLG-AC-1')!.unplug(1)
    expect((await story.ends(reference)).state).toBe('captured')
    const next = await story.tap()
    expect((await story.reaches(next.reference, 'charging')).held!.amount_minor).toBe(700)
    await story.close()
  })

  test('a terminal that is deactivated in mid-session: nothing new starts, the session ends and is paid like any other', async () => {
    const story = await tell(database)
    const { reference } = await chargeWith(story, (cdr) => cdr, {
      tap: async () => {
        const tapped = await story.tap()
        await story.reaches(tapped.reference, 'charging')
        await story.cpoAdmin.post(`/terminals/${story.terminal}/deactivate`)
        await expect(story.tap({ evse: 'NLPLGE102' })).rejects.toMatchObject({ code: 'terminal-off' })
        const { chargers, open } = await story.ptp().link.offers(story.terminal)
        expect(chargers).toEqual([])
        expect(open.map((one) => one.reference)).toEqual([tapped.reference])
        return tapped
      },
    })
    const payment = await story.ends(reference)
    expect(payment).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    await story.close()
  })

  test('the driver may stop at a terminal that was deactivated in the meantime', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.ptpAdmin.post(`/terminals/${story.terminal}/deactivate`)
    await story.pass(5 * MINUTE)
    await story.flow(story.stop(reference))
    expect((await story.ends(reference)).state).toBe('captured')
    await story.close()
  })
})
