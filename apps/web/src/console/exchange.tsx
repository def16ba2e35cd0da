import type { ReactNode } from 'react'
import { At, Go, Json } from './parts.tsx'

/** One OCPI request with its answer, as the admin APIs tell it. */
export interface ExchangeInfo {
  readonly at?: string
  readonly direction?: string
  readonly module?: string
  readonly endpoint?: string
  readonly method?: string
  readonly url?: string
  readonly status?: number
  readonly request_headers?: unknown
  readonly request_body?: unknown
  readonly response_headers?: unknown
  readonly response_body?: unknown
  readonly duration_ms?: number
  readonly request_id?: string
  readonly correlation_id?: string
  readonly reference?: string | null
  /** Place in the journal; unique per platform. */
  readonly seq?: number
}

/** The line of an exchange; opened, it shows both messages in full. */
export function ExchangeView({
  exchange,
  lead,
  linked,
}: {
  readonly exchange: ExchangeInfo
  readonly lead?: ReactNode
  readonly linked?: boolean
}): ReactNode {
  const status = exchange.status ?? 0
  return (
    <details className="exchange" data-testid="exchange">
      <summary>
        {lead ?? (
          <span className="exchange-at">
            <At time={exchange.at} />
          </span>
        )}
        <span className="way" data-way={exchange.direction}>
          {exchange.direction === 'in' ? 'received' : 'sent'}
        </span>
        <b className="method">{exchange.method}</b>
        <span className="exchange-path">{pathOf(exchange.url)}</span>
        <span
          className="exchange-status number"
          data-tone={status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good'}
        >
          {status === 0 ? 'no answer' : status}
        </span>
        <span className="exchange-ms number">
          {exchange.duration_ms === undefined ? '' : `${Math.round(exchange.duration_ms)} ms`}
        </span>
      </summary>
      <div className="exchange-open">
        <dl className="pairs">
          <Pair name="URL" value={exchange.url} />
          <Pair name="Module" value={[exchange.module, exchange.endpoint].filter(Boolean).join(' › ')} />
          <Pair name="X-Request-ID" value={exchange.request_id} />
          <Pair name="X-Correlation-ID" value={exchange.correlation_id} />
          {linked && exchange.reference ? (
            <>
              <dt>Payment</dt>
              <dd>
                <Go to={{ page: 'payments', detail: exchange.reference }}>{exchange.reference}</Go>
              </dd>
            </>
          ) : null}
        </dl>
        <div className="messages">
          <Message title="Request" headers={exchange.request_headers} body={exchange.request_body} />
          <Message title="Response" headers={exchange.response_headers} body={exchange.response_body} />
        </div>
      </div>
    </details>
  )
}

function Pair({ name, value }: { readonly name: string; readonly value: string | undefined }): ReactNode {
  if (!value) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}

function Message({
  title,
  headers,
  body,
}: {
  readonly title: string
  readonly headers: unknown
  readonly body: unknown
}): ReactNode {
  const lines = typeof headers === 'object' && headers !== null ? Object.entries(headers) : []
  return (
    <section className="message">
      <h3>{title}</h3>
      {lines.length > 0 ? (
        <pre className="headers">{lines.map(([name, value]) => `${name}: ${String(value)}`).join('\n')}</pre>
      ) : null}
      <Json value={body} />
    </section>
  )
}

function pathOf(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) return url ?? ''
  const { pathname, search } = new URL(url)
  return pathname + search
}
