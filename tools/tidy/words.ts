/** Words and constructs that do not occur here, each with the right one. */
import { type Finding, found, isTest, type Node, nameOf, type Rule, type Source, walk } from './source.ts'

const right: Readonly<Record<string, string>> = {
  charge: 'capture (take the money) or authorize (hold it); "charge" is energy',
  settle: 'capture',
  reverse: 'void (give the hold back) or refund (give captured money back)',
  cancel: 'void',
}
const money = '(card|amount|money|payment|customer|driver|hold|fund)s?'
const moneyVerb = '(charge|settle|reverse|cancel)'

/** chargeCard, cardCharged, settlePayment, amountSettled; not cancelReservation, not allSettled. */
const moneyName = new RegExp(`^_*${moneyVerb}[ds]?_?${money}(?![a-z])|${money}_?${moneyVerb}d$`, 'i')
const moneyText = new RegExp(
  `\\b${moneyVerb}[ds]?\\s+(the |a |an |this |their |his |her )?(driver's |customer's )?${money}\\b`,
  'i',
)

function wrongVerb(text: string, pattern: RegExp): string | undefined {
  const match = pattern.exec(text)
  const verb = match === null ? undefined : /charge|settle|reverse|cancel/i.exec(match[0])?.[0].toLowerCase()
  return verb === undefined ? undefined : `"${match?.[0]}": for money say ${right[verb]}.`
}

const vagueNames = ['util', 'utils', 'helper', 'helpers', 'common', 'base', 'manager', 'service', 'misc', 'shared']

function fileName(source: Source): readonly Finding[] {
  const file = source.path.split('/').at(-1) ?? ''
  const stem = file.replace(/\.[^.]+$/, '')
  const findings: Finding[] = []
  const vague = source.path
    .replace(/\.[^.]+$/, '')
    .split(/[/.-]/)
    .find((word) => vagueNames.includes(word))
  if (vague !== undefined)
    findings.push(found(source, 0, 'file-name', `"${vague}" says nothing: name the file after the thing it holds.`))
  if (!/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(stem))
    findings.push(found(source, 0, 'file-name', `"${file}" is not kebab-case.`))
  return findings
}

function comments(source: Source): readonly Finding[] {
  return source.comments.flatMap(({ value, start }) => {
    const findings: Finding[] = []
    const add = (rule: string, message: string) => findings.push(found(source, start, rule, message))
    const verb = wrongVerb(value, moneyText)
    if (verb !== undefined) add('money-word', verb)
    const tag = /\b(TODO|FIXME|XXX|HACK)\b/.exec(value)?.[0]
    if (tag !== undefined)
      add('unfinished', `${tag}: do it now, or write it where work is planned; the code says what is.`)
    if (/@ts-(ignore|nocheck)\b/.test(value))
      add('ts-ignore', 'Give the value its right type; @ts-expect-error with a reason may stand in tests.')
    if (/@ts-expect-error\b/.test(value) && (!isTest(source.path) || !/@ts-expect-error\W+\w.{8,}/.test(value))) {
      add('ts-ignore', '@ts-expect-error stands in tests only, with a reason on its line.')
    }
    if (/\bbiome-ignore\b/.test(value) && !/biome-ignore[^:]*:\s*\S.{9,}/.test(value)) {
      add('biome-ignore', 'biome-ignore needs a reason: "biome-ignore lint/…: why the rule is wrong here".')
    }
    return findings
  })
}

/** Tools that take their configuration as a default export. */
const defaultExports = ['vitest.config.ts', 'apps/web/vite.config.ts']

const runners = ['test', 'it', 'describe', 'suite', 'bench']

type Check = (node: Node, source: Source) => readonly [rule: string, message: string] | undefined

const constructs: Readonly<Record<string, Check>> = {
  TSAnyKeyword: () => ['any', '"any" switches the checker off: name the type, or use unknown and look before use.'],
  ExportDefaultDeclaration: (_, { path }) =>
    defaultExports.includes(path)
      ? undefined
      : ['default-export', 'Named exports only: the name is part of the contract.'],
  ExportAllDeclaration: () => ['barrel', '"export *" makes a barrel: import from the file that holds the thing.'],
  MemberExpression: (node) => {
    const runner = nameOf(node['object'])
    const word = nameOf(node['property']) ?? ''
    return runner !== undefined && runners.includes(runner) && ['skip', 'only', 'todo', 'fails'].includes(word)
      ? ['silenced-test', `${runner}.${word}: a test runs or does not exist. What needs an outside server uses skipIf.`]
      : undefined
  },
  ClassDeclaration: (node, { path }) => {
    const parent = nameOf(node['superClass']) ?? ''
    const device = /^packages\/(terminal|charger)\//.test(path)
    // What a page throws is caught by a class in React, and by nothing else.
    const fence = parent === 'Component' && /\/fence\.tsx$/.test(path)
    return device || fence || /(Error|Fault)$/.test(parent) || /^packages\/world\//.test(path)
      ? undefined
      : ['class', 'Classes are for errors and devices: a function that returns an object does the rest.']
  },
  Identifier: (node) => {
    const verb = wrongVerb(String(node['name']), moneyName)
    return verb === undefined ? undefined : ['money-word', verb]
  },
}

export const words: Rule = (source) => {
  const findings = [...fileName(source), ...comments(source)]
  walk(source.body, (node) => {
    const answer = constructs[node.type]?.(node, source)
    if (answer !== undefined) findings.push(found(source, node.start, answer[0], answer[1]))
  })
  return unique(findings)
}

/** `{ chargeCard }` holds the name twice in the tree and once in the text. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((one) => [`${one.path}:${one.line}:${one.rule}:${one.message}`, one])).values()]
}

const legacyPrice = new RegExp(['excl', 'incl'].map((side) => `${side}_vat`).join('|'), 'g')
const machinePath = new RegExp(`(?<![\\w.@~/-])/(${['work', 'tmp/plan', 'root', 'home/[a-z]+'].join('|')})/`, 'g')
const codec = 'packages/ocpi/src/versions/v2.2.1.ts'

/** Rules on the bare text of any file, code or not. */
export function texts(path: string, text: string): readonly Finding[] {
  const find = (pattern: RegExp, rule: string, message: string): readonly Finding[] =>
    [...text.matchAll(pattern)].map((match) => ({
      path,
      line: text.slice(0, match.index).split('\n').length,
      rule,
      message: `"${match[0]}": ${message}`,
    }))
  const prose = path.endsWith('.md') || path.startsWith('spec/')
  return [
    ...(path === codec || isTest(path) || prose || path === 'tools/tidy.test.ts'
      ? []
      : find(legacyPrice, 'legacy-price', `only ${codec} knows the 2.2.1 price; inside it is Price.`)),
    ...find(machinePath, 'machine-path', 'no path of one machine in the project.'),
  ]
}
