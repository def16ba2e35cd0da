import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Cases that are no decision of the payment terminal platform's payment, and where they are held instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  F42: 'the stop with another card is refused at the link before the payment hears of it: stories/stop-at-terminal.test.ts',
  F80: 'the reconciliation of whole periods reads the books and changes none: packages/ptp/test/reconcile.test.ts',
}

test('every case of the failure model F01 to F80 is a row here, or says where it is held', () => {
  const text = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts') && name !== 'covered.test.ts')
    .map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))
    .join('\n')
  const shown = [...text.matchAll(/^row\(\s*'(F\d\d)',/gm)].map(([, id]) => id!)
  const all = Array.from({ length: 80 }, (_, index) => `F${String(index + 1).padStart(2, '0')}`)
  expect(all.filter((id) => !shown.includes(id) && !(id in ELSEWHERE))).toEqual([])
  expect(shown.filter((id) => id in ELSEWHERE)).toEqual([])
  expect([...shown].sort()).toEqual([...new Set(shown)].sort())
})
