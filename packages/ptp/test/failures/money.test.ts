/** F61 to F79: captures, refunds and voids whose outcome is not what was hoped for. */
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { createBreaker, provider } from '../../src/breaker.ts'
import { charged, failingCaptures, rig } from '../rig.ts'
import { eur } from '../samples.ts'
import { cdrFor, HOUR, MINUTE, REFERENCE, sessionAt } from '../scripted-cpo.ts'
import { row } from './row.ts'

const AUTHORIZED = 'authorize 5000 approved'
const hung = () => new Promise<never>(() => undefined)
const later = () => new Promise((done) => setTimeout(done, 20))

row('F61', 'a crash before the capture call: resumed with the stored key', async () => {
  const dead = await charged({ psp: (psp) => ({ ...psp, capture: hung }) })
  void dead.bill(cdrFor(10))
  await later()
  const next = await rig({ after: dead })
  await next.pass(20_000)
  expect(next.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await next.close()
})

row('F62', 'a capture without answer: the record is read, the same key is used, one capture', async () => {
  const one = await charged({ card: 'capture-timeout' })
  await one.bill(cdrFor(10))
  await one.pass(MINUTE)
  expect((await one.payment()).state).toBe('captured')
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await one.close()
})

row(
  'F63',
  'after the provider has forgotten the key its record is read before the capture is asked for again',
  async () => {
    const seen: string[] = []
    let away = true
    const one = await charged({
      psp: (psp) => ({
        ...psp,
        capabilities: { ...psp.capabilities, idempotency: { retentionSafeMs: 20 * HOUR, maxKeyLength: 64 } },
        capture: async (o) => {
          seen.push('capture')
          if (away) throw new PspError('unavailable', 'away')
          return psp.capture(o)
        },
        query: async (o) => {
          seen.push('query')
          return psp.query(o)
        },
      }),
    })
    await one.bill(cdrFor(10))
    await one.pass(20 * HOUR + MINUTE)
    expect(seen).toContain('query')
    const asked = seen.length
    away = false
    await one.pass(2 * MINUTE)
    expect(seen.slice(asked).slice(0, 2)).toEqual(['query', 'capture'])
    expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
    await one.close()
  },
)

row('F64', 'captured twice: found in the books of the provider, the extra is paid back', async () => {
  const one = await charged({ card: 'capture-twice' })
  await one.bill(cdrFor(10))
  await one.pass(20 * MINUTE)
  await one.sweep.once()
  await one.pass(MINUTE)
  expect(one.booked().filter((line) => line.startsWith('refund'))).toEqual(['refund 605 done'])
  expect(await one.codes()).toEqual(expect.arrayContaining(['CAPTURED_TWICE']))
  expect(await one.psp.query({ reference: REFERENCE })).toMatchObject({ captured: eur(1210), refunded: eur(605) })
  expect(one.cpo.advices.map(({ total_costs }) => total_costs.before_taxes)).toEqual([5])
  await one.sweep.once()
  await one.pass(MINUTE)
  expect(one.booked().filter((line) => line.startsWith('refund'))).toHaveLength(1)
  await one.close()
})

test('F64: captured twice at the end of a session of three days: found all the same, when the next day begins', async () => {
  const one = await rig({ card: 'capture-twice' })
  await one.tap()
  await one.result('ACCEPTED')
  one.cpo.sessions = [sessionAt(2)]
  await one.push(sessionAt(2))
  await one.pass(70 * HOUR)
  await one.push(sessionAt(70 * 60, { status: 'COMPLETED', kwh: 10 }))
  await one.bill(cdrFor(10))
  expect((await one.payment()).state).toBe('captured')
  for (let hours = 0; hours < 24; hours++) {
    await one.pass(HOUR)
    await one.sweep.once()
  }
  await one.pass(MINUTE)
  expect(one.booked().filter((line) => line.startsWith('refund'))).toEqual(['refund 605 done'])
  await one.close()
})

row('F65', 'the capture is refused: advice FAILED, an operator may have it tried three times in all', async () => {
  const one = await charged({ card: 'capture-fails' })
  await one.bill(cdrFor(10))
  expect(await one.payment()).toMatchObject({ state: 'stuck', advice: { status: 'FAILED' } })
  expect(await one.decide('retry')).toHaveProperty('to')
  expect(await one.decide('retry')).toHaveProperty('to')
  expect(await one.decide('retry')).toHaveProperty('refuse')
  expect(one.booked().filter((line) => line.startsWith('capture'))).toHaveLength(3)
  expect(await one.decide('void')).toHaveProperty('to')
  expect((await one.payment()).state).toBe('voided')
  await one.close()
})

test('F57 F65: where a capture without a CDR was refused, the CDR that comes after all decides, by the record and under a key of its own (I10, I1)', async () => {
  let refuses = true
  const asked: string[] = []
  const one = await charged({
    terms: { noCdr: 'session-cost' },
    psp: (psp) => ({
      ...psp,
      query: async (o) => {
        asked.push('query')
        return psp.query(o)
      },
      capture: async (o) => {
        asked.push(`capture ${o.amount.amountMinor} ${o.key}`)
        if (refuses) throw new PspError('declined', 'not now')
        return psp.capture(o)
      },
    }),
  })
  await one.pass(21 * HOUR)
  expect(await one.payment()).toMatchObject({ state: 'stuck', basis: { due: eur(605) }, advice: { status: 'FAILED' } })
  refuses = false
  const [before] = asked.splice(0)
  await one.bill(cdrFor(8))
  expect(await one.payment()).toMatchObject({ state: 'captured', advice: { status: 'SUCCESS', amount: eur(484) } })
  expect(asked).toEqual(['query', expect.stringMatching(/^capture 484 /)])
  expect(asked[1]?.split(' ')[2]).not.toBe(before?.split(' ')[2])
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 484 done'])
  await one.close()
})

row('F74', 'the provider is away for hours: captures wait, new taps are refused before anything is held', async () => {
  const bank = failingCaptures(new PspError('unavailable', 'away'))
  const one = await charged({ psp: bank.psp })
  await one.bill(cdrFor(10))
  await one.pass(5 * HOUR)
  expect((await one.payment()).state).toBe('capturing')
  bank.works = true
  await one.pass(2 * MINUTE)
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await one.close()
  const breaker = createBreaker({ now: () => 0 })
  for (let silence = 0; silence < 5; silence++) breaker.told(provider(undefined), false)
  expect(breaker.isOpen(provider(undefined))).toBe(true)
})

row(
  'F75',
  'a database that lost its last minutes: holds nobody knows are given back, at terminals of ours only',
  async () => {
    const one = await rig()
    const hold = (reference: string, terminalId: string) =>
      one.psp.authorize({ key: reference, reference, terminalId, card: 'approved', amount: eur(700) })
    await hold('lost', 'T-1')
    await hold('foreign', 'T-9')
    await one.sweep.once()
    expect(one.ledger.entries().filter(({ operation }) => operation === 'void')).toEqual([])
    await one.pass(11 * MINUTE)
    await one.sweep.once()
    expect(
      one.ledger
        .entries()
        .filter(({ operation }) => operation === 'void')
        .map(({ reference }) => reference),
    ).toEqual(['lost'])
    expect(await one.codes('lost')).toEqual(['PSP_ORPHAN'])
    expect(await one.codes('foreign')).toEqual(['PSP_ORPHAN'])
    await one.close()
  },
)

row('F76', 'a process that wakes after a pause writes nothing and captures nothing a second time', async () => {
  let wake: () => void = () => undefined
  const slept = new Promise<void>((done) => {
    wake = done
  })
  const zombie = await charged({
    psp: (psp) => ({
      ...psp,
      capture: async (o) => {
        await slept
        return psp.capture(o)
      },
    }),
  })
  void zombie.bill(cdrFor(10))
  await later()
  const next = await rig({ after: zombie })
  await next.pass(20_000)
  expect((await next.payment()).state).toBe('captured')
  wake()
  await later()
  expect(next.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  const history = await next.payments.history(REFERENCE)
  expect(history.filter(({ type, verdict }) => type === 'captured' && verdict === 'moved')).toHaveLength(1)
  await next.close()
})

row('F77', 'a payment that an older program began goes on under the documented defaults', async () => {
  const one = await rig({ payment: { terms: undefined } })
  await one.tap({ terms: undefined })
  await one.push(sessionAt(2))
  await one.pass(61 * MINUTE)
  await one.push(sessionAt(61, { status: 'COMPLETED', kwh: 10 }))
  await one.bill(cdrFor(10))
  expect(one.booked()).toEqual([AUTHORIZED, 'capture 605 done'])
  await one.close()
})

test('a term that an older program had no word for is the documented default: an overclaim waits for an operator', async () => {
  const one = await charged({ terms: { cdrCheck: undefined, overHold: undefined } as object })
  const total_cost = { before_taxes: 20, taxes: [{ name: 'VAT', percentage: 21, amount: 4.2 }] }
  await one.bill(cdrFor(10, { total_cost }))
  expect((await one.payment()).state).toBe('stuck')
  await one.close()
})

row('F78', 'a tap that cannot be committed asks nobody for money', async () => {
  const one = await rig()
  await one.store.query('DROP TABLE effect', [])
  await expect(one.tap()).rejects.toThrow()
  expect(one.booked()).toEqual([])
  await one.store.close()
})

row(
  'F79',
  'a void without answer is a state of its own: the record decides, and what was billed meanwhile is not forgotten',
  async () => {
    let lost = 1
    const losing = await rig({
      psp: (psp) => ({
        ...psp,
        void: async (o) => {
          const answer = await psp.void(o)
          if (lost-- > 0) throw new PspError('unknown-outcome', 'no answer')
          return answer
        },
      }),
    })
    await losing.tap()
    await losing.result('REJECTED')
    expect((await losing.payment()).state).toBe('void-unknown')
    await losing.pass(10_000)
    expect((await losing.payment()).state).toBe('voided')
    expect(losing.booked()).toEqual([AUTHORIZED, 'void 5000 done'])
    await losing.close()

    let never = 1
    const deaf = await rig({
      psp: (psp) => ({
        ...psp,
        void: async (o) => {
          if (never-- > 0) throw new PspError('unknown-outcome', 'no answer')
          return psp.void(o)
        },
      }),
    })
    await deaf.tap()
    await deaf.result('FAILED')
    expect((await deaf.payment()).state).toBe('void-unknown')
    await deaf.push(sessionAt(1))
    await deaf.pass(10_000)
    expect((await deaf.payment()).state).toBe('charging')
    await deaf.close()
  },
)
