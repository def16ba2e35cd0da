/** Entities as this engine has seen them last. */
import type { EntityRow } from './step.ts'

/**
 * Whoever decides on one of these need not read it first: the fence of the write finds out whether somebody else was there
 * meanwhile, and then it is read. Nothing else may be told from here.
 */
export interface KnownRows {
  readonly get: (kind: string, id: string) => EntityRow | undefined
  /** After a commit: it stands so now. */
  readonly stands: (kind: string, row: EntityRow) => void
  /** Read a moment ago; a commit of ours may have been faster. */
  readonly read: (kind: string, row: EntityRow) => void
}

/** Two halves: when the newer one is full, the older one goes. */
const HALF = 1_000

export function knownRows(): KnownRows {
  let newer = new Map<string, EntityRow>()
  let older = new Map<string, EntityRow>()
  const nameOf = (kind: string, id: string) => `${kind} ${id}`
  const get = (name: string) => newer.get(name) ?? older.get(name)
  const put = (name: string, row: EntityRow) => {
    if (newer.size >= HALF) {
      older = newer
      newer = new Map()
    }
    newer.set(name, row)
  }
  return {
    get: (kind, id) => get(nameOf(kind, id)),
    stands: (kind, row) => put(nameOf(kind, row.id), row),
    read: (kind, row) => {
      const name = nameOf(kind, row.id)
      const known = get(name)
      // What was worked out from the same row stays.
      if (known !== undefined && isSame(known, row)) put(name, known)
      else if ((known?.version ?? 0) <= row.version) put(name, row)
    },
  }
}

const isSame = (known: EntityRow, row: EntityRow): boolean =>
  known.version === row.version &&
  known.updatedAt === row.updatedAt &&
  known.chainHash === row.chainHash &&
  known.body === row.body
