import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NOW, offer, offers, payment, receipt } from '../test/examples.ts'
import type { Input, Journey } from './inputs.ts'
import { begin, step } from './journey.ts'
import type { Offer } from './link.ts'
import { paymentScreen, rememberedOf, STAYS_MS } from './screens.ts'

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
/** Its hold is above what a card may be tapped for. */
const dear = {
  ...offer,
  hold: { amountMinor: 6000, currency: 'EUR' },
  pinAbove: { amountMinor: 5000, currency: 'EUR' },
}
/** Its driver chooses the most. */
const choosy = { ...offer, holdChoices: [{ amountMinor: 1000, currency: 'EUR' }, offer.hold!] }
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
    { type: 'link', online: true },
    { type: 'with-pin' },
    { type: 'new-price' },
    { type: 'offers', offers: { ...offers, chargers: [choosy] } },
    { type: 'offers', offers: { ...offers, chargers: [{ ...choosy, priceId: 'p-2' }] } },
    { type: 'pin', right: true },
    { type: 'pin', right: false },
    { type: 'offers', offers: { ...offers, chargers: [dear] } },
  ),
  anyId.map((id): Input => ({ type: 'card', card: 'approved', id, how: 'chip' })),
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
    { journey: begin({ language: 'en', now: NOW, shown: { payment: 'R1', until: NOW + 600_000 } }).journey, now: NOW },
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

test('the platform is asked to take money only by a tap on the tap screen, or by the right PIN after it', () => {
  fc.assert(
    fc.property(anyWalk, anyInput, (steps, input) => {
      const { journey, now } = walk(steps)
      const { screen } = journey
      const asked = step(journey, input, now).requests.find((r) => r.do === 'tap')
      const tapped = input.type === 'card' && screen.kind === 'tap' && screen.purpose.kind === 'start' && journey.online
      const typed = input.type === 'pin' && input.right && screen.kind === 'pin'
      if (typed) expect(asked).toMatchObject({ body: { verified: 'pin' } })
      else if (asked) expect([tapped, asked.body]).toEqual([true, expect.not.objectContaining({ verified: 'pin' })])
      if (tapped && screen.purpose.kind === 'start' && screen.purpose.check === 'none' && !input.how)
        expect(asked).toBeDefined()
    }),
  )
})

test('no price and no maximum is sent but those that the driver accepted last', () => {
  fc.assert(
    fc.property(anyWalk, (steps) => {
      let at: Journey = begin({ language: 'en', now: NOW }).journey
      let now = NOW
      let accepted: Offer | undefined
      for (const { input, afterMs } of [
        { input: { type: 'offers', offers: { ...offers, chargers: [choosy] } } as const, afterMs: 0 },
        ...steps,
      ]) {
        now += afterMs
        if (input.type === 'accept' && at.screen.kind === 'price') accepted = at.screen.offer
        const { journey, requests } = step(at, input, now)
        for (const request of requests) {
          if (request.do !== 'tap') continue
          const { priceId, holdChoices, hold } = accepted!
          expect(request.body).toMatchObject({ priceId, ...(holdChoices && { maximumMinor: hold?.amountMinor }) })
        }
        at = journey
      }
    }),
  )
})

test('a hold above the limit is never asked for with a card that was only tapped', () => {
  fc.assert(
    fc.property(anyWalk, anyInput, (steps, input) => {
      const { journey, now } = walk(steps)
      const { screen } = journey
      const above = screen.kind === 'tap' && screen.purpose.kind === 'start' && screen.purpose.offer.pinAbove
      if (!above || input.type !== 'card') return
      expect(step(journey, input, now).requests).toEqual([])
    }),
  )
})

test('a reload comes back: to the payment that was shown, to the tap that was asked about, else, or too late, to the start page', () => {
  fc.assert(
    fc.property(anyWalk, anyPayment, (steps, news) => {
      const { journey, now } = walk(steps)
      const shown = rememberedOf(journey.screen)
      const again = begin({ language: 'en', now, ...(shown && { shown }) })
      if (shown === undefined) {
        expect(again.journey.screen.kind).toBe('home')
        return
      }
      const view = 'payment' in shown ? { ...news, reference: shown.payment } : news
      const answer: Input =
        'tap' in shown ? { type: 'answered', id: shown.tap, payment: view } : { type: 'payment', payment: view }
      expect(again.requests).toContainEqual(
        'tap' in shown ? { do: 'load-tap', id: shown.tap } : { do: 'load-payment', reference: shown.payment },
      )
      // The platform may be away for a while before it answers.
      const away = step(
        step(again.journey, { type: 'link', online: false }, now).journey,
        { type: 'tick' },
        now + 30_000,
      )
      expect(away.journey.screen.kind).toBe('restoring')
      const { screen } = step(away.journey, answer, now + 30_000).journey
      const belongs = paymentScreen(view, now + 30_000)
      if (now + 30_000 >= shown.until) expect(screen).toEqual({ kind: 'home' })
      else if (screen.kind !== 'result') expect(screen).toEqual(belongs)
      else expect(screen).toEqual({ ...belongs, until: Math.min(now + 30_000 + STAYS_MS.result, shown.until) })
    }),
  )
})

test('a connection that goes and comes moves no screen', () => {
  fc.assert(
    fc.property(anyWalk, (steps) => {
      const { journey, now } = walk(steps)
      const gone = step(journey, { type: 'link', online: false }, now)
      const back = step(gone.journey, { type: 'link', online: true }, now)
      expect([gone.journey.screen, back.journey.screen]).toEqual([journey.screen, journey.screen])
      expect([gone.journey.online, back.journey.online, ...gone.requests, ...back.requests]).toEqual([false, true])
    }),
  )
})
