/** Which cases of the failure model a payment was, by the provider's ledger and the CPO's books. */
import type { LedgerEntry } from '@plugtill/psp/simulated/ledger'
import { toldBy } from './check.ts'
import type { Charge } from './cpo-books.ts'

export function rowsIn(entries: readonly LedgerEntry[], charge: Charge | undefined): readonly string[] {
  const told = toldBy(entries)
  const rows: string[] = []
  const met = (row: string, is: boolean) => {
    if (is) rows.push(row)
  }
  const [capture] = told.captures
  const raises = entries.filter(({ operation }) => operation === 'increment')
  met(
    'F33',
    raises.some(({ status }) => status === 'declined'),
  )
  met(
    'F35',
    new Set(raises.map(({ key }) => key)).size < raises.length ||
      raises.filter(({ status }) => status === 'done').length > 1,
  )
  met('F36', told.expired)
  met('F47', capture !== undefined && capture.cents < capture.heldThen)
  met('F48', capture !== undefined && (charge?.bills.some(({ due }) => due > capture.heldThen) ?? false))
  met('F64', told.doubles > 0)
  met(
    'F65',
    entries.some(({ operation, status, key }) => operation === 'capture' && status === 'refused' && key !== ''),
  )
  met('F66', told.reversed)
  met(
    'F56',
    charge?.bills.some(
      ({ takenAt }) => takenAt !== undefined && takenAt > (told.releasedAt ?? Number.POSITIVE_INFINITY),
    ) ?? false,
  )
  return rows
}
