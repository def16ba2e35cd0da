/** The rules for tariffs as a page of the reference; run by hand it writes the page: node packages/pricing/test/lint-reference.ts */
import { readFileSync, writeFileSync } from 'node:fs'
import { tariffRules } from '../src/lint/lint-tariff.ts'

const page = new URL('../../../docs/reference/lint-rules.md', import.meta.url)

export const written = (): string => readFileSync(page, 'utf8')

export function reference(): string {
  const rows = tariffRules.map((rule) => `| \`${rule.id}\` | ${rule.severity} | ${rule.about} | ${rule.cites} |`)
  return [
    '# Rules of `plugtill lint` for tariffs',
    '',
    'Made from the tables in `packages/pricing/src/lint`. An error breaks a rule or cannot be meant, a warning is probably not',
    'meant, a hint could be better.',
    '',
    '| Id | Severity | Finds | From |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

if (import.meta.main) writeFileSync(page, reference())
