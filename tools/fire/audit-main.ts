/**
 * The auditor, a program of its own: it is given the books that a trial has left and nothing else.
 *
 *     node tools/fire/audit-main.ts FOLDER [--database URL]
 *
 * In FOLDER lie told.json (what drivers were told), cpo.json (what the CPO did and heard), away.json (when server or database
 * were away) and psp/ledger.db (the provider's ledger). With --database the platform's tables are read by a connection that can only read, and kept beside them as
 * platform.jsonl; without it that file is read, so that a kept folder can be audited again at any time. Each difference is a
 * line; the last line says what was read. Ends with 0 when the books agree, 1 when they do not, 2 when it could not read them.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { audit } from './audit.ts'
import { exportPlatform, readFolder } from './read-books.ts'

/** Told as the last line. */
export interface Audited {
  readonly payments: number
  readonly states: Readonly<Record<string, number>>
  readonly differences: number
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { database: { type: 'string' } } })
  const [folder] = positionals
  if (folder === undefined) throw new Error('Say which folder of books: node tools/fire/audit-main.ts FOLDER')
  if (values.database !== undefined) await exportPlatform(values.database, folder)
  const books = readFolder(folder)
  const findings = audit(books)
  const states: Record<string, number> = {}
  for (const { state } of books.stored) states[state] = (states[state] ?? 0) + 1
  const audited: Audited = { payments: books.stored.length, states, differences: findings.length }
  for (const line of [...findings, JSON.stringify(audited)]) console.log(line)
  process.exitCode = findings.length === 0 ? 0 : 1
}

await main().catch((error: Error) => {
  console.error(error.message)
  process.exitCode = 2
})
