/** The few pieces every console page is made of. */

import { sayDuration, sayEnergy, sayMoney } from '@plugtill/terminal/texts'
import type { MouseEvent, ReactNode } from 'react'
import type { MinorAmount, Reading, Side } from '../look/platform-api.ts'
import type { Route } from './routes.ts'
import { addressOf, goTo } from './routes.ts'

export function Go({
  to,
  children,
  className,
}: {
  readonly to: Route
  readonly children: ReactNode
  readonly className?: string
}): ReactNode {
  const onClick = (event: MouseEvent): void => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    goTo(to)
  }
  return (
    <a href={addressOf(to)} className={className} onClick={onClick}>
      {children}
    </a>
  )
}

const TONES: Readonly<Record<string, string>> = {
  captured: 'good',
  completed: 'good',
  registered: 'good',
  AVAILABLE: 'good',
  SUCCESS: 'good',
  connected: 'good',
  approved: 'good',
  holds: 'good',
  fails: 'bad',
  warning: 'warn',
  charging: 'live',
  CHARGING: 'live',
  ACTIVE: 'live',
  finishing: 'live',
  declined: 'bad',
  stuck: 'bad',
  FAILED: 'bad',
  INOPERATIVE: 'bad',
  OUTOFORDER: 'bad',
  failed: 'bad',
  invalid: 'bad',
  PARTIAL_SUCCESS: 'warn',
  offline: 'warn',
  BLOCKED: 'warn',
  RESERVED: 'warn',
  registering: 'warn',
  invited: 'warn',
}

/** A state in its own spelling; the colour only repeats what the word says. */
export function State({ name }: { readonly name: string | undefined }): ReactNode {
  if (!name) return <span className="none">–</span>
  return (
    <span className="state" data-tone={TONES[name] ?? 'calm'}>
      {name}
    </span>
  )
}

export function Amount({ value }: { readonly value: MinorAmount | null | undefined }): ReactNode {
  if (!value) return <span className="none">–</span>
  return <span className="number">{sayMoney('en', { amountMinor: value.amount_minor, currency: value.currency })}</span>
}

export function At({ time }: { readonly time: string | undefined | null }): ReactNode {
  const at = time ? Date.parse(time) : Number.NaN
  if (Number.isNaN(at)) return <span className="none">{time || '–'}</span>
  const today = new Date(at).toDateString() === new Date().toDateString()
  const text = new Date(at).toLocaleString(
    'en-GB',
    today ? { timeStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'medium' },
  )
  return (
    <time className="number" dateTime={time ?? ''} title={time ?? ''}>
      {text}
    </time>
  )
}

export function Energy({ wh }: { readonly wh: number | null | undefined }): ReactNode {
  if (wh === null || wh === undefined) return <span className="none">–</span>
  return <span className="number">{sayEnergy('en', wh / 1000)}</span>
}

export function Code({ children }: { readonly children: ReactNode }): ReactNode {
  return <code className="code">{children}</code>
}

export function sinceStart(fromIso: string | undefined, iso: string): string {
  const ms = Date.parse(iso) - Date.parse(fromIso ?? iso)
  return Number.isNaN(ms) ? '' : `+${ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : sayDuration(ms)}`
}

export function PageHead({
  title,
  lead,
  children,
}: {
  readonly title: string
  readonly lead?: string
  readonly children?: ReactNode
}): ReactNode {
  return (
    <header className="page-head">
      <div>
        <h1>{title}</h1>
        {lead ? <p>{lead}</p> : null}
      </div>
      {children}
    </header>
  )
}

export const SIDE_NAMES: Readonly<Record<Side, string>> = { ptp: 'Payment side (PTP)', cpo: 'Charging side (CPO)' }

interface PanelProps {
  readonly title: string
  readonly reading?: Reading<unknown>
  readonly empty?: string | false
  readonly children: ReactNode
}

/** A titled block that says by itself when it is loading, unreachable, not there, or empty. */
export function Panel({ title, reading, empty, children }: PanelProps): ReactNode {
  const { problem, absent, data } = reading ?? { data: true }
  return (
    <section className="panel" aria-label={title}>
      <h2>{title}</h2>
      {problem ? <p className="problem">{problem}</p> : null}
      {absent ? <p className="quiet">This side does not run here, or does not keep such a list.</p> : null}
      {!absent && !problem && data === undefined ? <p className="quiet">Loading …</p> : null}
      {data !== undefined && empty ? <p className="quiet">{empty}</p> : null}
      {data !== undefined && !empty ? children : null}
    </section>
  )
}

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => ReactNode
  readonly end?: boolean
}

interface TableProps<T> {
  readonly rows: readonly T[]
  readonly columns: readonly Column<T>[]
  readonly rowKey: (row: T) => string
  readonly rowTestId?: (row: T) => string
}

/** A plain table; only the first 200 rows are drawn, and it says so. */
export function Table<T>({ rows, columns, rowKey, rowTestId }: TableProps<T>): ReactNode {
  const shown = rows.slice(0, 200)
  return (
    <div className="table-room">
      <table>
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
          {shown.map((row) => (
            <tr key={rowKey(row)} data-testid={rowTestId?.(row)}>
              {columns.map((c) => (
                <td key={c.title} data-end={c.end}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown.length ? <p className="quiet">{rows.length - shown.length} more are not shown.</p> : null}
    </div>
  )
}

/** Anything JSON, pretty-printed as text. */
export function Json({ value }: { readonly value: unknown }): ReactNode {
  return <pre className="json">{pretty(value)}</pre>
}

export function pretty(value: unknown): string {
  if (value === undefined || value === null || value === '') return '(empty)'
  if (typeof value !== 'string') return JSON.stringify(value, null, 2)
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    return value
  }
}
