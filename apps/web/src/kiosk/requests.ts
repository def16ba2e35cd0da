/** Carrying out what the journey asks for: over the link, repeated where that is safe, told back as news. */
import type { Journey, News, Request } from '@plugtill/terminal/inputs'
import { type Answer, type LinkClient, NoKey } from './link-client.ts'

/** What the requests need of the device that runs them. */
export interface Bench {
  readonly link: LinkClient
  readonly journey: () => Journey
  readonly tell: (news: News) => void
  /** The platform said what time it is. */
  readonly hearTime: (now: number | undefined) => void
  /** The platform said whether it knows this terminal. */
  readonly hearStanding: (standing: Standing) => void
}

/** What the platform thinks of this terminal: `locked` when the page lacks its key. */
export type Standing = 'known' | 'unknown' | 'locked'

const RETRY_MS = [1_000, 2_000, 3_000, 5_000] as const

export async function carryOut(bench: Bench, request: Request): Promise<void> {
  const { link, tell } = bench
  switch (request.do) {
    case 'load-offers':
      return loadOffers(bench, request.language)
    case 'load-payment':
      return loadPayment(bench, request.reference)
    case 'load-tap':
      return loadTap(bench, request.id)
    case 'tap': {
      const { id, body } = request
      return untilAnswered(bench, id, {
        ask: () => link.tap(body),
        done: (payment) => {
          tell({ type: 'answered', id, payment })
          // What became of it before this answer arrived was news of a payment that nobody here knew.
          if (!payment.final) void loadPayment(bench, payment.reference)
        },
      })
    }
    case 'stop': {
      const { id, body } = request
      return untilAnswered(bench, id, {
        ask: () => link.stop(body),
        done: (payment) => tell({ type: 'answered', id, payment }),
      })
    }
    case 'receipts': {
      const { id, body } = request
      return untilAnswered(bench, id, {
        ask: () => link.receipts(body),
        done: (receipts) => tell({ type: 'receipts', id, receipts }),
      })
    }
  }
}

export async function loadOffers(
  { link, journey, tell, hearTime, hearStanding }: Bench,
  language: string,
): Promise<void> {
  try {
    const offers = await link.offers(language)
    hearStanding(offers === undefined ? 'unknown' : 'known')
    hearTime(offers?.now)
    // An answer in a language the driver has left meanwhile would only flicker.
    const wanted = language === journey().language || journey().offers === undefined
    if (offers && wanted) tell({ type: 'offers', offers })
    tell({ type: 'link', online: true })
  } catch (error) {
    if (error instanceof NoKey) hearStanding('locked')
    tell({ type: 'link', online: error instanceof NoKey })
  }
}

export async function loadPayment({ link, tell, hearTime }: Bench, reference: string): Promise<void> {
  try {
    const payment = await link.payment(reference)
    hearTime(payment?.now)
    tell(payment ? { type: 'payment', payment } : { type: 'unknown-payment', reference })
  } catch {
    tell({ type: 'link', online: false })
  }
}

/** A tap that has not arrived yet may still be on its way: whoever asks asks again. */
export async function loadTap({ link, tell, hearTime }: Bench, id: string): Promise<void> {
  try {
    const payment = await link.tapped(id)
    hearTime(payment?.now)
    tell({ type: 'link', online: true })
    if (payment) tell({ type: 'answered', id, payment })
  } catch {
    tell({ type: 'link', online: false })
  }
}

/** Repeats one request, with the same id, for as long as the screen waits for it. */
async function untilAnswered<T>(
  { journey, tell }: Bench,
  id: string,
  { ask, done }: { readonly ask: () => Promise<Answer<T>>; readonly done: (value: T) => void },
): Promise<void> {
  const wanted = (): boolean => {
    const { screen } = journey()
    return screen.kind === 'sending' && screen.id === id
  }
  for (let attempt = 0; wanted(); attempt++) {
    try {
      const answer = await ask()
      tell({ type: 'link', online: true })
      return 'refused' in answer ? tell({ type: 'refused', id, why: answer.refused }) : done(answer.value)
    } catch {
      tell({ type: 'link', online: false })
      const delay = RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]
      await new Promise((resume) => setTimeout(resume, delay))
    }
  }
}
