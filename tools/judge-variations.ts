/**
 * Tries many legal variations of correct platforms on the judge: `node tools/judge-variations.ts [count] [first seed]`.
 * Whatever it raises is a false alarm; it is printed with its seed, and the exit code is 1.
 */
import process from 'node:process'
import { judged } from '../packages/conformance/test/broken/harness.ts'
import { variation } from '../packages/conformance/test/variations.ts'

const [count = '10000', first = '1'] = process.argv.slice(2)
let alarms = 0
for (let seed = Number(first); seed < Number(first) + Number(count); seed += 1) {
  const { drawn, ...varied } = variation(seed)
  const { report } = await judged(varied)
  const raised = report.rules.filter(({ status }) => status === 'fail' || status === 'warn')
  if (raised.length === 0) continue
  alarms += 1
  console.log(`seed ${seed} (${drawn.join(', ')}):`)
  for (const { id, message, actual } of raised) console.log(`  ${id}: ${message} ${actual ?? ''}`)
}
console.log(`${count} variations, ${alarms} with a false alarm`)
process.exitCode = alarms === 0 ? 0 : 1
