/**
 * One money step as the engine commits it: read the entity, write it with a fence, log the event, order one effect.
 * The statements are recorded from the engine itself, so what the bare databases run is what the engine runs.
 */
import type { Clock } from '@plugtill/engine/clock'
import { createEngine, type Kind } from '@plugtill/engine/engine'
import type { Machine } from '@plugtill/engine/machine'
import type { SqlValue, Store, Tx } from '@plugtill/engine/store'

interface Till {
  readonly id: string
  readonly state: 'open'
  readonly noted: number
  readonly filler: string
}
type Noted = { readonly type: 'noted'; readonly at: number }
type Tell = { readonly do: 'tell'; readonly text: string }

const machine: Machine<Till, Noted, Tell> = {
  name: 'till',
  initial: 'open',
  final: [],
  states: {
    open: {
      noted: (till) => ({
        to: 'open',
        set: { noted: till.noted + 1 },
        effects: [{ do: 'tell', text: 'x'.repeat(100) }],
      }),
    },
  },
}
const kind: Kind<Till, Noted, Tell> = { machine, lane: () => 'psp', run: async () => undefined }

/** About what a payment weighs. */
const FILLER = 'x'.repeat(1_500)
/** Standing still: what a step writes is then the same text every time. */
const clock: Clock = { now: () => 1_900_000_000_000, after: () => () => undefined }
/** Entities of each client, so that clients never wait for each other. */
export const PER_CLIENT = 4
const FIRST_ID = 1_000

export const idOf = (client: number, slot: number) => String(FIRST_ID + client * PER_CLIENT + slot)

/** An engine whose lanes never start: a step is decided and committed, its effect only stored. */
export async function tillsOn(store: Store, clients: number) {
  const tills = createEngine({ store, clock, random: () => 0.5, kinds: [kind] }).of(kind)
  for (let client = 0; client < clients; client++)
    for (let slot = 0; slot < PER_CLIENT; slot++)
      await tills.create({ id: idOf(client, slot), state: 'open', noted: 0, filler: FILLER }, { type: 'noted', at: 0 })
  return (id: string) => tills.apply(id, { type: 'noted', at: clock.now() })
}

/** `id`, `version` and `next` change from step to step, `key` is made of them; everything else stays. */
export type Value =
  | { readonly is: 'id' }
  | { readonly is: 'version' }
  | { readonly is: 'next' }
  | { readonly is: 'key'; readonly around: readonly [string, string, string] }
  | { readonly is: 'constant'; readonly value: SqlValue }

export interface Statement {
  readonly sql: string
  readonly values: readonly Value[]
}

const MARKED_ID = '987654321'
const MARKED_VERSION = 7_000_001

/** The statements between BEGIN and COMMIT of one step. */
export async function recordStep(store: Store): Promise<readonly Statement[]> {
  const seen: { sql: string; params: readonly SqlValue[] }[] = []
  const recording: Store = {
    ...store,
    transaction: (work) =>
      store.transaction((tx: Tx) =>
        work({
          ...tx,
          query: (sql, params = []) => {
            seen.push({ sql, params })
            return tx.query(sql, params)
          },
        }),
      ),
  }
  const tills = createEngine({ store: recording, clock, random: () => 0.5, kinds: [kind] }).of(kind)
  await tills.create({ id: MARKED_ID, state: 'open', noted: 0, filler: FILLER }, { type: 'noted', at: 0 })
  await store.query('UPDATE entity SET version = $1 WHERE kind = $2 AND id = $3', [
    MARKED_VERSION,
    machine.name,
    MARKED_ID,
  ])
  // The engine decides on what it has seen last.
  await tills.find(MARKED_ID)
  seen.length = 0
  await tills.apply(MARKED_ID, { type: 'noted', at: clock.now() })
  return seen.map(({ sql, params }) => ({ sql, values: params.map(markedValue) }))
}

function markedValue(value: SqlValue): Value {
  if (value === MARKED_ID) return { is: 'id' }
  if (value === MARKED_VERSION) return { is: 'version' }
  if (value === MARKED_VERSION + 1) return { is: 'next' }
  const key =
    typeof value === 'string' ? new RegExp(`^(.*)${MARKED_ID}(.*)${MARKED_VERSION + 1}(.*)$`).exec(value) : null
  if (key !== null && !key[0].startsWith('{')) return { is: 'key', around: [key[1] ?? '', key[2] ?? '', key[3] ?? ''] }
  // The body of the entity names its id, too; its text weighs the same with any.
  return { is: 'constant', value }
}

/** The parameters of the next step of one entity. */
export function paramsOf(statement: Statement, id: string, version: number): SqlValue[] {
  return statement.values.map((value) => {
    if (value.is === 'id') return id
    if (value.is === 'version') return version
    if (value.is === 'next') return version + 1
    if (value.is === 'key') return `${value.around[0]}${id}${value.around[1]}${version + 1}${value.around[2]}`
    return value.value
  })
}

/** The same step in the words of pgbench. Each client reads the version of its entity once, and counts from there as the engine does. */
export function pgbenchScript(statements: readonly Statement[]): {
  readonly script: string
  readonly variables: Readonly<Record<string, string>>
} {
  const variables: Record<string, string> = {}
  const texts = statements.map(({ sql, values }, nth) => {
    const text = sql.replaceAll(/\s+/g, ' ').replaceAll(/\$(\d+)/g, (_place, digits: string) => {
      const value = values[Number(digits) - 1]
      if (value === undefined) throw new Error(`A statement of the engine has no value for $${digits}: ${sql}`)
      if (value.is === 'id') return ':id'
      if (value.is === 'version') return ':e_version'
      if (value.is === 'next') return ':next'
      if (value.is === 'key')
        return `('${value.around[0]}' || :id || '${value.around[1]}' || :next || '${value.around[2]}')`
      if (value.value === null) return 'NULL'
      const name = `c${nth}_${digits}`
      variables[name] = String(value.value)
      return `:${name}`
    })
    return `${text};`
  })
  const begin = [
    `\\set id ${FIRST_ID} + :client_id * ${PER_CLIENT}`,
    '\\if :first',
    `SELECT version FROM entity WHERE kind = '${machine.name}' AND id = :id \\gset e_`,
    '\\set first 0',
    '\\endif',
    '\\set next :e_version + 1',
  ]
  const script = [...begin, 'BEGIN;', ...texts, 'COMMIT;', '\\set e_version :next'].join('\n')
  return { script: `${script}\n`, variables: { ...variables, first: '1' } }
}
