/** The page of the faults that the judge is tried on; the tests of the judge hold it to this. */
import { AREAS } from '../../packages/conformance/test/broken/all.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

export function judgeDefects(): string {
  const all = Object.values(AREAS).flat()
  const exact = all.filter(({ ledBy }) => ledBy === undefined).length
  const sections = Object.entries(AREAS).map(([area, defects]) => {
    const rows = defects.map(({ id, target, about, rule, ledBy }) => {
      const result = ledBy === undefined ? 'found, named first' : `found, after \`${ledBy}\``
      return `| ${id} | ${target.toUpperCase()} | ${cell(about)} | \`${rule}\` | ${result} |`
    })
    const head = '| Fault | Planted into a | What it does wrong | Requirement | Result |\n|---|---|---|---|---|'
    return `## ${area}\n\n${head}\n${rows.join('\n')}\n`
  })
  return `# Faults that the judge finds

Written by \`npm run docs\`. Each fault is planted into an otherwise correct platform, and a whole run of the judge has to
name the right requirement first. The tests of \`packages/conformance\` hold every line.

${all.length} faults; of ${exact} the requirement is named first.

${sections.join('\n')}`
}
