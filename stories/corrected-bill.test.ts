/** The operator finds a CDR wrong after it was captured: the driver gets the difference back, and an invoice that says so. */
import type { Cdr } from '@plugtill/ocpi/modules/cdrs'
import { auditCdr } from '@plugtill/pricing/audit'
import { describe, expect, test } from 'vitest'
import { databases, tell } from './rig.ts'
import { wireFindings } from './wire-check.ts'

const cents = ({ total_cost }: Cdr) =>
  Math.round((total_cost.before_taxes + (total_cost.taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)) * 100)

describe.each(databases)('on $name', (database) => {
  test('a credit with a cheaper CDR in its place pays back the difference once, and the invoice shows all of it', async () => {
    const story = await tell(database)
    const { reference } = await story.tap()
    await story.reaches(reference, 'charging')
    await story.pass(30 * 60_000)
    story.stations.get('PLG-AC-1')!.unplug(1)
    const before = await story.ends(reference)
    const [original] = await story.cpoAdmin.get<Cdr[]>('/cdrs')

    const replacement = { energy_kwh: original!.total_energy / 2 }
    await story.cpoAdmin.post(`/cdrs/${original!.id}/credit`, { reason: 'Meter exchanged in error', replacement })
    await story.until('the difference is paid back', async () => {
      const booked = await story.booked(reference)
      return booked.some(({ operation, status }) => operation === 'refund' && status === 'done')
    })
    await story.until('the CPO knows of it', async () => (await story.cpoAdmin.get<object[]>('/advices')).length > 1)

    const [fresh, credit] = await story.cpoAdmin.get<Cdr[]>('/cdrs')
    expect(credit).toMatchObject({ credit: true, credit_reference_id: original!.id })
    expect(auditCdr(fresh!, { timeZone: 'Europe/Amsterdam' }).findings).toEqual([])
    const back = cents(original!) - cents(fresh!)
    expect(before.captured).toMatchObject({ amount_minor: cents(original!) })
    expect(await story.booked(reference)).toEqual([
      expect.objectContaining({ operation: 'authorize' }),
      { operation: 'capture', amountMinor: cents(original!), status: 'done' },
      { operation: 'refund', amountMinor: back, status: 'done' },
    ])
    const { documents } = await story.cpoAdmin.get<{ documents: object[] }>(`/invoices/${reference}`)
    expect(documents).toMatchObject([
      { kind: 'invoice', total: cents(original!) },
      { kind: 'credit', total: -cents(original!) },
      { kind: 'invoice', total: cents(fresh!), payment: { state: 'partly-refunded', refunded: { amountMinor: back } } },
    ])
    expect(wireFindings(story.network.passed)).toEqual([])
    expect(story.faults).toEqual([])
    await story.close()
  })
})
