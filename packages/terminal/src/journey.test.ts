import { expect, test } from 'vitest'
import { held, NOW, offer, offers, payment, receipt } from '../test/examples.ts'
import { home, play, tapped, toTap } from '../test/walk.ts'
import type { Input } from './inputs.ts'
import { begin, step } from './journey.ts'
import type { PaymentView } from './link.ts'
import type { Screen } from './screens.ts'
import { rememberedOf, STAYS_MS } from './screens.ts'

test('the driver sees the price before a card is read', () => {
  expect(
    play([{ type: 'start' }, { type: 'choose', evseUid: 'evse-1', connectorId: '1' }]).journey.screen,
  ).toMatchObject({ kind: 'price', offer })
  expect(play([{ type: 'start' }, { type: 'card', card: 'approved', id: 'x' }]).requests).toEqual([])
})

test('a tap after accepting asks for exactly the connector, price and language that were shown', () => {
  const { journey, requests } = play(tapped)

  expect(journey.screen.kind).toBe('sending')
  expect(requests).toEqual([
    {
      do: 'tap',
      id: 'tap-1',
      body: {
        locationId: 'loc-1',
        evseUid: 'evse-1',
        connectorId: '1',
        card: 'approved',
        tariffId: 't-1',
        priceId: 'p-1',
        language: 'en',
        tapId: 'tap-1',
      },
    },
  ])
})

test('a second card during the request changes nothing', () => {
  expect(play([...tapped, { type: 'card', card: 'declined', id: 'tap-2' }]).requests).toEqual([])
})

test('a charger that is not available cannot be chosen', () => {
  expect(play([{ type: 'start' }, { type: 'choose', evseUid: 'evse-2', connectorId: '1' }]).journey.screen.kind).toBe(
    'choose',
  )
})

test('the states of a payment lead over waiting and charging to the result', () => {
  const kinds = (
    ['authorizing', 'starting', 'awaiting-plug', 'charging', 'awaiting-cdr', 'capturing', 'captured'] as const
  ).map(
    (state) =>
      play([
        ...tapped,
        { type: 'answered', id: 'tap-1', payment },
        { type: 'payment', payment: { ...payment, state, final: state === 'captured' } },
      ]).journey.screen.kind,
  )
  expect(kinds).toEqual(['waiting', 'waiting', 'waiting', 'charging', 'waiting', 'waiting', 'result'])
})

test('an answer to an older request is not shown', () => {
  expect(play([...tapped, { type: 'answered', id: 'tap-0', payment }]).journey.screen.kind).toBe('sending')
})

test('what was said earlier comes too late: no screen goes back, and nothing follows the end', () => {
  const said = (state: string, now: number, final = false): Input => ({
    type: 'payment',
    payment: { ...payment, state, now, final },
  })
  const asked: readonly Input[] = [...tapped, { type: 'answered', id: 'tap-1', payment: { ...payment, now: NOW } }]

  const charging = play([...asked, said('charging', NOW + 2), said('starting', NOW + 1)])
  expect(charging.journey.screen.kind).toBe('charging')
  const ended = play([...asked, said('voided', NOW + 2, true), said('starting', NOW + 2)])
  expect(ended.journey.screen).toMatchObject({ kind: 'result', payment: { state: 'voided' } })
})

test('news of another payment never takes the screen from the driver who stands there', () => {
  const other = { ...payment, reference: 'R2', state: 'charging' }
  expect(
    play([...tapped, { type: 'answered', id: 'tap-1', payment }, { type: 'payment', payment: other }]).journey.screen,
  ).toMatchObject({
    kind: 'waiting',
    payment: { reference: 'R1' },
  })
})

test('a refused tap says that nothing was held', () => {
  expect(play([...tapped, { type: 'refused', id: 'tap-1', why: 'not-available' }]).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'not-available',
    money: 'nothing-held',
  })
})

test('a tap that is never answered does not claim to know what became of the money', () => {
  const { journey } = play(tapped)
  expect(step(journey, { type: 'tick' }, NOW + STAYS_MS.sending).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'no-answer',
    money: 'unknown',
  })
})

test('a charger that breaks while its price is read is taken from the screen', () => {
  expect(play([...toTap, { type: 'offers', offers: { ...offers, chargers: [] } }]).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'not-available',
  })
})

test('stopping asks for the card that started, for the session that was picked', () => {
  const { requests } = play([
    { type: 'stop' },
    { type: 'pick', reference: 'R-open' },
    { type: 'card', card: 'approved', id: 's-1' },
  ])
  expect(requests).toEqual([{ do: 'stop', id: 's-1', body: { reference: 'R-open', card: 'approved' } }])
})

test('a wrong card at stop leaves the payment as it was', () => {
  const inputs: Input[] = [
    { type: 'stop' },
    { type: 'pick', reference: 'R-open' },
    { type: 'card', card: 'declined', id: 's-1' },
    { type: 'refused', id: 's-1', why: 'wrong-card' },
  ]
  expect(play(inputs).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'wrong-card',
    money: 'unchanged',
    reference: 'R-open',
  })
})

test('a session that ends while its driver looks for the card shows its result instead', () => {
  const ended = { ...payment, reference: 'R-open', state: 'captured', final: true }
  expect(
    play([{ type: 'stop' }, { type: 'pick', reference: 'R-open' }, { type: 'payment', payment: ended }]).journey.screen
      .kind,
  ).toBe('result')
})

test('receipts are listed for the card that was tapped, and one is opened', () => {
  const list = play([
    { type: 'receipt' },
    { type: 'card', card: 'approved', id: 'r-1' },
    { type: 'receipts', id: 'r-1', receipts: [receipt, { ...receipt, reference: 'R0' }] },
  ])
  expect(list.journey.screen.kind).toBe('receipts')
  expect(play([{ type: 'show-receipt', reference: 'R0' }], list.journey).journey.screen).toMatchObject({
    kind: 'receipt',
    receipt: { reference: 'R0' },
  })
})

test('the receipt asked for on the result screen opens at once', () => {
  const result: Screen = { kind: 'result', payment: { ...payment, state: 'captured', final: true }, until: NOW + 1 }
  const inputs: Input[] = [
    { type: 'receipt' },
    { type: 'card', card: 'approved', id: 'r-1' },
    { type: 'receipts', id: 'r-1', receipts: [receipt] },
  ]
  expect(play(inputs, { ...home, screen: result }).journey.screen).toMatchObject({
    kind: 'receipt',
    receipt: { reference: 'R1' },
  })
})

test('the language is one of the tariffs on offer, and the offers are asked for again in it', () => {
  expect(play([{ type: 'languages' }, { type: 'language', language: 'nl' }])).toMatchObject({
    journey: { language: 'nl', screen: { kind: 'home' } },
    requests: [{ do: 'load-offers', language: 'nl' }],
  })
  expect(play([{ type: 'languages' }, { type: 'language', language: 'de' }]).journey.language).toBe('en')
})

test('a language that leaves the tariffs is left', () => {
  expect(play([{ type: 'offers', offers: { ...offers, languages: ['de'] } }]).journey.language).toBe('de')
})

test('after a reload the payment that was shown comes back, an unknown one leads home', () => {
  const restored = begin({ language: 'en', now: NOW, shown: { payment: 'R1', until: NOW + 90_000 } })
  expect(restored.requests).toContainEqual({ do: 'load-payment', reference: 'R1' })
  expect(
    play([{ type: 'payment', payment: { ...payment, state: 'charging', held } }], restored.journey).journey.screen.kind,
  ).toBe('charging')
  expect(play([{ type: 'unknown-payment', reference: 'R1' }], restored.journey).journey.screen.kind).toBe('home')
})

test('every state of a payment comes back after a reload to the screen it belongs on', () => {
  const screens = (
    [
      ['authorizing', 'waiting'],
      ['starting', 'waiting'],
      ['awaiting-plug', 'waiting'],
      ['charging', 'charging'],
      ['stopping', 'waiting'],
      ['awaiting-cdr', 'waiting'],
      ['capturing', 'waiting'],
      ['voiding', 'waiting'],
      ['captured', 'result'],
      ['voided', 'result'],
      ['declined', 'result'],
      ['stuck', 'result'],
    ] as const
  ).map(([state, kind]) => {
    const { journey } = begin({ language: 'en', now: NOW, shown: { payment: 'R1', until: NOW + 90_000 } })
    const view = { ...payment, state, final: kind === 'result' }
    return [play([{ type: 'payment', payment: view }], journey).journey.screen.kind, kind]
  })
  for (const [is, should] of screens) expect(is).toBe(should)
})

test('a reload shows a result no longer than it would have stood, and to nobody who comes later', () => {
  const over: PaymentView = { ...payment, state: 'captured', final: true, held, captured: held }
  const { journey } = play([...tapped, { type: 'answered', id: 'tap-1', payment: over }])
  const shown = rememberedOf(journey.screen)
  expect(shown).toEqual({ payment: 'R1', until: NOW + 90_000 })
  const again = begin({ language: 'en', now: NOW + 60_000, shown }).journey
  const restored = step(again, { type: 'payment', payment: over }, NOW + 60_000).journey
  expect(restored.screen).toMatchObject({ kind: 'result', until: NOW + 90_000 })
  expect(rememberedOf(restored.screen)).toEqual(shown)
  const late = step(again, { type: 'payment', payment: over }, NOW + 90_000)
  expect(late).toMatchObject({ journey: { screen: { kind: 'home' } }, requests: [{ do: 'load-offers' }] })
})

test('a terminal that was off for long shows no payment of before, in whatever state, nor what became of a tap', () => {
  const charging: PaymentView = { ...payment, state: 'charging', held }
  const far = NOW + 3_600_000
  for (const inputs of [tapped, [...tapped, { type: 'answered', id: 'tap-1', payment: charging } as const]]) {
    const shown = rememberedOf(play(inputs).journey.screen)!
    const again = begin({ language: 'en', now: far, shown }).journey
    for (const view of [charging, { ...charging, state: 'captured', final: true }]) {
      const news: Input =
        'tap' in shown ? { type: 'answered', id: 'tap-1', payment: view } : { type: 'payment', payment: view }
      expect(step(again, news, far).journey.screen.kind).toBe('home')
    }
  }
})

test('when a wait is over the platform is asked once, and then the driver is sent on', () => {
  const { journey } = play([...tapped, { type: 'answered', id: 'tap-1', payment }])
  const asked = step(journey, { type: 'tick' }, NOW + 30_000)
  expect(asked.requests).toEqual([{ do: 'load-payment', reference: 'R1' }])
  expect(step(asked.journey, { type: 'tick' }, NOW + 31_000).requests).toEqual([])
  expect(step(asked.journey, { type: 'tick' }, NOW + 60_000).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'still-waiting',
    money: 'goes-on',
  })
})
