/** The operator's list over 100,000 payments: its first page, a page far back, and searches that find much, little, nothing. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listEntities } from '@plugtill/engine/engine-reads'
import { migrate } from '@plugtill/engine/migrate'
import { openSqlite } from '@plugtill/engine/sqlite'
import { paymentWords } from '@plugtill/ptp/payment/desk'
import { paymentIn, T0 } from '../packages/ptp/test/samples.ts'
import { alternate, isQuick, tell } from './report.ts'

const PAYMENTS = isQuick() ? 10_000 : 100_000
const ROUNDS = isQuick() ? 3 : 9
const PAGE = 50

const folder = mkdtempSync(join(tmpdir(), 'plugtill-bench-'))
const store = await openSqlite({ file: join(folder, 'ptp.db') })
await migrate(store)
const idOf = (n: number) => `${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
for (let from = 0; from < PAYMENTS; from += 1_000)
  await store.transaction(async (tx) => {
    for (let n = from; n < from + 1_000; n++) {
      const id = idOf(n)
      const captured = { amountMinor: 500 + (n % 4_000), currency: 'EUR' }
      const card = { fingerprint: `f${n}`, brand: 'Visa', masked: `**** ${String(n % 10_000).padStart(4, '0')}` }
      const payment = paymentIn('captured', { id, captured, card, createdAt: T0 + n * 1_000 })
      await tx.query(
        "INSERT INTO entity (kind, id, version, state, body, created_at, updated_at) VALUES ('payment', $1, 9, $2, $3, $4, $4)",
        [id, n % 1_000 === 0 ? 'stuck' : 'captured', JSON.stringify(payment), payment.createdAt],
      )
      for (const word of new Set(paymentWords(payment)))
        await tx.query("INSERT INTO entity_word (kind, word, id) VALUES ('payment', $1, $2)", [word, id])
    }
  })

const list = async (options: {
  readonly words?: readonly string[]
  readonly states?: readonly string[]
  readonly before?: string
}) => {
  const began = performance.now()
  await listEntities(store, 'payment', { limit: PAGE, ...options })
  return performance.now() - began
}
const taken = await alternate(ROUNDS, {
  first: () => list({}),
  back: () => list({ before: idOf(PAYMENTS / 2) }),
  stuck: () => list({ states: ['stuck'] }),
  digits: () => list({ words: ['0042'] }),
  both: () => list({ words: ['0042', '12.34'] }),
  broad: () => list({ words: ['visa'] }),
  nothing: () => list({ words: ['zzz'] }),
  scan: async () => {
    const began = performance.now()
    await store.query(
      "SELECT body FROM entity WHERE kind = 'payment' AND body LIKE '%**** 0042%' ORDER BY created_at DESC LIMIT 50",
    )
    return performance.now() - began
  },
})
await store.close()
rmSync(folder, { recursive: true, force: true })

const limit = { what: 'a scan of all bodies', value: taken.scan }
const figure = (what: string, value: number) => ({ what, value, unit: 'ms', limit })
tell({
  bench: 'payment-list',
  figures: [
    figure('the newest 50', taken.first),
    figure('50 in the middle', taken.back),
    figure('50 that are stuck', taken.stuck),
    figure('by the digits of a card', taken.digits),
    figure('by digits and an amount', taken.both),
    figure('by a word that all have', taken.broad),
    figure('by a word that none has', taken.nothing),
  ],
})
