import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPostgres } from '@plugtill/engine/postgres'
import { describe, expect, test } from 'vitest'
import { bundle } from '../tools/bundle.ts'
import { trial } from '../tools/fire/trial.ts'

const url = process.env['PLUGTILL_TEST_DATABASE_URL']

describe.skipIf(url === undefined)('real processes on PostgreSQL', () => {
  test('a server that is killed and replaced in mid-work loses nothing that anybody was told', {
    timeout: 170_000,
  }, async () => {
    const database = `plugtill_fire_${process.pid}`
    const admin = await openPostgres({ url: url ?? '', schema: 'public' })
    await admin.query(`CREATE DATABASE ${database}`)
    const books = mkdtempSync(join(tmpdir(), 'plugtill-under-fire-'))
    try {
      const given = new URL(url ?? '')
      const report = await trial({
        books,
        databasePort: Number(given.port || 5432),
        databaseUrl: (port) =>
          Object.assign(new URL(given), { port: String(port), hostname: '127.0.0.1', pathname: `/${database}` }).href,
        serverKills: 3,
        databaseKills: 0,
        pauses: 1,
        drivers: 6,
        program: await bundle(),
        say: () => undefined,
      })
      expect(report.findings).toEqual([])
      expect(report.states['captured']).toBeGreaterThan(5)
      expect(report.backMs.server).toHaveLength(3)
    } finally {
      await admin.query(`DROP DATABASE ${database} WITH (FORCE)`)
      await admin.close()
      rmSync(books, { recursive: true })
    }
  })
})
