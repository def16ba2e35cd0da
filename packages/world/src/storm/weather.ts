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
  readonly rows: ReadonlyMap<string, number>
  readonly lines: readonly string[]
  readonly steps: () => number
  readonly hash: () => string
}

export function weather({ clock, dice, mute, record }: WeatherParts): Weather {
  const struck: string[] = []
  const rows = new Map<string, number>()
  const lines: string[] = []
  const occasions = new Map<string, number>()
  const trace = createHash('sha256')
  let steps = 0
  const note = (line: string) => {
    steps++
    trace.update(`${clock.now()} ${line}\n`)
    if (record) lines.push(`${new Date(clock.now()).toISOString()} ${line}`)
  }
  return {
    calm: true,
    shelter: 0,
    strike(kind, place, share) {
      if (this.calm || this.shelter > 0 || share <= 0) return undefined
      const occasion = `${kind} at ${place}`
      const count = (occasions.get(occasion) ?? 0) + 1
      occasions.set(occasion, count)
      const name = `${occasion} #${count}`
      if (dice.of(name) >= share || mute?.has(name)) return undefined
      struck.push(name)
      note(`fault: ${name}`)
      return name
    },
    happened(name) {
      struck.push(name)
      note(`fault: ${name}`)
    },
    met: (...met) => {
      for (const row of met) rows.set(row, (rows.get(row) ?? 0) + 1)
    },
    note,
    struck,
    rows,
    lines,
    steps: () => steps,
    hash: () => trace.copy().digest('hex'),
  }
}
