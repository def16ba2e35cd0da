/** One payment: the money, where it stands, what may be decided, and every message between all who took part. */

import type { ReactNode } from 'react'
import { texts } from '../../look/catalogue/catalogue.ts'
import { useLive } from '../../look/live.ts'
import { pathPart } from '../../look/path-part.ts'
import type { SessionInfo } from '../../look/platform-api.ts'
import { Go } from '../parts/go.tsx'
import { PageHead, Pairs, Panel } from '../parts/panel.tsx'
import { State } from '../parts/state.tsx'
import { Amount, At, Code, Energy, None } from '../parts/values.tsx'
import { Decide } from './decide.tsx'
import type { PaymentInfo, TimelineEntry } from './info.ts'
import { MoneyPanel } from './money.tsx'
import { Sequence } from './sequence.tsx'
import { StateMap } from './state-map.tsx'
import { stepsOf } from './steps.ts'

type ChargingSide = SessionInfo & { readonly timeline?: readonly TimelineEntry[] }

export function PaymentPage({ reference }: { readonly reference: string }): ReactNode {
  const t = texts().payment
  const id = pathPart(reference)
  const reading = useLive<PaymentInfo>(`/ptp/api/payments/${id}`, ['payments'])
  const session = useLive<ChargingSide>(`/cpo/api/sessions/${id}`, ['sessions', 'payments', 'exchanges']).data
  const payment = reading.data
  if (reading.absent) return <PageHead title={t.unknown} lead={t.unknownLead(reference)} />
  return (
    <>
      <p className="crumb">
        <Go to={{ page: 'payments' }}>{texts().pages.payments.title}</Go>
      </p>
      <PageHead title={<bdi>{reference}</bdi>}>{payment ? <State name={payment.state} /> : null}</PageHead>
      {reading.problem ? <p className="problem">{reading.problem}</p> : null}
      {payment?.reason ? <p className="reason">{payment.reason}</p> : null}
      {payment ? (
        <>
          <MoneyPanel payment={payment} />
          {payment.state === 'stuck' ? <Decide payment={payment} onDone={reading.again} /> : null}
          <div className="columns">
            <Belongs payment={payment} />
            <Charged session={session} />
          </div>
          {payment.state === 'stuck' ? null : <Decide payment={payment} onDone={reading.again} />}
          <Panel title={t.states}>
            <StateMap state={payment.state} path={pathOf(payment)} />
          </Panel>
          <Panel title={t.story}>
            <Sequence steps={stepsOf(payment.timeline ?? [], session?.timeline ?? [])} />
          </Panel>
        </>
      ) : null}
    </>
  )
}

const pathOf = ({ timeline = [] }: PaymentInfo): readonly string[] =>
  timeline
    .flatMap(({ kind, to }) => (kind === 'state' && to !== undefined ? [to] : []))
    .filter((state, index, all) => state !== all[index - 1])

function Belongs({ payment }: { readonly payment: PaymentInfo }): ReactNode {
  const t = texts().payment
  const { card } = payment
  return (
    <Panel title={t.belongs}>
      <Pairs
        pairs={[
          [t.card, card?.masked ? `${card.brand ?? ''} ${card.masked}` : <None key="no" />],
          [t.since, <At key="at" time={payment.created_at} />],
          [t.terminal, <Code key="t">{payment.terminal_id}</Code>],
          [t.location, <Code key="l">{payment.location_id}</Code>],
          ['EVSE', <Code key="e">{payment.evse_uid}</Code>],
          [t.tariff, <Code key="f">{payment.tariff_id}</Code>],
          ['Session', <Code key="s">{payment.session_id}</Code>],
          ['CDR', <Code key="c">{payment.cdr_id}</Code>],
          [t.advice, <Code key="a">{payment.advice?.id}</Code>],
        ]}
      />
      <p className="cli">
        <code className="code">npx plugtill payments show {payment.reference}</code>
      </p>
    </Panel>
  )
}

function Charged({ session }: { readonly session: ChargingSide | undefined }): ReactNode {
  const t = texts().payment
  return (
    <Panel title={t.atCpo} empty={session ? undefined : t.noCpoSession}>
      {session ? (
        <Pairs
          pairs={[
            [
              'Session',
              <Go key="s" to={{ page: 'sessions', detail: session.id }}>
                {session.id}
              </Go>,
            ],
            [t.state, <State key="st" name={session.state} />],
            [t.energy, <Energy key="e" wh={session.energy_wh} />],
            [t.cost, <Amount key="c" value={session.cost} />],
            ['CDR', session.cdr_id ? session.cdr_acknowledged ? t.cdrTaken : t.cdrUnderway : <None key="n" />],
            [t.adviceThere, <State key="a" name={session.advice?.status} />],
          ]}
        />
      ) : null}
    </Panel>
  )
}
