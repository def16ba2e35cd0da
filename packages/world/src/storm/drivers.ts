/** What drivers do at terminals, and what the terminals saw. */

import { Refusal } from '@plugtill/ptp/refusal'
import type { PaymentView, Receipt } from '@plugtill/terminal/link'
import { toldBy } from './check.ts'
import { evseUid, LOCATION } from './cpo-objects.ts'
import { isDeaf } from './log.ts'
import { watchReceipt } from './makers.ts'
import type { Script } from './script.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000

/** What the terminal can prove: which payments it was told of, and the receipts it printed. */
export interface TerminalBook {
  readonly seen: Map<
    string,
    { readonly terminal: string; readonly card: string; readonly n: number; readonly at: number }
  >
  /** When each driver came. */
  readonly tapped: Map<number, number>
}

export async function drive(storm: Storm, script: Script, book: TerminalBook): Promise<void> {
  const { weather, terminals, cpos } = storm
  const own = terminals[script.party]
  const at = (more: number) => own[(script.n + more) % own.length] ?? ''
  const [terminal, evse] = [at(0), evseUid(cpos[script.party].owner, script.spot)]
  const tap = (where: string, tapId: string) =>
    touch(storm, where, {
      locationId: LOCATION,
      evseUid: evse,
      connectorId: '1',
      card: script.card,
      language: 'en',
      tapId,
    })
  const odd = (row: string) => {
    weather.happened(`${script.driver} s${script.n}`)
    weather.met(row)
  }
  book.tapped.set(script.n, storm.clock.now())
  const deaf = isDeaf(storm.log, cpos[script.party].owner.party_id, storm.clock.now())
  const first = tap(terminal, `tap-${script.n}`)
  if (script.driver === 'taps-at-two-terminals') {
    odd('F22')
    void tap(at(1), `tap-${script.n}b`)
  }
  const seen = await first
  let view = seen === 'refused' ? undefined : seen
  if (view && deaf)
    storm.wrongs.push(`I6: a hold was taken for a CPO that does not answer (${view.reference}, s${script.n} )`)
  if (script.driver === 'terminal-restarts') odd('F09')
  if (view === undefined || script.driver === 'terminal-restarts')
    view = await again(storm, script, { first: view, tap: () => tap(terminal, `tap-${script.n}`) })
  if (script.driver === 'taps-twice') {
    odd('F07')
    void tap(terminal, `tap-${script.n}b`)
  }
  if (view === undefined) return
  book.seen.set(view.reference, { terminal, card: script.card, n: script.n, at: storm.clock.now() })
  watchReceipt(storm, script, { terminal, reference: view.reference })
  laterOn(storm, script, { terminal, reference: view.reference, odd })
}

/** The same tap once more: a terminal that restarted finds its payment again. (F09) */
async function again(
  storm: Storm,
  { n }: Script,
  { first, tap }: { readonly first: PaymentView | undefined; readonly tap: () => Promise<Seen> },
): Promise<PaymentView | undefined> {
  const second = await tap()
  if (second === 'refused') {
    if (first && storm.lost.length === 0)
      storm.wrongs.push(`I12: a terminal did not find its payment (${first.reference}, s${n} )`)
    return first
  }
  return second ?? first
}

interface Started {
  readonly terminal: string
  readonly reference: string
  readonly odd: (row: string) => void
}

/** What the driver does while the car charges. */
function laterOn(storm: Storm, script: Script, { terminal, reference, odd }: Started): undefined {
  const later = (ms: number, task: () => unknown): undefined => {
    storm.clock.after(ms, () => void task())
  }
  const stop = (card: string) =>
    storm
      .ptp()
      ?.link.stop(terminal, { reference, card })
      .then((view) => {
        if (card === script.card) storm.log.wishes.set(reference, storm.clock.now())
        return view
      })
      .catch(() => undefined)
  const { plugAfterMs, lastsMs } = script
  switch (script.driver) {
    case 'stops':
      return later(plugAfterMs + lastsMs / 2, () => {
        storm.weather.happened(`stops s${script.n}`)
        return stop(script.card)
      })
    case 'stops-early':
      return later(plugAfterMs / 2, () => {
        odd('F30')
        return stop(script.card)
      })
    case 'stops-with-another-card':
      return later(plugAfterMs + MINUTE, () => {
        odd('F42')
        return stop(`approved#${900_000 - script.n}`)?.then((view) => {
          if (view) storm.wrongs.push(`I14: another card stopped the session (${reference}, s${script.n} )`)
        })
      })
    case 'asks-for-the-receipt-at-once':
      return later(plugAfterMs + lastsMs + 1000, () => {
        odd('F72')
        return earlyReceipt(storm, script, { terminal, reference })
      })
    default:
      return
  }
}

/** What a tap came to; undefined: no answer. */
type Seen = PaymentView | 'refused' | undefined

async function touch(
  storm: Storm,
  terminal: string,
  tap: Parameters<NonNullable<ReturnType<Storm['ptp']>>['link']['tap']>[1],
): Promise<Seen> {
  const ptp = storm.ptp()
  if (!ptp) return undefined
  storm.weather.note(`tap ${terminal} ${JSON.stringify(tap)}`)
  // A process that died in the middle never answers; the terminal gives up.
  const limit = new Promise<undefined>((resolve) => void storm.clock.after(15_000, () => resolve(undefined)))
  return Promise.race([
    ptp.link.tap(terminal, tap).catch((error: unknown) => {
      storm.weather.note(`refused: ${String(error)}`)
      if (/operator's system .* does not answer/.test(String(error))) storm.weather.met('F25')
      return error instanceof Refusal ? 'refused' : undefined
    }),
    limit,
  ])
}

/** Before the capture is known nothing is said to be paid. (F72) */
async function earlyReceipt(
  storm: Storm,
  { card, n }: Script,
  { terminal, reference }: Omit<Started, 'odd'>,
): Promise<void> {
  const receipts = await receiptsAt(storm, terminal, card)
  const { net } = toldBy(storm.bank.entriesOf(reference))
  const total = receipts.find((one) => one.reference === reference)?.total.amountMinor ?? 0
  if (total !== 0 && total !== net) storm.wrongs.push(`I9: a receipt of ${total}, ${net} stayed (${reference}, s${n} )`)
}

export async function receiptsAt(storm: Storm, terminal: string, card: string): Promise<readonly Receipt[]> {
  return (
    (await storm
      .ptp()
      ?.link.receipts(terminal, card)
      .catch(() => undefined)) ?? []
  )
}
