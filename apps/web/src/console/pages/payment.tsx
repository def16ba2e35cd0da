import type { ReactNode } from 'react'
import { usePoll } from '../../look/platform-api.ts'
import { ExchangeView } from '../exchange.tsx'
import { Amount, At, Code, Go, Json, PageHead, Panel, sinceStart, State } from '../parts.tsx'
import type { PaymentInfo, TimelineEntry } from '../payment-info.ts'
import { entrySays, exchangeOf, openedAt } from '../payment-info.ts'

/** One payment: the money, what belongs to it, and all that happened in order. */
export function PaymentPage({ reference }: { readonly reference: string }): ReactNode {
  const reading = usePoll<PaymentInfo>(`/ptp/api/payments/${encodeURIComponent(reference)}`, 1_500)
  const payment = reading.data
  if (reading.absent) return <PageHead title="No such payment" lead={`The payment platform knows no payment with the reference ${reference}.`} />
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'payments' }}>Payments</Go>
      </p>
      <PageHead title={reference}>{payment ? <State name={payment.state} /> : null}</PageHead>
      {reading.problem ? <p className="problem">{reading.problem}</p> : null}
      {payment ? (
        <>
          <div className="columns">
            <MoneyPanel payment={payment} />
            <LinksPanel payment={payment} />
          </div>
          <Panel title="Timeline" empty={(payment.timeline ?? []).length === 0 ? 'Nothing has been written down yet.' : false}>
            <ol className="timeline" data-testid="timeline">
              {(payment.timeline ?? []).map((entry, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the timeline only grows at its end
                <li key={index} data-kind={entry.kind}>
                  <Entry entry={entry} start={openedAt(payment)} />
                </li>
              ))}
            </ol>
          </Panel>
        </>
      ) : null}
    </>
  )
}

function MoneyPanel({ payment }: { readonly payment: PaymentInfo }): ReactNode {
  const { advice } = payment
  return (
    <Panel title="Money">
      <dl className="figures">
        <div>
          <dt>Held</dt>
          <dd>
            <Amount value={payment.held} />
          </dd>
        </div>
        <div>
          <dt>Captured</dt>
          <dd data-testid="captured">
            <Amount value={payment.captured} />
          </dd>
        </div>
        <div>
          <dt>Advice to the CPO</dt>
          <dd>
            <State name={advice?.status} />
            {advice ? <small>{advice.delivered_at ? <At time={advice.delivered_at} /> : 'not delivered yet'}</small> : null}
          </dd>
        </div>
      </dl>
    </Panel>
  )
}

function LinksPanel({ payment }: { readonly payment: PaymentInfo }): ReactNode {
  const pairs: readonly [string, string | null | undefined][] = [
    ['Terminal', payment.terminal_id],
    ['Location', payment.location_id],
    ['EVSE', payment.evse_uid],
    ['Connector', payment.connector_id],
    ['Session', payment.session_id],
    ['CDR', payment.cdr_id],
    ['Advice', payment.advice?.id],
  ]
  return (
    <Panel title="Belongs to">
      <dl className="pairs">
        {pairs.map(([name, value]) => (
          <PairRow key={name} name={name} value={value} />
        ))}
      </dl>
      <p className="cli">
        <Code>npx plugtill payments show {payment.reference}</Code>
      </p>
    </Panel>
  )
}

function PairRow({ name, value }: { readonly name: string; readonly value: string | null | undefined }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value ? <Code>{value}</Code> : <span className="none">–</span>}</dd>
    </>
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
