import { expect, test } from 'vitest'
import { audit } from './audit.ts'
import type { CpoCdr } from './books.ts'
import { type Changed, chained, event, line, sound, tampered } from './sample-books.ts'

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

/** The advice that P-1 has heard, with this about it changed. */
const advised = (change: object) => (b: Changed) => {
  b.cpo = { ...b.cpo, advices: b.cpo.advices.map((one) => ({ ...one, ...change })) }
}

/** P-1 with this bill, of which this much was taken. */
const billed = (dueMinor: number, takenMinor: number, status: string) => (b: Changed) => {
  const due = eur(dueMinor)
  b.stored = b.stored.map((one) => {
    if (one.reference !== 'P-1') return one
    const bodies = [{}, {}, { cdr: { id: 'C-1', due } }, { amount: eur(takenMinor), adviceId: 'A-1' }, {}]
    const events = one.events.map((each, n) => ({ ...each, body: { ...each.body, ...bodies[n] } }))
    return chained({ ...one, captured: eur(takenMinor), cdr: { id: 'C-1', due }, events })
  })
  b.provider = b.provider.map((one) => (one.operation === 'capture' ? { ...one, amountMinor: takenMinor } : one))
  b.told = b.told.map((one) => (one.state === 'captured' ? { ...one, capturedMinor: takenMinor } : one))
  b.cpo = { ...b.cpo, cdrs: b.cpo.cdrs.map((one) => ({ ...one, dueMinor })) }
  advised({ status, amountMinor: takenMinor })(b)
}

/** P-2 was given back because nothing was asked for it, and the CPO was told this. */
const free = (status: string, amountMinor: number) => (b: Changed) => {
  const cdr = { id: 'C-2', due: eur(0) }
  b.stored = b.stored.map((one) => {
    if (one.reference !== 'P-2') return one
    const [created, authorized] = one.events
    const cdrReceived = event(2, 'cdr-received', 'voiding', { from: 'starting', body: { cdr, adviceId: 'A-x' } })
    const voided = event(3, 'voided', 'voided', { from: 'voiding', body: { adviceId: 'A-2' } })
    const advices = [{ id: 'A-2', hash: 'bb' }]
    return chained({
      ...{ ...one, version: 3, cdr, adviceId: 'A-2', advices },
      events: [created!, authorized!, cdrReceived, voided],
    })
  })
  const advice = { id: 'A-2', reference: 'P-2', status, amountMinor, currency: 'EUR', at: 510, hashes: ['bb'] }
  const bill = { id: 'C-2', reference: 'P-2', dueMinor: 0, currency: 'EUR', at: 480 }
  b.cpo = { ...b.cpo, cdrs: [...b.cpo.cdrs, bill], advices: [...b.cpo.advices, advice] }
}

test.each<[what: string, change: (books: Changed) => void]>([
  ['all of the bill was taken', billed(99, 99, 'SUCCESS')],
  ['the bill asked more than was held', billed(9000, 6050, 'PARTIAL_SUCCESS')],
  ['a bill of nothing gave the hold back', free('SUCCESS', 0)],
])('an advice that says what the ledger says has no finding: %s (I8)', (_, change) => {
  expect(audit(tampered(change))).toEqual([])
})

test.each<[what: string, finding: string, change: (books: Changed) => void]>([
  [
    'all is called a part',
    'I8 p-1: advice A-1 says PARTIAL_SUCCESS, the ledger SUCCESS',
    billed(61, 61, 'PARTIAL_SUCCESS'),
  ],
  ['all is called nothing', 'I8 p-1: advice A-1 says FAILED, the ledger SUCCESS', billed(61, 61, 'FAILED')],
  [
    'a part is called all',
    'I8 p-1: advice A-1 says SUCCESS, the ledger PARTIAL_SUCCESS',
    billed(9000, 6050, 'SUCCESS'),
  ],
  ['another amount is told', 'I9 p-1: advised 62, captured 61', advised({ amountMinor: 62 })],
  ['a bill of nothing is called unpaid', 'I8 p-2: advice A-2 says FAILED, the ledger SUCCESS', free('FAILED', 0)],
  ['money is told where none was taken', 'I9 p-2: advised 61, captured 0', free('SUCCESS', 61)],
])(
  'an advice that says something else than the ledger is found, and nothing else: %s (I8, I9)',
  (_, finding, change) => {
    expect(audit(tampered(change))).toEqual([finding])
  },
)

test('a bill of nothing that nobody has answered is found (D-F16)', () => {
  const unheard = (b: Changed) => {
    free('SUCCESS', 0)(b)
    b.cpo = { ...b.cpo, advices: b.cpo.advices.filter(({ id }) => id !== 'A-2') }
  }
  expect(audit(tampered(unheard))).toEqual(['I8 p-2: advice A-2 never arrived'])
})

interface Refunded {
  /** Of 61 that were taken. */
  readonly back: number
  readonly status?: string
  readonly says?: number
  readonly cdrs?: readonly Partial<CpoCdr>[]
  readonly decided?: number
  readonly twice?: boolean
}

/** P-1 was captured at 900, something happened at 1100, and some of it was paid back at 1200. */
const paidBack =
  ({ back, status = 'SUCCESS', says = 61 - back, cdrs = [], decided, twice }: Refunded) =>
  (b: Changed) => {
    const why =
      decided === undefined
        ? event(5, 'credit-due', 'captured')
        : event(5, 'operator-decided', 'captured', {
            body: { decision: 'refund', amount: eur(decided) },
          })
    const refunded = event(6, 'refunded', 'captured')
    const last = cdrs.findLast(({ creditOf }) => creditOf === undefined)
    b.stored = b.stored.map((one) =>
      one.reference !== 'P-1'
        ? one
        : chained({
            ...{ ...one, version: 6, adviceId: 'A-2', advices: [...one.advices, { id: 'A-2', hash: 'bb' }] },
            ...(last && { cdr: { id: last.id!, due: eur(last.dueMinor!) } }),
            ...(twice && { captured: eur(122) }),
            events: [...one.events, why, refunded],
          }),
    )
    const second = twice ? [line(1100, 'P-1', 'capture', { amountMinor: 61 })] : []
    b.provider = [...b.provider, ...second, line(1200, 'P-1', 'refund', { amountMinor: back })]
    const bills = cdrs.map((one) => ({ id: 'X', reference: 'P-1', dueMinor: 0, currency: 'EUR', at: 1100, ...one }))
    const advice = { ...b.cpo.advices[0]!, id: 'A-2', at: 1190, status, amountMinor: says, hashes: ['bb'] }
    b.cpo = { ...b.cpo, cdrs: [...b.cpo.cdrs, ...bills], advices: [...b.cpo.advices, advice] }
  }

const credit = { id: 'C-1-', creditOf: 'c-1', dueMinor: -61 }
const corrected = { id: 'C-2', dueMinor: 40 }

test.each<[what: string, change: (books: Changed) => void]>([
  ['the bill was taken back', paidBack({ back: 61, cdrs: [credit] })],
  ['a smaller one took its place', paidBack({ back: 21, cdrs: [credit, corrected] })],
  ['an operator decided it', paidBack({ back: 10, decided: 10, status: 'PARTIAL_SUCCESS' })],
])('a refund that has a cause has no finding: %s (I3)', (_, change) => {
  expect(audit(tampered(change))).toEqual([])
})

test('what the provider captured twice has a cause to go back; that it did so is found (I1, I3)', () => {
  expect(audit(tampered(paidBack({ back: 61, says: 61, twice: true })))).toEqual(['I1 p-1: captured 2 times'])
})

const noCause = (back: number, cause: number) => `I3 p-1: ${back} refunded of S-1, but only ${cause} have a cause`

test.each<[what: string, findings: readonly string[], change: (books: Changed) => void]>([
  [
    'nobody asked for it',
    [noCause(10, 0), 'I10 p-1: 51 captured, the CDR says 61'],
    paidBack({ back: 10, status: 'PARTIAL_SUCCESS' }),
  ],
  [
    'all goes back though a smaller bill stands',
    [noCause(61, 21), 'I10 p-1: 0 captured, the CDR says 40'],
    paidBack({ back: 61, status: 'PARTIAL_SUCCESS', cdrs: [credit, corrected] }),
  ],
  [
    'the bill was taken back only afterwards',
    [noCause(61, 0)],
    paidBack({ back: 61, cdrs: [{ ...credit, at: 1300 }] }),
  ],
  [
    'more went back than was decided',
    [noCause(20, 10), 'I10 p-1: 41 captured, the CDR says 61'],
    paidBack({ back: 20, decided: 10, status: 'PARTIAL_SUCCESS' }),
  ],
  [
    'too little of a second capture',
    ['I1 p-1: captured 2 times', 'I10 p-1: 62 captured, the CDR says 61'],
    paidBack({ back: 60, says: 62, twice: true }),
  ],
])('a refund without a cause is found, and nothing else: %s (I3, I10)', (_, findings, change) => {
  const found = audit(tampered(change))
  expect(found).toHaveLength(findings.length)
  expect(found).toEqual(expect.arrayContaining([...findings]))
})

test('the last word counts what was paid back, and each before it was true at its time (I8, I9)', () => {
  const nothingWentBack = paidBack({ back: 61, says: 61, cdrs: [credit] })
  expect(audit(tampered(nothingWentBack))).toEqual(['I9 p-1: advised 61, captured 61, refunded 61'])
  const wrongBefore = (b: Changed) => {
    paidBack({ back: 61, cdrs: [credit] })(b)
    b.cpo = { ...b.cpo, advices: b.cpo.advices.map((one) => (one.id === 'A-1' ? { ...one, amountMinor: 60 } : one)) }
  }
  expect(audit(tampered(wrongBefore))).toEqual(['I8 p-1: advice A-1 says SUCCESS of 60, which was never true'])
})

test('there is one advice for each bill and each refund at most (I8)', () => {
  const more = (b: Changed) => {
    paidBack({ back: 21, cdrs: [credit, corrected] })(b)
    const [first] = b.cpo.advices
    const extra = ['A-3', 'A-4'].map((id) => ({ ...first!, id, hashes: ['cc'] }))
    b.cpo = { ...b.cpo, advices: [...b.cpo.advices, ...extra] }
  }
  expect(audit(tampered(more))).toContain('I8 p-1: 4 advices')
})

test('the sample is sound', () => {
  expect(audit(sound)).toEqual([])
})
