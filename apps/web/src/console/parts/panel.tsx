import type { ReactNode } from 'react'
import { useId } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import type { Reading, Side } from '../../look/platform-api.ts'

export function PageHead({
  title,
  lead,
  children,
}: {
  readonly title: ReactNode
  readonly lead?: ReactNode
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

export const sideName = (side: Side): string => texts().sides[side]

interface PanelProps {
  readonly title: ReactNode
  readonly reading?: Reading<unknown>
  readonly empty?: ReactNode
  readonly children: ReactNode
  /** What stands beside the title. */
  readonly aside?: ReactNode
  readonly testId?: string
}

/** A titled block that says by itself when it is loading, unreachable, not there, or empty. */
export function Panel({ title, reading, empty, children, aside, testId }: PanelProps): ReactNode {
  const { problem, absent, data } = reading ?? { data: true }
  const t = texts().panel
  const id = useId()
  const loading = !absent && !problem && data === undefined
  return (
    <section className="panel" aria-labelledby={id} aria-busy={loading} data-testid={testId}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {problem ? (
        <p className="problem" role="status">
          {problem}
        </p>
      ) : null}
      {absent ? <p className="quiet">{t.absent}</p> : null}
      {loading ? <p className="quiet">{t.loading}</p> : null}
      {data !== undefined && empty ? <p className="quiet">{empty}</p> : null}
      {data !== undefined && !empty ? children : null}
    </section>
  )
}

/** Names and values, one pair a line. */
export function Pairs({
  pairs,
}: {
  readonly pairs: readonly (readonly [name: string, value: ReactNode])[]
}): ReactNode {
  return (
    <dl className="pairs">
      {pairs.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** A few numbers that matter, large. */
export function Figures({
  figures,
}: {
  readonly figures: readonly {
    readonly name: string
    readonly value: ReactNode
    readonly testId?: string
    readonly tone?: string
  }[]
}): ReactNode {
  return (
    <dl className="figures">
      {figures.map(({ name, value, testId, tone }) => (
        <div key={name} data-tone={tone}>
          <dt>{name}</dt>
          <dd data-testid={testId}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
