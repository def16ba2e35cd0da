/**
 * Reads the books for the audit from where each of them lies: SQLite, PostgreSQL, files. By the drivers of the databases
 * and SQL of its own: what the platform's code makes of its tables is what is audited.
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { Away, Booked, Books, CpoTruth, Money, StoredCdr, StoredEvent, StoredPayment, Told } from './books.ts'

/** What lies in a folder of books; `platform` is written when the database is read, `open` when payments did not end. */
export const FILES = {
  told: 'told.json',
  cpo: 'cpo.json',
  away: 'away.json',
  provider: 'psp',
  platform: 'platform.jsonl',
  open: 'open.json',
} as const

const PAGE = 500

export function readFolder(folder: string): Books {
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return {
    provider: readProvider(join(folder, FILES.provider)),
    cpo: JSON.parse(read(FILES.cpo)) as CpoTruth,
    away: JSON.parse(read(FILES.away)) as readonly Away[],
    told: JSON.parse(read(FILES.told)) as readonly Told[],
    stored: readExport(read(FILES.platform)),
  }
}

function readProvider(folder: string): readonly Booked[] {
  const file = new DatabaseSync(join(folder, 'ledger.db'), { readOnly: true })
  try {
    return file
      .prepare(
        `SELECT at, reference, psp_reference AS "pspReference", operation, status, amount_minor AS "amountMinor", currency
           FROM ledger ORDER BY seq`,
      )
      .all() as unknown as readonly Booked[]
  } finally {
    file.close()
  }
}

/** One line of the export, as it stands in the tables. */
interface Row {
  readonly reference: string
  readonly state: string
  readonly version: number
  readonly body: string
  readonly chain_hash: string
  readonly events: readonly (Omit<StoredEvent, 'body' | 'text'> & { readonly body: string })[]
  readonly advices: readonly string[]
}

interface PaymentBody {
  readonly held?: Money
  readonly captured?: Money
  readonly cdr?: StoredCdr
  readonly advice?: { readonly id: string }
}

const PAYMENTS = `
  SELECT id AS reference, state, version::int, body, chain_hash, (
    SELECT json_agg(json_build_object('seq', seq, 'at', at, 'type', type, 'from', from_state, 'to', to_state, 'verdict', verdict,
      'reason', reason, 'body', body, 'afterHash', after_hash, 'chainHash', chain_hash) ORDER BY seq) FROM event v WHERE v.kind = e.kind AND v.id = e.id) AS events
  FROM entity e WHERE kind = 'payment' AND id > $1 ORDER BY id LIMIT ${PAGE}`

/** All rows in one moment: a word that comes while the books are read stands in all tables or in none. */
export async function exportPlatform(url: string, folder: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query('SET LOCAL search_path TO plugtill_ptp')
    const { rows: sent } = await client.query<{ body: string }>(`SELECT body FROM document WHERE shelf = 'advices'`)
    const advices = Map.groupBy(sent, ({ body }) => referenceIn(body))
    const lines: string[] = []
    for (let after: string | undefined = ''; after !== undefined; ) {
      const { rows }: { rows: Row[] } = await client.query<Row>(PAYMENTS, [after])
      for (const row of rows) {
        const own = (advices.get(row.reference) ?? []).map(({ body }) => body)
        lines.push(JSON.stringify({ ...row, events: row.events ?? [], advices: own }))
      }
      after = rows.length < PAGE ? undefined : rows.at(-1)?.reference
    }
    writeFileSync(join(folder, FILES.platform), lines.join('\n'))
  } finally {
    await client.end()
  }
}

const referenceIn = (advice: string) =>
  (JSON.parse(advice) as { readonly authorization_reference: string }).authorization_reference

function readExport(text: string): readonly StoredPayment[] {
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
  if (rows.some((row) => row.chain_hash === undefined))
    throw new Error(`${FILES.platform} was kept before logs had hashes. Audit it with the version that has kept it.`)
  return rows.map(storedOf)
}

function storedOf({ reference, state, version, body, chain_hash: chainHash, events, advices }: Row): StoredPayment {
  const { held, captured, cdr, advice } = JSON.parse(body) as PaymentBody
  return {
    reference,
    state,
    version,
    bodyHash: createHash('sha256').update(body).digest('base64url'),
    chainHash,
    ...(held && { held }),
    ...(captured && { captured }),
    ...(cdr && { cdr }),
    ...(advice && { adviceId: advice.id }),
    events: events.map((event) => ({
      ...event,
      text: event.body,
      body: JSON.parse(event.body) as StoredEvent['body'],
    })),
    advices: advices.map((bytes) => ({
      id: (JSON.parse(bytes) as { readonly id: string }).id,
      hash: createHash('sha256').update(bytes).digest('hex'),
    })),
  }
}

/** A payment that still moves, has an advice that nobody took yet, or something that is still to be paid back. */
const UNFINISHED = `kind = 'payment' AND (state NOT IN ('captured', 'voided', 'declined', 'stuck')
  OR (body::json -> 'advice') IS NOT NULL AND (body::json -> 'advice' ->> 'deliveredAt') IS NULL
  OR jsonb_path_exists(body::jsonb, '$.refunds[*] ? (@.status == "asked")')
  OR state = 'captured' AND jsonb_path_exists(body::jsonb, '$.credit')
    AND NOT jsonb_path_exists(body::jsonb, '$.refunds[*] ? (@.creditId == $.credit.id)'))`

export async function unfinished(url: string): Promise<number> {
  const [row] = await asked<{ n: number }>(
    url,
    `SELECT count(*)::int AS n FROM plugtill_ptp.entity WHERE ${UNFINISHED}`,
  )
  return row?.n ?? 0
}

/** What the payments that did not come to their end wait for: their open orders, and who holds the database. */
export async function whatIsOpen(url: string): Promise<object> {
  const effects = `SELECT f.*, now() AS "now" FROM plugtill_ptp.effect f WHERE status = 'pending' AND kind = 'payment'
    AND id IN (SELECT id FROM plugtill_ptp.entity WHERE ${UNFINISHED}) ORDER BY id, seq`
  const sessions = `SELECT pid, application_name, state, xact_start, state_change, wait_event, query FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`
  return { effects: await asked(url, effects), sessions: await asked(url, sessions) }
}

async function asked<Row>(url: string, sql: string): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as Row[]
  } finally {
    await client.end()
  }
}
