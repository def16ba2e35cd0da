import { expect, test } from 'vitest'
import { NOW, offer, offers, payment } from '../test/examples.ts'
import { CONTACTLESS_LIMITS, contactlessLimit } from './contactless-limits.ts'
import type { Input, Journey, Step } from './inputs.ts'
import { step } from './journey.ts'
import type { Presented } from './pin.ts'
import { wordingOf } from './wording.ts'

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })

/** A terminal of a model whose charger asks for a hold; cards are tapped up to EUR 50. */
const at = (model: string, holdMinor: number): Journey => ({
  screen: { kind: 'home' },
  language: 'en',
  online: true,
  offers: { ...offers, model, chargers: [{ ...offer, hold: eur(holdMinor), pinAbove: eur(5000) }] },
})

const play = (from: Journey, inputs: readonly Input[]): Step =>
  inputs.reduce<Step>((so, input) => step(so.journey, input, NOW), { journey: from, requests: [] })

const presented = (how?: Presented): readonly Input[] => [
  { type: 'start' },
  { type: 'choose', evseUid: 'evse-1', connectorId: '1' },
  { type: 'accept' },
  { type: 'card', card: 'approved', id: 'tap-1', ...(how && { how }) },
]
const pin = (right: boolean): Input => ({ type: 'pin', right })

test.each<[string, number, Presented | undefined, asks: 'pin' | 'hold' | 'no-pin-here', verified?: string]>([
  ['apollo', 5000, undefined, 'hold'],
  ['apollo', 5001, undefined, 'pin'],
  ['apollo', 5001, 'phone', 'hold', 'phone'],
  ['apollo-max', 5001, 'tap', 'pin'],
  ['apollo-max', 1000, 'chip', 'pin'],
  ['polar', 5000, 'tap', 'hold'],
  ['polar', 5001, 'tap', 'no-pin-here'],
  ['polar', 5001, 'phone', 'hold', 'phone'],
])('%s, a hold of %i cents, presented by %s: %s', (model, holdMinor, how, asks, verified) => {
  const { journey, requests } = play(at(model, holdMinor), presented(how))
  if (asks === 'hold') expect(requests).toMatchObject([{ do: 'tap', body: { tapId: 'tap-1' } }])
  else expect(requests).toEqual([])
  const { screen } = journey
  expect(screen.kind === 'notice' ? screen.why : screen.kind === 'sending' ? 'hold' : screen.kind).toBe(asks)
  const [request] = requests
  expect(request?.do === 'tap' ? request.body.verified : undefined).toBe(verified)
})

test('a right PIN asks for the hold with the fact that it was right, and with nothing of the PIN', () => {
  const { requests } = play(at('apollo', 6000), [...presented(), pin(false), pin(true)])
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
        verified: 'pin',
        language: 'en',
        tapId: 'tap-1',
      },
    },
  ])
})

test('three wrong PINs end it: the bank was not asked, and the driver hears that nothing was taken', () => {
  const after = (wrong: number) => play(at('apollo', 6000), [...presented(), ...Array(wrong).fill(pin(false))])
  const said = (wrong: number) => wordingOf(after(wrong).journey.screen, 'en')
  expect([said(0).body, said(1).body, said(2).body]).toEqual([
    'Above €50.00 a card needs its PIN. We reserve €60.00.',
    'That PIN was wrong. 2 tries left.',
    'That PIN was wrong. One try left.',
  ])
  expect(said(3)).toMatchObject({ money: 'Nothing was reserved and nothing was taken.' })
  expect([0, 1, 2, 3].flatMap((wrong) => after(wrong).requests)).toEqual([])
  expect(play(after(3).journey, [pin(true)]).requests).toEqual([])
})

test('before the tap the screen says that a PIN will be asked for, or that this terminal takes none', () => {
  const toTap = presented().slice(0, 3)
  const said = (model: string, holdMinor: number) =>
    wordingOf(play(at(model, holdMinor), toTap).journey.screen, 'en').body
  expect(said('apollo', 5000)).toBe('We reserve €50.00 and start Bay 1.')
  expect(said('apollo', 6000)).toBe('We reserve €60.00 and start Bay 1. Above €50.00 you will be asked for your PIN.')
  expect(said('polar', 6000)).toContain('this terminal takes none. Use a phone or a watch.')
})

test('a smaller maximum below the limit needs no PIN', () => {
  const from = at('polar', 6000)
  const [charger] = from.offers?.chargers ?? []
  const choosy: Journey = {
    ...from,
    offers: { ...offers, model: 'polar', chargers: [{ ...charger!, holdChoices: [eur(2000), eur(6000)] }] },
  }
  const [start, choose, accept, card] = presented()
  const { requests } = play(choosy, [start!, choose!, { type: 'maximum', amountMinor: 2000 }, accept!, card!])
  expect(requests).toMatchObject([{ do: 'tap', body: { maximumMinor: 2000 } }])
})

test('when the bank wanted the PIN the same charger is sold with it, after its price was seen once more', () => {
  const declined = { ...payment, state: 'declined', final: true, message: 'pin-needed', waitingFor: undefined }
  const from: Journey = { ...at('apollo', 2000), screen: { kind: 'result', payment: declined, until: NOW + 1 } }
  const again = play(from, [{ type: 'with-pin' }])
  expect(again.journey.screen).toMatchObject({ kind: 'price', bankWantsPin: true })
  const typing = play(again.journey, [{ type: 'accept' }, { type: 'card', card: 'pin-needed', id: 'tap-2' }])
  expect(typing.journey.screen).toMatchObject({ kind: 'pin', why: 'bank' })
  expect(play(typing.journey, [pin(true)]).requests).toMatchObject([{ do: 'tap', body: { verified: 'pin' } }])

  const said = wordingOf(from.screen, 'en')
  expect([said.title, said.money]).toEqual(['PIN needed', 'Nothing was reserved and nothing was taken.'])
  const stale: Journey = { ...from, offers: { ...offers, chargers: [{ ...offer, available: false }] } }
  const asked = play(stale, [{ type: 'with-pin' }])
  expect(asked).toMatchObject({ journey: { screen: { kind: 'price' } }, requests: [{ do: 'load-offers' }] })
  expect(play(asked.journey, [{ type: 'offers', offers: stale.offers! }]).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'not-available',
  })
  const busy: Journey = { ...from, offers: { ...offers, chargers: [] } }
  expect(play(busy, [{ type: 'with-pin' }]).journey.screen).toMatchObject({ kind: 'notice', why: 'not-available' })
})

test('a reader of the provider asks for the PIN itself', () => {
  const from = at('apollo', 6000)
  expect(play(from, [...presented().slice(0, 3), { type: 'card', card: 'reader', id: 'r' }]).requests).toMatchObject([
    { do: 'tap', body: { card: 'reader' } },
  ])
})

test('a price that changes while the PIN is typed is seen again before anything is asked', () => {
  const from = at('apollo', 6000)
  const [charger] = from.offers?.chargers ?? []
  const dearer = { ...offers, chargers: [{ ...charger!, hold: eur(7000) }] }
  expect(play(from, [...presented(), { type: 'offers', offers: dearer }]).journey.screen).toMatchObject({
    kind: 'notice',
    why: 'price-changed',
    money: 'nothing-held',
  })
})

test('without a connection no hold is asked for, because its end could not be told', () => {
  const { journey, requests } = play(at('apollo', 2000), [
    ...presented().slice(0, 3),
    { type: 'link', online: false },
    { type: 'card', card: 'approved', id: 'tap-1' },
  ])
  expect([journey.screen, requests]).toMatchObject([{ kind: 'notice', why: 'offline', money: 'nothing-held' }, []])
})

test('limits are those of the country in its own currency, and an unlisted country has none', () => {
  const limits = [
    ['NLD', 'EUR'],
    ['deu', 'EUR'],
    ['GBR', 'GBP'],
    ['CHE', 'CHF'],
    ['HUN', 'HUF'],
    ['NLD', 'GBP'],
    ['USA', 'USD'],
  ].map(([country, currency]) => contactlessLimit(country!, currency!)?.amountMinor)
  expect(limits).toEqual([5000, 5000, 10000, 8000, 1500000, undefined, undefined])
})

test('no country has two limits, and each limit names its source', () => {
  const countries = CONTACTLESS_LIMITS.flatMap((limit) => limit.countries)
  expect(new Set(countries).size).toBe(countries.length)
  for (const { countries: named, source } of CONTACTLESS_LIMITS) {
    for (const country of named) expect(country).toMatch(/^[A-Z]{3}$/)
    expect(source).toMatch(/\d{4}/)
  }
})
