import type { ReactNode } from 'react'
import { useState } from 'react'
import type { Reading, SessionInfo, Side } from '../../look/platform-api.ts'
import { usePoll } from '../../look/platform-api.ts'
import { Amount, At, Code, Energy, Go, PageHead, Panel, SIDE_NAMES, State } from '../parts.tsx'
import type { PaymentInfo, TimelineEntry } from '../payment-info.ts'
import { Timeline } from '../timeline.tsx'

/** One payment: the money, what belongs to it, and all that happened in order. */
export function PaymentPage({ reference }: { readonly reference: string }): ReactNode {
  const reading = usePoll<PaymentInfo>(`/ptp/api/payments/${encodeURIComponent(reference)}`, 1_500)
  const payment = reading.data
  if (reading.absent)
    return (
      <PageHead
        title="No such payment"
        lead={`The payment platform knows no payment with the reference ${reference}.`}
      />
    )
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'payments' }}>Payments</Go>
      </p>
      <PageHead title={reference}>{payment ? <State name={payment.state} /> : null}</PageHead>
      {reading.problem ? <p className="problem">{reading.problem}</p> : null}
      {payment?.reason ? <p className="reason">{payment.reason}</p> : null}
      {payment ? (
        <>
          <div className="columns">
            <MoneyPanel payment={payment} />
            <LinksPanel payment={payment} />
          </div>
          <BothSides payment={payment} />
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
          <dt>Due by CDR</dt>
          <dd>
            <Amount value={payment.due} />
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
            {advice ? (
              <small>{advice.delivered_at ? <At time={advice.delivered_at} /> : 'not delivered yet'}</small>
            ) : null}
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
    ['Tariff', payment.tariff_id],
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

type ChargingSide = SessionInfo & { readonly timeline?: readonly TimelineEntry[] }

/** The same story from both ends of the wire, joined by the reference. */
function BothSides({ payment }: { readonly payment: PaymentInfo }): ReactNode {
  const [side, setSide] = useState<Side>('ptp')
  const path = `/cpo/api/sessions/${encodeURIComponent(payment.reference)}`
  const charging = usePoll<ChargingSide>(path, 1_500)
  const entries = (side === 'ptp' ? payment.timeline : charging.data?.timeline) ?? []
  return (
    <Panel title="Timeline">
      <fieldset className="filters timeline-side">
        <legend className="unseen">Seen from</legend>
        {(['ptp', 'cpo'] as const).map((name) => (
          <button key={name} type="button" aria-pressed={side === name} onClick={() => setSide(name)}>
            {SIDE_NAMES[name]}
          </button>
        ))}
      </fieldset>
      {side === 'cpo' ? <ChargingFacts reading={charging} /> : null}
      {entries.length > 0 ? <Timeline key={side} entries={entries} /> : null}
      {side === 'ptp' && entries.length === 0 ? <p className="quiet">Nothing has been written down yet.</p> : null}
    </Panel>
  )
}

function ChargingFacts({ reading }: { readonly reading: Reading<ChargingSide> }): ReactNode {
  const session = reading.data
  if (!session)
    return (
      <p className="quiet">{reading.problem ?? 'No session with this reference on a charging side that runs here.'}</p>
    )
  return (
    <dl className="figures charging-facts">
      <div>
        <dt>Session</dt>
        <dd>
          <State name={session.state} />
        </dd>
      </div>
      <div>
        <dt>Energy</dt>
        <dd>
          <Energy wh={session.energy_wh} />
        </dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>
          <Amount value={session.cost} />
        </dd>
      </div>
      <div>
        <dt>CDR</dt>
        <dd>
          <State name={session.cdr_id ? (session.cdr_acknowledged ? 'acknowledged' : 'on its way') : undefined} />
        </dd>
      </div>
      <div>
        <dt>Advice received</dt>
        <dd>
          <State name={session.advice?.status} />
        </dd>
      </div>
    </dl>
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
