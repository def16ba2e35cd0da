import { expect, test } from 'vitest'
import { CPO, missingFrom, NEEDED_FROM_CPO, NEEDED_FROM_PTP, PTP } from './roles.ts'

const sides = (offer: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(offer).flatMap(([identifier, roles]) => roles.map((role) => ({ identifier, role })))

test('PTP and CPO offer opposite sides of every module', () => {
  const { credentials: _ptp, ...ptp } = PTP
  const { credentials: _cpo, ...cpo } = CPO
  expect(Object.keys(ptp).sort()).toEqual(Object.keys(cpo).sort())
  for (const [module, roles] of Object.entries(ptp)) {
    expect(cpo[module]).toEqual(roles.map((role) => (role === 'SENDER' ? 'RECEIVER' : 'SENDER')))
  }
})

test('each side offers what the other needs', () => {
  expect(missingFrom(sides(CPO), NEEDED_FROM_CPO)).toEqual([])
  expect(missingFrom(sides(PTP), NEEDED_FROM_PTP)).toEqual([])
})

test('missing sides are named; case and unknown modules do not matter', () => {
  const offered = [
    { identifier: 'Payments', role: 'sender' },
    { identifier: 'x-own', role: 'SENDER' },
  ]
  expect(missingFrom(offered, NEEDED_FROM_PTP)).toEqual([{ identifier: 'cdrs', role: 'RECEIVER' }])
})
