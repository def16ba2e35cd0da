/** What drivers do at terminals, and what the terminals saw. */
import type { PaymentView, Receipt } from '@plugtill/terminal/link'
import { evseUid, LOCATION } from './cpo-objects.ts'
import type { Script } from './script.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000

/** What the terminal can prove: which payments it was told of, and the receipts it printed. */
export interface TerminalBook {
  readonly seen: Map<string, { readonly terminal: string; readonly card: string; readonly n: number }>
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
  const first = tap(terminal, `tap-${script.n}`)
  if (script.driver === 'taps-at-two-terminals') {
    odd('F22')
    void tap(at(1), `tap-${script.n}b`)
  }
  let view = await first
  if (script.driver === 'terminal-restarts') odd('F09')
  if (view === undefined || script.driver === 'terminal-restarts')
    view = (await tap(terminal, `tap-${script.n}`)) ?? view
  if (script.driver === 'taps-twice') {
    odd('F07')
    void tap(terminal, `tap-${script.n}b`)
  }
  if (view === undefined) return
  book.seen.set(view.reference, { terminal, card: script.card, n: script.n })
  laterOn(storm, script, { terminal, reference: view.reference, odd })
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
        return stop(`approved#${900_000 - script.n}`)
      })
    case 'asks-for-the-receipt-at-once':
      return later(plugAfterMs + lastsMs + 1000, () => {
        odd('F72')
        return receiptsAt(storm, terminal, script.card)
      })
    default:
      return
  }
}

async function touch(
  storm: Storm,
  terminal: string,
  tap: Parameters<NonNullable<ReturnType<Storm['ptp']>>['link']['tap']>[1],
): Promise<PaymentView | undefined> {
  const ptp = storm.ptp()
  if (!ptp) return undefined
  storm.weather.note(`tap ${terminal} ${JSON.stringify(tap)}`)
  // A process that died in the middle never answers; the terminal gives up.
  const limit = new Promise<undefined>((resolve) => void storm.clock.after(15_000, () => resolve(undefined)))
  return Promise.race([
    ptp.link.tap(terminal, tap).catch((error: unknown) => {
      storm.weather.note(`refused: ${String(error)}`)
      if (/operator's system .* does not answer/.test(String(error))) storm.weather.met('F25')
      return undefined
    }),
    limit,
  ])
}

export async function receiptsAt(storm: Storm, terminal: string, card: string): Promise<readonly Receipt[]> {
  return (
    (await storm
      .ptp()
      ?.link.receipts(terminal, card)
      .catch(() => undefined)) ?? []
  )
}
