/** The page of the bugs that the storms are graded by; the tests of `world` hold it to the bugs there are. */
import { readShown } from '../../packages/world/test/planted/found.ts'
import { MISTAKES } from '../../packages/world/test/planted/mistakes.ts'

const cell = (text: string): string => text.replaceAll('|', '\\|')

export function plantedBugs(): string {
  const shown = readShown()
  const rows = Object.entries(MISTAKES).map(([row, mistake]) => {
    const found = shown[row]
    const result = found
      ? `${found.seed} | ${found.sessions.toLocaleString('en')} | ${cell(found.rule)}`
      : ' | | not found'
    return `| ${row} | ${cell(mistake)} | ${result} |`
  })
  const most = Math.max(0, ...Object.values(shown).map(({ sessions }) => sessions))
  return `# Bugs that the storms find

Written by \`npm run docs\` from what \`npm run planted -- --record\` found. For each case of the failure model one mistake is
planted into the product, and worlds of the simulation are run until the checker, which reads only the books outside, breaks
a rule. The seed is that of the world that showed it, the sessions are all that were run until then.

${Object.keys(shown).length} of ${rows.length} found, each within ${most.toLocaleString('en')} sessions.

| Case | What is planted | Seed | Sessions | Rule that was broken |
|---|---|---|---|---|
${rows.join('\n')}
`
}
