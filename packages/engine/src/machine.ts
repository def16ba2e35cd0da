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
