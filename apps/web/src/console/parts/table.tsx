import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ReactNode
  readonly end?: boolean
}

interface TableProps<T> {
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly rowKey: (row: T, index: number) => string
  readonly rowTestId?: (row: T) => string
  /** What the table is of, for who does not see the heading above it. */
  readonly label?: string
}

const DRAWN = 200

/** A plain table that becomes a list of cards where the page is narrow; only the first 200 rows are drawn, and it says so. */
export function Table<T>({ rows, columns, rowKey, rowTestId, label }: TableProps<T>): ReactNode {
  const shown = rows.slice(0, DRAWN)
  return (
    <div className="table-room">
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.title} scope="col" data-end={c.end}>
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={rowKey(row, index)} data-testid={rowTestId?.(row)}>
              {columns.map((c) => (
                <td key={c.title} data-end={c.end} data-title={c.title}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? <p className="quiet">{texts().panel.more(rows.length - shown.length)}</p> : null}
    </div>
  )
}
