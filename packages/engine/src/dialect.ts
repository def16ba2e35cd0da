/** All that differs between the two databases; everything else is one SQL text. */
import type { Db } from './store.ts'

export interface Dialect {
  /** Type words of the migrations. */
  readonly words: Readonly<Record<string, string>>
  /** Claiming: skip the rows that another node is claiming right now. */
  readonly skipLocked: string
  /** Reading a row that a change is going to meet again and again. */
  readonly rowLock: string
  /** A lease never has to run out where one process owns the file. */
  readonly ownsFile: boolean
  /** One row per column and index, in a stable order: the schema snapshot. */
  readonly describeSchema: string
}

const SQLITE: Dialect = {
  words: { identity: 'INTEGER PRIMARY KEY AUTOINCREMENT', text: 'text' },
  skipLocked: '',
  rowLock: '',
  ownsFile: true,
  describeSchema: `
    SELECT m.name || '.' || c.name AS line FROM sqlite_schema m, pragma_table_info(m.name) c
      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'
    UNION ALL
    SELECT m.tbl_name || ' index ' || m.name AS line FROM sqlite_schema m WHERE m.type = 'index' AND m.sql IS NOT NULL
    ORDER BY 1`,
}

const POSTGRES: Dialect = {
  // Byte order, as in SQLite: ranges over keys mean the same on both, whatever the server's language.
  words: { identity: 'bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY', text: 'text COLLATE "C"' },
  skipLocked: 'FOR UPDATE OF c SKIP LOCKED',
  rowLock: 'FOR UPDATE',
  ownsFile: false,
  describeSchema: `
    SELECT (table_name || '.' || column_name) COLLATE "C" AS line FROM information_schema.columns
      WHERE table_schema = current_schema()
    UNION ALL
    SELECT (tablename || ' index ' || indexname) COLLATE "C" FROM pg_indexes
      WHERE schemaname = current_schema() AND indexname NOT LIKE '%_pkey'
    ORDER BY 1`,
}

/** The simulated world's own: words as in SQLite, and no schema but the tables in hand. */
const MEMORY: Dialect = { ...SQLITE, describeSchema: 'SELECT line FROM schema_line' }

const DIALECTS: Readonly<Record<Db['dialect'], Dialect>> = { sqlite: SQLITE, postgres: POSTGRES, memory: MEMORY }

export function dialectOf(db: Pick<Db, 'dialect'>): Dialect {
  return DIALECTS[db.dialect]
}

/** What is put together once for each database: a text that is made anew is hashed and looked up anew. */
export function perDialect<T>(make: (dialect: Dialect) => T): (db: Pick<Db, 'dialect'>) => T {
  const made = { sqlite: make(SQLITE), postgres: make(POSTGRES), memory: make(MEMORY) }
  return ({ dialect }) => made[dialect]
}
