import type { Psp, PspPayment } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { reconciliationRows } from '../src/admin-reconciliation.ts'
import type { Payment } from '../src/payment/payment.ts'
import { createDaily } from '../src/reconcile/daily.ts'
import { type Reconciliation, reconcile } from '../src/reconcile/reconcile.ts'
import { reconciliationRecord } from '../src/reconcile/view.ts'
import { DAY, forge, ids, paid, partsOf, run, withoutRefunds } from './reconciled.ts'
import { charged, type Rig } from './rig.ts'
import { eur, T0 } from './samples.ts'
import { HOUR, MINUTE, REFERENCE } from './scripted-cpo.ts'

test('money of another platform at the same account is none of our business', async () => {
  const one = await paid()
  const amount = eur(700)
  const { pspReference } = await one.psp.authorize({
    key: 'x',
    reference: 'theirs',
    terminalId: 'T-9',
    card: 'approved',
    amount,
  })
  await one.psp.capture({ key: 'y', pspReference, amount, cdrRef: 'none' })
  expect(await ids(one)).toEqual([])
  await one.close()
})

test('a list that is a moment old accuses nobody: the one payment is asked for again', async () => {
  const one = await paid()
  const stale = (record: PspPayment) => ({ ...record, captured: eur(0), state: 'authorized' as const, held: eur(5000) })
  const psp = { ...one.psp, list: async (o: { since: number }) => (await one.psp.list(o)).map(stale) }
  expect(await ids(one, { psp })).toEqual([])
  expect(await ids(one, { psp: { ...psp, list: async () => [] } })).toEqual([])
  await one.close()
})

test('a provider without a report is said to have none, and its own records are compared', async () => {
  const one = await paid()
  const psp = { ...one.psp, name: 'adyen', capabilities: { ...one.psp.capabilities, settlementReport: false } }
  const done = await run(one, { psp })
  expect([done.findings, done.accounts]).toEqual([
    [],
    [{ account: null, provider: 'adyen', read: true, report: false }],
  ])
  await one.close()
})

test('open holds are told with their age, the oldest first', async () => {
  const one = await charged()
  const record = reconciliationRecord(await run(one))
  expect(record.open_holds).toEqual([
    {
      reference: REFERENCE,
      state: 'awaiting-cdr',
      held: { amount_minor: 5000, currency: 'EUR' },
      age_s: 61 * 60,
      release_by: expect.stringMatching(/^2030-01-02T13:01/) as unknown,
      capture_before: expect.any(String) as unknown,
    },
  ])
  expect(record.equal).toBe(true)
  await one.close()
})

test('only payments begun in the period count, and money that moved in it for earlier ones is explained by them', async () => {
  const one = await paid()
  const later = await reconcile(partsOf(one), { from: T0 + HOUR, to: T0 + DAY })
  expect([later.payments, later.findings]).toEqual([0, []])
  await one.close()
})

test('a refund may take its days into the report; one for an earlier payment that our books lack is found', async () => {
  const one = await paid()
  await one.decide('refund', 105)
  await one.pass(2 * DAY)
  expect(await ids(one, { psp: { ...one.psp, settlement: withoutRefunds(one) } })).toEqual([])
  const { pspReference } = await one.payment()
  await one.psp.refund({ key: 'desk', pspReference: pspReference!, amount: eur(200), creditRef: 'desk' })
  const last = await reconcile(partsOf(one), { from: one.clock.now() - HOUR, to: one.clock.now() + 1 })
  expect([last.payments, last.findings.map(({ id }) => id)]).toEqual([0, ['SETTLEMENT_REFUNDS']])
  await one.close()
})

test('a refund that is not in the provider’s books is found in the days after it, however long ago its payment began', async () => {
  const one = await paid()
  await one.pass(40 * DAY)
  await one.decide('refund', 105)
  await one.pass(4 * DAY)
  const asked = one.clock.now() - 4 * DAY
  const found = async (psp: Partial<Psp>, from = asked - DAY) => {
    const change = { psp: { ...one.psp, ...psp } }
    const { findings, payments } = await reconcile(partsOf(one, change), { from, to: from + 8 * DAY })
    expect(payments).toBe(0)
    return findings.map(({ id }) => id)
  }
  expect(await found({})).toEqual([])
  expect(await found({ settlement: withoutRefunds(one) })).toEqual(['SETTLEMENT_REFUNDS'])
  const forgetful: Psp['query'] = async (wanted) => {
    const record = await one.psp.query(wanted)
    return record && { ...record, refunded: eur(0) }
  }
  expect(await found({ query: forgetful })).toEqual(['PROVIDER_REFUNDED'])
  expect(await found({ query: forgetful }, asked + DAY)).toEqual([])
  await one.close()
})

/** Older payments than the one there is: as many rows as that one, by other names. */
async function olderRows({ store }: Rig, count: number): Promise<void> {
  const [row] = await store.query<Record<'id' | 'state' | 'body' | 'chain_hash', string> & { created_at: number }>(
    "SELECT * FROM entity WHERE kind = 'payment'",
  )
  for (let n = 1; n <= count; n++) {
    const id = `${row!.id}-${n}`
    const at = row!.created_at - n
    const body = JSON.stringify({ ...(JSON.parse(row!.body) as Payment), id, createdAt: at })
    await store.query(
      `INSERT INTO entity (kind, id, version, state, body, created_at, updated_at, chain_hash)
         VALUES ('payment', $1, 1, $2, $3, $4, $4, $5)`,
      [id, row!.state, body, at, row!.chain_hash],
    )
  }
}

test('others have their turn while many payments are compared, and one that moves meanwhile is not said to differ', async () => {
  const one = await paid()
  await olderRows(one, 250)
  let done: Reconciliation | undefined
  const running = run(one).then((result) => {
    done = result
  })
  // The newest ones are read, and nobody else has had a turn since: time stands.
  await new Promise((turn) => setImmediate(turn))
  expect(done).toBeUndefined()
  await one.decide('refund', 105)
  await one.pass(HOUR)
  await running
  const { id, refunds } = await one.payment()
  expect(refunds).toMatchObject([{ status: 'done' }])
  expect(done?.payments).toBe(251)
  expect(done?.findings.filter(({ reference }) => reference === id)).toEqual([])
  await one.close()
})

test('the daily run happens at its hour, once a day however many servers there are; a difference is told once', async () => {
  const one = await paid()
  await forge(one, (payment) => ({ ...payment, held: eur(604) }))
  const make = () =>
    createDaily({
      clock: one.clock,
      documents: one.documents,
      journal: one.journal,
      hour: 3,
      onFault: one.onFault,
      run: (period) => reconcile(partsOf(one), period),
    })
  const [first, second] = [make(), make()]
  first.start()
  second.start()
  const told = async () => (await one.codes()).filter((code) => code === 'BOOKS_DIFFER').length
  await one.pass(11 * HOUR)
  expect(await told()).toBe(0)
  await one.pass(2 * HOUR)
  expect(await told()).toBe(1)
  await one.pass(2 * DAY)
  expect(await told()).toBe(1)
  const days = (await one.documents.all('reconciliations')).map(({ key }) => key)
  expect(days).toEqual(['2030-01-01', '2030-01-02', '2030-01-03', '2030-01-04'])
  first.stop()
  second.stop()
  expect(one.faults).toEqual([])
  await one.close()
})

test('a period is read in UTC, wherever the server stands; what is no time is refused', async () => {
  const one = await paid()
  const zone = process.env['TZ']
  process.env['TZ'] = 'America/New_York'
  const [row] = reconciliationRows({ ...partsOf(one), documents: one.documents })
  const ask = async (from: string, to: string) =>
    (await row!.run({ params: {}, query: { from, to }, body: undefined })).body
  const period = { from: '2030-01-01T11:30:00.000Z', to: '2030-01-02T00:00:00.000Z', payments: 1 }
  expect(await ask('2030-01-01T11:30:00', '2030-01-02')).toMatchObject(period)
  expect(await ask('2030-01-01T12:30:00+01:00', '2030-01-02T00:00')).toMatchObject(period)
  for (const wrong of ['2030/01/01', '2030-1-1', 'yesterday', '2030-02-30'])
    expect(await ask(wrong, '2030-12-31')).toMatchObject({ error: 'invalid' })
  process.env['TZ'] = zone
  if (zone === undefined) delete process.env['TZ']
  await one.close()
})

test('a server that was down at the hour makes up for it', async () => {
  const one = await paid()
  const ran: number[] = []
  const daily = createDaily({
    clock: one.clock,
    documents: one.documents,
    journal: one.journal,
    hour: 0,
    onFault: one.onFault,
    run: (period) => {
      ran.push(one.clock.now())
      return reconcile(partsOf(one), period)
    },
  })
  daily.start()
  await one.pass(2 * MINUTE)
  expect(ran).toHaveLength(1)
  daily.stop()
  await one.close()
})
