/** Lists and records for people: aligned columns, nothing drawn around them. */
export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => string | number | null | undefined
  readonly align?: 'right'
}

const EMPTY = '-'

/** Lines of a table; its title row comes first. */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[]): readonly string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => text(cell(row))))]
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => width(line[index] ?? ''))))
  return cells.map((line) =>
    line
      .map((value, index) => {
        const pad = ' '.repeat((widths[index] ?? 0) - width(value))
        return columns[index]?.align === 'right' ? pad + value : value + pad
      })
      .join('  ')
      .trimEnd(),
  )
}

/** Name and value, one a line. */
export function pairs(values: Readonly<Record<string, string | number | null | undefined>>): readonly string[] {
  const longest = Math.max(0, ...Object.keys(values).map(width))
  return Object.entries(values).map(([name, value]) => `${name.padEnd(longest)}  ${text(value)}`.trimEnd())
}

const text = (value: string | number | null | undefined) =>
  value === null || value === undefined || value === '' ? EMPTY : String(value).replaceAll('\n', ' ')
const width = (value: string) => [...value].length
