import type { LintFinding } from '@plugtill/pricing/lint/finding'
import type { Command } from 'commander'
import type { Talk } from '../command-line.ts'
import { EXIT, Exit, wrongUsage } from '../exit.ts'
import { type LintedItem, lintText } from '../lint/lint-file.ts'
import { readText } from '../lint/read-json.ts'
import { countText } from '../text/count.ts'

interface Options {
  readonly strict?: boolean
  readonly at?: string
  readonly timeZone?: string
}

const MARKS: Readonly<Record<LintFinding['severity'], string>> = { error: '✗', warning: '!', hint: '·' }

/** `plugtill lint FILE…`: what it is, which version, what is wrong. Needs no platform. */
export function addLintCommand(program: Command, talk: Talk): void {
  program
    .command('lint')
    .argument('<file...>', 'JSON files: an OCPI object, a list of them, or the answer of an endpoint')
    .description('say of any OCPI JSON what it is, which version, and what is wrong with it')
    .option('--strict', 'warnings count as errors')
    .option('--at <time>', 'the moment at which tariffs have to be valid, such as 2030-01-31T12:00:00Z (default: now)')
    .option('--time-zone <zone>', 'of the location, for a CDR (default: that of its country)')
    .action(async (files: readonly string[], { strict = false, at, timeZone }: Options) => {
      const options = { at: momentOf(at), ...(timeZone === undefined ? {} : { timeZone }) }
      const linted: { readonly file: string; readonly items: readonly LintedItem[] }[] = []
      for (const file of files) linted.push({ file, items: lintText(await readText(file), options) })
      const all = linted.flatMap(({ items }) => items.flatMap((item) => item.findings))
      talk.answer(documentOf(linted), () => [
        ...linted.flatMap(({ file, items }) => items.flatMap((item) => linesOf(file, item))),
        ...summary(all),
      ])
      const bad = all.some((one) => one.severity === 'error' || (strict && one.severity === 'warning'))
      if (bad) throw new Exit(EXIT.no, '')
    })
}

export function momentOf(text: string | undefined): number {
  const at = text === undefined ? Date.now() : Date.parse(text)
  if (Number.isNaN(at)) throw wrongUsage(`--at is "${text}"; it has to be a time like 2030-01-31T12:00:00Z.`)
  return at
}

type Linted = readonly { readonly file: string; readonly items: readonly LintedItem[] }[]

const documentOf = (linted: Linted) => ({
  files: linted.flatMap(({ file, items }) =>
    items.map(({ path, kind, version, findings }) => ({
      file,
      path,
      kind: kind ?? null,
      version: version ?? null,
      findings: findings.length,
    })),
  ),
  findings: linted.flatMap(({ file, items }) =>
    items.flatMap(({ kind, version, findings }) =>
      findings.map((one) => ({ file, kind: kind ?? null, version: version ?? null, ...one })),
    ),
  ),
})

function linesOf(file: string, { path, kind, version, findings }: LintedItem): readonly string[] {
  const what = kind === undefined ? 'not recognised' : `${kind}${version === undefined ? '' : `, OCPI ${version}`}`
  const head = `${file}${path === '' ? '' : ` ${path}`}: ${what}${findings.length === 0 ? ', nothing to say' : ''}`
  return [
    head,
    ...findings.flatMap((one) => [
      `  ${MARKS[one.severity]} ${one.path || '(whole)'}  ${one.id}`,
      `      ${one.reason}`,
      `      → ${one.fix}`,
    ]),
    '',
  ]
}

function summary(all: readonly LintFinding[]): readonly string[] {
  const count = (severity: LintFinding['severity'], name: string) => {
    const many = all.filter((one) => one.severity === severity).length
    return many === 0 ? [] : [countText(many, name)]
  }
  const parts = [...count('error', 'error'), ...count('warning', 'warning'), ...count('hint', 'hint')]
  return [parts.length === 0 ? 'Nothing to mend.' : `${parts.join(', ')}.`]
}
