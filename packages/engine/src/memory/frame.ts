/** What a compiled expression sees when it runs, and how it finds a column when it is compiled. */
import { Fault } from '../fault.ts'
import type { SqlValue } from '../store.ts'
import type { Row } from './ordered-rows.ts'
import type { Select } from './syntax.ts'

export interface Frame {
  readonly params: readonly SqlValue[]
  /** The row in hand at every level: the outermost select first. */
  readonly rows: Row[]
  /** Rows of a WITH. */
  readonly lists: Map<string, readonly Row[]>
}

export type Value = (frame: Frame) => SqlValue
/** null: unknown, because something in it is. */
export type Test = (frame: Frame) => boolean | null

export interface Level {
  readonly alias: string
  readonly position: (column: string) => number | undefined
}

/** The rows of a select, as values in the order of its fields. */
export interface Rows {
  readonly names: readonly string[]
  readonly run: (frame: Frame) => readonly Row[]
}

export interface Scope {
  /** The select in hand is the last one. */
  readonly levels: readonly Level[]
  /** Levels that an expression turned out to read. */
  readonly touched: Set<number>
  readonly rowsOf: (select: Select, scope: Scope) => Rows
}

/** Where a column stands: the nearest level that has it. Fault STORE_SQL for an unknown one. */
export function placeOf(scope: Scope, of: string | undefined, name: string): { level: number; position: number } {
  for (let level = scope.levels.length - 1; level >= 0; level--) {
    const one = scope.levels[level]
    if (one === undefined || (of !== undefined && one.alias !== of)) continue
    const position = one.position(name)
    if (position === undefined) continue
    scope.touched.add(level)
    return { level, position }
  }
  throw new Fault('STORE_SQL', `There is no column ${of === undefined ? '' : `${of}.`}${name}.`)
}
