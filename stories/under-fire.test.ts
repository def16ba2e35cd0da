import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openPostgres } from '@plugtill/engine/postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundle } from '../tools/bundle.ts'
import { auditorSays } from '../tools/fire/auditor.ts'
import { type Cluster, openCluster, serverPrograms } from '../tools/fire/cluster.ts'
import { freePort } from '../tools/fire/processes.ts'
import { type TrialReport, trial } from '../tools/fire/trial.ts'

const given = process.env['PLUGTILL_TEST_DATABASE_URL']
/** Only a server of our own may be killed; where its programs are missing PostgreSQL is left alone. */
const killable = serverPrograms() !== undefined
const DATABASE = `plugtill_fire_${process.pid}`
const COPY = `${DATABASE}_copy`

interface Kept {
  readonly reference: string
  readonly events: readonly { readonly type: string; readonly verdict: string }[]
}
/** Paid, and nothing of it was taken back: its events say every sum. */
const isPlain = (events: Kept['events']): boolean =>
  events.some(({ type, verdict }) => type === 'captured' && verdict === 'moved') &&
  !events.some(({ type }) => type === 'credit-received' || type === 'credit-due')

describe.skipIf(given === undefined)('real processes on PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugtill-under-fire-'))
  const books = join(folder, 'books')
  let cluster: Cluster | undefined
  let url = given ?? ''
  let report: TrialReport
  /** A payment that was captured: what is changed below is about it. */
  let paid: string

  const at = (name: string, port?: number) =>
    Object.assign(new URL(url), { ...(port && { port: String(port), hostname: '127.0.0.1' }), pathname: `/${name}` })
      .href
  const sql = async (database: string, ...statements: readonly string[]) => {
    const store = await openPostgres({ url: at(database), schema: 'plugtill_ptp', poolSize: 1 })
    try {
      for (const one of statements) await store.query(one)
    } finally {
      await store.close()
    }
  }
  const admin = async (...statements: readonly string[]) => {
    const store = await openPostgres({ url, schema: 'public', poolSize: 1 })
    try {
      for (const one of statements) await store.query(one)
    } finally {
      await store.close()
    }
  }

  beforeAll(async () => {
    cluster = killable ? await openCluster(await freePort()) : undefined
    url = cluster?.url ?? url
    await admin(`CREATE DATABASE ${DATABASE}`)
    report = await trial({
      books,
      databasePort: Number(new URL(url).port || 5432),
      databaseUrl: (port) => at(DATABASE, port),
      serverKills: 3,
      databaseKills: cluster ? 1 : 0,
      ...(cluster && { killDatabase: cluster.killAndRestart }),
      pauses: 1,
      drivers: 6,
      program: await bundle(),
      say: () => undefined,
    })
    paid = readFileSync(join(books, 'platform.jsonl'), 'utf8')
      .split('\n')
      .map((line) => JSON.parse(line) as Kept)
      .find(({ events }) => isPlain(events))!.reference
  }, 240_000)

  afterAll(async () => {
    await admin(`DROP DATABASE IF EXISTS ${COPY} WITH (FORCE)`, `DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`)
    cluster?.stop()
    rmSync(folder, { recursive: true })
  })

  test('a server that is killed and replaced in mid-work loses nothing that anybody was told', () => {
    expect(report.findings).toEqual([])
    expect(report.states['captured']).toBeGreaterThan(5)
    expect(report.backMs.server).toHaveLength(3)
  })

  test.skipIf(!killable)('nor does a PostgreSQL that is killed under it: taps are accepted again', () => {
    expect(report.kills['PostgreSQL']).toBe(1)
    expect(report.backMs.database).toHaveLength(1)
  })

  test('books that were kept are audited again without any database, to the same word', async () => {
    const { payments, states } = report
    expect(await auditorSays(books)).toEqual({ payments, states, differences: 0, findings: [] })
  })

  const event = (type: string, path: string, value: string) =>
    `UPDATE event SET body = jsonb_set(body::jsonb, '{${path}}', '${value}')::text WHERE kind = 'payment' AND id = 'PAID'
       AND type = '${type}' AND verdict = 'moved'`
  const row = (change: string) => `UPDATE entity SET body = (${change})::text WHERE kind = 'payment' AND id = 'PAID'`

  test.each<[what: string, finding: RegExp, sql: string]>([
    ['the hold in an event', /^I13 .*held: the events say 7777 EUR/, event('authorized', 'held,amountMinor', '7777')],
    ['the currency in an event', /^I13 .*held: .* HUF/, event('authorized', 'held,currency', '"HUF"')],
    ['the bill in an event', /^I13 .*CDR: .* of 7777 EUR/, event('cdr-received', 'cdr,due,amountMinor', '7777')],
    ['the captured amount in an event', /^I13 .*captured: .*7777 EUR/, event('captured', 'amount,amountMinor', '7777')],
    [
      'the amount of a payment',
      /^I9 .*says 7777 captured/,
      row(`jsonb_set(body::jsonb, '{captured,amountMinor}', '7777')`),
    ],
    ['the currency of a payment', /^I2 .*capture HUF/, row(`jsonb_set(body::jsonb, '{captured,currency}', '"HUF"')`)],
    ['at which terminal it was', /^I13 .*the row is not as/, row(`jsonb_set(body::jsonb, '{terminalId}', '"T-9"')`)],
    [
      'when something happened',
      /^I13 .*\(captured\), or the row it was decided on, is not what/,
      `UPDATE event SET at = at - 1 WHERE id = 'PAID' AND type = 'captured'`,
    ],
    ['that a payment has an advice', /^I8 .*advice \(none\)/, row(`body::jsonb - 'advice'`)],
    [
      'that an advice was kept',
      /^I8 .*keeps none/,
      `DELETE FROM document WHERE shelf = 'advices' AND body LIKE '%PAID%'`,
    ],
    [
      'an advice that was kept',
      /^I8 .*another advice/,
      `UPDATE document SET body = body || ' ' WHERE shelf = 'advices' AND body LIKE '%PAID%'`,
    ],
    [
      'that something happened',
      /^I13 .*an event is missing/,
      `DELETE FROM event WHERE id = 'PAID' AND type = 'captured'`,
    ],
    ['that there was a payment', /^I4 .*the platform does not/, `DELETE FROM entity WHERE id = 'PAID'`],
  ])('the auditor sees it when somebody changes in the real database: %s', async (_, finding, change) => {
    await admin(`DROP DATABASE IF EXISTS ${COPY} WITH (FORCE)`, `CREATE DATABASE ${COPY} TEMPLATE ${DATABASE}`)
    const copy = join(folder, 'copy')
    cpSync(books, copy, { recursive: true })
    await sql(COPY, change.replace('PAID', paid))
    const { findings } = await auditorSays(copy, at(COPY))
    expect(findings.filter((line) => line.includes(paid))).toContainEqual(expect.stringMatching(finding))
    expect(findings.filter((line) => !line.includes(paid))).toEqual([])
  })

  test.each<[what: string, finding: RegExp, sql: string]>([
    [
      'the amount of a capture',
      /^I9 .*the provider 7777/,
      `UPDATE ledger SET amount_minor = 7777 WHERE operation = 'capture'`,
    ],
    [
      'the amount of a hold',
      /^I13 .*the provider 7777 EUR/,
      `UPDATE ledger SET amount_minor = 7777 WHERE operation = 'authorize'`,
    ],
    ['that there was a capture', /^I9 .*the provider 0/, `DELETE FROM ledger WHERE operation = 'capture'`],
    [
      'the currency of a capture',
      /^I2 .*capture HUF/,
      `UPDATE ledger SET currency = 'HUF' WHERE operation = 'capture'`,
    ],
    [
      'that there was one hold only',
      /^I4 .*2 holds/,
      `INSERT INTO ledger SELECT NULL, at, reference, 'SECOND', operation, status, amount_minor, currency, key, request, answer
         FROM ledger WHERE operation = 'authorize'`,
    ],
  ])('the auditor sees it when somebody changes in the real ledger of the provider: %s', async (_, finding, change) => {
    const copy = join(folder, 'copy')
    cpSync(books, copy, { recursive: true })
    const ledger = new DatabaseSync(join(copy, 'psp', 'ledger.db'))
    ledger.exec('DROP TRIGGER ledger_no_update; DROP TRIGGER ledger_no_delete')
    expect(ledger.prepare(`${change} AND reference = '${paid}' AND status IN ('done', 'approved')`).run().changes).toBe(
      1,
    )
    ledger.close()
    const { findings } = await auditorSays(copy)
    expect(findings.filter((line) => line.includes(paid))).toContainEqual(expect.stringMatching(finding))
    expect(findings.filter((line) => !line.includes(paid))).toEqual([])
  })

  test('the auditor sees it when somebody removes an advice from what the CPO heard', async () => {
    const copy = join(folder, 'copy')
    cpSync(books, copy, { recursive: true })
    const cpo = JSON.parse(readFileSync(join(copy, 'cpo.json'), 'utf8')) as { advices: { reference: string }[] }
    const advices = cpo.advices.filter(({ reference }) => reference !== paid)
    writeFileSync(join(copy, 'cpo.json'), JSON.stringify({ ...cpo, advices }))
    const { findings } = await auditorSays(copy)
    expect(findings).toContainEqual(expect.stringMatching(new RegExp(`^I8 ${paid}: advice .* never arrived`)))
  })
})
