/** Statements. Whatever is not said here is refused, never guessed. */
import { parseExpr } from './parse-expr.ts'
import type {
  AddColumn,
  Assignment,
  ColumnOf,
  Conflict,
  CreateIndex,
  CreateTable,
  Delete,
  Expr,
  Fields,
  Insert,
  Select,
  Statement,
  Update,
} from './syntax.ts'
import { type Reader, readerOf } from './tokens.ts'

/** Fault STORE_SQL for what it cannot read. */
export function parse(sql: string): Statement {
  const reader = readerOf(sql)
  const statement = statementOf(reader)
  if (reader.take().is !== 'end') throw reader.refuse()
  return statement
}

function statementOf(reader: Reader): Statement {
  if (reader.at('select')) return select(reader)
  if (reader.accept('insert', 'into')) return insert(reader)
  if (reader.at('with') || reader.at('update')) return update(reader)
  if (reader.accept('delete', 'from')) return deletion(reader)
  if (reader.accept('create', 'table')) return createTable(reader)
  if (reader.accept('alter', 'table')) return addColumn(reader)
  return createIndex(reader)
}

const expr = (reader: Reader): Expr => parseExpr({ reader, select: () => select(reader) })
const where = (reader: Reader): Expr | undefined => (reader.accept('where') ? expr(reader) : undefined)

function select(reader: Reader): Select {
  reader.expect('select')
  const distinct = reader.accept('distinct')
  const listed = fields(reader)
  const from = reader.accept('from') ? source(reader) : undefined
  return {
    is: 'select',
    distinct,
    fields: listed,
    from,
    where: where(reader),
    groupBy: reader.accept('group', 'by') ? reader.list(() => expr(reader)) : [],
    orderBy: reader.accept('order', 'by') ? reader.list(() => order(reader)) : [],
    limit: reader.accept('limit') ? expr(reader) : undefined,
    offset: reader.accept('offset') ? expr(reader) : undefined,
  }
}

function order(reader: Reader): Select['orderBy'][number] {
  const by = expr(reader)
  const down = reader.accept('desc')
  if (!down) reader.accept('asc')
  return { expr: by, down }
}

const CLAUSES = ['where', 'group', 'order', 'limit', 'offset', ')']

function source(reader: Reader): NonNullable<Select['from']> {
  const table = reader.name()
  reader.accept('as')
  const aliased = reader.isWord() && !CLAUSES.some((word) => reader.at(word))
  return { table, alias: aliased ? reader.name() : table }
}

function fields(reader: Reader): Fields {
  if (reader.accept('*')) return '*'
  return reader.list(() => {
    const one = expr(reader)
    const own = one.is === 'column' ? one.name : one.is
    return { expr: one, name: reader.accept('as') ? reader.name() : own }
  })
}

const returning = (reader: Reader): Fields | undefined => (reader.accept('returning') ? fields(reader) : undefined)

function insert(reader: Reader): Insert {
  const table = reader.name()
  const columns = reader.bracketed(() => reader.name())
  reader.expect('values')
  return {
    is: 'insert',
    table,
    columns,
    rows: reader.list(() => reader.bracketed(() => expr(reader))),
    conflict: reader.accept('on', 'conflict') ? conflict(reader) : undefined,
    returning: returning(reader),
  }
}

function conflict(reader: Reader): Conflict {
  const columns = reader.at('(') ? reader.bracketed(() => reader.name()) : []
  const condition = where(reader)
  reader.expect('do')
  if (reader.accept('nothing')) return { columns, where: condition, set: [] }
  reader.expect('update', 'set')
  return { columns, where: condition, set: reader.list(() => assignment(reader)) }
}

function assignment(reader: Reader): Assignment {
  const column = reader.name()
  reader.expect('=')
  return { column, expr: expr(reader) }
}

function update(reader: Reader): Update {
  const before = reader.accept('with') ? common(reader) : undefined
  reader.expect('update')
  const table = reader.name()
  reader.expect('set')
  const set = reader.list(() => assignment(reader))
  return { is: 'update', with: before, table, set, where: where(reader), returning: returning(reader) }
}

function common(reader: Reader): NonNullable<Update['with']> {
  const name = reader.name()
  reader.expect('as')
  reader.accept('materialized')
  reader.expect('(')
  const inside = select(reader)
  reader.expect(')')
  return { name, select: inside }
}

function deletion(reader: Reader): Delete {
  const table = reader.name()
  return { is: 'delete', table, where: where(reader), returning: returning(reader) }
}

function createTable(reader: Reader): CreateTable {
  const unlessThere = reader.accept('if', 'not', 'exists')
  const table = reader.name()
  const columns: ColumnOf[] = []
  const checks: Expr[] = []
  let primaryKey: readonly string[] = []
  reader.bracketed(() => {
    if (reader.accept('primary', 'key')) primaryKey = reader.bracketed(() => reader.name())
    else {
      const { column, isKey } = columnOf(reader, checks)
      columns.push(column)
      if (isKey) primaryKey = [column.name]
    }
  })
  return { is: 'create-table', table, unlessThere, columns, primaryKey, checks }
}

function addColumn(reader: Reader): AddColumn {
  const table = reader.name()
  reader.expect('add', 'column')
  const checks: Expr[] = []
  const { column, isKey } = columnOf(reader, checks)
  if (isKey || checks.length > 0) throw reader.refuse()
  return { is: 'add-column', table, column }
}

function columnOf(reader: Reader, checks: Expr[]): { readonly column: ColumnOf; readonly isKey: boolean } {
  const name = reader.name()
  const type = reader.accept('text') ? 'text' : 'bigint'
  if (type === 'bigint' && !reader.accept('integer')) reader.expect('bigint')
  let [isKey, identity, notNull] = [false, false, false]
  let given: ColumnOf['default'] = null
  for (;;) {
    if (reader.accept('primary', 'key')) isKey = notNull = true
    else if (reader.accept('autoincrement')) identity = true
    else if (reader.accept('not', 'null')) notNull = true
    else if (reader.accept('default')) given = literal(reader)
    else if (reader.accept('check')) checks.push(...reader.bracketed(() => expr(reader)))
    else return { column: { name, type, notNull, identity, default: given }, isKey }
  }
}

function literal(reader: Reader): ColumnOf['default'] {
  const value = expr(reader)
  if (value.is !== 'value') throw reader.refuse()
  return value.value
}

function createIndex(reader: Reader): CreateIndex {
  reader.expect('create')
  const unique = reader.accept('unique')
  reader.expect('index')
  const name = reader.name()
  reader.expect('on')
  const table = reader.name()
  const columns = reader.bracketed(() => reader.name())
  return { is: 'create-index', name, table, unique, columns, where: where(reader) }
}
