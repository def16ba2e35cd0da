import type { ReactNode } from 'react'
import { useState } from 'react'
import { ask } from '../../look/ask.ts'
import { texts } from '../../look/catalogue/catalogue.ts'
import { milliseconds } from '../../look/format.ts'
import type { Side } from '../../look/platform-api.ts'
import { Problem, useAct } from '../parts/act.tsx'
import { Go } from '../parts/go.tsx'
import { Copy, Json } from '../parts/json.tsx'
import { At, plain } from '../parts/values.tsx'
import type { ExchangeInfo, Finding } from './info.ts'
import { curlOf, headerLines, pathOf } from './info.ts'

export const toneOf = (status: number): string =>
  status === 0 || status >= 500 ? 'bad' : status >= 400 ? 'warn' : 'good'

/** The line of an exchange; opened, it shows both messages in full. */
export function ExchangeView({ exchange, side }: { readonly exchange: ExchangeInfo; readonly side: Side }): ReactNode {
  const t = texts().traffic
  const status = exchange.status ?? 0
  const wrong = exchange.findings?.length ?? 0
  return (
    <details className="exchange" data-testid="exchange">
      <summary>
        <span className="exchange-at">
          <At time={exchange.at} />
        </span>
        <span className="way" data-way={exchange.direction}>
          {exchange.direction === 'in' ? t.received : t.sent}
        </span>
        <b className="method">{plain(exchange.method, 10)}</b>
        <span className="exchange-path">{plain(pathOf(exchange.url), 300)}</span>
        {wrong > 0 ? (
          <span className="state" data-tone="warn">
            {t.findings(wrong)}
          </span>
        ) : null}
        <span className="exchange-status number" data-tone={toneOf(status)}>
          {status === 0 ? t.noAnswer : status}
        </span>
        <span className="exchange-ms number">
          {exchange.duration_ms === undefined ? '' : milliseconds(exchange.duration_ms)}
        </span>
      </summary>
      <ExchangeOpen exchange={exchange} side={side} />
    </details>
  )
}

/** Both messages in full, what is wrong with them, and what can be done with the question. */
export function ExchangeOpen({ exchange, side }: { readonly exchange: ExchangeInfo; readonly side: Side }): ReactNode {
  const t = texts().traffic
  const pairs: readonly (readonly [string, ReactNode])[] = [
    ['URL', plain(exchange.url, 1_000)],
    [t.module, [exchange.module, exchange.endpoint].filter(Boolean).join(' › ')],
    ['X-Request-ID', plain(exchange.request_id)],
    ['X-Correlation-ID', plain(exchange.correlation_id)],
  ]
  return (
    <div className="exchange-open">
      <dl className="pairs">
        {pairs.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
        {exchange.reference ? (
          <div>
            <dt>{texts().pages.payments.one}</dt>
            <dd>
              <Go to={{ page: 'payments', detail: exchange.reference }}>{plain(exchange.reference)}</Go>
            </dd>
          </div>
        ) : null}
      </dl>
      <Findings findings={exchange.findings ?? []} />
      <Deeds exchange={exchange} side={side} />
      <div className="messages">
        <Message title={t.request} headers={exchange.request_headers} body={exchange.request_body} />
        <Message title={t.response} headers={exchange.response_headers} body={exchange.response_body} />
      </div>
    </div>
  )
}

export function Findings({ findings }: { readonly findings: readonly Finding[] }): ReactNode {
  const t = texts().traffic
  if (findings.length === 0) return null
  return (
    <ul className="findings" aria-label={t.wrong}>
      {findings.map((one) => (
        <li key={`${one.in} ${one.path} ${one.rule}`}>
          <code className="code">{`${one.in === 'request' ? t.request : t.response} ${plain(one.path) || '/'}`}</code>{' '}
          {t.hasToBe(plain(one.rule, 300), plain(one.value, 120))}
        </li>
      ))}
    </ul>
  )
}

function Deeds({ exchange, side }: { readonly exchange: ExchangeInfo; readonly side: Side }): ReactNode {
  const t = texts().traffic
  const acting = useAct()
  const [again, setAgain] = useState<ExchangeInfo | undefined>()
  const { seq, method, direction } = exchange
  const safe = seq !== undefined && seq > 0 && method === 'GET' && direction === 'out'
  const replay = (): void =>
    acting.run(() => ask<ExchangeInfo>('POST', `/${side}/api/exchanges/${seq}/replay`), setAgain)
  return (
    <>
      <p className="deeds">
        <Copy text={() => curlOf(exchange)}>{t.curl}</Copy>
        <Copy text={() => JSON.stringify(exchange, null, 2)}>{t.copyAll}</Copy>
        {safe ? (
          <button type="button" className="quiet-button" disabled={acting.busy} onClick={replay} data-testid="replay">
            {t.replay}
          </button>
        ) : null}
        <Problem text={acting.problem} />
      </p>
      {again ? (
        <section className="again" aria-label={t.replayed}>
          <h3>
            {t.replayed}: {again.status} · {milliseconds(again.duration_ms ?? 0)}
          </h3>
          <Findings findings={again.findings ?? []} />
          <Json value={again.response_body} label={t.response} />
        </section>
      ) : null}
    </>
  )
}

export function Message({
  title,
  headers,
  body,
}: {
  readonly title: string
  readonly headers: unknown
  readonly body: unknown
}): ReactNode {
  const lines = headerLines(headers)
  return (
    <section className="message">
      <h3>{title}</h3>
      {lines.length > 0 ? (
        <pre className="headers">{lines.map(([name, value]) => `${name}: ${value}`).join('\n')}</pre>
      ) : null}
      <Json value={body} label={title} />
    </section>
  )
}
