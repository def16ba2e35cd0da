/**
 * The virtual device: it runs the journey, carries out its requests over the link, keeps the platform's time and
 * remembers one thing across a reload, the reference it is showing.
 */
import type { DriverInput, Input, Journey, Request } from '@plugtill/terminal/inputs'
import { begin, step } from '@plugtill/terminal/journey'
import { referenceShown } from '@plugtill/terminal/screens'
import type { Answer, LinkClient } from './link-client.ts'

export interface Device {
  readonly journey: () => Journey
  readonly now: () => number
  readonly send: (input: DriverInput) => void
  readonly subscribe: (listener: () => void) => () => void
  /** Switches the device on; returns what switches it off. */
  readonly run: () => () => void
}

export interface DeviceParts {
  readonly link: LinkClient
  readonly memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  readonly memoryKey: string
  readonly language: string
  readonly wallNow: () => number
}

const TICK_MS = 500
/** How often is asked while the stream is down. */
const POLL_MS = 3_000
/** How often is asked although the stream is up: a lost event must not strand a driver. */
const CALM_POLL_MS = 20_000
const RETRY_MS = [1_000, 2_000, 3_000, 5_000] as const

export function createDevice(parts: DeviceParts): Device {
  const { link, memory, memoryKey } = parts
  const listeners = new Set<() => void>()
  let offset = 0
  let streamOpen = false
  let askedAt = 0
  const now = (): number => parts.wallNow() + offset

  const first = begin({ language: parts.language, now: now(), reference: memory.getItem(memoryKey) ?? undefined })
  let journey = first.journey

  function dispatch(input: Input): void {
    const before = journey
    const next = step(journey, input, now())
    journey = next.journey
    if (journey !== before) {
      const reference = referenceShown(journey.screen)
      if (reference === undefined) memory.removeItem(memoryKey)
      else memory.setItem(memoryKey, reference)
      for (const listener of listeners) listener()
    }
    next.requests.forEach(carryOut)
  }

  function hearTime(said: number | undefined): void {
    if (said !== undefined) offset = said - parts.wallNow()
  }

  function carryOut(request: Request): void {
    switch (request.do) {
      case 'load-offers':
        return void loadOffers(request.language)
      case 'load-payment':
        return void loadPayment(request.reference)
      case 'tap':
        return void untilAnswered(request.id, () => link.tap(request.body), (payment) => dispatch({ type: 'answered', id: request.id, payment }))
      case 'stop':
        return void untilAnswered(request.id, () => link.stop(request.body), (payment) => dispatch({ type: 'answered', id: request.id, payment }))
      case 'receipts':
        return void untilAnswered(request.id, () => link.receipts(request.body), (receipts) => dispatch({ type: 'receipts', id: request.id, receipts }))
    }
  }

  async function loadOffers(language: string): Promise<void> {
    askedAt = parts.wallNow()
    try {
      const offers = await link.offers(language)
      hearTime(offers.now)
      // An answer in a language the driver has left meanwhile would only flicker.
      if (language === journey.language || journey.offers === undefined) dispatch({ type: 'offers', offers })
      dispatch({ type: 'link', online: true })
    } catch {
      dispatch({ type: 'link', online: false })
    }
  }

  async function loadPayment(reference: string): Promise<void> {
    try {
      const payment = await link.payment(reference)
      hearTime(payment?.now)
      dispatch(payment ? { type: 'payment', payment } : { type: 'unknown-payment', reference })
    } catch {
      dispatch({ type: 'link', online: false })
    }
  }

  /** Repeats one request, with the same id, for as long as the screen waits for it. */
  async function untilAnswered<T>(id: string, ask: () => Promise<Answer<T>>, tell: (value: T) => void): Promise<void> {
    const wanted = (): boolean => journey.screen.kind === 'sending' && journey.screen.id === id
    for (let attempt = 0; wanted(); attempt++) {
      try {
        const answer = await ask()
        dispatch({ type: 'link', online: true })
        return 'refused' in answer ? dispatch({ type: 'refused', id, why: answer.refused }) : tell(answer.value)
      } catch {
        dispatch({ type: 'link', online: false })
        const delay = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]
        await new Promise((resume) => setTimeout(resume, delay))
      }
    }
  }

  /** Asks again for what is on show: after the stream came back, and now and then. */
  function refresh(): void {
    void loadOffers(journey.language)
    const reference = referenceShown(journey.screen)
    if (reference !== undefined && journey.screen.kind !== 'result') void loadPayment(reference)
  }

  function tick(): void {
    dispatch({ type: 'tick' })
    if (parts.wallNow() - askedAt >= (streamOpen ? CALM_POLL_MS : POLL_MS)) refresh()
    for (const listener of listeners) listener()
  }

  function run(): () => void {
    first.requests.forEach(carryOut)
    const timer = setInterval(tick, TICK_MS)
    const close = link.listen({
      payment: (payment) => {
        hearTime(payment.now)
        dispatch({ type: 'payment', payment })
      },
      offers: () => void loadOffers(journey.language),
      open: (open) => {
        if (open && !streamOpen) refresh()
        streamOpen = open
      },
    })
    return () => {
      clearInterval(timer)
      close()
    }
  }

  return {
    journey: () => journey,
    now,
    send: dispatch,
    run,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
