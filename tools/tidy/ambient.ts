/** Time, chance, ids and the network are parameters; only adapters touch the real ones. */
import { found, isTest, type Node, nameOf, type Rule, walk } from './source.ts'

const instead: Readonly<Record<string, string>> = {
  'Date.now': 'clock.now()',
  'new Date()': 'clock.now()',
  'performance.now': 'clock.now()',
  'Math.random': 'the random parameter',
  setTimeout: 'clock.after(delayMs, task)',
  setInterval: 'clock.after(delayMs, task), again from the task',
  fetch: 'the send parameter',
  'crypto.randomUUID': 'the ids parameter',
  randomUUID: 'the ids parameter',
  randomBytes: 'the random or ids parameter',
  randomInt: 'the random parameter',
}

/** Adapters: the files whose purpose is to touch the real thing. */
const adapters: readonly RegExp[] = [
  /^packages\/engine\/src\/(clock|database-clock|sqlite|postgres)\.ts$/,
  /^packages\/ocpi\/src\/(http|node-platform)\.ts$/,
  /^packages\/(charger|cpo)\/src\/(.+\/)?[a-z-]+\.ocpp-rpc\.ts$/,
  /^packages\/psp\/src\/(?!simulated\/)[a-z-]+\/client(\.|\/)/,
  /^(apps|tools|bench)\//,
]

/** What a node reaches for, written as in `instead`. */
function reachesFor(node: Node, parent: Node | undefined): string | undefined {
  if (node.type === 'MemberExpression') {
    const object = nameOf(node['object']) ?? ''
    const property = nameOf(node['property']) ?? ''
    return ['globalThis', 'window', 'self'].includes(object) ? property : `${object}.${property}`
  }
  if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date') {
    return (node['arguments'] as Node[]).length === 0 ? 'new Date()' : undefined
  }
  if (node.type !== 'Identifier' || parent === undefined) return undefined
  // A bare name counts where its value is used: called, passed on or stored.
  const used =
    (parent.type === 'CallExpression' &&
      (parent['callee'] === node || (parent['arguments'] as Node[]).includes(node))) ||
    (parent.type === 'Property' && parent['value'] === node) ||
    (parent.type === 'VariableDeclarator' && parent['init'] === node)
  return used ? nameOf(node) : undefined
}

/** Names the file gives to its own values: a parameter called `fetch` is not the network. */
function ownNames(body: readonly Node[]): ReadonlySet<string> {
  const names = new Set<string>()
  const take = (value: unknown) => {
    const name = nameOf(value)
    if (name !== undefined) names.add(name)
  }
  walk(body, (node, parents) => {
    if (node.type === 'VariableDeclarator' || node.type === 'FunctionDeclaration') take(node['id'])
    if (/Function/.test(node.type))
      for (const parameter of (node['params'] as Node[] | undefined) ?? []) take(parameter)
    if (node.type === 'Property' && parents.at(-1)?.type === 'ObjectPattern') take(node['value'])
  })
  return names
}

export const ambient: Rule = (source) => {
  if (isTest(source.path) || adapters.some((pattern) => pattern.test(source.path))) return []
  const own = ownNames(source.body)
  const findings: ReturnType<Rule>[number][] = []
  walk(source.body, (node, parents) => {
    const what = reachesFor(node, parents.at(-1))
    if (what === undefined || instead[what] === undefined || own.has(what)) return
    findings.push(
      found(
        source,
        node.start,
        'ambient',
        `${what} outside an adapter: take ${instead[what]} so that the world can be replayed.`,
      ),
    )
  })
  return findings
}
