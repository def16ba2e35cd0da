/** Who taps: each driver has chargers of its own and writes down what it was told. That is what the audit believes. */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Told } from './books.ts'

export interface Spot {
  readonly terminal: string
  readonly evse: string
}

export interface Drivers {
  readonly told: readonly Told[]
  /** Time from `at` to the first tap that was sent after it and accepted; somebody stands at a free charger and tries. */
  readonly nextAccepted: (at: number) => Promise<number>
  readonly count: () => number
  /** No new taps; ends when every driver knows what became of the last payment, or gave up. */
  readonly home: () => Promise<void>
}

const CARDS: readonly (readonly [string, number])[] = [
  ['declined', 0.03],
  ['timeout', 0.03],
  ['capture-timeout', 0.04],
  ['capture-fails-once', 0.03],
  ['void-fails-once', 0.02],
  ['partial-approval', 0.02],
  ['approved-mastercard', 0.2],
]

function cardBy(dice: number): string {
  let sum = 0
  for (const [card, share] of CARDS) {
    sum += share
    if (dice < sum) return card
  }
  return 'approved'
}

interface View {
  readonly reference: string
  readonly state: string
  readonly captured: { readonly amount_minor: number; readonly currency: string } | null
}

const FINAL = ['captured', 'voided', 'declined', 'stuck']
const RETRY_MS = 50
const LOOK_MS = 400
/** A driver who is told nothing for so long goes away; the payment goes on. */
const PATIENCE_MS = 90_000

type Ask = (
  method: 'GET' | 'POST',
  path: string,
  body?: object,
) => Promise<{ readonly status: number; readonly body: unknown } | undefined>

/** undefined where no answer came. */
const asking =
  (url: string): Ask =>
  async (method, path, body) => {
    try {
      const answer = await fetch(`${url}/ptp/api${path}`, {
        method,
        signal: AbortSignal.timeout(10_000),
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      return { status: answer.status, body: await answer.json().catch(() => undefined) }
    } catch {
      return undefined
    }
  }

/** The same tap until it is answered: an answer that got lost must not become a second payment. */
async function tap(ask: Ask, spot: Spot, card: string): Promise<(View & { readonly sent: number }) | undefined> {
  const order = { terminal: spot.terminal, evse: spot.evse, connector: '1', card, tap_id: randomUUID() }
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end) {
    const sent = performance.now()
    const answer = await ask('POST', '/payments/tap', order)
    if (answer?.status === 201) return { ...(answer.body as View), sent }
    if (answer !== undefined && answer.status >= 400 && answer.status < 500) return undefined
    await sleep(RETRY_MS)
  }
  return undefined
}

interface Stay {
  readonly card: string
  /** Does not wait for the car to leave by itself. */
  readonly stops: boolean
}

/** What the driver is told in the end; undefined for one who went away before. */
async function told(ask: Ask, spot: Spot, { reference, card, stops }: View & Stay): Promise<Told | undefined> {
  const end = performance.now() + PATIENCE_MS
  let stopped = false
  while (performance.now() < end) {
    await sleep(LOOK_MS)
    const answer = await ask('GET', `/payments/${reference}`)
    if (answer?.status !== 200) continue
    const { state, captured } = answer.body as View
    if (FINAL.includes(state)) return endOf(reference, state, captured)
    if (!stops || stopped || state !== 'charging') continue
    stopped = (await ask('POST', '/payments/stop', { terminal: spot.terminal, reference, card }))?.status === 200
  }
  return undefined
}

const endOf = (reference: string, state: string, captured: View['captured']): Told => ({
  reference,
  state,
  capturedMinor: captured?.amount_minor ?? 0,
  ...(captured && { currency: captured.currency }),
  at: Date.now(),
})

/** More than one: a network that is rough may swallow either tap. */
const SUMMONED = 2

/** Drivers of `spots` come one after the other; those of `spare` wait until they are summoned. */
export function startDrivers(
  url: string,
  { spots, spare }: { readonly spots: readonly Spot[]; readonly spare: readonly Spot[] },
  random: () => number,
): Drivers {
  const ask = asking(url)
  const heard: Told[] = []
  const waiting = new Set<{ readonly since: number; readonly accepted: (ms: number) => void }>()
  let driving = true
  const pay = async (spot: Spot, card: string) => {
    const view = await tap(ask, spot, card)
    if (view === undefined) return sleep(300)
    const now = performance.now()
    for (const one of waiting) {
      if (view.sent < one.since) continue
      one.accepted(now - one.since)
      waiting.delete(one)
    }
    heard.push({ reference: view.reference, state: 'accepted', capturedMinor: 0, at: Date.now() })
    const end = await told(ask, spot, { ...view, card, stops: random() < 0.7 })
    if (end !== undefined) heard.push(end)
  }
  const drive = async (spot: Spot) => {
    while (driving) await pay(spot, cardBy(random()))
  }
  const all = spots.map(drive)
  const free = [...spare]
  const summon = async () => {
    const spot = free.shift()
    if (spot === undefined) return
    await pay(spot, 'approved')
    free.push(spot)
  }
  return {
    told: heard,
    nextAccepted: (at) => {
      for (let n = 0; n < SUMMONED; n++) all.push(summon())
      return new Promise((accepted) => waiting.add({ since: at, accepted }))
    },
    count: () => heard.filter(({ state }) => state === 'accepted').length,
    home: async () => {
      driving = false
      await Promise.all(all)
    },
  }
}
