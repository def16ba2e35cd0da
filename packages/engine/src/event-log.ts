/** What happened to an entity, line by line, each held to the one before. (chain.ts) */
import { chainHash, hashOfText } from './chain.ts'
import { placesFrom, textFor } from './sql-text.ts'
import type { Db, SqlValue } from './store.ts'

export interface LogLine {
  readonly seq: number
  readonly at: number
  readonly type: string
  readonly from: string
  readonly to: string
  readonly verdict: string
  readonly reason?: string
  readonly body: object
  /** The entity's text as this line leaves it. */
  readonly after: string
}

interface WrittenLine extends Omit<LogLine, 'body' | 'after' | 'reason'> {
  readonly reason: string | null
  readonly body: string
  readonly after: string
  readonly chain: string
}

/** Lines as they are stored, each with the hash that holds it to the one before. */
export function chained(
  { kind, id, before }: { readonly kind: string; readonly id: string; readonly before: string },
  lines: readonly LogLine[],
): readonly WrittenLine[] {
  let head = before
  return lines.map(({ reason = null, ...line }) => {
    const [body, after] = [JSON.stringify(line.body), hashOfText(line.after)]
    head = chainHash(head, { ...line, kind, id, reason, body }, after)
    return { ...line, reason, body, after, chain: head }
  })
}

export async function log(tx: Db, kind: string, id: string, lines: readonly WrittenLine[]): Promise<void> {
  const params: SqlValue[] = [kind, id]
  for (const { seq, at, type, from, to, verdict, reason, body, after, chain } of lines)
    params.push(seq, at, type, from, to, verdict, reason, body, after, chain)
  await tx.query(insertEvents(lines.length), params)
}

const LINE_COLUMNS = 10

const insertEvents = textFor((lines) => {
  const row = (at: number) => `($1, $2, ${placesFrom(at, LINE_COLUMNS)})`
  const rows = Array.from({ length: lines }, (_, line) => row(3 + LINE_COLUMNS * line))
  return `INSERT INTO event (kind, id, seq, at, type, from_state, to_state, verdict, reason, body, after_hash, chain_hash)
     VALUES ${rows.join(', ')}`
})
