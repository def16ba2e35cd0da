/**
 * All of it: from the tap every step in every world, the nearest first, until nothing new turns up. Then back from the ends
 * over the steps that are no fault: whoever is not met there can wait for ever. (reliability-security 4.2)
 */
import { paymentMachine } from '../../src/payment/states.ts'
import type { Step } from './order-steps.ts'
import { tap } from './platform.ts'
import { assertEnd, assertWorld, isQuiet, ViolationError } from './rules.ts'
import { stepsOf, taken } from './steps.ts'
import { beginning, type Decided, keyOf, type Setting, type World } from './world.ts'

export interface Found {
  readonly setting: string
  readonly states: number
  readonly transitions: number
  readonly ends: number
  readonly deepest: number
  readonly deepestPath: readonly string[]
  /** Each broken rule once, with the shortest way to it. */
  readonly violations: readonly { readonly message: string; readonly path: readonly string[] }[]
  /** `state event` -> what it came to, in words. */
  readonly cells: ReadonlyMap<string, ReadonlySet<string>>
  /** For each kind of outcome of a cell the shortest way to it. */
  readonly witnesses: readonly (readonly string[])[]
  /** False when `most` worlds were not enough. */
  readonly complete: boolean
}

interface Walk {
  readonly seen: Map<string, number>
  readonly parents: number[]
  readonly names: string[]
  readonly depths: number[]
  /** Faultless steps, from and to. */
  readonly from: number[]
  readonly to: number[]
  readonly ends: number[]
  readonly violations: Map<string, readonly string[]>
  transitions: number
}

function pathTo(walk: Walk, index: number): readonly string[] {
  const path: string[] = []
  for (let at = index; at > 0; at = walk.parents[at] ?? 0) path.unshift(walk.names[at] ?? '')
  return path
}

const empty = (): Walk => ({
  seen: new Map(),
  parents: [0],
  names: ['tap'],
  depths: [0],
  from: [],
  to: [],
  ends: [],
  violations: new Map(),
  transitions: 0,
})

export interface Extent {
  /** More worlds than this are not looked at. */
  readonly most?: number
  /** The first broken rule is enough. */
  readonly toFirst?: boolean
  /** Kinds of outcomes that have a witness already; new ones are added. */
  readonly known?: Set<string>
}

export async function explore(
  setting: Setting,
  { most = 2_000_000, toFirst = false, known = new Set() }: Extent = {},
): Promise<Found> {
  const outcomes = outcomesOf(known)
  const walk = empty()
  const first = { ...beginning(setting), heard: outcomes.heard }
  tap(first)
  walk.seen.set(keyOf(first), 0)
  let complete = true
  let queue: (readonly [number, World])[] = [[0, first]]
  while (queue.length > 0 && complete) {
    const next: [number, World][] = []
    for (const [index, world] of queue) {
      look(walk, index, world)
      for (const step of stepsOf(world)) {
        await go(walk, { index, world, step, next })
        outcomes.at(index, step.name)
      }
      if (walk.seen.size > most || (toFirst && walk.violations.size > 0)) complete = false
      if (!complete) break
    }
    queue = next
  }
  if (complete) stranded(walk)
  const deepest = walk.depths.reduce((best, depth, index) => (depth > (walk.depths[best] ?? 0) ? index : best), 0)
  return {
    setting: setting.name,
    states: walk.seen.size,
    transitions: walk.transitions,
    ends: walk.ends.length,
    deepest: walk.depths[deepest] ?? 0,
    deepestPath: pathTo(walk, deepest),
    violations: [...walk.violations].map(([message, path]) => ({ message, path })),
    cells: outcomes.cells,
    witnesses: outcomes.firsts.map(({ index, name }) => [...pathTo(walk, index), name]),
    complete,
  }
}

/** What cells came to, and where each kind of outcome was met first. */
function outcomesOf(known: Set<string>) {
  const cells = new Map<string, Set<string>>()
  const firsts: { readonly index: number; readonly name: string }[] = []
  let isNew = false
  return {
    cells,
    firsts,
    heard: (decided: Decided): void => {
      const cell = `${decided.before.state} ${decided.event.type}`
      const here = cells.get(cell) ?? new Set()
      cells.set(cell, here.add(outcomeOf(decided)))
      const kind = `${cell} ${kindOf(decided)}`
      if (known.has(kind)) return
      known.add(kind)
      isNew = true
    },
    /** After each step, with where it was taken. */
    at: (index: number, name: string): void => {
      if (isNew) firsts.push({ index, name })
      isNew = false
    },
  }
}

function look(walk: Walk, index: number, world: World): void {
  note(walk, index, () => assertWorld(world))
  if (!isQuiet(world)) return
  walk.ends.push(index)
  note(walk, index, () => assertEnd(world))
}

interface Going {
  readonly index: number
  readonly world: World
  readonly step: Step
  readonly next: [number, World][]
}

async function go(walk: Walk, { index, world, step, next }: Going): Promise<void> {
  let then: World
  try {
    then = await taken(world, step)
  } catch (error) {
    broken(walk, error, [...pathTo(walk, index), step.name])
    return
  }
  walk.transitions++
  const key = keyOf(then)
  let to = walk.seen.get(key)
  if (to === undefined) {
    to = walk.seen.size
    walk.seen.set(key, to)
    walk.parents.push(index)
    walk.names.push(step.name)
    walk.depths.push((walk.depths[index] ?? 0) + 1)
    next.push([to, then])
  }
  if (!step.costs) {
    walk.from.push(index)
    walk.to.push(to)
  }
}

function note(walk: Walk, index: number, assert: () => void): void {
  try {
    assert()
  } catch (error) {
    broken(walk, error, pathTo(walk, index))
  }
}

/** The first way to it is the shortest one. */
function broken(walk: Walk, error: unknown, path: readonly string[]): void {
  const message =
    error instanceof ViolationError ? error.message : `It threw: ${String((error as Error).stack ?? error)}`
  if (!walk.violations.has(message)) walk.violations.set(message, path)
}

/** I16: from every world an end is reached by steps that are no fault. */
function stranded(walk: Walk): void {
  const count = walk.seen.size
  const before: number[][] = Array.from({ length: count }, () => [])
  for (const [at, from] of walk.from.entries()) before[walk.to[at] ?? 0]?.push(from)
  const safe = new Uint8Array(count)
  const queue = [...walk.ends]
  for (const end of queue) safe[end] = 1
  for (let at = queue.pop(); at !== undefined; at = queue.pop())
    for (const from of before[at] ?? [])
      if (!safe[from]) {
        safe[from] = 1
        queue.push(from)
      }
  const lost = safe.indexOf(0)
  if (lost >= 0) walk.violations.set('I16: From here no end is reached.', pathTo(walk, lost))
}

/** What one decision came to, as a line. */
export function outcomeOf({ before, decision: { entity, effects, verdict } }: Decided): string {
  if ('ignore' in verdict) return 'ignored'
  if ('refuse' in verdict) return 'refused'
  const orders = [...new Set(effects.map((order) => (order.do === 'remind' ? order.of : order.do)))]
  const stays = entity.state === before.state ? 'stays' : entity.state
  return orders.length > 0 ? `${stays} (${orders.join(', ')})` : stays
}

/** Finer: which fields have changed, and the words that are told on. */
function kindOf(decided: Decided): string {
  const { before, decision } = decided
  const { entity, verdict } = decision
  const changed = Object.keys(entity).filter(
    (name) => entity[name as keyof typeof entity] !== before[name as keyof typeof before],
  )
  const words = [entity.outcome, entity.advice?.status, entity.raise?.status, entity.stop?.by]
  const why = 'ignore' in verdict ? verdict.ignore : 'refuse' in verdict ? verdict.refuse : ''
  return [outcomeOf(decided), ...changed, ...words, why.slice(0, 20)].join(' ')
}

export const everyCell: readonly string[] = Object.entries(paymentMachine.states).flatMap(([state, row]) =>
  Object.keys(row).map((event) => `${state} ${event}`),
)
