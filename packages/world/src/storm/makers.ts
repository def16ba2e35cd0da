/** Who makes the invoices of a terminal changes while cars charge: a receipt names the place that was agreed at its tap. (F73) */
import { isWithin } from './log.ts'
import type { Script } from './script.ts'
import type { Storm } from './storm.ts'

const MINUTE = 60_000
const AGAIN_MS = 20_000
const TRIES = 200

export interface Maker {
  readonly base: string | undefined
  /** The platform has taken word of it; until then nobody can say which one counts. */
  sureSince: number
}

/** A new maker, told until it has been taken. */
export async function changeMaker(storm: Storm, name: string): Promise<void> {
  const party = storm.dice.of(`who ${name}`) < 0.5 ? 0 : 1
  const [terminal = ''] = storm.terminals[party]
  const base = `https://cpo.example/${Math.floor(storm.dice.of(`base ${name}`) * 1e6)}`
  const maker: Maker = { base, sureSince: Number.POSITIVE_INFINITY }
  storm.makers.set(terminal, maker)
  const more = { invoice_creator: 'CPO', invoice_base_url: base }
  for (let tries = 0; tries < TRIES && storm.makers.get(terminal) === maker; tries++) {
    if ((await storm.cpos[party].assign(terminal, more)) === 200) {
      maker.sureSince = storm.clock.now()
      return
    }
    await new Promise<void>((resolve) => void storm.clock.after(AGAIN_MS, resolve))
  }
}

/** Looks at the receipt when the bill has come, if another maker has been named since the tap. */
export function watchReceipt(
  storm: Storm,
  script: Script,
  {
    terminal,
    reference,
    maker: before,
  }: { readonly terminal: string; readonly reference: string; readonly maker: Maker | undefined },
): void {
  const atTap = storm.makers.get(terminal)
  // A terminal that tapped more than once has agreed to the one or to the other.
  if (atTap !== before) return
  const sure = (maker: Maker | undefined) => maker === undefined || maker.sureSince < storm.clock.now()
  // Word of it may have been lost with the database: then nobody knows of it but the CPO. (F75)
  const forgotten = atTap !== undefined && isWithin(storm.lost, atTap.sureSince)
  if (!sure(atTap) || forgotten) return
  const from = storm.clock.now()
  storm.clock.after(script.plugAfterMs + script.lastsMs + 10 * MINUTE, async () => {
    const now = storm.makers.get(terminal)
    if (now === atTap || !sure(now) || storm.lost.some(({ to }) => to > from - 60 * MINUTE)) return
    storm.weather.met('F73')
    const receipts =
      (await storm
        .ptp()
        ?.link.receipts(terminal, script.card)
        .catch(() => undefined)) ?? []
    const url = receipts.find((one) => one.reference === reference)?.invoiceUrl
    if (url !== undefined && !url.startsWith(atTap?.base ?? 'nowhere'))
      storm.wrongs.push(`I8: the receipt names ${url}, agreed was ${atTap?.base} (${reference}, s${script.n} )`)
  })
}
