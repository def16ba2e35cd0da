/** Accounts at providers are compared each by itself. (F80) */

import { type Psp, PspError } from '@plugtill/psp/psp'
import { openLedger } from '@plugtill/psp/simulated/ledger'
import { createSimulatedPsp } from '@plugtill/psp/simulated/provider'
import { expect, test } from 'vitest'
import { createDaily } from '../src/reconcile/daily.ts'
import { reconcile } from '../src/reconcile/reconcile.ts'
import { DAY, forge, paid, partsOf, run } from './reconciled.ts'
import { eur } from './samples.ts'
import { HOUR, MINUTE, REFERENCE } from './scripted-cpo.ts'

const away = () => Promise.reject(new PspError('unavailable', 'away'))

test('an account that cannot be read is told; its payments are held against our own books, all others against theirs (F80)', async () => {
  const one = await paid()
  const unread = {
    id: 'PROVIDER_UNREAD',
    reference: '',
    message: expect.stringMatching(/cannot be read: away/) as unknown,
  }
  for (const broken of [{ list: away }, { settlement: away }]) {
    const psp: Psp = { ...one.psp, ...broken }
    const done = await run(one, { psp })
    expect(done.findings).toMatchObject([unread])
    expect(done.accounts).toMatchObject([{ account: null, read: false }])
    const other = await run(one, { pspAccounts: { second: psp } })
    expect(other.findings).toMatchObject([{ ...unread, account: 'second' }])
    expect(other.accounts).toMatchObject([
      { account: null, read: true, report: true },
      { account: 'second', read: false },
    ])
  }
  await forge(one, (payment) => ({ ...payment, held: eur(604) }))
  const own = await run(one, { psp: { ...one.psp, list: away } })
  expect(own.findings.map(({ id }) => id)).toEqual(['PROVIDER_UNREAD', 'CAPTURE_DIFFERS'])
  await one.close()
})

test('an account that is lost in the middle of a run is asked no more, and nothing of it is called different (F80)', async () => {
  const one = await paid()
  let asked = 0
  const psp: Psp = {
    ...one.psp,
    list: async () => [],
    query: () => {
      asked++
      return away()
    },
  }
  expect((await run(one, { psp })).findings.map(({ id }) => id)).toEqual(['PROVIDER_UNREAD'])
  expect(asked).toBe(1)
  await one.close()
})

test('money at one account is not explained by a payment that has the same reference at another one (I9, F80)', async () => {
  const one = await paid()
  const ledger = openLedger()
  const second = createSimulatedPsp({ clock: one.clock, ledger, random: () => 0.5 })
  const key = (n: number) => `0000000${n}-0000-4000-8000-000000000000`
  const asked = { terminalId: 'T-1', card: 'approved', amount: eur(900) }
  const { pspReference } = await second.authorize({ key: key(1), reference: 'lost', ...asked })
  await second.capture({ key: key(2), pspReference, amount: eur(900), cdrRef: 'none' })
  expect(pspReference).toBe((await one.payment()).pspReference)
  const { findings } = await run(one, { pspAccounts: { second } })
  expect(findings).toMatchObject([{ id: 'PROVIDER_ONLY', reference: 'lost', theirs: eur(900) }])
  // Nor is what stands there under the name of a payment that was made at another account.
  const copy = { ...second, list: one.psp.list, query: one.psp.query, settlement: async () => [] }
  expect((await run(one, { pspAccounts: { second: copy } })).findings).toMatchObject([
    { id: 'PROVIDER_ONLY', reference: REFERENCE, theirs: eur(605) },
  ])
  await one.close()
})

test('a daily run that could not read something is repeated within minutes, and told once a day (F80)', async () => {
  const one = await paid()
  const ran: string[] = []
  let isAway = true
  const daily = createDaily({
    ...{ clock: one.clock, documents: one.documents, journal: one.journal, onFault: one.onFault, hour: 16 },
    run: (period) => {
      ran.push(new Date(one.clock.now()).toISOString().slice(11, 16))
      return reconcile(partsOf(one, isAway ? { psp: { ...one.psp, list: away } } : {}), period)
    },
  })
  daily.start()
  await one.pass(HOUR + 4 * MINUTE)
  expect(ran).toEqual(['16:00', '16:01', '16:03'])
  expect((await one.journal.of('')).map(({ body }) => body['finding'])).toEqual(['PROVIDER_UNREAD'])
  isAway = false
  await one.pass(DAY - HOUR)
  expect(ran.slice(3)).toEqual(['16:07'])
  expect(JSON.parse((await one.documents.all('reconciliations'))[0]!.body)).toMatchObject({ equal: true })
  daily.stop()
  await one.close()
})
