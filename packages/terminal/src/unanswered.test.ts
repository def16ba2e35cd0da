/** What becomes of a tap or a payment of which nothing was heard in time. */
import { expect, test } from 'vitest'
import { NOW, payment } from '../test/examples.ts'
import { play, tapped } from '../test/walk.ts'
import { begin, step } from './journey.ts'
import { referenceShown, rememberedOf, STAYS_MS, tapUnknown } from './screens.ts'

test('a reload while the platform is asked about a tap asks what became of it, and takes no second hold', () => {
  const shown = rememberedOf(play(tapped).journey.screen)
  const again = begin({ language: 'en', now: NOW, shown })
  expect(again.requests).toEqual([
    { do: 'load-offers', language: 'en' },
    { do: 'load-tap', id: 'tap-1' },
  ])
  expect(play([{ type: 'answered', id: 'tap-1', payment }], again.journey).journey.screen.kind).toBe('waiting')
  expect(play([{ type: 'answered', id: 'tap-0', payment }], again.journey).journey.screen.kind).toBe('restoring')
  const over = step(again.journey, { type: 'tick' }, NOW + STAYS_MS.restoring).journey.screen
  expect(over).toMatchObject({ kind: 'notice', why: 'no-answer', money: 'unknown' })
})

test('a payment that could not be found again in time is said to be as it was, with its reference', () => {
  const { journey } = begin({ language: 'en', now: NOW, shown: { payment: 'R1', until: NOW + 90_000 } })
  expect(step(journey, { type: 'tick' }, NOW + STAYS_MS.restoring).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'no-answer',
    money: 'unchanged',
    reference: 'R1',
  })
})

test('a tap without an answer is asked about for as long as its driver stands there, also after a reload', () => {
  const { journey } = step(play(tapped).journey, { type: 'tick' }, NOW + STAYS_MS.sending)
  expect(tapUnknown(journey.screen)).toBe('tap-1')
  expect(rememberedOf(journey.screen)).toMatchObject({ tap: 'tap-1' })
  expect(play([{ type: 'answered', id: 'tap-0', payment }], journey).journey).toEqual(journey)
  expect(play([{ type: 'answered', id: 'tap-1', payment }], journey).journey.screen.kind).toBe('waiting')
})

test('a payment that was waited for too long still shows its end, and nothing before it', () => {
  const { journey } = play([...tapped, { type: 'answered', id: 'tap-1', payment }])
  const late = step(step(journey, { type: 'tick' }, NOW + 30_000).journey, { type: 'tick' }, NOW + 60_000).journey
  expect([late.screen.kind, referenceShown(late.screen), rememberedOf(late.screen)]).toMatchObject([
    'notice',
    'R1',
    { payment: 'R1' },
  ])
  expect(play([{ type: 'payment', payment: { ...payment, state: 'starting' } }], late).journey.screen.kind).toBe(
    'notice',
  )
  const voided = { ...payment, state: 'voided', final: true }
  expect(play([{ type: 'payment', payment: voided }], late).journey.screen.kind).toBe('result')
})
