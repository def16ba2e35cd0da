/**
 * Walks through the state table that an exploration has found, one to each kind of outcome, as a tree of steps: written down
 * with what every decision changed, so that whoever changes a cell sees in the diff what becomes of which payment.
 */
import type { Payment } from '../../src/payment/payment.ts'
import { T0 } from '../samples.ts'
import { tap } from './platform.ts'
import { stepsOf, taken } from './steps.ts'
import { beginning, type Decided, type Setting, type World } from './world.ts'

interface Node {
  readonly name: string
  readonly next: Map<string, Node>
}

/** One line for each step, deeper by one space than the step before it; after the arrows stands what was decided. */
export async function told(setting: Setting, paths: readonly (readonly string[])[]): Promise<readonly string[]> {
  const root: Node = { name: 'tap', next: new Map() }
  for (const path of paths) {
    let node = root
    for (const name of path) {
      const next = node.next.get(name) ?? { name, next: new Map() }
      node.next.set(name, next)
      node = next
    }
  }
  const lines: string[] = []
  const heard: Decided[] = []
  const first: World = { ...beginning(setting), heard: (decided) => heard.push(decided) }
  tap(first)
  const line = (name: string, depth: number) =>
    lines.push(
      `${' '.repeat(depth)}${name}${heard
        .splice(0)
        .map((one) => ` -> ${decisionOf(one)}`)
        .join('')}`,
    )
  line(root.name, 0)
  const walk = async (world: World, { next: nodes }: Node, depth: number): Promise<void> => {
    for (const node of nodes.values()) {
      const step = stepsOf(world).find(({ name }) => name === node.name)
      if (!step) {
        lines.push(`${' '.repeat(depth)}${node.name} -> is not possible here`)
        continue
      }
      const after = await taken(world, step)
      line(node.name, depth)
      await walk(after, node, depth + 1)
    }
  }
  await walk(first, root, 1)
  return lines
}

/** The steps of a tree, as `told` wrote it. */
export function pathsOf(lines: readonly string[]): readonly (readonly string[])[] {
  const path: string[] = []
  return lines.slice(1).map((line) => {
    const depth = line.length - line.trimStart().length
    path.splice(depth - 1, path.length, line.trim().split(' -> ')[0] ?? '')
    return [...path]
  })
}

function decisionOf({ before, event, decision: { entity, effects, verdict } }: Decided): string {
  if ('ignore' in verdict) return `${event.type} ignored`
  if ('refuse' in verdict) return `${event.type} refused`
  const orders = effects.map((order) => compact(order, event.at))
  const fields = Object.keys({ ...before, ...entity }) as (keyof Payment)[]
  const changed = fields.filter((name) => name !== 'state' && !same(before[name], entity[name]))
  const set = changed.map((name) => `${name}=${compact(entity[name], event.at)}`)
  return [`${event.type} ${entity.state}`, ...orders, ...set].join(' ')
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** Times as seconds from now, sentences left out: what they say is for people. */
function compact(value: unknown, at: number): string {
  const text = JSON.stringify(value, (_name, one: unknown) => {
    if (typeof one === 'number' && one >= T0) return `${(one - at) / 1000}s`
    return typeof one === 'string' && one.includes(' ') ? '…' : one
  })
  return (text ?? 'nothing').replaceAll(/[{}"]/g, '')
}
