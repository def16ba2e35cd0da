/** The parts of the whole that are explored, each small enough to be explored to its end. */
import type { Left, Setting } from './world.ts'

const none: Left = { faults: 0, copies: 0, crashes: 0, acts: 0 }
const part = (name: string, left: Partial<Left>, more: Partial<Setting> = {}): Setting => ({
  name,
  bills: ['plain'],
  levels: [1],
  onTheWay: 1,
  ...more,
  left: { ...none, ...left },
})

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const grows = { raise: { stepMinor: 1000, maxMinor: 5000, times: 3 }, canRaise: true, overHold: 'raise' } as const

/** Few seconds; in `npm test`. */
export const short = part('in turn', {})

export const settings: readonly Setting[] = [
  short,
  part('any order', {}, { onTheWay: 2 }),
  part('copies and crashes', { copies: 2, crashes: 2 }),
  part('a fault and a crash', { faults: 1, crashes: 1 }),
  part('faults', { faults: 2 }),
  part('late answers', { faults: 1, crashes: 1 }, { later: true }),
  part('refusals', { faults: 1 }, { refusals: true, approvals: [5000, 3000, 100, -1, 0] }),
  part('operators', { faults: 1, acts: 2 }, { refusals: true }),
  part(
    'doubted bills',
    { acts: 1 },
    { bills: ['plain', 'above', 'over', 'under', 'unverified', 'foreign', 'tiny', 'negative'] },
  ),
  part('paid without a bill', { faults: 1 }, { bills: ['over', 'unverified'], terms: { noCdr: 'session-cost' } }),
  part(
    'flagged bills',
    { faults: 1 },
    { bills: ['over', 'unverified', 'under'], terms: { cdrCheck: 'flag', refunds: 'operator' } },
  ),
  part('two bills', { copies: 1 }, { twoBills: true, bills: ['plain', 'under'], onTheWay: 2 }),
  part('credits', { copies: 1 }, { credits: true }),
  part('credits and operators', { faults: 1, acts: 1 }, { credits: true, bills: ['plain', 'over'] }),
  part(
    'growing hold',
    { faults: 1 },
    { levels: [1, 2], payment: { asked: eur(1500) }, approvals: [1500], terms: grows, bills: ['plain', 'above'] },
  ),
  part('small hold', { faults: 1 }, { levels: [1, 2], approvals: [3000] }),
  part('another connector', { faults: 1 }, { elsewhere: ['same-tariff', 'other-tariff'] }),
]
