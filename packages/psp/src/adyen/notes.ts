/**
 * What we asked Adyen and what Adyen said, in order and append-only. Adyen has no way to read a payment: what its
 * answers and signed messages told is all there is, so it is kept here, apart from everything the platform stores.
 */
import { DatabaseSync } from 'node:sqlite'

export interface Note {
  readonly seq: number
  readonly at: number
  /**
   * `asked`: before the call. `decided`: the terminal's word. `accepted`: Adyen took it. `turned-down`: Adyen did not, so
   * it has not happened. `told`: a signed message.
   */
  readonly kind: 'asked' | 'decided' | 'accepted' | 'turned-down' | 'told'
  /** Of the port; of a message its event code. */
  readonly operation: string
  /** Empty for a message. */
  readonly key: string
  readonly reference: string
  /** Of the payment; empty while it has none. */
  readonly pspReference: string
  /** The same event arrives once. */
  readonly eventId?: string
  readonly body: unknown
}

export interface NoteFilter {
  readonly key?: string
  readonly reference?: string
  readonly pspReference?: string
}

export interface Notes {
  /** Undefined when the event was known already. */
  readonly append: (note: Omit<Note, 'seq'>) => Note | undefined
  readonly find: (filter: NoteFilter) => readonly Note[]
  /** Authorizations asked at or after this instant, oldest first. */
  readonly authorizations: (since: number) => readonly Note[]
  readonly close: () => void
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS note (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    reference TEXT NOT NULL,
    psp_reference TEXT NOT NULL,
    event_id TEXT UNIQUE,
    body TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS note_key ON note (key) WHERE key <> '';
  CREATE INDEX IF NOT EXISTS note_reference ON note (reference);
  CREATE INDEX IF NOT EXISTS note_psp_reference ON note (psp_reference) WHERE psp_reference <> '';
  CREATE INDEX IF NOT EXISTS note_authorizations ON note (at) WHERE kind = 'asked' AND operation = 'authorize';
  CREATE TRIGGER IF NOT EXISTS note_no_update BEFORE UPDATE ON note
    BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
  CREATE TRIGGER IF NOT EXISTS note_no_delete BEFORE DELETE ON note
    BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
`

interface Row extends Omit<Note, 'pspReference' | 'eventId' | 'body'> {
  readonly psp_reference: string
  readonly event_id: string | null
  readonly body: string
}

/** In memory, or in a SQLite file that several processes may share. */
export function openNotes({ file = ':memory:' }: { readonly file?: string } = {}): Notes {
  const database = new DatabaseSync(file)
  database.exec(schema)
  const insert = database.prepare(
    `INSERT INTO note (at, kind, operation, key, reference, psp_reference, event_id, body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING`,
  )
  const by = (where: string) => database.prepare(`SELECT * FROM note WHERE ${where} ORDER BY seq`)
  const byKey = by("key = ? AND key <> ''")
  const byReference = by('reference = ?')
  const byPsp = by("psp_reference = ? AND psp_reference <> ''")
  const asked = by("kind = 'asked' AND operation = 'authorize' AND at >= ?")
  return {
    append: (note) => {
      const { at, kind, operation, key, reference, pspReference, eventId = null, body } = note
      const done = insert.run(at, kind, operation, key, reference, pspReference, eventId, JSON.stringify(body))
      return done.changes === 0 ? undefined : { ...note, seq: Number(done.lastInsertRowid) }
    },
    find: ({ key, pspReference, reference }) => {
      if (key !== undefined) return rows(byKey.all(key))
      return pspReference === undefined ? rows(byReference.all(reference ?? '')) : rows(byPsp.all(pspReference))
    },
    authorizations: (since) => rows(asked.all(since)),
    close: () => database.close(),
  }
}

const rows = (found: readonly unknown[]) =>
  (found as readonly Row[]).map(
    ({ psp_reference, event_id, body, ...row }): Note => ({
      ...row,
      pspReference: psp_reference,
      ...(event_id !== null && { eventId: event_id }),
      body: JSON.parse(body) as unknown,
    }),
  )
