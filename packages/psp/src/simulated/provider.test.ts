import { expect, test } from 'vitest'
import type { Money } from '../psp.ts'
import { findSimulatedCard, simulatedCards } from './cards.ts'
import { openLedger } from './ledger.ts'
import { createSimulatedPsp } from './provider.ts'

const eur = (amountMinor: number): Money => ({ amountMinor, currency: 'EUR' })
const day = 86_400_000

function simulation(extra: { readonly latencyMs?: number; readonly timeoutMs?: number } = {}) {
  const time = { now: 1_000_000 }
  const waiting: { at: number; task: () => void }[] = []
  const away = { is: false }
  const ledger = openLedger()
  const clock = {
    now: () => time.now,
    after: (delayMs: number, task: () => void) => {
      waiting.push({ at: time.now + delayMs, task })
      return () => {}
    },
  }
  const psp = createSimulatedPsp({ clock, ledger, random: () => 0.5, outage: () => away.is, ...extra })
  const hold = (card: string, name = 'p1') =>
    psp.authorize({ key: `${name}-auth`, reference: name, terminalId: 't1', card, amount: eur(50_00) })
  return { psp, ledger, time, waiting, away, hold }
}

test('an authorization begins a payment of its own, also where the request names another one', async () => {
  const { psp, hold } = simulation()
  const { pspReference } = await hold('approved')
  const ask = { key: 'again', reference: 'p1', terminalId: 't1', card: 'approved', amount: eur(50_00), pspReference }
  expect((await psp.authorize(ask)).pspReference).not.toBe(pspReference)
  expect((await psp.list({ since: 0 })).length).toBe(2)
})

test('the ledger tells reference, operation, amount, status and instant of every movement', async () => {
  const { psp, ledger, time, hold } = simulation()
  const { pspReference } = await hold('approved')
  time.now += 5
  await psp.capture({ key: 'c', pspReference, amount: eur(12_00), cdrRef: 'cdr' })

  expect(
    ledger
      .entries()
      .map(({ reference, operation, amount, status, at }) => ({ reference, operation, amount, status, at })),
  ).toEqual([
    { reference: 'p1', operation: 'authorize', amount: eur(50_00), status: 'approved', at: 1_000_000 },
    { reference: 'p1', operation: 'capture', amount: eur(12_00), status: 'done', at: 1_000_005 },
  ])
})

test('Visa holds live five days, other brands two', async () => {
  const { hold } = simulation()
  expect((await hold('approved', 'a')).captureBefore).toBe(1_000_000 + 5 * day)
  expect((await hold('approved-mastercard', 'b')).captureBefore).toBe(1_000_000 + 2 * day)
})

test('a hold that runs out is booked at the instant it ran out', async () => {
  const { psp, ledger, time, hold } = simulation()
  await hold('hold-expires')
  time.now += 10 * 60_000
  expect((await psp.query({ reference: 'p1' }))?.state).toBe('expired')
  expect(ledger.entries().at(-1)).toMatchObject({ operation: 'expire', at: 1_000_000 + 3 * 60_000, amount: eur(50_00) })
})

test('during an outage nothing is booked and nothing can be asked', async () => {
  const { psp, ledger, away, hold } = simulation()
  away.is = true
  await expect(hold('approved')).rejects.toMatchObject({ kind: 'unavailable', retry: true })
  await expect(psp.query({ reference: 'p1' })).rejects.toMatchObject({ kind: 'unavailable' })
  away.is = false
  expect(ledger.entries()).toEqual([])
  expect((await hold('approved')).status).toBe('approved')
})

test('an answer takes the latency, a lost answer takes the timeout, by the clock that was given', async () => {
  const { waiting, hold, ledger } = simulation({ latencyMs: 300, timeoutMs: 15_000 })
  const held = hold('approved', 'a')
  const lost = hold('timeout', 'b').catch((error: { kind: string }) => error.kind)
  await Promise.resolve()
  expect(waiting.map((one) => one.at - 1_000_000)).toEqual([300, 15_000])
  expect(ledger.entries()).toHaveLength(2)
  for (const { task } of waiting) task()
  expect((await held).status).toBe('approved')
  expect(await lost).toBe('unknown-outcome')
})

test('two processes on one ledger file see each other’s bookings', async () => {
  const { psp, ledger, hold } = simulation()
  const second = createSimulatedPsp({
    clock: { now: () => 1_000_000, after: () => () => {} },
    ledger,
    random: () => 0.1,
  })
  const { pspReference } = await hold('approved')
  await second.capture({ key: 'c', pspReference, amount: eur(10_00), cdrRef: 'cdr' })
  await expect(psp.void({ key: 'v', pspReference, reason: 'late' })).rejects.toMatchObject({ kind: 'refused' })
})

test('an unknown card is refused with the names of the known ones', async () => {
  const { hold } = simulation()
  await expect(hold('platinum')).rejects.toThrow('Use one of: approved, approved-mastercard, declined')
})

test('a numbered card is a card of its own that behaves like the named one', async () => {
  const { psp } = simulation()
  const [one, seven] = [await psp.identify('approved'), await psp.identify('approved#7')]
  expect(seven).toEqual({ fingerprint: 'sim-approved-7', brand: 'Visa', masked: '**** 1008' })
  expect(seven.fingerprint).not.toBe(one.fingerprint)
  expect(findSimulatedCard('approved#0')).toBeUndefined()
})

test('every simulated card has its own name and fingerprint and one line of explanation', () => {
  expect(new Set(simulatedCards.map((card) => card.name)).size).toBe(simulatedCards.length)
  expect(new Set(simulatedCards.map((card) => card.fingerprint)).size).toBe(simulatedCards.length)
  for (const card of simulatedCards) expect(card.explanation).toMatch(/^[^\n]{5,80}\.$/)
})
