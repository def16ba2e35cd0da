/**
 * A platform is a state table. `decide` is pure: entity + event -> verdict. The type of the table demands a
 * verdict for every state x event pair, so a forgotten cell does not compile.
 */

/** Anything that lives in a state table. `state` is one of the table's rows. */
export interface Entity {
  readonly id: string
  readonly state: string
}

/** A past fact: `type` says which column of the table it meets. */
export interface Happened {
  readonly type: string
}

/** An order to do something outside, run after the commit, at least once. */
export interface Order {
  readonly do: string
}

export type Verdict<E extends Entity, O extends Order> =
  /** Go to a state (or stay), change fields, order effects. */
  | { readonly to: E['state']; readonly set?: Partial<Omit<E, 'id' | 'state'>>; readonly effects?: readonly O[] }
  /** Known and harmless: nothing changes; the reason is kept in the event log. */
  | { readonly ignore: string }
  /** Must not happen here: nothing changes; a Fault with this text is kept and shown. */
  | { readonly refuse: string }

export type Cell<E extends Entity, H extends Happened, O extends Order> = (entity: E, event: H) => Verdict<E, O>

/** One row: a verdict for each event type. */
export type Row<E extends Entity, H extends Happened, O extends Order> = {
  readonly [T in H['type']]: Cell<E, Extract<H, { readonly type: T }>, O>
}

export interface Machine<E extends Entity, H extends Happened, O extends Order> {
  readonly name: string
  readonly initial: E['state']
  /** States in which nothing is left to do. */
  readonly final: readonly E['state'][]
  readonly states: { readonly [S in E['state']]: Row<E, H, O> }
}

export interface Decision<E extends Entity, O extends Order> {
  readonly entity: E
  readonly effects: readonly O[]
  readonly verdict: Verdict<E, O>
}

/** Pure: what this event does to this entity. */
export function decide<E extends Entity, H extends Happened, O extends Order>(
  machine: Machine<E, H, O>,
  entity: E,
  event: H,
): Decision<E, O> {
  const row = machine.states[entity.state as E['state']] as Row<E, H, O> | undefined
  const cell = row?.[event.type as H['type']] as Cell<E, H, O> | undefined
  // Types forbid this; a row or an event written by another version of the program may still bring it.
  const verdict: Verdict<E, O> =
    cell === undefined
      ? { refuse: `${machine.name}: this version knows no "${event.type}" in state "${entity.state}".` }
      : cell(entity, event)
  if (!('to' in verdict)) return { entity, effects: [], verdict }
  return {
    entity: { ...entity, ...verdict.set, state: verdict.to },
    effects: verdict.effects ?? [],
    verdict,
  }
}

/** What to try a machine with: a few whole entities in the initial state, and every event in its telling variants. */
export interface Samples<E extends Entity, H extends Happened> {
  readonly entities: readonly E[]
  readonly events: readonly H[]
}

export interface Edge {
  readonly from: string
  readonly on: string
  readonly to: string
}

export interface Inspection {
  /** States that some row of samples really led to. */
  readonly reached: readonly string[]
  /** States that no row of samples led to: not proof that none does, but somebody must show one. */
  readonly unreached: readonly string[]
  readonly edges: readonly Edge[]
  /** Reached states that are not final and that no sample leaves. */
  readonly stuck: readonly string[]
  /** Final states that some sample leaves. */
  readonly leaky: readonly string[]
  /** Events of the table for which no sample was given. */
  readonly untried: readonly string[]
  /** Cells that threw instead of giving a verdict. */
  readonly thrown: readonly { readonly state: string; readonly on: string; readonly message: string }[]
  /** False when `maxEntities` cut the walk short. */
  readonly complete: boolean
}

/**
 * Walks the machine by really deciding: from the sample entities, every sample event in every entity met, until nothing
 * new turns up. Every reached state therefore has a witness. Fields that grow without end (counters) need `sameness`.
 */
export function inspect<E extends Entity, H extends Happened, O extends Order>(
  machine: Machine<E, H, O>,
  samples: Samples<NoInfer<E>, NoInfer<H>>,
  options: { readonly maxEntities?: number; readonly sameness?: (entity: E) => unknown } = {},
): Inspection {
  const { maxEntities = 5_000, sameness = (entity) => entity } = options
  const met = new Map<string, E>()
  const queue: E[] = []
  const edges = new Map<string, Edge>()
  const thrown = new Map<string, Inspection['thrown'][number]>()

  function meet(entity: E): void {
    const name = JSON.stringify(sameness(entity))
    if (met.has(name) || met.size >= maxEntities) return
    met.set(name, entity)
    queue.push(entity)
  }

  for (const entity of samples.entities) meet({ ...entity, state: machine.initial })
  for (let entity = queue.shift(); entity !== undefined; entity = queue.shift()) {
    for (const event of samples.events) {
      try {
        const { entity: after, verdict } = decide(machine, entity, event)
        if (!('to' in verdict)) continue
        edges.set(`${entity.state} ${event.type} ${after.state}`, {
          from: entity.state,
          on: event.type,
          to: after.state,
        })
        meet(after)
      } catch (error) {
        thrown.set(`${entity.state} ${event.type}`, { state: entity.state, on: event.type, message: String(error) })
      }
    }
  }
  return summary(machine, samples, {
    states: [...met.values()],
    edges: [...edges.values()],
    thrown: [...thrown.values()],
    complete: met.size < maxEntities,
  })
}

function summary<E extends Entity, H extends Happened, O extends Order>(
  machine: Machine<E, H, O>,
  samples: Samples<E, H>,
  walk: {
    readonly states: readonly E[]
    readonly edges: readonly Edge[]
    readonly thrown: Inspection['thrown']
    readonly complete: boolean
  },
): Inspection {
  const rows = Object.entries<object>(machine.states)
  const reached = new Set<string>(walk.states.map((entity) => entity.state))
  const left = new Set(walk.edges.filter(({ from, to }) => from !== to).map(({ from }) => from))
  const final = new Set<string>(machine.final)
  const tried = new Set<string>(samples.events.map((event) => event.type))
  return {
    reached: rows.map(([state]) => state).filter((state) => reached.has(state)),
    unreached: rows.map(([state]) => state).filter((state) => !reached.has(state)),
    edges: walk.edges,
    stuck: [...reached].filter((state) => !final.has(state) && !left.has(state)),
    leaky: [...left].filter((state) => final.has(state)),
    untried: [...new Set(rows.flatMap(([, row]) => Object.keys(row)))].filter((event) => !tried.has(event)),
    thrown: walk.thrown,
    complete: walk.complete,
  }
}

/** The walked machine as a Mermaid state diagram; events that lead the same way share an arrow. */
export function diagram(
  machine: { readonly initial: string; readonly final: readonly string[] },
  { edges }: Pick<Inspection, 'edges'>,
): string {
  const name = (state: string) => state.replaceAll('-', '_')
  const arrows = new Map<string, string[]>()
  for (const { from, to, on } of edges) {
    if (from === to) continue
    const arrow = `${name(from)} --> ${name(to)}`
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), on])
  }
  return [
    'stateDiagram-v2',
    `  [*] --> ${name(machine.initial)}`,
    ...[...arrows].map(([arrow, on]) => `  ${arrow}: ${on.join(', ')}`),
    ...machine.final.map((state) => `  ${name(state)} --> [*]`),
  ].join('\n')
}
