/** What goes wrong, where, and what came of it: every fault passes here, is counted, and can be taken out by name. */
import { createHash } from 'node:crypto'
import type { Clock } from '@plugtill/engine/clock'
import type { Dice } from './dice.ts'

export interface WeatherParts {
  readonly clock: Pick<Clock, 'now'>
  readonly dice: Dice
  /** Faults that do not strike this time, by their full name: how a trace is shrunk. */
  readonly mute?: ReadonlySet<string>
  /** Keeps the lines of the trace, not only their hash. */
  readonly record?: boolean
}

export interface Weather {
  /** While it is calm nothing strikes: the world is furnished, and runs to quiet, in peace. */
  calm: boolean
  /** While it is above 0 nothing strikes either: how registering bears faults is told by the tests of `ocpi`. */
  shelter: number
  /** The full name of the fault when it strikes at this place now; `share` of such occasions it does. */
  readonly strike: (kind: string, place: string, share: number) => string | undefined
  /** A fault that was written into a script before, and has now happened. */
  readonly happened: (name: string) => void
  /** A case of the failure model was met. */
  readonly met: (...rows: readonly string[]) => void
  /** One step of the world: part of the hash, and of the trace when it is kept. */
  readonly note: (line: string) => void
  readonly struck: readonly string[]
  /** Faults that have touched this driver's session; those that are left out to shrink a trace count as well. */
  readonly touched: (n: number) => number
  readonly rows: ReadonlyMap<string, number>
  readonly lines: readonly string[]
  readonly steps: () => number
  readonly hash: () => string
}

/** Lines of the trace; each alone would cost more to hand over than to hash. */
const HASHED_AT_ONCE = 64

/** Faults of one session carry the number of its driver: `wire at cdr s599 #3`. */
const driverIn = (name: string) => Number(/ s(\d+)\b/.exec(name)?.[1] ?? 0)

/** How often something could have gone wrong in this way at this place. */
function occasions(): (kind: string, place: string) => number {
  const kinds = new Map<string, Map<string, number>>()
  return (kind, place) => {
    const places = kinds.get(kind) ?? new Map<string, number>()
    if (places.size === 0) kinds.set(kind, places)
    const count = (places.get(place) ?? 0) + 1
    places.set(place, count)
    return count
  }
}

export function weather({ clock, dice, mute, record }: WeatherParts): Weather {
  const struck: string[] = []
  const rows = new Map<string, number>()
  const lines: string[] = []
  const counted = occasions()
  const hits = new Map<number, number>()
  const hit = (name: string) => {
    const n = driverIn(name)
    if (n > 0) hits.set(n, (hits.get(n) ?? 0) + 1)
  }
  const trace = createHash('sha256')
  let steps = 0
  let unhashed: string[] = []
  const hashUp = () => {
    trace.update(unhashed.join(''))
    unhashed = []
  }
  const note = (line: string) => {
    steps++
    unhashed.push(`${clock.now()} ${line}\n`)
    if (unhashed.length >= HASHED_AT_ONCE) hashUp()
    if (record) lines.push(`${new Date(clock.now()).toISOString()} ${line}`)
  }
  return {
    calm: true,
    shelter: 0,
    strike(kind, place, share) {
      if (this.calm || this.shelter > 0 || share <= 0) return undefined
      const count = counted(kind, place)
      // Most occasions pass: only what strikes is given its name.
      if (dice.of(kind, ' at ', place, ' #', String(count)) >= share) return undefined
      const name = `${kind} at ${place} #${count}`
      hit(name)
      if (mute?.has(name)) return undefined
      struck.push(name)
      note(`fault: ${name}`)
      return name
    },
    happened(name) {
      hit(name)
      struck.push(name)
      note(`fault: ${name}`)
    },
    met: (...met) => {
      for (const row of met) rows.set(row, (rows.get(row) ?? 0) + 1)
    },
    note,
    struck,
    touched: (n) => hits.get(n) ?? 0,
    rows,
    lines,
    steps: () => steps,
    hash: () => {
      hashUp()
      return trace.copy().digest('hex')
    },
  }
}
