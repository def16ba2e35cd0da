/** What happened to an entity, line by line, each held to the one before. (chain.ts) */
import { type ChainedLine, type Head, headAfter } from './chain.ts'
import { placesFrom, textFor } from './sql-text.ts'
import type { Db, SqlValue } from './store.ts'

export interface LogLine extends Omit<ChainedLine, 'kind' | 'id' | 'reason'> {
  readonly reason?: string
  /** Hash of the entity's text as this line leaves it. */
  readonly after: string
}

interface HeldLine extends LogLine {
  readonly chain: string
}

/** Lines as they are stored, and where the log stands with them. */
export function heldTogether(
  { kind, id, before }: { readonly kind: string; readonly id: string; readonly before: Head },
  lines: readonly LogLine[],
): { readonly held: readonly HeldLine[]; readonly head: Head } {
  let head = before
  const held = lines.map((line) => {
    head = headAfter(head, { ...line, kind, id, reason: line.reason ?? null }, line.after)
    return { ...line, chain: head.chain }
  })
  return { held, head }
}

export async function log(tx: Db, kind: string, id: string, lines: readonly HeldLine[]): Promise<void> {
  const params: SqlValue[] = [kind, id]
  for (const { seq, at, type, from, to, verdict, reason = null, body, after, chain } of lines)
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
