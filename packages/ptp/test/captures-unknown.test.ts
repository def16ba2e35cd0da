/** A capture of which nobody knows, and what the provider's record says where our books were put back to an older copy. (F62, F75) */
import { PspError } from '@plugtill/psp/psp'
import { expect, test } from 'vitest'
import { charged } from './rig.ts'
import { eur, events, on, T0 } from './samples.ts'
import { cdrFor, MINUTE } from './scripted-cpo.ts'

const bill = (due: number) => ({ cdr: { id: 'CDR1', hash: 'h1', due: eur(due) } })
const refunds = (after: ReturnType<typeof on>) =>
  (after.entity.refunds ?? []).map(({ id, amount, status }) => [id, amount.amountMinor, status])
const earlier = { id: 'refund-1', why: 'asked', status: 'done', adviceId: 'A8' } as const

test.each<[what: string, recorded: number | undefined, taken: number, net: number, held: number]>([
  ['all of it is kept', 3000, 1500, 1500, 3000],
  ['as far as the bill goes', 3000, 1600, 1500, 3000],
  ['a smaller record changes nothing', 900, 1500, 1200, 1200],
  ['without a record the hold of our books counts', undefined, 1500, 1200, 1200],
])('a capture from a hold that has grown where our books were lost: %s (F75)', (_what, recorded, taken, net, held) => {
  const record = recorded === undefined ? {} : { held: eur(recorded) }
  const after = on(
    'capturing',
    { ...events.captured, amount: eur(taken), ...record },
    { ...bill(1500), held: eur(1200) },
  )
  expect(after.entity).toMatchObject({ captured: eur(taken), held: eur(held), advice: { amount: eur(net) } })
  expect(refunds(after).map(([, amount]) => amount)).toEqual(taken === net ? [] : [taken - net])
})

test.each<[what: string, paidBack: number, refunds: readonly (readonly [string, number, string])[]]>([
  ['all that was too much', 300, [['found-A2', 300, 'done']]],
  [
    'a part of it',
    100,
    [
      ['found-A2', 100, 'done'],
      ['extra-A2', 200, 'asked'],
    ],
  ],
  ['nothing', 0, [['extra-A2', 300, 'asked']]],
])(
  'a capture of too much, of which %s went back where our books were lost, is paid back once (F64, F75)',
  (_what, back, sums) => {
    const seen = { amount: eur(1500), held: eur(5000), paidBack: eur(back) }
    const after = on('capturing', { ...events.captured, ...seen }, { refunds: undefined })
    expect(refunds(after)).toEqual(sums)
    expect(after.effects.filter((order) => order.do === 'refund')).toHaveLength(back === 300 ? 0 : 1)
    const known = on('capturing', { ...events.captured, ...seen }, { refunds: [{ ...earlier, amount: eur(back) }] })
    expect(refunds(known).map(([id]) => id)).toEqual(['refund-1', 'extra-A2'])
  },
)

test('what the provider was asked for is asked again under the same key, until a decision gives another key (I1, F62)', () => {
  const sent = eur(500)
  const lost = on('capturing', { ...events['capture-lost'], sent }, { held: eur(500) })
  expect(lost.entity.captureSent).toEqual(sent)
  // A larger hold is granted too late to count.
  const raised = { ...lost.entity, held: eur(5000) }
  expect(on('capture-unknown', { ...events['capture-lost'], sent }, raised).entity.state).toBe('stuck')
  expect(lost.effects).toEqual([{ do: 'query-capture', amount: sent }])
  const first = on('capture-unknown', { ...events['capture-lost'], sent })
  expect([first.entity.captureSent, first.effects]).toEqual([sent, [{ do: 'query-capture', amount: sent }]])
  const again = on(
    'stuck',
    { ...events['operator-decided'], decision: 'retry' },
    { ...raised, state: 'stuck', outcome: 'capture-failed' },
  )
  expect(again.entity.captureSent).toBeUndefined()
  expect(again.effects).toEqual([{ do: 'query-capture', amount: eur(1200) }])
})

test.each([
  ['is granted a little later: all of the bill is taken', 10_000, 605],
  ['is never known of: after five minutes the hold of our books is taken', Number.POSITIVE_INFINITY, 500],
])('what is not taken now is lost to the CPO, so a larger hold that %s (F34, F48)', async (_what, afterMs, taken) => {
  let raise: (() => Promise<unknown>) | undefined
  let grantAt = 0
  const one = await charged({
    payment: { asked: eur(500), minimumHold: eur(100) },
    terms: { overHold: 'raise', canRaise: true },
    psp: (psp) => ({
      ...psp,
      increment: async (o) => {
        raise = () => psp.increment(o)
        grantAt = one.clock.now() + afterMs
        throw new PspError('unknown-outcome', 'accepted, decided by a message')
      },
      query: async (o) => {
        if (one.clock.now() >= grantAt) await raise?.()
        return psp.query(o)
      },
    }),
  })
  await one.bill(cdrFor(10))
  await one.pass(4 * MINUTE)
  expect(one.booked().some((line) => line.startsWith('capture'))).toBe(taken === 605)
  await one.pass(3 * MINUTE)
  expect(one.booked().at(-1)).toBe(`capture ${taken} done`)
  await one.close()
})

test('a capture that the provider never confirms or denies is left to an operator, and nothing is told to the CPO (F62)', () => {
  const after = on('capture-unknown', events['capture-lost'])
  expect(after.entity).toMatchObject({ state: 'stuck', outcome: 'capture-failed' })
  expect(after.effects).toEqual([{ do: 'remind', of: 'hold-check-due', at: T0 + 86_460_000 }])
})
