/** A bill, its credit and its corrected bill come in any order, around a capture that waits for none of them. (I12) */
import { type Psp, PspError } from '@plugtill/psp/psp'
import { describe, expect, test } from 'vitest'
import type { Terms } from '../src/payment/terms.ts'
import { charged, type Rig, type RigParts } from './rig.ts'
import { cdrFor, creditFor, HOUR, MINUTE } from './scripted-cpo.ts'

/** A provider that takes the money, and says so only when it is said to work. */
function losingAnswers() {
  const bank = {
    works: false,
    psp: (psp: Psp): Psp => ({
      ...psp,
      capture: async (order) => {
        const answer = await psp.capture(order)
        if (bank.works) return answer
        throw new PspError('unknown-outcome', 'no answer')
      },
      query: (order) => (bank.works ? psp.query(order) : Promise.reject(new PspError('unavailable', 'away'))),
    }),
  }
  return bank
}

/** All ways to put these one after the other, `later` somewhere behind `sooner`. */
function ordersOf<T>(all: readonly T[], [sooner, later]: readonly [T, T]): readonly (readonly T[])[] {
  const every = (rest: readonly T[]): readonly (readonly T[])[] =>
    rest.length === 0 ? [[]] : rest.flatMap((one) => every(rest.filter((it) => it !== one)).map((so) => [one, ...so]))
  return every(all).filter((order) => order.indexOf(sooner) < order.indexOf(later))
}

/** What stays of the driver's money. */
const kept = ({ ledger }: Rig) =>
  ledger
    .entries()
    .filter(({ status }) => status === 'done')
    .reduce((sum, { operation, amount: { amountMinor } }) => {
      if (operation === 'capture') return sum + amountMinor
      return operation === 'refund' ? sum - amountMinor : sum
    }, 0)

/** An hour after its session of 6.05: what is said of it and when the money is taken, by the session where no bill is there. */
async function ends(
  order: readonly string[],
  words: Readonly<Record<string, ReturnType<typeof cdrFor>>>,
  parts: RigParts,
) {
  const bank = losingAnswers()
  const terms: Partial<Terms> = { noCdr: 'session-cost', cdrChaseForMs: 0, ...parts.terms }
  const one = await charged({ ...parts, terms, psp: bank.psp })
  await one.pass(14 * MINUTE)
  for (const step of order) {
    const word = words[step]
    if (word) await one.bill(word)
    if (step === 'capture is lost') await one.pass(2 * MINUTE)
    if (step === 'capture is known') {
      bank.works = true
      await one.pass(2 * MINUTE)
    }
  }
  await one.pass(2 * HOUR)
  const [amount, { state, advice }] = [kept(one), await one.payment()]
  const told = advice?.amount.amountMinor
  await one.close()
  return { amount, told, state }
}

const CAPTURE = ['capture is lost', 'capture is known'] as const
const corrected = (first: number, second: number) => {
  const bill = cdrFor(first)
  return { bill, credit: creditFor(bill), 'corrected bill': cdrFor(second, { id: 'CDR2' }) }
}

describe.each(['automatic', 'operator'] as const)('where refunds are left to: %s', (refunds) => {
  const parts = { terms: { refunds } }

  test.each(ordersOf(['bill', 'credit', 'corrected bill', ...CAPTURE], CAPTURE).map((order) => order.join(', ')))(
    '%s: what the corrected bill asks stays with the CPO, in every order (I12, F46, F51, F52)',
    async (order) => {
      const lower = await ends(order.split(', '), corrected(9, 8), parts)
      expect(lower).toMatchObject({ amount: 484, told: 484, state: 'captured' })
    },
  )
})

test.each(ordersOf(['bill', 'credit', ...CAPTURE], CAPTURE).map((order) => order.join(', ')))(
  '%s: a bill that is taken back leaves nothing, in every order (I12, F51, F52)',
  async (order) => {
    expect(await ends(order.split(', '), corrected(9, 8), {})).toMatchObject({ amount: 0, told: 0 })
  },
)

test.each(ordersOf(['bill', 'credit', 'corrected bill', ...CAPTURE], CAPTURE).map((order) => order.join(', ')))(
  '%s: a corrected bill of more gets what has not gone back to the card by then (F51)',
  async (order) => {
    const at = (step: string) => order.split(', ').indexOf(step)
    // A bill of less that stood alone decided what was taken, or gave the rest back: that is never taken a second time.
    const turn = at('bill') < at('capture is lost') ? at('bill') : Math.max(at('bill'), at('capture is known'))
    const stood = at('bill') < at('corrected bill') && turn < at('credit')
    const { amount, told } = await ends(order.split(', '), corrected(8, 9), {})
    expect([amount, told]).toEqual(stood ? [484, 484] : [545, 545])
  },
)

describe('a third bill while a second one waits', () => {
  const [first, second, third] = [cdrFor(10), cdrFor(9, { id: 'CDR2' }), cdrFor(8, { id: 'CDR3' })]
  const words = { first, second, third, 'first back': creditFor(first), 'second back': creditFor(second) }
  const all = Object.keys(words) as (keyof typeof words)[]

  test('is kept as well: the one that nobody takes back is paid, in every order (F46, I12)', async () => {
    for (const order of ordersOf<keyof typeof words>(all, ['first', 'first back'])) {
      const one = await charged()
      for (const word of order) await one.bill(words[word])
      await one.pass(2 * HOUR)
      const { cdr, state, replacement, furtherBills } = await one.payment()
      expect([order, kept(one), cdr?.id, state]).toEqual([order, 484, 'CDR3', 'captured'])
      expect([replacement, furtherBills]).toEqual([undefined, undefined])
      await one.close()
    }
  }, 60_000)

  test('is told for each, and its capture that was refused asks for it in its turn (F65)', async () => {
    const refuse = { on: true }
    const psp = (bank: Psp): Psp => ({
      ...bank,
      capture: (o) => (refuse.on ? Promise.reject(new PspError('refused', 'no')) : bank.capture(o)),
    })
    const one = await charged({ psp })
    for (const word of ['first', 'second', 'third', 'second back'] as const) await one.bill(words[word])
    expect((await one.codes()).filter((code) => code === 'CDR_SECOND')).toHaveLength(2)
    refuse.on = false
    await one.bill(words['first back'])
    await one.pass(HOUR)
    expect(kept(one)).toBe(484)
    await one.close()
  })

  test('is refused with 2001 and not kept once ten wait; it is taken when it comes again and there is room', async () => {
    const one = await charged()
    await one.bill(first)
    const others = Array.from({ length: 10 }, (_, n) => cdrFor(9, { id: `OTHER${n}` }))
    for (const other of others) await one.bill(other)
    const refused = one.bill(third)
    await expect(refused).rejects.toMatchObject({ statusCode: 2001, message: expect.stringMatching(/10 CDRs wait/) })
    expect(await one.documents.get('cdrs', 'peer-1/nl/cpo/cdr3')).toBeUndefined()
    for (const other of [first, ...others]) await one.bill(creditFor(other))
    await one.bill(third)
    await one.pass(HOUR)
    expect([kept(one), (await one.payment()).cdr?.id]).toEqual([484, 'CDR3'])
    await one.close()
  })
})
