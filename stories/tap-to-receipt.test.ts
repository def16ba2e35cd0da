import { describe, expect, test } from 'vitest'
import { databases, tell } from './rig.ts'
import { wireFindings } from './wire-check.ts'

interface Invoice {
  readonly documents: readonly {
    readonly total: number
    readonly payment?: { readonly state: string; readonly eftData: readonly string[] }
  }[]
}

describe.each(databases)('on $name', (database) => {
  test('tap, charge, unplug: captured is what the CDR says, once; advised, receipted, invoiced', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    const charging = await story.reaches(reference, 'charging')
    expect(charging.held).toEqual({ amount_minor: 5000, currency: 'EUR' })
    await story.pass(20 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)

    const [cdr, ...moreCdrs] = story.sent('POST', '/receiver/cdrs')
    expect(moreCdrs).toEqual([])
    const cost = cdr!['total_cost'] as { before_taxes: number; taxes: { amount: number }[] }
    const gross = Math.round((cost.before_taxes + cost.taxes.reduce((sum, tax) => sum + tax.amount, 0)) * 100)
    expect(gross).toBeGreaterThan(50)
    expect(payment).toMatchObject({
      state: 'captured',
      captured: { amount_minor: gross, currency: 'EUR' },
      advice: { status: 'SUCCESS' },
    })
    expect(await story.booked(reference)).toEqual([
      { operation: 'authorize', amountMinor: 5000, status: 'approved' },
      { operation: 'capture', amountMinor: gross, status: 'done' },
    ])

    const advices = story.sent('POST', '/financial-advice-confirmations')
    expect(advices).toHaveLength(1)
    expect(advices[0]).toMatchObject({
      authorization_reference: reference,
      capture_status_code: 'SUCCESS',
      currency: 'EUR',
    })
    const [receipt] = await story.ptp().link.receipts(story.terminal, 'approved')
    expect(receipt).toMatchObject({
      reference,
      status: 'captured',
      total: { amountMinor: gross, currency: 'EUR' },
      card: { brand: 'Visa', masked: '**** 1001' },
    })
    expect(receipt!.invoiceUrl).toBe(`https://cpo.example/cpo/invoices/${reference}`)
    const { documents } = await story.cpoAdmin.get<Invoice>(`/invoices/${reference}`)
    expect(documents).toMatchObject([
      { kind: 'invoice', total: gross, payment: { state: 'paid', captured: { amountMinor: gross, currency: 'EUR' } } },
    ])
    expect(documents[0]?.payment?.eftData).toEqual(advices[0]!['eft_data'])
    await story.close()
  })

  test('every id of the transaction is linked by authorization_reference, and every message on the wire is valid', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(10 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const payment = await story.ends(reference)

    const start = story.sent('POST', '/START_SESSION')[0]!
    const sessions = story.sent('PUT', '/receiver/sessions/')
    const cdr = story.sent('POST', '/receiver/cdrs')[0]!
    const advice = story.sent('POST', '/financial-advice-confirmations')[0]!
    expect(start['authorization_reference']).toBe(reference)
    for (const session of sessions)
      expect(session).toMatchObject({ authorization_reference: reference, id: payment.session_id })
    expect(cdr).toMatchObject({
      authorization_reference: reference,
      session_id: payment.session_id,
      id: payment.cdr_id,
    })
    expect(advice).toMatchObject({ authorization_reference: reference, id: payment.advice!.id })
    const token = start['token'] as { uid: string; type: string; whitelist: string }
    expect(token).toMatchObject({
      type: 'AD_HOC_USER',
      whitelist: 'NEVER',
      uid: expect.stringMatching(/^[A-Z0-9]{1,20}$/) as unknown,
    })
    expect((cdr['cdr_token'] as { uid: string }).uid).toBe(token.uid)
    const ocpi = payment.timeline.filter((entry) => entry.kind === 'ocpi').map((entry) => entry['endpoint'])
    expect(ocpi).toEqual(expect.arrayContaining(['startSession', 'result', 'putSession', 'postCdr', 'postAdvice']))
    expect(wireFindings(story.network.passed)).toEqual([])
    await story.close()
  })
})
