import type { Journey, News } from '@plugtill/terminal/inputs'
import type { Offers, PaymentView, Tap } from '@plugtill/terminal/link'
import { afterEach, expect, test, vi } from 'vitest'
import type { Answer, LinkClient } from './link-client.ts'
import { NoAnswer } from './link-client.ts'
import { carryOut } from './requests.ts'

afterEach(() => void vi.useRealTimers())

const body: Tap = { locationId: 'l', evseUid: 'e', connectorId: '1', card: 'approved', language: 'en', tapId: 'tap-1' }
const payment = { reference: 'R1', state: 'authorizing', final: false } as PaymentView
const declined: PaymentView = { ...payment, state: 'declined', final: true }
const sending: Journey = {
  screen: { kind: 'sending', id: 'tap-1', purpose: { kind: 'receipt' }, until: 0 },
  language: 'en',
  online: true,
}

function bench(link: Partial<LinkClient>, journey: () => Journey = () => sending) {
  const news: News[] = []
  const tell = (item: News): void => void news.push(item)
  const parts = { link: link as LinkClient, journey, tell, hearTime: () => undefined, hearStanding: () => undefined }
  return { news, parts }
}

test('a tap without an answer is repeated with the same id until there is one', async () => {
  vi.useFakeTimers()
  const taps: Tap[] = []
  const { news, parts } = bench({
    tap: async (sent): Promise<Answer<PaymentView>> => {
      taps.push(sent)
      if (taps.length < 3) throw new NoAnswer('lost')
      return { value: payment }
    },
    payment: async () => declined,
  })

  const done = carryOut(parts, { do: 'tap', id: 'tap-1', body })
  await vi.advanceTimersByTimeAsync(60_000)
  await done

  expect(taps.map((tap) => tap.tapId)).toEqual(['tap-1', 'tap-1', 'tap-1'])
  expect(news.slice(-2), 'and what was decided before the answer came is asked for').toEqual([
    { type: 'answered', id: 'tap-1', payment },
    { type: 'payment', payment: declined },
  ])
})

test('a refusal is an answer: nothing is repeated', async () => {
  let asked = 0
  const { news, parts } = bench({
    tap: async () => {
      asked++
      return { refused: 'not-available' }
    },
  })

  await carryOut(parts, { do: 'tap', id: 'tap-1', body })

  expect(asked).toBe(1)
  expect(news.at(-1)).toEqual({ type: 'refused', id: 'tap-1', why: 'not-available' })
})

test('a tap is given up once the screen has given up on it', async () => {
  vi.useFakeTimers()
  let screen: Journey = sending
  let asked = 0
  const { parts } = bench(
    {
      tap: async () => {
        asked++
        throw new NoAnswer('lost')
      },
    },
    () => screen,
  )

  const done = carryOut(parts, { do: 'tap', id: 'tap-1', body })
  await vi.advanceTimersByTimeAsync(500)
  screen = { ...sending, screen: { kind: 'home' } }
  await vi.advanceTimersByTimeAsync(60_000)
  await done

  expect(asked).toBe(1)
})

test('offers in a language the driver has left are not shown', async () => {
  const offers: Offers = {
    terminalId: 'T',
    model: 'apollo',
    languages: ['en', 'nl'],
    language: 'nl',
    chargers: [],
    open: [],
  }
  const { news, parts } = bench({ offers: async () => offers }, () => ({ ...sending, offers }))

  await carryOut(parts, { do: 'load-offers', language: 'nl' })

  expect(news).toEqual([{ type: 'link', online: true }])
})
