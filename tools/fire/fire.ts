/**
 * The real thing under fire: server processes and a PostgreSQL of their own, partners that survive, blows of all kinds,
 * and then four books that have to agree. `node tools/fire/fire.ts [--kills 300] [--database-kills 20] [--pauses 10]
 * [--drivers 60]`. Ends with 1 when the audit finds anything.
 */
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { openCluster } from './cluster.ts'
import { POINTS } from './points.ts'
import { freePort } from './processes.ts'
import { trial } from './trial.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    'database-kills': { type: 'string', default: '20' },
    pauses: { type: 'string', default: '10' },
    drivers: { type: 'string', default: '60' },
    /** Where the books go when they disagree. */
    books: { type: 'string' },
  },
})

const quantile = (all: readonly number[], share: number) =>
  Math.round([...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN)

const cluster = await openCluster(await freePort())
try {
  const report = await trial({
    databasePort: cluster.port,
    databaseUrl: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    killDatabase: cluster.killAndRestart,
    serverKills: Number(values.kills),
    databaseKills: Number(values['database-kills']),
    pauses: Number(values.pauses),
    drivers: Number(values.drivers),
    say: (line) => process.stderr.write(`fire: ${line}\n`),
  })
  const { books, findings, backMs, ...figures } = report
  const reached = POINTS.filter(({ name }) => (report.kills[name] ?? 0) > 0).length
  console.log(
    JSON.stringify(
      {
        ...figures,
        points: `${reached} of ${POINTS.length} named points reached`,
        perSecond: report.payments / report.seconds,
        firstTapAfterServerKillMs: {
          p50: quantile(backMs.server, 0.5),
          p99: quantile(backMs.server, 0.99),
          count: backMs.server.length,
        },
        firstTapAfterDatabaseKillMs: {
          p50: quantile(backMs.database, 0.5),
          p99: quantile(backMs.database, 0.99),
          count: backMs.database.length,
        },
        findings: findings.length,
      },
      null,
      2,
    ),
  )
  for (const line of findings.slice(0, 50)) console.log(line)
  if (values.books !== undefined) writeFileSync(values.books, JSON.stringify(books))
  process.exitCode = findings.length === 0 ? 0 : 1
} finally {
  cluster.stop()
}
