/**
 * What chance has left out: every payment is touched by at least five faults. Where there were fewer, something is said once
 * more in the middle of the session, at its end and after it: by the terminal, the provider, the charger or the CPO. (I12)
 */
import type { Charge } from './cpo-books.ts'
import { pathOf } from './cpo-charging.ts'
import { isView, type TerminalBook } from './drivers.ts'
import type { Script } from './script.ts'
import type { Storm } from './storm.ts'

export const LEAST_FAULTS = 5
const MINUTE = 60_000

/** One payment, and what is known about it outside. */
interface Known {
  readonly storm: Storm
  readonly script: Script
  readonly reference: string
  readonly seen: TerminalBook['seen']
}

type Saying = () => unknown

/** Each is a saying that can be repeated now, or nothing. */
const SAYINGS: readonly ((known: Known) => Saying | undefined)[] = [
  ({ storm, reference }) =>
    () =>
      storm.bank.repeat(reference),
  sameTap,
  (known) => {
    const charge = chargeOf(known)
    if (charge?.shown === undefined || charge.heardActiveAt === undefined) return undefined
    return says(known, 'session', { method: 'PUT', path: pathOf(charge), body: JSON.stringify(charge.shown) })
  },
  (known) => {
    const bill = chargeOf(known)?.bills.find(({ takenAt }) => takenAt !== undefined)
    return bill && says(known, 'cdr', { method: 'POST', path: '/receiver/cdrs', body: bill.body })
  },
  (known) => {
    const charge = chargeOf(known)
    if (charge?.acceptedAt === undefined) return undefined
    return says(known, 'result', { method: 'POST', path: '', url: charge.responseUrl, body: '{"result":"ACCEPTED"}' })
  },
]

const cpoOf = ({ storm, script }: Known) => storm.cpos[script.party]
const chargeOf = (known: Known): Charge | undefined => cpoOf(known).books.charges.get(known.reference)

const says =
  (known: Known, what: string, request: Parameters<ReturnType<typeof cpoOf>['tell']>[1]): Saying =>
  () =>
    cpoOf(known).tell(`${what} s${known.script.n}`, request)

/** A terminal that repeats its tap finds the payment it has; where a database was set back it may find none. (F09, F75) */
function sameTap({ storm, script, reference, seen }: Known): Saying | undefined {
  const told = seen.get(reference)
  if (!told || storm.lost.length > 0) return undefined
  return async () => {
    const again = await told.again()
    if (!isView(again) || again.reference === reference || storm.lost.length > 0) return
    storm.wrongs.push(`I12: the same tap came to another payment (${reference}, s${script.n} )`)
  }
}

/** Repeats what was said until this session has had so many faults. */
export function deal(known: Known, upTo: number): void {
  const { storm, script } = known
  for (let round = 0; round < upTo && storm.weather.touched(script.n) < upTo; round++) {
    const name = storm.weather.strike('dealt', `again s${script.n}`, 1)
    if (name === undefined) continue
    const sayings = SAYINGS.flatMap((one) => one(known) ?? [])
    const saying = sayings[Math.floor(storm.dice.of(`what ${name}`) * sayings.length)]
    void Promise.resolve(saying?.()).catch((error: unknown) => storm.weather.note(`${name}: ${String(error)}`))
  }
}

/** In the middle of the session and after its end. */
export function dealLater(known: Known): void {
  const { plugAfterMs, lastsMs } = known.script
  const { clock } = known.storm
  clock.after(plugAfterMs + lastsMs / 2, () => deal(known, LEAST_FAULTS - 3))
  clock.after(plugAfterMs + lastsMs + 30_000, () => deal(known, LEAST_FAULTS - 1))
  clock.after(plugAfterMs + lastsMs + 4 * MINUTE, () => deal(known, LEAST_FAULTS))
}

/** The first payment of each driver who has one. */
export function begunBy(storm: Storm, { seen }: Pick<TerminalBook, 'seen'>): ReadonlyMap<number, string> {
  const begun = new Map<number, string>()
  const note = (n: number | undefined, reference: string) => {
    if (n !== undefined && !begun.has(n)) begun.set(n, reference)
  }
  for (const [reference, { n }] of seen) note(n, reference)
  storm.bank.entriesOf('')
  for (const reference of storm.bank.references()) note(storm.bank.driverOf(reference), reference)
  return begun
}

/** Before it gets calm: whoever came last, and whose answer was lost at the tap. */
export function dealRest(storm: Storm, { seen }: Pick<TerminalBook, 'seen'>): void {
  const begun = begunBy(storm, { seen })
  for (const script of storm.scripts) {
    const reference = begun.get(script.n)
    if (reference !== undefined) deal({ storm, script, reference, seen }, LEAST_FAULTS)
  }
}
