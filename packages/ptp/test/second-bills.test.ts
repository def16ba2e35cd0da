/** Bills that wait, and their credits, as the state table decides about them. (F46, F51, F52, I12) */
import { describe, expect, test } from 'vitest'
import type { Payment } from '../src/payment/payment.ts'
import { eur, events, names, on, T0 } from './samples.ts'

const cdr = (id: string, due = 900, currency = 'EUR') => ({ id, hash: id, due: { amountMinor: due, currency } })
const bill = (id: string, more: object = {}) => ({ ...events['cdr-received'], cdr: cdr(id), ...more })
const taking = (of: string, id = 'C2') => ({ ...events['credit-received'], credit: { id, amount: eur(900) }, of })
const credit = { id: 'C1', amount: eur(1200) }
const none = { cdr: undefined, basis: { by: 'session', due: eur(1200) } } as const
const TAKING = ['capturing', 'capture-unknown'] as const

describe('the credit of a bill that waits', () => {
  test.each(TAKING)('%s: of the only one it waits with it; of one beside another it leaves nothing', (state) => {
    const waits = on(state, bill('CDR2'), none).entity
    const taken = on(state, taking('CDR2'), waits)
    expect([taken.entity.replacement, names(taken)]).toEqual([
      { cdr: cdr('CDR2'), credit: { id: 'C2', amount: eur(900) } },
      [],
    ])
    expect(on(state, taking('CDR2', 'C3'), taken.entity).verdict).toHaveProperty('refuse')
    expect(on(state, taking('CDR9'), taken.entity).verdict).toHaveProperty('refuse')
    const beside = on(state, taking('CDR2'), on(state, bill('CDR3'), waits).entity).entity
    expect([beside.replacement?.cdr.id, beside.furtherBills]).toEqual(['CDR3', undefined])
    const second = on(state, taking('CDR2'), on(state, bill('CDR2')).entity).entity
    expect([second.cdr?.id, second.replacement]).toEqual(['CDR1', undefined])
  })

  test('where what it was to replace is taken back as well, that goes back when its wait is over (F51)', () => {
    const both: Partial<Payment> = { credit: { ...credit, at: T0 }, replacement: { cdr: cdr('CDR2') } }
    const after = on('captured', taking('CDR2'), both)
    expect(after.effects).toEqual([{ do: 'remind', of: 'credit-due', at: T0 + 900_000 }])
    expect(names(on('captured', events['credit-due'], after.entity))).toEqual(['refund'])
  })

  test('while nobody knows of the void it waits no more; those behind it do (F79)', () => {
    const waiting = { cdr: cdr('CDR1'), meanwhile: {}, replacement: { cdr: cdr('CDR2') } }
    const three = on('void-unknown', bill('CDR3'), waiting).entity
    expect(on('void-unknown', taking('CDR2'), three).entity).toMatchObject({ replacement: { cdr: { id: 'CDR3' } } })
    const moved = on('void-unknown', taking('CDR1'), three).entity
    expect([moved.cdr?.id, moved.replacement?.cdr.id, moved.furtherBills]).toEqual(['CDR2', 'CDR3', undefined])
    expect(on('void-unknown', taking('CDR9'), three).verdict).toHaveProperty('ignore')
  })
})

describe('a bill whose credit came before it', () => {
  test.each(TAKING)('%s without a bill: it waits with its credit; beside another bill it asks for nothing', (state) => {
    expect(on(state, bill('CDR2', { credit }), none).entity.replacement).toEqual({ cdr: cdr('CDR2'), credit })
    expect(on(state, bill('CDR2', { credit })).verdict).toHaveProperty('ignore')
    const back = { credit: { ...credit, at: T0 } }
    expect(on(state, bill('CDR2', { credit }), back).verdict).toHaveProperty('ignore')
  })

  test('captured without a bill: all that was taken goes back in the end, not only what the bill asks (F52)', () => {
    const after = on('captured', bill('CDR2', { credit }), none)
    expect(after.entity).toMatchObject({ cdr: { id: 'CDR2' }, credit: { ...credit, at: T0 } })
    expect([after.entity.basis, after.effects]).toEqual([
      undefined,
      [{ do: 'remind', of: 'credit-due', at: T0 + 900_000 }],
    ])
    const due = on('captured', events['credit-due'], after.entity)
    expect(due.entity.refunds).toMatchObject([{ amount: eur(1200), creditId: 'C1' }])
    expect(on('captured', bill('CDR2', { credit })).verdict).toHaveProperty('ignore')
    const back = { credit: { ...credit, at: T0 } }
    expect(on('captured', bill('CDR2', { credit }), back).verdict).toHaveProperty('ignore')
  })
})

describe('bills that wait', () => {
  const ten = Array.from({ length: 9 }, (_, n) => ({ cdr: cdr(`CDR${n + 3}`) }))
  const full: Partial<Payment> = { replacement: { cdr: cdr('CDR2') }, furtherBills: ten }

  test('are ten at most', () => {
    const nine: Partial<Payment> = { ...full, furtherBills: ten.slice(1) }
    expect(on('captured', bill('CDR99'), nine).entity.furtherBills).toHaveLength(9)
    expect(on('captured', bill('CDR99'), full).verdict).toHaveProperty('refuse')
  })

  test('in another currency than the capture have no turn: what was taken back goes back as if they were not there', () => {
    const foreign: Partial<Payment> = { replacement: { cdr: cdr('CDR2', 900, 'HUF') } }
    const back = on('captured', taking('CDR1', 'C1'), foreign)
    expect(back.effects).toEqual([{ do: 'remind', of: 'credit-due', at: T0 + 900_000 }])
    expect(names(on('captured', events['credit-due'], back.entity))).toEqual(['refund'])
    const early = on('capturing', events.captured, { ...foreign, credit: { ...credit, at: T0 } })
    expect(early.effects).toContainEqual({ do: 'remind', of: 'credit-due', at: T0 + 900_000 })
    expect(on('capturing', bill('CDR2', { cdr: cdr('CDR2', 900, 'HUF') }), none).verdict).toHaveProperty('refuse')
  })

  test('have no turn while the first one stands (F46)', () => {
    const second: Partial<Payment> = { replacement: { cdr: cdr('CDR2') } }
    expect(names(on('capturing', events.captured, second))).toEqual(['advise'])
    expect(on('captured', events['credit-due'], second).entity.cdr?.id).toBe('CDR1')
  })

  test('have their turn one after the other; of two the one that stands', () => {
    const next = on('captured', events['credit-due'], {
      credit: { ...credit, at: T0 },
      replacement: { cdr: cdr('CDR2', 800) },
      furtherBills: [{ cdr: cdr('CDR3', 700) }, { cdr: cdr('CDR4', 600) }],
    }).entity
    expect([next.cdr?.id, next.replacement?.cdr.id, next.furtherBills?.map((one) => one.cdr.id)]).toEqual([
      'CDR2',
      'CDR3',
      ['CDR4'],
    ])
    const stands = on('captured', events['credit-due'], {
      ...none,
      replacement: { cdr: cdr('CDR2', 800), credit },
      furtherBills: [{ cdr: cdr('CDR3', 700) }],
    }).entity
    expect([stands.cdr?.id, stands.credit, stands.replacement]).toEqual(['CDR3', undefined, undefined])
  })

  test('where only one is there, and it was taken back, it says what was taken and goes back in its time (F52)', () => {
    const [cdr2, back] = [cdr('CDR2', 800), { ...credit, at: T0 }]
    const only = on('captured', events['credit-due'], { ...none, replacement: { cdr: cdr2, credit } })
    expect([only.entity.cdr?.id, only.entity.credit?.id, only.entity.replacement]).toEqual(['CDR2', 'C1', undefined])
    const other = on('captured', events['credit-due'], { credit: back, replacement: { cdr: cdr2, credit } })
    expect([names(other), other.entity.cdr?.id]).toEqual([['refund'], 'CDR1'])
  })

  test('and were all taken back leave a doubted bill that is taken back to the wait for a corrected one (F52)', () => {
    const doubted: Partial<Payment> = { cdr: cdr('CDR1'), dispute: { reason: 'because', at: T0 } }
    const only = { ...doubted, replacement: { cdr: cdr('CDR2'), credit } }
    const after = on('stuck', taking('CDR1', 'C9'), only).entity
    expect([after.state, after.replacement, after.credit?.id]).toEqual(['awaiting-cdr', undefined, 'C9'])
    expect(names(on('stuck', taking('CDR1', 'C9'), { ...doubted, replacement: { cdr: cdr('CDR2') } }))).toEqual([
      'remind',
    ])
  })
})

test('a corrected bill that comes when the money has gone back is refused, and says so (F51)', () => {
  const paid = { id: 'refund-1', amount: eur(1200), why: 'C1', creditId: 'C1', status: 'done' } as const
  expect(on('captured', bill('CDR2'), { credit: { ...credit, at: T0 }, refunds: [paid] }).verdict).toEqual({
    refuse: expect.stringMatching(/gone back/) as unknown,
  })
})
