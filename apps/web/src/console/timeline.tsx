import type { ReactNode } from 'react'
import { ExchangeView } from './exchange.tsx'
import { Json, sinceStart } from './parts.tsx'
import type { TimelineEntry } from './payment-info.ts'
import { entrySays, exchangeOf } from './payment-info.ts'

/** All that happened, in order: states stand out, messages and answers open in place. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }): ReactNode {
  const start = entries[0]?.at
  return (
    <ol className="timeline" data-testid="timeline">
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the timeline only grows at its end
        <li key={index} data-kind={entry.kind} data-still={entry.kind === 'state' && entry.from === entry.to}>
          <Entry entry={entry} start={start} />
        </li>
      ))}
    </ol>
  )
}

function Entry({ entry, start }: { readonly entry: TimelineEntry; readonly start: string | undefined }): ReactNode {
  const lead = (
    <span className="entry-at number" title={entry.at}>
      {sinceStart(start, entry.at)}
    </span>
  )
  if (entry.kind === 'ocpi') return <ExchangeView exchange={exchangeOf(entry)} lead={lead} />
  const { line, rest } = entrySays(entry)
  const text =
    entry.kind === 'state' ? (
      <span className="entry-text">
        <b>{entry.to ?? entry.from}</b>
        <span className="entry-event">
          {entry.event} {entry.from && entry.from !== entry.to ? `(from ${entry.from})` : ''}
        </span>
      </span>
    ) : (
      <span className="entry-text">
        <span className="entry-kind">{entry.kind}</span> {line}
      </span>
    )
  if (rest.length === 0) {
    return (
      <p className="entry">
        {lead}
        {text}
      </p>
    )
  }
  return (
    <details className="entry-more">
      <summary className="entry">
        {lead}
        {text}
      </summary>
      <Json value={Object.fromEntries(rest)} />
    </details>
  )
}
