import type { Offers, PaymentView } from '@plugtill/terminal/link'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Device, startDevice } from './device.ts'
import type { Ears, LinkClient } from './link-client.ts'

const HOUR = 3_600_000
const PLATFORM = Date.parse('2030-01-01T12:00:00Z')
const money = { amountMinor: 500, currency: 'EUR' }

beforeEach(() => void vi.useFakeTimers({ now: PLATFORM - HOUR }))
afterEach(() => void vi.useRealTimers())

/** The platform's clock runs as the device's, an hour ahead of it. */
const platformNow = () => Date.now() + HOUR
const offers = (): Offers => ({
  ...{ terminalId: 'T1', model: 'apollo', languages: ['en'], language: 'en', chargers: [], open: [] },
  now: platformNow(),
})
const ended = (): PaymentView => ({
  ...{ reference: 'R1', state: 'captured', final: true, held: money, captured: money, language: 'en', label: '1' },
  ...{ locationId: 'L', evseUid: 'E', connectorId: '1', now: platformNow() },
})

function memory(kept = new Map<string, string>()) {
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
    removeItem: (key: string) => void kept.delete(key),
  }
}

/** A page before a platform that answers each question after so long. */
function page(own: ReturnType<typeof memory>, paymentTakesMs = 0): Device & { readonly ears: Ears } {
  let heard: Ears | undefined
  const link: Partial<LinkClient> = {
    offers: async () => offers(),
    payment: async () => {
      await new Promise((resume) => setTimeout(resume, paymentTakesMs))
      return ended()
    },
    listen: (ears) => {
      heard = ears
      return () => undefined
    },
  }
  const parts = { link: link as LinkClient, memory: own, memoryKey: 'k', language: 'en', wallNow: () => Date.now() }
  return { ...startDevice(parts), ears: heard! }
}

const shown = (device: Device) => device.journey().screen.kind

/** A device that has shown the end of a payment, then is reloaded. */
async function reloadedAfter(ms: number, paymentTakesMs = 0): Promise<Device> {
  const own = memory(new Map([['k', JSON.stringify({ payment: 'R1', until: PLATFORM + 60_000, offset: HOUR })]]))
  const before = page(own)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown(before)).toBe('result')
  const kept = new Map(own.kept)
  vi.clearAllTimers()
  vi.setSystemTime(Date.now() + ms)
  return page(memory(kept), paymentTakesMs)
}

test('a result that was on the screen is there again after a reload', async () => {
  const device = await reloadedAfter(10_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown(device)).toBe('result')
})

test('whoever comes to a terminal that slept meanwhile does not see what somebody else has paid', async () => {
  const device = await reloadedAfter(120_000)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(shown(device)).toBe('home')
})

test('a wrong clock does not end the wait for a payment that is slow to come', async () => {
  const device = await reloadedAfter(10_000, 4_000)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(shown(device)).toBe('restoring')
  await vi.advanceTimersByTimeAsync(2_000)
  expect(shown(device)).toBe('result')
})

test('what is kept and none of ours is forgotten', async () => {
  for (const kept of ['null', '[]', '"x"', '{', '{"payment":1,"until":2,"offset":0}', '{"payment":"R1"}', '7']) {
    const device = page(memory(new Map([['k', kept]])))
    expect(shown(device), kept).toBe('home')
  }
})
