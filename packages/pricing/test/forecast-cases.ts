/** The property of the forecast over many sessions: node packages/pricing/test/forecast-cases.ts --cases 100000 [--seed N] */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { forecastHolds } from './forecast-case.ts'

const { values } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
})
const said = { now: 0, by: 0, 'not-needed': 0 }
fc.assert(
  forecastHolds((stop) => said[stop]++),
  { numRuns: Number(values.cases), seed: Number(values.seed) },
)
process.stdout.write(
  `${values.cases} sessions, none above its hold: ${said.by} stopped at the forecast, ${said.now} at once, ${said['not-needed']} not at all\n`,
)
