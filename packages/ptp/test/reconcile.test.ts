import type { PspPayment } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { usualTerms } from '../src/payment/terms.ts'
import { FINDINGS } from '../src/reconcile/findings.ts'
import type { ReconcileParts } from '../src/reconcile/reconcile.ts'
import { DAY, forge, ids, paid, run, withoutRefunds } from './reconciled.ts'
import { charged, type Rig, rig } from './rig.ts'
import { eur, T0 } from './samples.ts'
import { cdrFor, creditFor, HOUR, MINUTE, REFERENCE, sessionAt } from './scripted-cpo.ts'

/** Every way a payment can end. */
const ends: Readonly<Record<string, () => Promise<Rig>>> = {
  paid,
  'partly paid': async () => {
    const one = await charged({ payment: { asked: eur(500), minimumHold: eur(100) } })
    await one.bill(cdrFor(10))
    return one
  },
  'taken back by the CPO': async () => {
    const one = await paid()
    await one.bill(creditFor(cdrFor(10)))
    await one.pass(HOUR)
    return one
  },
  'corrected by the CPO': async () => {
    const one = await paid()
    await one.bill(creditFor(cdrFor(10)))
    await one.bill(cdrFor(8, { id: 'CDR2' }))
    await one.pass(HOUR)
    return one
  },
  'refunded by an operator': async () => {
    const one = await paid()
    await one.decide('refund', 105)
    await one.pass(HOUR)
    return one
  },
  'captured twice, and the rest paid back': async () => {
    const one = await paid({ card: 'capture-twice' })
    await one.sweep.once()
    await one.pass(HOUR)
    return one
  },
  'captured and failed afterwards': async () => {
    const one = await paid({ card: 'capture-fails-afterwards' })
    await one.sweep.once()
    await one.pass(MINUTE)
    expect((await one.payment()).state).toBe('stuck')
    return one
  },
  'nothing to pay': async () => {
    const one = await charged({}, 0)
    await one.bill(cdrFor(0))
    await one.pass(HOUR)
    return one
  },
  declined: async () => {
    const one = await rig({ card: 'declined' })
    await one.tap()
    return one
  },
  'still charging': async () => {
    const one = await rig()
    await one.tap()
    await one.result('ACCEPTED')
    await one.push(sessionAt(2))
    return one
  },
}

test('books that nobody touched say the same, whatever became of the payment', async () => {
  for (const [end, make] of Object.entries(ends)) {
    const one = await make()
    const done = await run(one)
    expect(done.findings, end).toEqual([])
    expect(done.payments, end).toBe(1)
    const [{ paid: ours, advised, receipts, provider } = { paid: 0, advised: 0, receipts: 0, provider: 0 }] =
      done.totals
    expect([receipts, provider], end).toEqual([ours, ours])
    if (end !== 'captured and failed afterwards') expect(advised, end).toBe(ours)
    await one.close()
  }
})

/** What somebody did to one of the books, and by which names it is found. */
const planted: Readonly<
  Record<
    string,
    {
      readonly finds: readonly (keyof typeof FINDINGS)[]
      readonly plant: (one: Rig) => Promise<Partial<ReconcileParts> | void>
    }
  >
> = {
  'a payment was moved to another terminal': {
    finds: ['BOOKS_CHANGED'],
    plant: async ({ store, payment }) => {
      const body = JSON.stringify({ ...(await payment()), terminalId: 'T-2' })
      await store.query("UPDATE entity SET body = $1 WHERE kind = 'payment'", [body])
    },
  },
  'an event was made another one': {
    finds: ['BOOKS_CHANGED'],
    plant: async ({ store }) => void (await store.query("UPDATE event SET type = 'voided' WHERE type = 'captured'")),
  },
  'the CDR is gone': {
    finds: ['CDR_LACKS'],
    plant: async (one) => void (await one.documents.delete('cdrs', 'peer-1/nl/cpo/cdr1')),
  },
  'the CDR asks a cent more': {
    finds: ['CDR_DIFFERS', 'RECEIPT_DIFFERS'],
    plant: async ({ documents }) => {
      const cdr = cdrFor(10, {
        total_cost: { before_taxes: 5.01, taxes: [{ name: 'VAT', percentage: 21, amount: 1.05 }] },
      })
      await documents.put('cdrs', 'peer-1/nl/cpo/cdr1', JSON.stringify(cdr), cdr.last_updated)
    },
  },
  'the CDR has another meter': {
    finds: ['CDR_DIFFERS'],
    plant: async ({ documents }) => {
      const cdr = cdrFor(10, { total_energy: 11 })
      await documents.put('cdrs', 'peer-1/nl/cpo/cdr1', JSON.stringify(cdr), cdr.last_updated)
    },
  },
  'somebody wrote into the database past the documents': {
    finds: ['CDR_DIFFERS'],
    plant: async ({ store }) => {
      const body = JSON.stringify(cdrFor(10, { total_energy: 12 }))
      await store.query("UPDATE document SET body = $1 WHERE shelf = 'cdrs'", [body])
    },
  },
  'more was captured than was held': {
    finds: ['CAPTURE_DIFFERS'],
    plant: (one) => forge(one, (payment) => ({ ...payment, held: eur(604) })),
  },
  'the bill of a capture is gone': {
    finds: ['CAPTURE_DIFFERS', 'RECEIPT_DIFFERS'],
    plant: (one) => forge(one, ({ cdr: _, ...payment }) => payment),
  },
  'no advice was made': {
    finds: ['ADVICE_LACKS'],
    plant: (one) => forge(one, ({ advice: _, ...payment }) => payment),
  },
  'the advice was never written down': {
    finds: ['ADVICE_LACKS'],
    plant: async (one) => void (await one.documents.delete('advices', (await adviceKeys(one))[0]!)),
  },
  'the advice tells another amount': {
    finds: ['ADVICE_DIFFERS'],
    plant: async (one) => {
      const [key] = await adviceKeys(one)
      const advice = JSON.parse((await one.documents.get('advices', key!))!.body) as object
      const told = { ...advice, total_costs: { before_taxes: 6.06 } }
      await one.documents.put('advices', key!, JSON.stringify(told), '2030-01-01T13:01:00Z')
    },
  },
  'the advice has waited for a day': {
    finds: ['ADVICE_UNDELIVERED'],
    plant: async (one) => {
      await forge(one, (payment) => ({ ...payment, advice: { ...payment.advice!, deliveredAt: undefined } }))
      return { clock: { ...one.clock, now: () => T0 + 27 * HOUR } }
    },
  },
  'the provider has no such payment': {
    finds: ['PROVIDER_LACKS', 'PROVIDER_ONLY'],
    plant: (one) => forge(one, (payment) => ({ ...payment, pspReference: 'SIM-99999999' })),
  },
  'the provider captured twice': {
    finds: ['PROVIDER_CAPTURED', 'SETTLEMENT_DIFFERS'],
    plant: async ({ ledger }) => {
      const capture = ledger.entries().find(({ operation }) => operation === 'capture')!
      ledger.append({ ...capture, key: '' })
    },
  },
  'the provider took the capture back': {
    finds: ['PROVIDER_CAPTURED', 'SETTLEMENT_DIFFERS'],
    plant: async ({ ledger }) => {
      const capture = ledger.entries().find(({ operation }) => operation === 'capture')!
      ledger.append({ ...capture, key: '', status: 'refused', request: '{}', answer: '{}' })
    },
  },
  'somebody refunded at the provider’s own desk': {
    finds: ['PROVIDER_REFUNDED', 'SETTLEMENT_REFUNDS'],
    plant: async ({ psp, payment }) => {
      const { pspReference } = await payment()
      await psp.refund({ key: 'desk', pspReference: pspReference!, amount: eur(5), creditRef: 'desk' })
    },
  },
  'the provider holds money for nobody': {
    finds: ['PROVIDER_HOLDS'],
    plant: async ({ psp }) => {
      const amount = eur(700)
      await psp.authorize({ key: 'x', reference: 'lost', terminalId: 'T-1', card: 'approved', amount })
    },
  },
  'the provider took money for nobody': {
    finds: ['PROVIDER_ONLY'],
    plant: async ({ psp }) => {
      const amount = eur(700)
      const { pspReference } = await psp.authorize({
        key: 'x',
        reference: 'lost',
        terminalId: 'T-1',
        card: 'approved',
        amount,
      })
      await psp.capture({ key: 'y', pspReference, amount, cdrRef: 'none' })
    },
  },
  'the account of the payment is configured no longer': {
    finds: ['PROVIDER_UNREAD'],
    plant: (one) => forge(one, (payment) => ({ ...payment, terms: { ...usualTerms, pspAccount: 'old' } })),
  },
  'the payout is a cent short': {
    finds: ['SETTLEMENT_DIFFERS'],
    plant: async ({ psp }) => ({
      psp: {
        ...psp,
        settlement: async (period) =>
          (await psp.settlement(period)).map((line) => ({ ...line, amount: eur(line.amount.amountMinor - 1) })),
      },
    }),
  },
  'a refund is not in the report days later': {
    finds: ['SETTLEMENT_REFUNDS'],
    plant: async (one) => {
      await one.decide('refund', 105)
      await one.pass(5 * DAY)
      return { psp: { ...one.psp, settlement: withoutRefunds(one) } }
    },
  },
  'a capture in a currency that was never held': {
    finds: ['NOT_COMPARED'],
    plant: (one) => forge(one, (payment) => ({ ...payment, captured: { amountMinor: 605, currency: 'USD' } })),
  },
  'the day for deciding the hold is over': {
    finds: ['HOLD_OPEN'],
    plant: async (one) => {
      await forge(one, ({ captured: _, advice: __, ...payment }) => ({ ...payment, releaseBy: T0, state: 'stuck' }))
      return { psp: { ...one.psp, ...asIfHeld(one) } }
    },
  },
}

/** The provider as it was before the capture. */
const asIfHeld = ({ psp }: Rig) => {
  const before = (record: PspPayment): PspPayment => ({
    ...record,
    state: 'authorized',
    held: record.authorized,
    captured: eur(0),
  })
  return {
    list: async (o: { since: number; until?: number }) => (await psp.list(o)).map(before),
    query: async (o: object) => before((await psp.query(o))!),
    settlement: async () => [],
  }
}

async function adviceKeys(one: Rig): Promise<readonly string[]> {
  return (await one.documents.all('advices')).map(({ key }) => key)
}

for (const [what, { finds, plant }] of Object.entries(planted))
  test(`${what}: ${finds.join(' and ')}`, async () => {
    const one = await paid()
    expect(await ids(one)).toEqual([])
    const changed = (await plant(one)) ?? {}
    const { findings } = await run(one, changed)
    expect(findings.map(({ id }) => id).toSorted()).toEqual([...finds].toSorted())
    for (const { reference, message, fix } of findings) {
      expect([REFERENCE, 'lost', '']).toContain(reference)
      expect(message.length).toBeGreaterThan(20)
      expect(fix.length).toBeGreaterThan(20)
    }
    await one.close()
  })

test('every name is planted once', () => {
  expect([...new Set(Object.values(planted).flatMap(({ finds }) => finds))].toSorted()).toEqual(
    Object.keys(FINDINGS).toSorted(),
  )
})
