/** Looks at a terminal in the middle of a charge: what it shows has to be true then too, not only in the end. */
import type { PaymentView } from '@plugtill/terminal/link'
import type { TerminalBook } from './drivers.ts'
import type { Storm } from './storm.ts'

/** After the platform has heard that nobody knows, and before it has asked again. */
const AFTER_DOUBT_MS = 2_000

export function spotChecks(storm: Storm, { seen }: Pick<TerminalBook, 'seen'>): void {
  const shown = new Map<string, { cost: number; kwh: number }>()
  const scripts = new Map(storm.scripts.map((script) => [script.n, script]))
  const look = (reference: string): Promise<PaymentView | undefined> => {
    const told = seen.get(reference)
    const ptp = storm.ptp()
    if (!told || !ptp) return Promise.resolve(undefined)
    return ptp.link.payment(told.terminal, reference).catch(() => undefined)
  }
  const wrong = (rule: string, reference: string) =>
    storm.wrongs.push(`${rule} (${reference}, s${seen.get(reference)?.n ?? 0} )`)
  storm.log.watchers.push((what, reference) => {
    if (what === 'doubt')
      storm.clock.after(AFTER_DOUBT_MS, async () => {
        const view = await look(reference)
        if (view?.state === 'voided' && storm.bank.holdOf(reference) !== undefined)
          wrong('I9: shown as given back, and the provider holds it', reference)
      })
    if (what === 'word') void look(reference).then((view) => view && costGrows(reference, view))
  })
  /** What a driver has seen of the cost is never taken back while the car charges. (F27, F28) */
  function costGrows(reference: string, view: PaymentView): void {
    if (view.state !== 'charging' && view.state !== 'stopping') return
    const before = shown.get(reference) ?? { cost: 0, kwh: 0 }
    const [cost, kwh] = [view.cost?.amountMinor ?? 0, view.energyKwh ?? 0]
    if (cost < before.cost) wrong(`I2: shown to cost ${cost} after ${before.cost}`, reference)
    // A charger that counts backwards is shown as it counts.
    const backwards = scripts.get(seen.get(reference)?.n ?? 0)?.session === 'counts-backwards'
    if (kwh < before.kwh && !backwards) wrong(`I12: shown ${kwh} kWh after ${before.kwh}`, reference)
    shown.set(reference, { cost: Math.max(before.cost, cost), kwh: Math.max(before.kwh, kwh) })
  }
}
