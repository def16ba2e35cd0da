/** Holds that are neither captured nor given back. */
import { describe, expect, test } from 'vitest'
import type { Payment, PaymentState } from '../src/payment/payment.ts'
import { openHolds } from '../src/reconcile/open-holds.ts'
import { eur, paymentIn, T0 } from './samples.ts'
import { REFERENCE } from './scripted-cpo.ts'

describe('open holds', () => {
  const states = [
    'authorizing',
    'authorization-unknown',
    'declined',
    'starting',
    'start-unknown',
    'awaiting-session',
    'charging',
    'stopping',
    'awaiting-cdr',
    'capturing',
    'capture-unknown',
    'captured',
    'voiding',
    'void-unknown',
    'voided',
    'stuck',
  ] as const satisfies readonly PaymentState[]
  const open = (...all: readonly Payment[]) =>
    openHolds(
      {
        list: async ({ states: asked }: { states: readonly string[] }) =>
          all.filter(({ state }) => asked.includes(state)),
      } as never,
      { now: T0, until: T0 },
    )

  test('are those of every payment that is not decided, the oldest first', async () => {
    const newestFirst = states.toReversed().map((state) => paymentIn(state, { id: state, held: eur(5000) }))
    const held = (await open(...newestFirst)).open.map(({ reference }) => reference)
    expect(held).toEqual(states.filter((state) => state !== 'declined' && state !== 'captured' && state !== 'voided'))
  })

  test('are read to the oldest, however many there are; of more than are shown the newest are counted', async () => {
    const all = Array.from({ length: 10_003 }, (_, age) =>
      paymentIn('stuck', { id: `p-${age}`, held: eur(100), ...(age > 9_999 && { releaseBy: T0 - age }) }),
    )
    const pages: number[] = []
    const list = async ({ limit, before }: { limit: number; before?: string }) => {
      const from = before === undefined ? 0 : Number(before.slice(2)) + 1
      pages.push(from)
      return all.slice(from, from + Math.min(limit, 5_000))
    }
    const holds = await openHolds({ list } as never, { now: T0, until: T0 })
    expect([holds.open.length, holds.leftOut, pages]).toEqual([10_000, 3, [0, 5_000, 10_000]])
    expect([holds.open[0]?.reference, holds.open.at(-1)?.reference]).toEqual(['p-10002', 'p-3'])
    expect(holds.findings.map(({ reference }) => reference)).toEqual(['p-10002', 'p-10001', 'p-10000'])
  })

  test('hold what was approved, with the days they have; nothing held, or run out, is none', async () => {
    const bare = paymentIn('stuck', { held: eur(700), captureBefore: undefined })
    expect((await open(bare)).open).toStrictEqual([{ reference: REFERENCE, state: 'stuck', held: eur(700), since: T0 }])
    const days = paymentIn('stuck', { releaseBy: T0 + 1, captureBefore: T0 + 2 })
    expect((await open(days)).open).toMatchObject([{ held: eur(5000), releaseBy: T0 + 1, captureBefore: T0 + 2 }])
    const none = [
      paymentIn('authorizing'),
      paymentIn('starting', { held: undefined }),
      paymentIn('stuck', { expired: true }),
    ]
    expect((await open(...none)).open).toEqual([])
  })

  test('are at most what was asked, where nobody knows whether there is one (F02, I7)', async () => {
    const unknown = [paymentIn('authorization-unknown', { id: 'b' }), paymentIn('stuck', { id: 'a', held: undefined })]
    expect((await open(...unknown)).open).toMatchObject([
      { reference: 'a', held: eur(5000) },
      { reference: 'b', state: 'authorization-unknown', held: eur(5000) },
    ])
  })

  test.each([
    [{ releaseBy: T0, captureBefore: T0 }, undefined],
    [{ releaseBy: T0 - 1, captureBefore: T0 + 1 }, /the day/],
    [{ releaseBy: T0, captureBefore: T0 - 1 }, /its own time/],
    [{ releaseBy: undefined, captureBefore: T0 - 1 }, /its own time/],
    [{ releaseBy: undefined, captureBefore: undefined }, undefined],
  ])('past one of their ends are found: %j', async (ends, words) => {
    const { findings } = await open(paymentIn('stuck', ends))
    expect(findings.map(({ id }) => id)).toEqual(words ? ['HOLD_OPEN'] : [])
    if (words) expect(findings[0]?.message).toMatch(words)
  })
})
