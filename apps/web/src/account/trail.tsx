import type { ReactNode } from 'react'
import { usePoll } from '../look/platform-api.ts'

interface Trail {
  readonly broken: string | null
  readonly entries: readonly {
    readonly seq: number
    readonly at: string
    readonly who: string
    readonly method: string
    readonly path: string
    readonly status: number
    readonly asked?: unknown
  }[]
}

export function TrailList(): ReactNode {
  const { data } = usePoll<Trail>('/account/api/trail', 10_000)
  return (
    <section className="panel" aria-labelledby="trail">
      <h2 id="trail">Who did what</h2>
      {data ? (
        <p className={data.broken ? 'problem' : 'good'} role="status">
          {data.broken
            ? `The trail was changed by somebody. ${data.broken}`
            : 'Whole: no entry was changed or taken out.'}
        </p>
      ) : null}
      <ol className="trail" tabIndex={0} aria-label="Who did what, newest first">
        {data?.entries.map(({ seq, at, who, method, path, status, asked }) => (
          <li key={seq}>
            <time dateTime={at}>{at.slice(0, 19).replace('T', ' ')}</time> <strong>{who}</strong>{' '}
            <code>
              {method} {path} {status}
            </code>{' '}
            {asked === undefined ? null : <code className="quiet">{JSON.stringify(asked)}</code>}
          </li>
        ))}
      </ol>
    </section>
  )
}
