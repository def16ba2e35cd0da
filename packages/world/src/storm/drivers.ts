/** What drivers do at terminals, and what the terminals saw. */

import { Refusal } from '@plugtill/ptp/refusal'
import type { PaymentView, Receipt } from '@plugtill/terminal/link'
import { rightReceipt } from './check-shown.ts'
import { SPOTS } from './cpo-objects.ts'
import { dealLater } from './deal.ts'
import { isDeaf } from './log.ts'
import { watchReceipt } from './makers.ts'
import { operate } from './operator.ts'
import { isOff, noCdrAt } from './reassign.ts'
import type { Script } from './script.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000
const COMES_BACK = 5

/** What the terminal can prove: which payments it was told of, and the receipts it printed. */
export interface TerminalBook {
  readonly seen: Map<
    string,
    {
      readonly terminal: string
      readonly card: string
      readonly n: number
      readonly at: number
      /** The same tap once more. */
      readonly again: () => Promise<Seen>
    }
  >
  /** When each driver came. */
  readonly tapped: Map<number, number>
}

export async function drive(storm: Storm, script: Script, book: TerminalBook): Promise<void> {
  const { weather, terminals, cpos } = storm
  const own = terminals[script.party]
  const at = (more: number) => own[(script.n + more) % own.length] ?? ''
  const terminal = at(0)
  const tap = (where: string, tapId: string) =>
    touch(storm, where, {
      locationId: cpos[script.party].names.location,
      evseUid: cpos[script.party].names.evse(script.spot),
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
  const { connection } = cpos[script.party]
  const tappedAt = storm.clock.now()
  const deaf = isDeaf(storm.log, connection, tappedAt)
  const again = () => tap(terminal, `tap-${script.n}`)
  const maker = storm.makers.get(terminal)
  const first = again()
  if (script.driver === 'taps-at-two-terminals') {
    odd('F22')
    void tap(at(1), `tap-${script.n}b`)
  }
  const seen = await anyFree(script, { first, next: again })
  let view = isView(seen) ? seen : undefined
  if (isOff(storm, terminal, tappedAt)) {
    weather.met('E-09')
    if (view) storm.wrongs.push(`E-09: sold at a terminal that is switched off (${view.reference}, s${script.n} )`)
  }
  // A tap that waited for a slow database may have been decided on when the CPO had been heard again.
  if (view && deaf && (storm.log.spoke.get(connection) ?? 0) < tappedAt)
    storm.wrongs.push(`I6: a hold was taken for a CPO that does not answer (${view.reference}, s${script.n} )`)
  if (script.driver === 'terminal-restarts') odd('F09')
  if (view === undefined || script.driver === 'terminal-restarts')
    view = await onceMore(storm, script, { first: view, tap: again })
  if (view === undefined && (seen === 'refused' || seen === 'away'))
    view = await comesBack(storm, script, { book, tap: again })
  if (script.driver === 'taps-twice') {
    odd('F07')
    void tap(terminal, `tap-${script.n}b`)
  }
  if (view === undefined) return
  const { reference } = view
  storm.log.noCdr.set(reference, noCdrAt(storm, terminal, tappedAt))
  book.seen.set(reference, { terminal, card: script.card, n: script.n, at: storm.clock.now(), again })
  dealLater({ storm, script, reference, seen: book.seen })
  watchReceipt(storm, script, { terminal, reference, maker })
  laterOn(storm, script, { terminal, reference, odd })
  operate(storm, script, reference)
}

/** Where a car stands already the driver goes on to the next spot. (F22) */
async function anyFree(
  script: Script,
  { first, next }: { readonly first: Promise<Seen>; readonly next: () => Promise<Seen> },
): Promise<Seen> {
  let seen = await first
  const mayMove = script.driver !== 'taps-at-two-terminals'
  for (let tries = 1; mayMove && seen === 'taken' && tries < SPOTS; tries++) {
    script.spot = (script.spot + 1) % SPOTS
    seen = await next()
  }
  return seen
}

/** The same tap once more: a terminal that restarted finds its payment again. (F09) */
async function onceMore(
  storm: Storm,
  { n }: Script,
  { first, tap }: { readonly first: PaymentView | undefined; readonly tap: () => Promise<Seen> },
): Promise<PaymentView | undefined> {
  const second = await tap()
  if (second === 'refused' || second === 'taken') {
    if (first && storm.lost.length === 0)
      storm.wrongs.push(`I12: a terminal did not find its payment (${first.reference}, s${n} )`)
    return first
  }
  return isView(second) ? second : first
}

/** Nothing was held and nothing is known here: the driver waits a little and tries again. */
async function comesBack(
  storm: Storm,
  { n }: Script,
  { book, tap }: { readonly book: TerminalBook; readonly tap: () => Promise<Seen> },
): Promise<PaymentView | undefined> {
  for (let tries = 0; tries < COMES_BACK; tries++) {
    await new Promise<void>((resolve) => void storm.clock.after(MINUTE, resolve))
    book.tapped.set(n, storm.clock.now())
    const seen = await tap()
    if (seen !== 'refused' && seen !== 'away') return isView(seen) ? seen : undefined
  }
  return undefined
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
      .catch((error: unknown) => {
        if (/switched off/.test(String(error)))
          storm.wrongs.push(`E-09: no stop at a terminal that was switched off (${reference}, s${script.n} )`)
        return undefined
      })
  const { plugAfterMs, lastsMs } = script
  switch (script.driver) {
    case 'stops':
      return later(plugAfterMs + lastsMs / 2, () => {
        storm.weather.note(`stops s${script.n}`)
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

/** What a tap came to. `away`: the terminal has no connection; undefined: no answer. */
export type Seen = PaymentView | 'refused' | 'taken' | 'away' | undefined
export const isView = (seen: Seen): seen is PaymentView => typeof seen === 'object'

async function touch(
  storm: Storm,
  terminal: string,
  tap: Parameters<NonNullable<ReturnType<Storm['ptp']>>['link']['tap']>[1],
): Promise<Seen> {
  const ptp = storm.ptp()
  if (!ptp) return 'away'
  storm.weather.note(`tap ${terminal} ${JSON.stringify(tap)}`)
  // A process that died in the middle never answers; the terminal gives up.
  const limit = new Promise<undefined>((resolve) => void storm.clock.after(15_000, () => resolve(undefined)))
  return Promise.race([
    ptp.link.tap(terminal, tap).catch((error: unknown) => {
      storm.weather.note(`refused: ${String(error)}`)
      if (/operator's system .* does not answer/.test(String(error))) storm.weather.met('F25')
      if (!(error instanceof Refusal)) return undefined
      return /has just been taken/.test(error.message) ? 'taken' : 'refused'
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
  // A refund that is under way is told already.
  if (storm.log.decisions.has(reference)) return
  const total = receipts.find((one) => one.reference === reference)?.total
  storm.wrongs.push(
    ...rightReceipt(storm.bank.entriesOf(reference), total?.amountMinor ?? 0, total?.currency).map(
      (wrong) => `${wrong} (${reference}, s${n} )`,
    ),
  )
}

export async function receiptsAt(storm: Storm, terminal: string, card: string): Promise<readonly Receipt[]> {
  return (
    (await storm
      .ptp()
      ?.link.receipts(terminal, card)
      .catch(() => undefined)) ?? []
  )
}
