/**
 * The real thing under fire: server processes and a PostgreSQL of their own, partners that survive, blows of all kinds,
 * and then four books that have to agree. `--help` says how it is asked.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { chance } from '@plugtill/world/seed'
import { bundle } from '../bundle.ts'
import { openCluster } from './cluster.ts'
import { keepPart, type Part, readParts, sumOf } from './parts.ts'
import { freePort } from './processes.ts'
import { trial } from './trial.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    'database-kills': { type: 'string', default: '20' },
    pauses: { type: 'string', default: '10' },
    drivers: { type: 'string', default: '60' },
    /** What strikes when. */
    seed: { type: 'string', default: '1' },
    /** Where the figures of this part go. */
    into: { type: 'string' },
    /** Runs nothing: what the parts in this file come to. */
    sum: { type: 'string' },
    /** Where the books go. */
    books: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const HELP = `npm run fire -- [--kills 300] [--database-kills 20] [--pauses 10] [--drivers 60] [--seed 1]
  --into FILE     this run is one part: its figures go into the file, and what is printed is the sum of all parts in it
  --sum FILE      prints that sum alone
  --books FOLDER  keeps the four books there; otherwise they are kept only when they disagree, and it is said where
Ends with 1 when the auditor found anything. It is a program of its own, and can be asked again about books that were kept:
  node tools/fire/audit-main.ts FOLDER [--database URL]
`

const say = (line: string) => void process.stderr.write(`fire: ${line}\n`)

function print(parts: readonly Part[]): void {
  const findings = parts.flatMap((part) => part.findings)
  console.log(JSON.stringify(sumOf(parts), null, 2))
  for (const line of findings.slice(0, 50)) console.log(line)
  process.exitCode = findings.length === 0 ? 0 : 1
}

async function part(seed: number): Promise<Part> {
  const books = values.books ?? mkdtempSync(join(tmpdir(), 'plugtill-fire-books-'))
  mkdirSync(books, { recursive: true })
  // The provider would go on with the ledger of another trial.
  if (readdirSync(books).length > 0) throw new Error(`${books} is not empty. Name a new folder for these books.`)
  const cluster = await openCluster(await freePort())
  try {
    const report = await trial({
      books,
      databasePort: cluster.port,
      databaseUrl: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
      killDatabase: cluster.killAndRestart,
      serverKills: Number(values.kills),
      databaseKills: Number(values['database-kills']),
      pauses: Number(values.pauses),
      drivers: Number(values.drivers),
      program: await bundle(),
      random: chance(seed).random,
      say,
    })
    if (values.books !== undefined || report.findings.length > 0) say(`the books lie in ${books}`)
    else rmSync(books, { recursive: true })
    return { seed, ...report }
  } finally {
    cluster.stop()
  }
}

if (values.help) process.stdout.write(HELP)
else if (values.sum !== undefined) print(readParts(values.sum))
else {
  const done = await part(Number(values.seed))
  if (values.into !== undefined) keepPart(values.into, done)
  print(values.into === undefined ? [done] : readParts(values.into))
}
