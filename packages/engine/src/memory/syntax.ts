/** The part of SQL that our rooms speak, as data. */
import type { SqlValue } from '../store.ts'

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Expr =
  | { readonly is: 'value'; readonly value: SqlValue }
  /** `$1` has index 0. */
  | { readonly is: 'parameter'; readonly index: number }
  | { readonly is: 'column'; readonly of: string | undefined; readonly name: string }
  | { readonly is: 'compare'; readonly by: Comparison; readonly left: Expr; readonly right: Expr }
  | { readonly is: 'sum'; readonly left: Expr; readonly right: Expr }
  | { readonly is: 'and' | 'or'; readonly left: Expr; readonly right: Expr }
  | { readonly is: 'not'; readonly of: Expr }
  | { readonly is: 'null?'; readonly of: Expr }
  | { readonly is: 'in'; readonly of: Expr; readonly list: readonly Expr[] | Select }
  | { readonly is: 'exists'; readonly select: Select }
  | { readonly is: 'coalesce'; readonly of: readonly Expr[] }
  | { readonly is: 'count' }
  | { readonly is: 'min'; readonly of: Expr }
  | { readonly is: 'tuple'; readonly of: readonly Expr[] }
  | { readonly is: 'select'; readonly select: Select }

export interface Field {
  readonly expr: Expr
  readonly name: string
}

/** `*` is every column. */
export type Fields = '*' | readonly Field[]

export interface Select {
  readonly is: 'select'
  readonly distinct: boolean
  readonly fields: Fields
  readonly from: { readonly table: string; readonly alias: string } | undefined
  readonly where: Expr | undefined
  readonly groupBy: readonly Expr[]
  readonly orderBy: readonly { readonly expr: Expr; readonly down: boolean }[]
  readonly limit: Expr | undefined
  readonly offset: Expr | undefined
}

export interface Assignment {
  readonly column: string
  readonly expr: Expr
}

export interface Conflict {
  readonly columns: readonly string[]
  /** Of which partial index. */
  readonly where: Expr | undefined
  /** Empty: do nothing. */
  readonly set: readonly Assignment[]
}

export interface Insert {
  readonly is: 'insert'
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Expr[])[]
  readonly conflict: Conflict | undefined
  readonly returning: Fields | undefined
}

export interface Update {
  readonly is: 'update'
  readonly with: { readonly name: string; readonly select: Select } | undefined
  readonly table: string
  readonly set: readonly Assignment[]
  readonly where: Expr | undefined
  readonly returning: Fields | undefined
}

export interface Delete {
  readonly is: 'delete'
  readonly table: string
  readonly where: Expr | undefined
  readonly returning: Fields | undefined
}

export interface ColumnOf {
  readonly name: string
  readonly type: 'text' | 'bigint'
  readonly notNull: boolean
  /** Counts by itself. */
  readonly identity: boolean
  readonly default: SqlValue
}

export interface CreateTable {
  readonly is: 'create-table'
  readonly table: string
  readonly unlessThere: boolean
  readonly columns: readonly ColumnOf[]
  readonly primaryKey: readonly string[]
  readonly checks: readonly Expr[]
}

export interface AddColumn {
  readonly is: 'add-column'
  readonly table: string
  readonly column: ColumnOf
}

export interface CreateIndex {
  readonly is: 'create-index'
  readonly name: string
  readonly table: string
  readonly unique: boolean
  readonly columns: readonly string[]
  readonly where: Expr | undefined
}

export type Statement = Select | Insert | Update | Delete | CreateTable | AddColumn | CreateIndex

/** The parts of a condition that must all hold. */
export function conjuncts(where: Expr | undefined): readonly Expr[] {
  if (where === undefined) return []
  return where.is === 'and' ? [...conjuncts(where.left), ...conjuncts(where.right)] : [where]
}
