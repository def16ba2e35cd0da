import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW, offers, payment, receipt } from '../test/examples.ts'
import type { Input, Journey } from './inputs.ts'
import { begin, step } from './journey.ts'

const anyState = fc.constantFrom(
  'authorizing',
  'starting',
  'awaiting-plug',
  'charging',
  'stopping',
  'awaiting-cdr',
  'capturing',
  'voiding',
  'captured',
  'voided',
  'declined',
  'stuck',
  'something-new',
)
const anyPayment = fc
  .record({ state: anyState, final: fc.boolean(), reference: fc.constantFrom('R1', 'R-open') })
  .map((o) => ({ ...payment, ...o }))
const anyId = fc.constantFrom('a', 'b')
const anyInput: fc.Arbitrary<Input> = fc.oneof(
  fc.constantFrom<Input>(
    { type: 'home' },
    { type: 'back' },
    { type: 'touched' },
    { type: 'start' },
    { type: 'accept' },
    { type: 'maximum', amountMinor: 1000 },
    { type: 'stop' },
    { type: 'receipt' },
    { type: 'languages' },
    { type: 'tick' },
    { type: 'choose', evseUid: 'evse-1', connectorId: '1' },
    { type: 'pick', reference: 'R-open' },
    { type: 'show-receipt', reference: 'R1' },
    { type: 'language', language: 'nl' },
    { type: 'offers', offers },
    { type: 'unknown-payment', reference: 'R1' },
    { type: 'link', online: false },
  ),
  anyId.map((id): Input => ({ type: 'card', card: 'approved', id })),
  anyId.map((id): Input => ({ type: 'refused', id, why: 'wrong-card' })),
  anyId.map((id): Input => ({ type: 'receipts', id, receipts: [receipt, { ...receipt, reference: 'R0' }] })),
  fc.record({ id: anyId, payment: anyPayment }).map((o): Input => ({ type: 'answered', ...o })),
  anyPayment.map((p): Input => ({ type: 'payment', payment: p })),
)
const anyWalk = fc.array(fc.record({ input: anyInput, afterMs: fc.integer({ min: 0, max: 200_000 }) }), {
  maxLength: 25,
})

function walk(steps: readonly { readonly input: Input; readonly afterMs: number }[]): {
  readonly journey: Journey
  readonly now: number
} {
  return steps.reduce(
    (at, { input, afterMs }) => ({ journey: step(at.journey, input, at.now + afterMs).journey, now: at.now + afterMs }),
    { journey: begin({ language: 'en', now: NOW, reference: 'R1' }).journey, now: NOW },
  )
}

test('every screen but home has a time limit, and time alone leads home from anywhere', () => {
  fc.assert(
    fc.property(anyWalk, (steps) => {
      let { journey, now } = walk(steps)
      for (let hops = 0; journey.screen.kind !== 'home'; hops++) {
        expect(hops).toBeLessThan(5)
        expect(Number.isFinite(journey.screen.until)).toBe(true)
        now = Math.max(now, journey.screen.until)
        journey = step(journey, { type: 'tick' }, now).journey
      }
    }),
  )
})

test('the home button works on every screen, except while the platform is asked about money', () => {
  fc.assert(
    fc.property(anyWalk, (steps) => {
      const { journey, now } = walk(steps)
      const after = step(journey, { type: 'home' }, now).journey.screen.kind
      expect(after).toBe(journey.screen.kind === 'sending' ? 'sending' : 'home')
    }),
  )
})

test('the platform is asked to take money only by a tap on the tap screen', () => {
  fc.assert(
    fc.property(anyWalk, anyInput, (steps, input) => {
      const { journey, now } = walk(steps)
      const asksForMoney = step(journey, input, now).requests.some((r) => r.do === 'tap')
      expect(asksForMoney).toBe(
        input.type === 'card' && journey.screen.kind === 'tap' && journey.screen.purpose.kind === 'start',
      )
    }),
  )
})
