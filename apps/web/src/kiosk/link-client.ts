/** The network side of the kiosk: the terminal link over fetch and server-sent events, with its limits. */

import type { Offers, PaymentView, Receipt, ReceiptTap, StopTap, Tap } from '@plugtill/terminal/link'
import { isRefused, LINK_PATHS, linkPath, NEWS_EVENTS, REFUSALS } from '@plugtill/terminal/link'

export interface LinkClient {
  /** Undefined when the platform does not know this terminal; throws `NoKey` when it wants a key. */
  offers(language: string): Promise<Offers | undefined>
  payment(reference: string): Promise<PaymentView | undefined>
  /** Undefined while no such tap has arrived. */
  tapped(tapId: string): Promise<PaymentView | undefined>
  tap(body: Tap): Promise<Answer<PaymentView>>
  stop(body: StopTap): Promise<Answer<PaymentView>>
  receipts(body: ReceiptTap): Promise<Answer<readonly Receipt[]>>
  /** Opens the stream and keeps it open; returns what closes it. */
  listen(ears: Ears): () => void
}

export type Answer<T> = { readonly value: T } | { readonly refused: string }

export interface Ears {
  readonly payment: (view: PaymentView) => void
  readonly offers: () => void
  /** The stream is open, or it is gone and will be tried again. */
  readonly open: (open: boolean) => void
}

const ANSWER_MS = 12_000
const RECONNECT_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const

/** The platform could not be reached, or it answered something that cannot be an answer. Worth another try. */
export class NoAnswer extends Error {}

/** The platform wants the key of this terminal, and the page has none or a wrong one. */
export class NoKey extends Error {}

export function linkClient(terminalId: string, platform = '/ptp'): LinkClient {
  const base = linkPath(platform, terminalId)
  return {
    offers: (language) => get<Offers>(`${base}${LINK_PATHS.offers}?language=${encodeURIComponent(language)}`),
    payment: (reference) =>
      get<PaymentView>(base + LINK_PATHS.payment.replace(':reference', encodeURIComponent(reference))),
    tapped: (tapId) => get<PaymentView>(base + LINK_PATHS.tapped.replace(':tap_id', encodeURIComponent(tapId))),
    tap: (body) => post<PaymentView>(base + LINK_PATHS.tap, body),
    stop: (body) => post<PaymentView>(base + LINK_PATHS.stop, body),
    receipts: (body) => post<readonly Receipt[]>(base + LINK_PATHS.receipts, body),
    listen: (ears) => listen(base + LINK_PATHS.news, ears),
  }
}

async function get<T>(url: string): Promise<T | undefined> {
  const response = await reach(url, {})
  if (response.status === 404 || response.status === 409) return undefined
  if (response.status === 401) throw new NoKey(`GET ${url} wants the key of the terminal.`)
  if (!response.ok) throw new NoAnswer(`GET ${url} answered ${response.status}.`)
  return (await json(response)) as T
}

async function post<T extends object>(url: string, body: object): Promise<Answer<T>> {
  const response = await reach(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status >= 500 || response.status === 429) throw new NoAnswer(`POST ${url} answered ${response.status}.`)
  const answer = await json(response)
  const message = 'message' in answer && typeof answer.message === 'string' ? answer.message : undefined
  // Codes have words in the driver's language; a code we do not know is told in the platform's own words.
  const coded = isRefused(answer) ? answer.refused : undefined
  if (coded !== undefined) return { refused: REFUSALS.some((r) => r === coded) ? coded : (message ?? coded) }
  if (!response.ok) return { refused: message ?? `HTTP ${response.status}` }
  return { value: answer as T }
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS), cache: 'no-store' })
  } catch (cause) {
    throw new NoAnswer(`${url} could not be reached.`, { cause })
  }
}

async function json(response: Response): Promise<object> {
  try {
    const value: unknown = await response.json()
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Not JSON: a proxy's own page, most likely. Falls through.
  }
  throw new NoAnswer(`The answer ${response.status} was not JSON.`)
}

function listen(url: string, ears: Ears): () => void {
  let closed = false
  let attempt = 0
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const connect = (): void => {
    source = new EventSource(url)
    source.addEventListener('open', () => {
      attempt = 0
      ears.open(true)
    })
    source.addEventListener(NEWS_EVENTS.payment, (event: MessageEvent<string>) => {
      const view = parsed(event.data)
      if (view) ears.payment(view)
    })
    source.addEventListener(NEWS_EVENTS.offers, () => ears.offers())
    source.addEventListener('error', () => {
      // The browser's own retry gives up on some answers; one rule for all is simpler to trust.
      source?.close()
      ears.open(false)
      if (closed) return
      timer = setTimeout(connect, RECONNECT_MS[Math.min(attempt++, RECONNECT_MS.length - 1)])
    })
  }
  connect()
  return () => {
    closed = true
    clearTimeout(timer)
    source?.close()
  }
}

function parsed(data: string): PaymentView | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && 'reference' in value ? (value as PaymentView) : undefined
  } catch {
    return undefined
  }
}
