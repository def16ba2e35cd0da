/** What waits in the lanes that lead to somebody, for an operator who wants to know why it does not arrive. */
import type { Engine } from './engine.ts'

export interface Waiting {
  readonly name: string
  /** The entity that ordered it. */
  readonly of: string
  readonly attempts: number
  readonly due_at: string
  readonly last_error: string | null
}

const MOST = 500

/** `lanes` gives the beginning of the names of all lanes to the one who is asked about. */
export function deliveriesTo<Whom>(engine: Pick<Engine, 'effects' | 'retryNow'>, lanes: (whom: Whom) => string) {
  const open = (whom: Whom) => engine.effects({ status: 'pending', lanes: lanes(whom), limit: MOST })
  return {
    waiting: async (whom: Whom): Promise<readonly Waiting[]> =>
      (await open(whom)).map(({ name, id, attempts, dueAt, lastError }) => ({
        name,
        of: id,
        attempts,
        due_at: new Date(dueAt).toISOString(),
        last_error: lastError ?? null,
      })),
    retryNow: async (whom: Whom): Promise<void> => {
      for (const lane of new Set((await open(whom)).map((effect) => effect.lane))) await engine.retryNow(lane)
    },
  }
}
