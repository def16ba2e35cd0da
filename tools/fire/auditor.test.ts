import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { auditorSays } from './auditor.ts'
import { hashOf } from './sample-books.ts'

const folder = mkdtempSync(join(tmpdir(), 'plugtill-auditor-'))
afterAll(() => rmSync(folder, { recursive: true }))

const REFERENCE = '11111111-1111-4111-8111-111111111111'

/** A folder in which one payment was declined, and the provider says this about it. */
function kept(name: string, status: 'approved' | 'declined'): string {
  const books = join(folder, name)
  mkdirSync(join(books, 'psp'), { recursive: true })
  const ledger = new DatabaseSync(join(books, 'psp', 'ledger.db'))
  ledger.exec(
    'CREATE TABLE ledger (seq INTEGER PRIMARY KEY, at, reference, psp_reference, operation, status, amount_minor, currency)',
  )
  ledger.exec(`INSERT INTO ledger VALUES (1, 100, '${REFERENCE}', 'S-1', 'authorize', '${status}', 6050, 'EUR')`)
  ledger.close()
  const [type, from, to, body] = ['authorization-declined', 'authorizing', 'declined', '{}']
  const afterHash = hashOf(body)
  const line = ['', '', 'payment', REFERENCE, 0, 100, type, from, to, 'moved', null, body, afterHash]
  const chainHash = hashOf(JSON.stringify(line))
  const event = { seq: 0, at: 100, type, from, to, verdict: 'moved', reason: null, body, afterHash, chainHash }
  const row = { reference: REFERENCE, state: to, version: 0, body, chain_hash: chainHash, events: [event], advices: [] }
  writeFileSync(join(books, 'platform.jsonl'), JSON.stringify(row))
  writeFileSync(join(books, 'told.json'), '[]')
  writeFileSync(join(books, 'away.json'), '[]')
  writeFileSync(join(books, 'cpo.json'), JSON.stringify({ starts: [], charges: [], cdrs: [], advices: [] }))
  return books
}

test('the auditor reads a folder of books and says what is in it', async () => {
  expect(await auditorSays(kept('agree', 'declined'))).toEqual({
    payments: 1,
    states: { declined: 1 },
    differences: 0,
    findings: [],
  })
})

test('what it finds is told line by line', async () => {
  const { differences, findings } = await auditorSays(kept('differ', 'approved'))
  expect([differences, findings]).toEqual([1, [`I4 ${REFERENCE}: 6050 are still held`]])
})

test('books that cannot be read are no books that agree', async () => {
  await expect(auditorSays(join(folder, 'nothing'))).rejects.toThrow(
    /did not audit \(2\).*no such file|unable to open/s,
  )
})

test('books from before there were hashes are not audited without them', async () => {
  const books = kept('old', 'declined')
  const file = join(books, 'platform.jsonl')
  const { chain_hash: _, ...row } = JSON.parse(readFileSync(file, 'utf8')) as { readonly chain_hash: string }
  writeFileSync(file, JSON.stringify(row))
  await expect(auditorSays(books)).rejects.toThrow(/did not audit \(2\).*before logs had hashes/s)
})

test('nothing of the platform is in the auditor: it would repeat its mistakes', () => {
  const read = new Set<string>()
  const importsOf = (name: string): readonly string[] => {
    if (read.has(name)) return []
    read.add(name)
    const text = readFileSync(join(import.meta.dirname, name), 'utf8')
    const found = [...text.matchAll(/^(?:import|export) .*?from '([^']+)'/gms)].map(([, from = '']) => from)
    return found.flatMap((from) => (from.startsWith('./') ? importsOf(from) : [from]))
  }
  expect([...new Set(importsOf('audit-main.ts'))].filter((from) => !from.startsWith('node:'))).toEqual(['pg'])
  expect(read.size).toBeGreaterThan(4)
})
