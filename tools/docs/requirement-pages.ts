/**
 * docs/reference/requirements: one page per module and platform under test, made from the catalogue of the judge, with
 * correct messages in both versions.
 */
import { join } from 'node:path'
import type { Catalogue, Milestone, Requirement, Target, Version } from '@plugtill/conformance/catalogue'
import { loadCatalogue, loadExamples } from '@plugtill/conformance/catalogue-files'
import { type Example, exampleIn } from '@plugtill/conformance/example'
import { INDEPENDENT } from '@plugtill/conformance/report'

const spec = join(import.meta.dirname, '..', '..', 'spec')
const folder = 'docs/reference/requirements'

const PLATFORMS: Readonly<Record<Target, string>> = { cpo: 'Charge Point Operator', ptp: 'Payment Terminal Provider' }
const SOURCES = { specification: 'Specification', payter: 'Stated by Payter', ours: 'Our default' } as const

let read: Catalogue | undefined
const catalogue = (): Catalogue => {
  read ??= loadCatalogue(spec)
  return read
}

interface Place {
  readonly module: string
  readonly target: Target
}

const pathOf = ({ module, target }: Place): string => `${folder}/${target}-${module}.md`

const asked = ({ module, target }: Place): readonly Requirement[] =>
  catalogue().requirements.filter((one) => one.module === module && one.against.includes(target))

function places(): readonly Place[] {
  const modules = [...new Set(catalogue().requirements.map(({ module }) => module))]
  return modules.flatMap((module) =>
    (['cpo', 'ptp'] as const).map((target) => ({ module, target })).filter((place) => asked(place).length > 0),
  )
}

/** Path of each page to its text. */
export const requirementPages = (): Readonly<Record<string, () => string>> => ({
  [`${folder}/README.md`]: index,
  ...Object.fromEntries(places().map((place) => [pathOf(place), () => page(place)])),
})

const GENERATED = 'Written by `npm run docs` from [spec/requirements](../../../spec/requirements).'

function index(): string {
  const rows = places().map((place) => {
    const all = asked(place)
    const musts = all.filter(({ keyword }) => keyword === 'must').length
    const name = pathOf(place).slice(folder.length + 1)
    return `| [${place.module}](${name}) | ${place.target.toUpperCase()} | ${musts} | ${all.length - musts} |`
  })
  return `# What direct payment asks of a platform

${INDEPENDENT} Each requirement says where it comes from: the specification, a page of Payter, or a default of ours with
its reason. \`npx plugtill check --list\` prints the same list. ${GENERATED}

| Module | Platform under test | must | should and advice |
|---|---|---:|---:|
${rows.join('\n')}

## Milestones

${catalogue().milestones.map(milestoneLine).join('\n')}
`
}

const milestoneLine = ({ id, title, modules, needs, requirements: { cpo, ptp } }: Milestone): string =>
  `- **${title}** (\`${id}\`): ${modules.join(', ')}. Needs ${needs}. ${cpo.length} requirements for a CPO, ${ptp.length} for a PTP.`

function page(place: Place): string {
  const all = asked(place)
  const roles = [...new Set(all.flatMap(({ role }) => role ?? []))].sort().join(' and ')
  const shown = new Set<string>()
  return `# ${place.module}: a ${PLATFORMS[place.target]}${roles === '' ? '' : ` as ${roles}`}

${GENERATED}
${catalogue()
  .milestones.map((milestone) => step(milestone, all, shown))
  .join('')}`
}

function step({ id, title }: Milestone, all: readonly Requirement[], shown: Set<string>): string {
  const here = all.filter((one) => one.milestone === id)
  if (here.length === 0) return ''
  const examples = [...new Set(here.flatMap(({ example }) => example ?? []))].filter((name) => !shown.has(name))
  for (const name of examples) shown.add(name)
  return `
## ${title}

${here.map(entry).join('\n')}
${examples.map(exampleText).join('')}`
}

const entry = ({ id, keyword, text, why, fix, source, versions }: Requirement): string =>
  `- **${keyword}** \`${id}\` ${text}${versions.length === 1 ? ` Only in ${versions[0]}.` : ''}\\
  *Why:* ${why}\\
  *Fix:* ${fix}\\
  *${SOURCES[source.kind]}:* ${source.at}`

function exampleText(name: string): string {
  const example = loadExamples(spec).get(name)
  if (example === undefined) return ''
  const [now, before] = (['2.3.0', '2.2.1'] as const).map((version) => messageText(example, version))
  return now === before
    ? `\nCorrect in both versions:\n\n${now}`
    : `\nCorrect in 2.3.0:\n\n${now}\nCorrect in 2.2.1:\n\n${before}`
}

function messageText(example: Example, version: Version): string {
  const { method, path, headers = {}, body, answer } = exampleIn(example, version)
  const lines = [`${method} ${path}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)]
  const said = [lines.join('\n'), ...(body === undefined ? [] : [JSON.stringify(body, null, 2)])].join('\n\n')
  return `\`\`\`http\n${said}\n\`\`\`\n${answer === undefined ? '' : `\n${answerText(answer)}`}`
}

function answerText({ status, headers = {}, status_code = 1000, data }: NonNullable<Example['answer']>): string {
  const head = [`HTTP/1.1 ${status}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\n')
  const envelope = { ...(data === undefined ? {} : { data }), status_code, timestamp: '2030-07-02T10:00:00Z' }
  return `\`\`\`http\n${head}\n\n${JSON.stringify(envelope, null, 2)}\n\`\`\`\n`
}
