/** A driver buys energy: what the judge does as a PTP from START_SESSION to a running session. */
import { sameCi } from '@plugtill/ocpi/types'
import { type Purchase, purchasesOf } from '../checks/purchase.ts'
import type { Offer, Sale } from '../lean-ptp-sales.ts'
import type { CpoStage } from '../scenario.ts'
import type { View } from '../view.ts'

/** When the lists are read because nothing is pushed: soon, then less often. */
const POLL_MS = [2_000, 3_000, 5_000]
const LAST_POLL_MS = 10_000

/** What the partner did wrong is on record; the judge goes on. */
export async function quietly<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch {
    return undefined
  }
}

/** Until `look` finds something, reading the lists meanwhile, or until the limit. */
export async function until<T>(
  { desk, ptp }: CpoStage,
  look: (view: View) => T | undefined,
  limitMs: number,
): Promise<T | undefined> {
  const end = desk.parts.clock.now() + limitMs
  for (let round = 0; ; round += 1) {
    const left = end - desk.parts.clock.now()
    const pause = POLL_MS[round] ?? LAST_POLL_MS
    const found = await desk.waitFor(look, Math.max(0, Math.min(pause, left)))
    if (found !== undefined || left <= pause) return found
    await quietly(ptp.sales.poll())
  }
}

/** Connectors that the judge's terminals sell, the one with the highest hold first; of each EVSE one. */
export async function choices({ ptp }: CpoStage): Promise<readonly Offer[]> {
  if (ptp.allOffers().length === 0) await quietly(ptp.mirror.pull())
  const assigned = ptp.terminals.all().flatMap(({ terminal_id: id }) => ptp.offers(id))
  const offers = assigned.length > 0 ? assigned : ptp.allOffers()
  const startable = offers.filter(({ evse }) => evse.capabilities?.includes('REMOTE_START_STOP_CAPABLE'))
  const usable = (startable.length > 0 ? startable : offers).toSorted((a, b) => b.hold.amountMinor - a.hold.amountMinor)
  return usable.filter(({ evse }, index) => usable.findIndex((other) => sameCi(other.evse.uid, evse.uid)) === index)
}

/** Those of them that are free as far as is known. */
export async function freeChoices(stage: CpoStage): Promise<readonly Offer[]> {
  const open = stage.ptp.sales.all().filter((sale) => isOpen(stage, sale))
  return (await choices(stage)).filter(
    ({ evse }) => evse.status === 'AVAILABLE' && !open.some(({ offer }) => sameCi(offer.evse.uid, evse.uid)),
  )
}

const FINAL = ['COMPLETED', 'INVALID']

function isOpen({ desk }: CpoStage, { reference, answer, session }: Sale): boolean {
  if (session !== undefined) return !FINAL.includes(session.status)
  const purchase = purchaseOf(desk.view(), reference)
  return (answer?.result ?? 'ACCEPTED') === 'ACCEPTED' && !saidNo(purchase)
}

export const purchaseOf = (view: View, reference: string): Purchase | undefined =>
  purchasesOf(view).find(({ body }) => sameCi(body.authorization_reference ?? '', reference))

/** Whether answer or result was a no, or unreadable. */
export function saidNo(purchase: Purchase | undefined): boolean {
  if (purchase === undefined || !purchase.accepted) return true
  const [result] = purchase.results
  return result !== undefined && (result.question as { result?: unknown } | undefined)?.result !== 'ACCEPTED'
}

/** START_SESSION; the sale is there whatever was answered. */
export async function start({ ptp }: CpoStage, offer: Offer): Promise<Sale | undefined> {
  const before = ptp.sales.all().length
  await quietly(ptp.sales.start(offer))
  return ptp.sales.all()[before]
}

export const statusesOf = (purchase: Purchase | undefined): readonly string[] =>
  purchase?.sessions.flatMap(({ pushed, listed }) => [...pushed, ...listed]).map(({ session }) => session.status) ?? []

export const ended = (purchase: Purchase | undefined): boolean =>
  statusesOf(purchase).some((status) => FINAL.includes(status))

/** STOP_SESSION until the session has ended, or a while after it should have. */
export async function stop(stage: CpoStage, reference: string): Promise<void> {
  await quietly(stage.ptp.sales.stop(reference))
  const stopped = (view: View) => {
    const purchase = purchaseOf(view, reference)
    const stop = purchase?.stops.at(-1)
    const told = stop?.answer !== undefined && (!stop.accepted || stop.results.length > 0)
    return (ended(purchase) && told) || stop?.answer?.result === 'REJECTED' || undefined
  }
  await until(stage, stopped, stage.patienceMs)
}
