import { expect, test } from 'vitest'
import type { Requirement } from '../src/catalogue.ts'
import { causesOf } from '../src/fold.ts'
import type { Outcome } from '../src/judge.ts'

interface Told {
  readonly keyword?: Requirement['keyword']
  readonly status?: Outcome['status']
  readonly after?: readonly string[]
  /** Exchange and place, such as `3 sessions.list`. */
  readonly at?: readonly string[]
  readonly actual?: string
}

function outcome(
  id: string,
  { keyword = 'must', status = 'fail', after = [], at = [], actual = id }: Told = {},
): Outcome {
  const requirement: Requirement = {
    id,
    module: id.split('.')[0] ?? '',
    against: ['cpo'],
    role: undefined,
    versions: ['2.3.0'],
    milestone: 'platform-registration',
    keyword,
    text: '',
    why: '',
    source: { kind: 'ours', at: '' },
    fix: '',
    example: undefined,
    operator: false,
  }
  const indexes = at.map((one) => Number(one.split(' ')[0]))
  return {
    requirement,
    status,
    after,
    held: 0,
    failed: at.length,
    message: '',
    wrong: undefined,
    evidence: [],
    failedIn: new Set(indexes),
    failedPlaces: new Set(at.map((one) => one.split(' ')[1] ?? '')),
    symptoms: new Set(indexes.map((index) => `${index}  ${actual}`)),
  }
}

const roots = (...outcomes: readonly Outcome[]) => causesOf(outcomes).roots.map(({ requirement }) => requirement.id)
const cause = (id: string, ...outcomes: readonly Outcome[]) =>
  causesOf(outcomes).outcomes.find(({ requirement }) => requirement.id === id)?.cause

const CRASH = { at: ['4 cdrs.list'] }

test('a general requirement yields to the exact one in the same exchange', () => {
  expect(roots(outcome('transport.answer/9', CRASH), outcome('cdrs.list/1', CRASH))).toEqual(['cdrs.list/1'])
})

test('a general requirement yields to several exact ones that cover its exchanges', () => {
  const general = outcome('transport.answer/9', { at: ['4 cdrs.list', '5 sessions.list'] })
  const exact = [outcome('cdrs.list/1', CRASH), outcome('sessions.list/1', { at: ['5 sessions.list'] })]
  expect(roots(general, ...exact)).toEqual(['cdrs.list/1', 'sessions.list/1'])
})

test('a general requirement does not yield to one that binds less', () => {
  const exact = outcome('cdrs.list/1', { ...CRASH, keyword: 'should' })
  expect(roots(outcome('transport.answer/9', CRASH), exact)[0]).toBe('transport.answer/9')
})

test('in three places the general requirement leads, and what saw the same follows from it', () => {
  const at = ['4 cdrs.list', '5 sessions.list', '6 tariffs.list']
  const general = outcome('transport.answer/9', { at, actual: 'HTTP 500' })
  const same = outcome('cdrs.list/1', { ...CRASH, actual: 'HTTP 500' })
  const other = outcome('cdrs.list/2', { ...CRASH, actual: 'no costs' })
  expect(roots(general, same, other)).toEqual(['transport.answer/9', 'cdrs.list/2'])
  expect(cause('cdrs.list/1', general, same, other)).toBe('transport.answer/9')
})

test('what was never seen explains no failure, only another silence', () => {
  const silent = outcome('credentials.get/1', { status: 'untestable' })
  const failing = outcome('credentials.get/2', { after: ['credentials.get/1'], at: ['2 credentials.get'] })
  expect(roots(silent, failing)).toEqual(['credentials.get/2'])
  expect(cause('credentials.get/1', silent, failing)).toBe('credentials.get/2')
})

test('a chain of causes ends at its first', () => {
  const first = outcome('a.x/1', { at: ['1 a.x'] })
  const second = outcome('b.x/1', { after: ['a.x/1'], at: ['2 b.x'] })
  const third = outcome('c.x/1', { after: ['b.x/1'], status: 'untestable' })
  expect(roots(first, second, third)).toEqual(['a.x/1'])
  expect(cause('c.x/1', first, second, third)).toBe('a.x/1')
})

test('of two that explain each other the one to mend first leads', () => {
  const late = outcome('b.x/1', { after: ['a.x/1'], at: ['7 b.x'] })
  const early = outcome('a.x/1', { after: ['b.x/1'], at: ['3 a.x'] })
  expect(roots(late, early)).toEqual(['a.x/1'])
})
