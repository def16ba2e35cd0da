import type { ReactNode } from 'react'
import { accountTexts } from '../look/catalogue/account-texts.ts'
import { usePoll } from '../look/platform-api.ts'
import { spelled } from '../look/spelled.ts'

const SHOWN = 50

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
  const t = accountTexts()
  const { data } = usePoll<Trail>('/account/api/trail', 300_000)
  return (
    <section className="panel" aria-labelledby="trail">
      <h2 id="trail">{t.trail}</h2>
      {data ? (
        <p className={data.broken ? 'problem' : 'good'} role="status">
          {data.broken ? t.trailBroken(data.broken) : t.trailWhole}
        </p>
      ) : null}
      <ol className="trail" aria-label={t.trailOrder}>
        {data?.entries.slice(0, SHOWN).map(({ seq, at, who, method, path, status, asked }) => (
          <li key={seq}>
            <time dateTime={at}>{at.slice(0, 19).replace('T', ' ')}</time> <strong>{spelled(who)}</strong>{' '}
            <code>
              {method} {spelled(path)} {status}
            </code>{' '}
            {asked === undefined ? null : <code className="quiet">{spelled(JSON.stringify(asked))}</code>}
          </li>
        ))}
      </ol>
    </section>
  )
}
