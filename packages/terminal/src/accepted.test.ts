/** What the driver has accepted: no other price and no other maximum is ever asked for. */
import { expect, test } from 'vitest'
import { NOW, offer, offers, payment } from '../test/examples.ts'
import { home, play, tapped, toTap } from '../test/walk.ts'
import type { Input, Journey } from './inputs.ts'
import type { Offers } from './link.ts'
import { paymentScreen } from './screens.ts'

test('the driver chooses the maximum where it is offered: the screen shows it as the hold, the tap asks for it', () => {
  const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
  const choosy = { ...offers, chargers: [{ ...offer, hold: eur(5000), holdChoices: [eur(1000), eur(5000)] }] }
  const toPrice = toTap.slice(0, 2)
  const from: Journey = { ...home, offers: choosy }

  const chosen = play([...toPrice, { type: 'maximum', amountMinor: 1000 }], from)
  expect(chosen.journey.screen).toMatchObject({ kind: 'price', offer: { hold: eur(1000) } })
  const { requests } = play([{ type: 'accept' }, { type: 'card', card: 'approved', id: 'tap-1' }], chosen.journey)
  expect(requests).toMatchObject([{ do: 'tap', body: { maximumMinor: 1000 } }])

  const odd = play([...toPrice, { type: 'maximum', amountMinor: 999 }], from)
  expect(odd.journey.screen).toMatchObject({ kind: 'price', offer: { hold: eur(5000) } })
})

test('what the driver has chosen outlives every news, the PIN and a second try, as long as it is to be had', () => {
  const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
  const choices = [eur(1000), eur(2000), eur(5000)]
  const choosy = { ...offers, chargers: [{ ...offer, holdChoices: choices, pinAbove: eur(1500) }] }
  const news: Input = { type: 'offers', offers: structuredClone(choosy) }
  const chosen: readonly Input[] = [...toTap.slice(0, 2), { type: 'maximum', amountMinor: 2000 }, news]
  const from: Journey = { ...home, offers: choosy }

  const price = play(chosen, from).journey
  expect(price.screen).toMatchObject({ kind: 'price', offer: { hold: eur(2000) } })
  const back = play([{ type: 'accept' }, news, { type: 'back' }, news], price).journey
  expect(back.screen).toEqual(price.screen)
  const typing = play([{ type: 'accept' }, news, { type: 'card', card: 'approved', id: 'tap-1' }, news], price).journey
  expect(typing.screen.kind).toBe('pin')
  expect(play([{ type: 'pin', right: true }], typing).requests).toMatchObject([{ body: { maximumMinor: 2000 } }])

  const wantsPin = { ...payment, state: 'declined', final: true, message: 'pin-needed', asked: eur(2000) }
  const again = play([{ type: 'with-pin' }, news], { ...from, screen: paymentScreen(wantsPin, NOW) }).journey
  expect(again.screen).toMatchObject({ kind: 'price', bankWantsPin: true, offer: { hold: eur(2000) } })

  const fewer = { ...choosy, chargers: [{ ...choosy.chargers[0]!, holdChoices: [eur(1000), eur(5000)] }] }
  expect(play([{ type: 'offers', offers: fewer }], price).journey.screen).toMatchObject({ why: 'price-changed' })
})

test.each([
  ['the tariff', { tariffId: 't-2' }],
  ['what the tariff says', { priceId: 'p-2' }],
  ['the hold', { hold: { amountMinor: 6000, currency: 'EUR' } }],
])(
  '%s changes while the price is read or the reader listens: no card is read before the new price was seen',
  (_, change) => {
    const dearer: Input = { type: 'offers', offers: { ...offers, chargers: [{ ...offer, ...change }] } }
    for (const before of [toTap.slice(0, 2), toTap]) {
      const changed = play([...before, dearer])
      expect(changed.journey.screen).toMatchObject({ kind: 'notice', why: 'price-changed', money: 'nothing-held' })
      const card: Input = { type: 'card', card: 'approved', id: 'tap-1' }
      expect(play([card], changed.journey).requests).toEqual([])
      const seen = play([{ type: 'new-price' }], changed.journey)
      expect(seen.journey.screen).toMatchObject({ kind: 'price', offer: change })
      const { tariffId, priceId } = { ...offer, ...change }
      const { requests } = play([{ type: 'accept' }, card], seen.journey)
      expect(requests).toMatchObject([{ do: 'tap', body: { tariffId, priceId } }])
    }
  },
)

test('a tap at a price that has changed is refused: the new one is asked for, and shown once the platform has named it', () => {
  const refused = play([...tapped, { type: 'refused', id: 'tap-1', why: 'price-changed' }])
  expect(refused.requests).toEqual([{ do: 'load-offers', language: 'en' }])
  expect(refused.journey.screen).toMatchObject({ kind: 'notice', why: 'price-changed', money: 'nothing-held' })
  expect(play([{ type: 'new-price' }], refused.journey).journey).toEqual(refused.journey)
  const fresh: Offers = { ...offers, chargers: [{ ...offer, priceId: 'p-2' }] }
  const seen = play([{ type: 'offers', offers: fresh }, { type: 'new-price' }], refused.journey)
  expect(seen.journey.screen).toMatchObject({ kind: 'price', offer: { priceId: 'p-2' } })
  const taken: Offers = { ...fresh, chargers: [{ ...offer, priceId: 'p-2', available: false }] }
  const kept = play([{ type: 'offers', offers: taken }, { type: 'new-price' }], refused.journey)
  expect(kept.journey.screen).toEqual(refused.journey.screen)
})
