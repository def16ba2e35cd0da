import type { Socket } from 'node:net'
import process from 'node:process'
import pg from 'pg'
import { Fault } from './fault.ts'
import { transactionGuard } from './open-transaction.ts'
import type { SqlValue, Store, Tx } from './store.ts'

export interface PostgresOptions {
  readonly url: string
  /** One schema per platform; made when missing. */
  readonly schema: string
  /** Default 20: whoever commits waits for the disk, and those who wait at the same time share it. */
  readonly poolSize?: number
  /**
   * How long a statement is waited for, default 20 s. A connection that is dead without a word, after a failover or behind a
   * firewall, would keep its statement for a quarter of an hour; it is ended and replaced.
   */
  readonly statementMs?: number
}

const CONNECT_MS = 5_000
const STATEMENT_MS = 20_000
/** A migration may wait for that of another node, and write a large table anew. */
const MIGRATION_MS = 24 * 3_600_000
const MIGRATES = 'SELECT pg_advisory_xact_lock('
const INT8 = 20

/** PostgreSQL 15 or later. READ COMMITTED: the version of each entity is the fence, not the isolation level. */
export async function openPostgres({
  url,
  schema,
  poolSize = 20,
  statementMs = STATEMENT_MS,
}: PostgresOptions): Promise<Store> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema))
    throw new Fault(
      'STORE_SCHEMA',
      `"${schema}" cannot be a schema name. Use lower-case letters, digits and underscores.`,
    )
  const place = placeOf(url)
  const pool = openPool({ url, schema, poolSize, statementMs })
  try {
    await makeSchema(pool, schema)
  } catch (error) {
    await pool.end().catch(() => undefined)
    throw explained(error, place)
  }
  return storeOn(pool, place)
}

type Asks = Pick<pg.PoolClient, 'query'>

function storeOn(pool: pg.Pool, place: string): Store {
  const guard = transactionGuard()
  const names = new Map<string, string>()

  const ask: Ask = async <Row>(client: Asks, sql: string, params: readonly SqlValue[] = [], limitMs?: number) => {
    let name = names.get(sql)
    // Named statements are parsed once per connection; the bound guards against text built from values.
    if (name === undefined && names.size < 500) {
      name = `s${names.size}`
      names.set(sql, name)
    }
    try {
      const result = await client.query({
        ...(name === undefined ? {} : { name }),
        text: sql,
        values: params as SqlValue[],
        ...(limitMs !== undefined && { query_timeout: limitMs }),
      } as pg.QueryConfig)
      return result.rows as Row[]
    } catch (error) {
      throw explained(error, place)
    }
  }

  return {
    dialect: 'postgres',
    async query(sql, params) {
      guard.refuseInside()
      return ask(pool as unknown as Asks, sql, params)
    },
    async transaction<T>(work: (tx: Tx) => Promise<T>) {
      guard.refuseInside()
      const committed: (() => void)[] = []
      const result = await guard.run(() => commit(pool, place, (client) => work(txOn(client, ask, committed))))
      for (const task of committed) task()
      return result
    },
    refuseInside: guard.refuseInside,
    close: async () => {
      guard.refuseInside()
      if (!pool.ended && !pool.ending) await pool.end()
    },
  }
}

type Ask = <Row>(client: Asks, sql: string, params?: readonly SqlValue[], limitMs?: number) => Promise<readonly Row[]>

function txOn(client: Asks, ask: Ask, committed: (() => void)[]): Tx {
  let limitMs: number | undefined
  return {
    dialect: 'postgres',
    query: (sql, params) => {
      if (sql.startsWith(MIGRATES)) limitMs = MIGRATION_MS
      return ask(client, sql, params, limitMs)
    },
    afterCommit: (task) => committed.push(task),
  }
}

async function commit<T>(pool: pg.Pool, place: string, work: (client: Asks) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw explained(error, place)
  })
  let broken = false
  // Nobody needs its answer: it goes out with the first statement.
  const begun = client.query('BEGIN')
  begun.catch(() => undefined)
  try {
    const result = await work(client)
    await begun
    // PostgreSQL answers COMMIT with ROLLBACK, and no error, where a statement before had failed.
    const { command } = await client.query('COMMIT')
    if (command !== 'COMMIT')
      throw new Fault(
        'STORE_ROLLED_BACK',
        'A statement of the transaction had failed and was not told: nothing was kept.',
      )
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true
    })
    throw explained(error, place)
  } finally {
    client.release(broken)
  }
}

function openPool({ url, schema, poolSize, statementMs }: Required<PostgresOptions>): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    pipeline: true,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: statementMs,
    keepAlive: true,
    application_name: `plugtill ${schema}`,
    options: `-c search_path=${schema}`,
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === INT8 ? safeInteger : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  })
  // A connection that breaks is replaced, whether it lies in the pool or belongs to a transaction that computes just
  // then; whoever asks next is told. Without a listener it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    writeOnceATurn((client as unknown as Connected).connection.stream)
  })
  return pool
}

/** What `pg` keeps of a client beside what it promises. */
interface Connected {
  readonly connection: { readonly stream: Socket }
}

/** Statements asked for in one turn leave in one packet: each write of its own wakes the server, which costs both sides more than its work. */
function writeOnceATurn(socket: Socket): void {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let holding = false
  socket.write = (...args: unknown[]) => {
    if (!holding) {
      holding = true
      socket.cork()
      process.nextTick(() => {
        holding = false
        socket.uncork()
      })
    }
    return write(...args)
  }
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new Fault('STORE_NUMBER', `The database holds the integer ${text}, which is beyond 2^53.`)
  return value
}

async function makeSchema(pool: pg.Pool, schema: string): Promise<void> {
  const found = await pool.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  if (found.rows.length > 0) return
  // 23505, 42P06: another node made it between the two statements.
  await pool.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`).catch((error: unknown) => {
    if (!['23505', '42P06'].includes(codeOf(error))) throw error
  })
}

/** Host, port and database for messages; never user or password. */
function placeOf(url: string): string {
  try {
    const parsed = new URL(url)
    if (parsed.protocol !== 'postgres:' && parsed.protocol !== 'postgresql:') throw new Error(parsed.protocol)
    const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
    return `${host}:${parsed.port || '5432'}, database "${decodeURIComponent(parsed.pathname.slice(1)) || 'postgres'}"`
  } catch {
    throw new Fault(
      'STORE_UNREACHABLE',
      'DATABASE_URL is not a PostgreSQL address. Write postgres://user:password@host:5432/database.',
    )
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** PostgreSQL's SQLSTATE or a socket's error -> what to do. */
function explained(error: unknown, place: string): unknown {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  const advice = ADVICE[code]
  if (advice !== undefined)
    return new Fault('STORE_UNREACHABLE', `PostgreSQL at ${place} refuses us (${code}). ${advice}`, {
      retry: true,
      cause: error,
    })
  if (code === '40001' || code === '40P01')
    return new Fault('STORE_CONFLICT', 'Two transactions met on the same rows; this one was rolled back. Try again.', {
      retry: true,
      cause: error,
    })
  if (AWAY.test(code) || (error instanceof Error && AWAY_TEXT.test(error.message)))
    return new Fault(
      'STORE_UNREACHABLE',
      `PostgreSQL does not answer at ${place}. Start it, or correct DATABASE_URL.`,
      { retry: true, cause: error },
    )
  return error
}

const ADVICE: Readonly<Record<string, string>> = {
  '3D000': 'The database does not exist: create it, or correct DATABASE_URL.',
  '28P01': 'The password is wrong: correct DATABASE_URL.',
  '28000': 'This user may not connect: correct DATABASE_URL or pg_hba.conf.',
  '42501': 'This user may not create the schema: grant CREATE on the database.',
  '53300': 'It has no connection left: raise max_connections or lower the pool size.',
}
// Class 08 connection exception, 57P0x shutdown; the rest are the operating system's words.
const AWAY = /^(08...|57P0[123]|E[A-Z]{3,}|CERT_.*|DEPTH_ZERO.*|SELF_SIGNED.*)$/
const AWAY_TEXT =
  /timeout exceeded when trying to connect|Query read timeout|Connection terminated|Client has encountered a connection error|SASL/i
