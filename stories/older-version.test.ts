/** A whole paid session between two platforms that speak 2.2.1 with Payments as agreed custom module. (E-04, F-01 to F-20) */
import type { SiteTariff } from '@plugtill/cpo/sites/configuration'
import { demoSites } from '@plugtill/cpo/sites/demo'
import type { Fault } from '@plugtill/ocpi/errors'
import { describe, expect, test } from 'vitest'
import { databases, tell } from './rig.ts'
import { wireFindings } from './wire-check.ts'

interface LegacyCost {
  readonly excl_vat: number
  readonly incl_vat: number
}
const asCost = (value: unknown) => value as LegacyCost

const [acTariff, dcTariff] = demoSites.tariffs as readonly [SiteTariff, SiteTariff]
/** Prices with taxes, and nothing that says which. */
const grossTariff: SiteTariff = {
  ...dcTariff,
  tax_included: 'YES',
  elements: dcTariff.elements.map(({ price_components }) => ({
    price_components: price_components.map(({ vat: _vat, ...component }) => component),
  })),
}

describe.each(databases)('on $name', (database) => {
  test('tap to receipt over 2.2.1: every message in its spelling, the money exact', async () => {
    const story = await tell(database, { version: '2.2.1' })
    const { reference } = await story.tap()
    const charging = await story.reaches(reference, 'charging')
    expect(charging.held).toEqual({ amount_minor: 5000, currency: 'EUR' })
    await story.pass(20 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)

    const [cdr, ...more] = story.sent('POST', '/2.2.1/receiver/cdrs')
    expect(more).toEqual([])
    const cost = asCost(cdr!['total_cost'])
    const gross = Math.round(cost.incl_vat * 100)
    expect(cost.incl_vat).toBeGreaterThan(cost.excl_vat)
    expect(payment).toMatchObject({
      state: 'captured',
      captured: { amount_minor: gross, currency: 'EUR' },
      advice: { status: 'SUCCESS' },
    })
    expect(await story.booked(reference)).toEqual([
      { operation: 'authorize', amountMinor: 5000, status: 'approved' },
      { operation: 'capture', amountMinor: gross, status: 'done' },
    ])
    const [advice] = story.sent('POST', '/2.2.1/receiver/payments/financial-advice-confirmations')
    expect(asCost(advice!['total_costs']).incl_vat).toBe(gross / 100)
    const [receipt] = await story.ptp().link.receipts(story.terminal, 'approved')
    expect(receipt).toMatchObject({ reference, status: 'captured', total: { amountMinor: gross, currency: 'EUR' } })
    const invoice = await story.cpoAdmin.get(`/invoices/${reference}`)
    expect(invoice).toMatchObject({ documents: [{ payment: { state: 'paid', captured: { amountMinor: gross } } }] })

    expect(wireFindings(story.network.passed)).toEqual([])
    expect(story.faults).toEqual([])
    await story.close()
  })

  test('nothing of 2.3.0 is on the wire of a 2.2.1 connection', async () => {
    const story = await tell(database, { version: '2.2.1' })
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(5 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    await story.ends(reference)

    const urls = story.network.passed.map(({ request }) => request.url)
    expect(urls.filter((url) => url.includes('/2.3.0'))).toEqual([])
    const bytes = story.network.passed
      .filter(({ request }) => !request.url.endsWith('/versions'))
      .map(({ request, response }) => request.body + response?.body)
      .join('\n')
    expect(bytes).not.toMatch(
      /before_taxes|after_taxes|tax_included|parking_places|help_phone|accepted_service_providers/,
    )
    expect(bytes).toMatch(/preauthorize_amount/)
    for (const { response } of story.network.passed)
      expect(response?.headers['location'] ?? '/2.2.1/').toContain('/2.2.1/')
    await story.close()
  })

  test('a connection moves to 2.3.0 by PUT credentials while a session runs, and the session is paid', async () => {
    const story = await tell(database, { version: '2.2.1' })
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(5 * 60_000)
    expect(await story.ptpAdmin.get(`/peers/${story.peers.ptp}`)).toMatchObject({ version: '2.2.1' })
    await story.cpoAdmin.post(`/peers/${story.peers.cpo}/rotate`, { version: '2.3.0' })
    expect(await story.ptpAdmin.get(`/peers/${story.peers.ptp}`)).toMatchObject({ version: '2.3.0' })
    await story.pass(5 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)

    expect(await story.ends(reference)).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS' } })
    const [cdr] = story.sent('POST', '/2.3.0/receiver/cdrs')
    expect(cdr).toMatchObject({ total_cost: { before_taxes: expect.any(Number) as number } })
    expect(wireFindings(story.network.passed)).toEqual([])
    await story.close()
  })

  test('the version on the wire changes no cent: held, captured, advised and booked as over 2.3.0', async () => {
    const told = async (version: '2.3.0' | '2.2.1', minutes: number) => {
      const story = await tell(database, { version })
      const { reference } = await story.tap()
      await story.reaches(reference, 'charging')
      await story.pass(minutes * 60_000)
      // Token renewal by the side that did not choose the version keeps it.
      await story.ptpAdmin.post(`/peers/${story.peers.ptp}/rotate`)
      expect(await story.ptpAdmin.get(`/peers/${story.peers.ptp}`)).toMatchObject({ version })
      story.stations.get('PLG-AC-1')!.unplug(1)
      const { held, captured, advice } = await story.ends(reference)
      const [receipt] = await story.ptp().link.receipts(story.terminal, 'approved')
      const booked = await story.booked(reference)
      await story.close()
      return { held, captured, advised: advice?.status, booked, total: receipt?.total, lines: receipt?.lines }
    }
    for (const minutes of [1, 7, 45]) expect(await told('2.2.1', minutes)).toEqual(await told('2.3.0', minutes))
  })

  test('a gross tariff without a rate is not offered over 2.2.1: nothing is sold with it, and the operator reads why (F-03)', async () => {
    const story = await tell(database, { version: '2.2.1', sites: { ...demoSites, tariffs: [acTariff, grossTariff] } })
    const known = await story.ptpAdmin.get<readonly { readonly id: string }[]>('/tariffs')
    expect(known.map(({ id }) => id)).toEqual(['AC-ADHOC'])
    const told = story.faults.filter(({ who }) => who === 'cpo').map(({ fault }) => fault as Fault)
    expect(told.length).toBeGreaterThan(0)
    for (const { code, message } of told) {
      expect(code).toBe('NOT_IN_VERSION')
      expect(message).toMatch(/"DC-ADHOC" cannot be said in OCPI 2\.2\.1.*without vat/)
    }
    const fast = story.terminals.find(({ location_ids }) => !location_ids.includes('LOC-CITY'))!.terminal_id
    const { chargers } = await story.ptp().link.offers(fast)
    expect(chargers.map(({ available }) => available)).not.toContain(true)
    await story.close()
  })
})
